# SPDX-License-Identifier: Apache-2.0
"""Compares the transcripts of one scenario on two servers."""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import Any

from ..answers import differences, view
from .cast import Step

_MADE_UP = re.compile(
    r"(?P<event>\$[A-Za-z0-9_-]{43}|\$[0-9]+[A-Za-z]+:test\.local)"
    r"|(?P<room>![A-Za-z0-9_-]{43}|![A-Za-z]{18}:test\.local)"
    r"|(?P<since>\bs\d+(_\d+){8,}|\b[tm]\d+[-~_.\d]*)"
    r"|(?P<url>https?://127\.0\.0\.1:\d+)"
    r"|(?P<media>mxc://test\.local/[A-Za-z]{24})"
    r"|(?P<session>\b[A-Za-z]{24}\b)"
    r"|(?P<device>\b[A-Z]{10}\b)"
)


class _Names:
    """Numbers what a server made up in the order in which it is seen."""

    def __init__(self) -> None:
        self._seen: dict[str, dict[str, int]] = {}

    def rename(self, value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {self._text(name): self.rename(part, name) for name, part in value.items()}
        if isinstance(value, list):
            return [self.rename(part, key) for part in value]
        if isinstance(value, str):
            return self._text(value)
        if key.endswith("_ts") or key in ("ts", "age_ts", "timestamp"):
            return "<ms>" if isinstance(value, int) and value > 1_500_000_000_000 else value
        return value

    def _text(self, text: str) -> str:
        return _MADE_UP.sub(self._name, text)

    def _name(self, match: re.Match[str]) -> str:
        kind = match.lastgroup or ""
        if kind in ("url", "since"):
            return f"<{kind}>"
        seen = self._seen.setdefault(kind, {})
        return f"<{kind} {seen.setdefault(match[0], len(seen) + 1)}>"


def compare_transcripts(a: list[Step], b: list[Step]) -> list[str]:
    """One line for each difference, headed by the step; none when they are alike."""
    names_a, names_b = _Names(), _Names()
    lines = []
    for one, other in zip_longest(a, b):
        if one is None or other is None:
            step = one or other
            lines.append(f"{step.name}: only on {'A' if other is None else 'B'}")
            break
        seen = (
            view(one.answer, names_a.rename, unordered=one.unordered),
            view(other.answer, names_b.rename, unordered=one.unordered),
        )
        lines += [f"{one.name}: {line}" for line in differences(*seen)]
    return lines
