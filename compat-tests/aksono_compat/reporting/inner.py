# SPDX-License-Identifier: Apache-2.0
"""Two texts side by side, line by line, with what differs inside of each line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher

# Pieces of a line: equal, changed, equal, changed, … (the first may be empty). A line that only one
# side has is one piece.
Pieces = list[str]

CONTEXT = 2  # equal lines that stay around a change
MAX_LINES = 400
MAX_LINE = 2000

_NUMBER = re.compile(r"-?[0-9.]+")
_WORDS = re.compile(r"\w+|\s+|[^\w\s]")


@dataclass(frozen=True)
class Line:
    """A row of the view. A side that is None has no such line.

    `skipped`: so many equal lines are left out here.
    """

    a: Pieces | None = None
    b: Pieces | None = None
    skipped: int = 0
    changed: bool = field(default=False, compare=False)


def side_by_side(a: str | None, b: str | None) -> list[Line]:
    """None: that side has nothing at all."""
    left, right = _lines(a), _lines(b)
    lines: list[Line] = []
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            lines += [Line([text], [text]) for text in left[i1:i2]]
        else:
            lines += _replaced(left[i1:i2], right[j1:j2])
    return _shortened(lines)


def _lines(text: str | None) -> list[str]:
    if text is None:
        return []
    lines = text.split("\n")
    left_out = len(lines) - MAX_LINES
    kept = [_cut(line) for line in lines[:MAX_LINES]]
    return [*kept, f"… {left_out:,} more lines"] if left_out > 0 else kept


def _cut(line: str) -> str:
    more = len(line) - MAX_LINE
    return line if more <= 0 else f"{line[:MAX_LINE]}… {more:,} more characters"


def _replaced(left: list[str], right: list[str]) -> Iterator[Line]:
    for n in range(max(len(left), len(right))):
        if n >= len(left):
            yield Line(None, [right[n]], changed=True)
        elif n >= len(right):
            yield Line([left[n]], None, changed=True)
        else:
            yield Line(*_pieces(left[n], right[n]), changed=True)


def _pieces(a: str, b: str) -> tuple[Pieces, Pieces]:
    """Word by word; when hardly a word is common, the whole line counts as changed."""
    words_a, words_b = _WORDS.findall(a), _WORDS.findall(b)
    matcher = SequenceMatcher(None, words_a, words_b, autojunk=False)
    if max(len(words_a), len(words_b)) > MAX_LINES or matcher.ratio() < 0.3:
        return _ends(a, b)
    left, right = [""], [""]
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        _append(left, "".join(words_a[i1:i2]), tag == "equal")
        _append(right, "".join(words_b[j1:j2]), tag == "equal")
    return left, right


def _append(pieces: Pieces, text: str, equal: bool) -> None:
    if text and (len(pieces) % 2 == 1) == equal:
        pieces[-1] += text
    elif text:
        pieces.append(text)


def _ends(a: str, b: str) -> tuple[Pieces, Pieces]:
    """What both begin and end with is equal, all between is changed; numbers change as a whole."""
    if _NUMBER.fullmatch(a) and _NUMBER.fullmatch(b):
        return ["", a], ["", b]
    most = min(len(a), len(b))
    head = next((n for n in range(most) if a[n] != b[n]), most)
    tail = next((n for n in range(most - head) if a[-1 - n] != b[-1 - n]), most - head)
    left = [a[:head], a[head : len(a) - tail], a[len(a) - tail :]]
    return left, [b[:head], b[head : len(b) - tail], b[len(b) - tail :]]


def _shortened(lines: list[Line]) -> list[Line]:
    """Long runs of equal lines away from any change become one entry."""
    near: set[int] = set()
    for n, line in enumerate(lines):
        if line.changed:
            near.update(range(n - CONTEXT, n + CONTEXT + 1))
    if not near:
        near = set(range(len(lines)))
    short: list[Line] = []
    for n, line in enumerate(lines):
        if n in near:
            short.append(line)
        elif short and short[-1].skipped:
            short[-1] = Line(skipped=short[-1].skipped + 1)
        else:
            short.append(Line(skipped=1))
    return short
