# SPDX-License-Identifier: Apache-2.0
"""The result as one page: nothing is loaded from elsewhere, it works from a file.

The classes travel as JSON and are laid out by page.js as far as they are looked at; all else is
plain HTML.
"""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import datetime
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from .classes import KINDS, TRANSITIONS
from .inner import Line, side_by_side
from .result import DifferenceClass, Example, Party, Result, RouteCount
from .sides import has_sides, pretty_sides, sides
from .text import counted, one_line
from .verdict import Policy, judge

_HERE = Path(__file__).parent
_PLAIN = 50  # classes that are shown where scripts are switched off
_BRIEF = 60  # characters of a value in the list
_MOST = 24 * 1024 * 1024  # characters of examples; those of the mildest classes are left out


def dumps(result: Result, policy: Policy) -> str:
    verdict = judge(result, policy)
    script = _HERE.joinpath("page.js").read_text()
    began = datetime.fromtimestamp(result.began / 1000).astimezone()
    when = f"{result.source} · {began:%Y-%m-%d %H:%M:%S %Z} · {result.took:,.1f} s"
    return Template(_HERE.joinpath("page.html").read_text()).substitute(
        title=_html(f"{verdict.word}: {result.a.label} against {result.b.label}"),
        style=_HERE.joinpath("page.css").read_text(),
        script=script,
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        label_a=_html(_label(result.a)),
        label_b=_html(_label(result.b)),
        when=_html(f"{when} · seed {result.seed}"),
        verdict_class=verdict.word.lower(),
        word=verdict.word,
        sentence=_html(verdict.sentence),
        remarks=_list(verdict.remarks),
        tiles=_tiles(result),
        plain=_plain(result),
        routes=_routes(result),
        noise=_noise(result),
        notes=_notes(result),
        data=_embedded(_data(result)),
    )


def _html(text: str) -> str:
    return escape(one_line(text))


def _label(party: Party) -> str:
    return party.label or party.kind


def _list(texts: list[str]) -> str:
    return f"<ul>{''.join(f'<li>{_html(text)}</li>' for text in texts)}</ul>" if texts else ""


def _tiles(result: Result) -> str:
    routes = result.routes.values()
    facts = {
        "exchanges": f"{result.exchanges:,}",
        "compared": f"{result.compared:,}",
        "classes": f"{sum(1 for found in result.classes if not found.ignored):,}",
        "not counted": f"{sum(1 for found in result.classes if found.ignored):,}",
        "routes": f"{len(routes):,}",
        "unbuilt routes": f"{sum(1 for route in routes if route.unbuilt):,}",
        "not sent": f"{sum(route.skipped for route in routes):,}",
    }
    if result.databases:
        facts["tables"] = f"{result.databases.tables:,}"
        facts["rows changed"] = f"{result.databases.rows:,}"
    tiles = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in facts.items())
    return f'<dl class="tiles">{tiles}</dl>'


def _plain(result: Result) -> str:
    rows = "".join(
        f"<tr><td>{_html(one.kind)}</td><td>{_html(one.where)}</td><td><code>{_html(one.path)}"
        f'</code></td><td class="n">{one.count:,}</td></tr>'
        for one in result.classes[:_PLAIN]
    )
    return f'<table class="plain">{_head("Kind", "Where", "Path", ":Times")}{rows}</table>'


def _head(*names: str) -> str:
    """A head; columns of numbers begin with a colon."""
    cells = "".join(
        f'<th scope="col"{" class=n" if name.startswith(":") else ""}>{name.lstrip(":")}</th>'
        for name in names
    )
    return f"<thead><tr>{cells}</tr></thead>"


def _routes(result: Result) -> str:
    if not result.routes:
        return ""
    worst = sorted(
        result.routes.items(), key=lambda item: (-item[1].differ, -item[1].unbuilt, item[0])
    )
    linked = {found.where for found in result.classes}
    rows = "".join(_route(name, count, name in linked) for name, count in worst)
    head = _head("Route", "Share", ":Asked", ":Alike", ":Differ", ":Unbuilt", ":Not sent")
    return (
        '<details open id="routes"><summary><h2>Routes</h2></summary><div class="scroll">'
        f'<table class="plain">{head}<tbody>{rows}</tbody></table></div></details>'
    )


