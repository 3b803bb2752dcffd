# SPDX-License-Identifier: Apache-2.0
"""The account of a rehearsal as one self-contained HTML page."""

from __future__ import annotations

import time
from html import escape

from .account import Account, Step

STYLE = """
:root { color-scheme: light dark; --ok: #1a7f4b; --bad: #c0362c; --line: #8884; --soft: #8881; }
* { box-sizing: border-box }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 0 auto; padding: 2rem 1rem }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 .25rem }
.when { opacity: .7; margin: 0 0 1.5rem }
.verdict { border-left: 6px solid var(--ok); background: var(--soft); padding: .8rem 1rem;
  margin-bottom: 1.5rem; border-radius: 4px }
.verdict.bad { border-color: var(--bad) }
.verdict strong { font-size: 1.15rem }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: 0 0 1.5rem }
dt { opacity: .7 } dd { margin: 0; overflow-wrap: anywhere }
ol { list-style: none; padding: 0; margin: 0 }
li { border-top: 1px solid var(--line); padding: .7rem 0; display: grid;
  grid-template-columns: 2rem 1fr max-content; column-gap: .5rem }
.mark { color: var(--ok); font-weight: 700 } .bad .mark { color: var(--bad) }
.title { font-weight: 600 } .time { opacity: .7; font-variant-numeric: tabular-nums }
.bar { grid-column: 2 / -1; height: 3px; margin-top: .3rem; background: var(--soft) }
.bar i { display: block; height: 100%; background: var(--ok); opacity: .6 }
.bad .bar i { background: var(--bad) }
ul { grid-column: 2 / -1; margin: .3rem 0 0; padding-left: 1.1rem; font-size: .92rem }
ul.problems { color: var(--bad); font-weight: 600 }
code { font-size: .95em }
"""


def _list(texts: list[str], kind: str) -> str:
    if not texts:
        return ""
    items = "".join(
        f"<li style='display:list-item;border:0;padding:0'>{escape(t)}</li>" for t in texts
    )
    return f'<ul class="{kind}">{items}</ul>'


def _step(step: Step, longest: float) -> str:
    width = 100 * step.seconds / longest if longest else 0
    return (
        f'<li class="{"ok" if step.ok else "bad"}">'
        f'<span class="mark">{"✓" if step.ok else "✗"}</span>'
        f'<span class="title">{escape(step.title)}</span>'
        f'<span class="time">{step.seconds:.2f} s</span>'
        f'<span class="bar"><i style="width:{width:.1f}%"></i></span>'
        f"{_list(step.notes, 'notes')}{_list(step.problems, 'problems')}</li>"
    )


def render(account: Account) -> str:
    """The page. Nothing in it is loaded from elsewhere."""
    held = sum(1 for step in account.steps if step.ok)
    longest = max((step.seconds for step in account.steps), default=0.0)
    if account.ok:
        verdict = "Every step held. On this deployment the cutover and the way back both work."
    else:
        verdict = "A step did not hold. Do not cut over before it is understood."
    facts = "".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in account.facts.items())
    steps = "".join(_step(step, longest) for step in account.steps)
    when = time.strftime("%Y-%m-%d %H:%M:%S %Z", time.localtime(account.started))
    return (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        f"<title>{escape(account.title)}</title><style>{STYLE}</style></head><body>"
        f"<h1>{escape(account.title)}</h1><p class='when'>{escape(when)}</p>"
        f"<div class='verdict {'' if account.ok else 'bad'}'><strong>{escape(verdict)}</strong><br>"
        f"{held} of {len(account.steps)} steps in {account.seconds:.1f} s</div>"
        f"<dl>{facts}</dl><ol>{steps}</ol></body></html>"
    )