def _route(name: str, count: RouteCount, linked: bool) -> str:
    place = _html(name)
    if linked:
        place = f'<button class="link" data-where="{place}">{place}</button>'
    cells = (
        _number(count.asked),
        _number(count.alike),
        _number(count.differ, "bad"),
        _number(count.unbuilt, "mild"),
        _number(count.skipped),
    )
    return f'<tr><td>{place}</td><td class="share">{_meter(count)}</td>{"".join(cells)}</tr>'


def _number(number: int, mark: str = "") -> str:
    return f'<td class="n {mark if number else "zero"}">{number:,}</td>'


def _meter(count: RouteCount) -> str:
    whole = count.alike + count.differ + count.unbuilt
    if not whole:
        return ""
    parts = {"alike": count.alike, "differ": count.differ, "unbuilt": count.unbuilt}
    bars = "".join(
        f'<i class="{name}" style="width:{100 * part / whole:.1f}%"></i>'
        for name, part in parts.items()
        if part
    )
    return f'<div class="meter" aria-hidden="true">{bars}</div>'


def _noise(result: Result) -> str:
    if not result.noise:
        return ""
    rows = "".join(
        f"<tr><td>{_html(one.where)}</td><td><code>{_html(one.path)}</code></td>"
        f"<td>{_html(one.reason)}</td></tr>"
        for one in result.noise
    )
    places = counted(len(result.noise), "place")
    return (
        f"<details><summary><h2>Noise: {places} where A differs from A as well</h2></summary>"
        "<p>Only the values are not compared there; what is missing, of another type or of another"
        f' number is told.</p><div class="scroll"><table class="plain">'
        f"{_head('Where', 'Path', 'Reason')}<tbody>{rows}</tbody></table></div></details>"
    )


def _notes(result: Result) -> str:
    return f"<section><h2>Notes</h2>{_list(result.notes)}</section>" if result.notes else ""


def _embedded(data: Any) -> str:
    """JSON that cannot end the element it stands in: no `<`, and nothing but ASCII."""
    text = json.dumps(data, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _data(result: Result) -> dict[str, Any]:
    kinds = {found.kind for found in result.classes}
    return {
        "labels": {"A": one_line(_label(result.a)), "B": one_line(_label(result.b))},
        "kinds": [kind for kind in KINDS if kind in kinds],
        "classes": _classes(result.classes),
    }


def _classes(classes: list[DifferenceClass]) -> list[dict[str, Any]]:
    """Worst first, with as many examples as a browser bears."""
    told = []
    room = _MOST
    for found in classes:
        one = _class(found)
        room -= len(json.dumps(one["examples"]))
        if room < 0:
            one["examples"], one["left_out"] = [], True
        told.append(one)
    return told


def _class(found: DifferenceClass) -> dict[str, Any]:
    return {
        "id": one_line(found.id),
        "kind": found.kind,
        "where": one_line(found.where),
        "path": one_line(found.path),
        "count": found.count,
        "exchanges": len(found.numbers),
        "severity": found.severity,
        "ignored": one_line(found.ignored),
        "until": found.until,
        "repro": one_line(found.repro),
        "brief": _brief(found),
        "examples": [_example(found, example) for example in found.examples],
    }


def _brief(found: DifferenceClass) -> list[str] | None:
    """Both sides of the first example, when they are short enough for the list."""
    if not found.examples or found.kind in TRANSITIONS:
        return None
    both = sides(found, found.examples[0])
    return list(both) if max(map(len, both)) <= _BRIEF else None


def _example(found: DifferenceClass, example: Example) -> dict[str, Any]:
    has_a, has_b = has_sides(found, example)
    return {
        "number": example.number,
        "request": one_line(example.request),
        "path": "" if example.path == found.path else one_line(example.path),
        "absent": "" if has_a and has_b else "b" if has_a else "a",
        "lines": [_line(line) for line in side_by_side(*pretty_sides(found, example))],
    }


def _line(line: Line) -> Any:
    """A number: so many equal lines are left out. A text: equal. A pair: the pieces of A and B."""
    if line.skipped:
        return line.skipped
    if not line.changed:
        return line.a[0] if line.a else ""
    return [line.a, line.b]
