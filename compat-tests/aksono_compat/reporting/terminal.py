# SPDX-License-Identifier: Apache-2.0
"""The summary for a terminal: verdict first, then the worst classes. Plain text in 80 columns."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from datetime import datetime
from typing import TextIO

from .classes import TRANSITIONS
from .inner import Line, side_by_side
from .result import DifferenceClass, Result, RouteCount
from .sides import sides
from .text import ABSENT, clipped, counted, one_line
from .verdict import Policy, judge

CLASSES = 20  # classes and lines of other lists that are shown
LINES = 12
WIDTH = 80

_COLOURS = {"red": "31", "green": "32", "yellow": "33", "bold": "1", "dim": "2", "marked": "7"}
_OF_WORD = {"ALIKE": "green", "WARNINGS": "yellow", "DIFFERENT": "red", "INCOMPLETE": "yellow"}


class Paint:
    """Colours, or none."""

    def __init__(self, on: bool) -> None:
        self.on = on

    def __call__(self, text: str, *names: str) -> str:
        if not self.on or not text:
            return text
        return f"\x1b[{';'.join(_COLOURS[name] for name in names)}m{text}\x1b[0m"


def show(result: Result, policy: Policy, stream: TextIO = sys.stdout) -> None:
    colours = stream.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
    width = min(shutil.get_terminal_size((WIDTH, 24)).columns, 120) if stream.isatty() else WIDTH
    text = render(result, policy, colours=colours, width=max(width, 40))
    encoding = stream.encoding or "utf-8"
    stream.write(text.encode(encoding, "replace").decode(encoding))
    stream.flush()


def render(result: Result, policy: Policy, *, colours: bool = False, width: int = WIDTH) -> str:
    paint = Paint(colours)
    lines = [
        *_head(result, policy, paint, width),
        *_classes(result, policy, paint, width),
        *_unbuilt(result, paint, width),
        *_routes(result, paint, width),
        *_noise(result, paint, width),
        *_ignored(result, paint, width),
        *_notes(result, paint, width),
    ]
    return "\n".join(lines) + "\n"


def _head(result: Result, policy: Policy, paint: Paint, width: int) -> Iterator[str]:
    verdict = judge(result, policy)
    colour = _OF_WORD[verdict.word]
    first, *more = _wrapped(f"{verdict.word}: {verdict.sentence}", width)
    yield paint(first[: len(verdict.word)], colour, "bold") + first[len(verdict.word) :]
    yield from more
    for remark in verdict.remarks:
        yield from _wrapped(f"  {remark}", width, "  ")
    yield ""
    for name, party in (("A", result.a), ("B", result.b)):
        yield from _wrapped(f"{name}  {one_line(party.label)}", width, "   ")
    began = datetime.fromtimestamp(result.began / 1000).strftime("%Y-%m-%d %H:%M:%S")
    facts = f"{one_line(result.source)}, {began}, {result.took:,.1f} s, seed {result.seed}"
    yield from (paint(line, "dim") for line in _wrapped(f"   {facts}", width, "   "))


def _classes(result: Result, policy: Policy, paint: Paint, width: int) -> Iterator[str]:
    open_ones = [one for one in result.classes if not one.ignored and one.kind != "unbuilt"]
    if not open_ones:
        return
    yield from _title(f"Differences ({counted(len(open_ones), 'class', 'classes')})", paint)
    for found in open_ones[:CLASSES]:
        yield from _class(found, policy, paint, width)
    yield from _more(len(open_ones) - CLASSES, "class", "classes", paint)


def _class(found: DifferenceClass, policy: Policy, paint: Paint, width: int) -> Iterator[str]:
    colour = "red" if policy.fails(found) else "yellow"
    count = f"x{found.count:,}"
    where = clipped(one_line(found.where), width - 14 - len(count))
    gap = " " * max(1, width - 12 - len(where) - len(count))
    yield f"{paint(f'{found.kind:<11}', colour, 'bold')} {where}{gap}{paint(count, 'bold')}"
    if found.path:
        yield from _wrapped(f"  {one_line(found.path)}", width, "    ")
    if found.examples and found.kind in TRANSITIONS:
        first = found.examples[0]
        yield clipped(f"    exchange {first.number:,}: {one_line(first.request)}", width)
    elif found.examples:
        yield from _sides(found, paint, width)
    if found.repro:
        yield paint(f"    {one_line(found.repro)}", "dim")


def _sides(found: DifferenceClass, paint: Paint, width: int) -> Iterator[str]:
    a, b = sides(found, found.examples[0])
    line = next((one for one in side_by_side(a, b) if one.changed), Line([a], [b]))
    for name, pieces in (("A", line.a), ("B", line.b)):
        yield f"    {paint(name, 'dim')} {_pieces(pieces or [ABSENT], paint, width - 6)}"


def _pieces(pieces: list[str], paint: Paint, width: int) -> str:
    """What is equal before the change is shortened first, so that the change is seen."""
    before = pieces[0]
    if len(pieces) > 1 and sum(map(len, pieces)) > width and len(before) > width // 2:
        pieces = ["…" + before[-(width // 2 - 1) :], *pieces[1:]]
    text, left = "", width
    for n, piece in enumerate(pieces):
        shown = clipped(piece, left) if left else ""
        left -= len(shown)
        text += paint(shown, "marked") if n % 2 else shown
    return text


def _unbuilt(result: Result, paint: Paint, width: int) -> Iterator[str]:
    open_ones = [one for one in result.classes if not one.ignored and one.kind == "unbuilt"]
    if not open_ones:
        return
    yield from _title(f"Not built in B ({counted(len(open_ones), 'route')})", paint)
    for found in open_ones[:LINES]:
        yield _row(found.where, f"x{found.count:,}", width)
    yield from _more(len(open_ones) - LINES, "route", "routes", paint)


def _routes(result: Result, paint: Paint, width: int) -> Iterator[str]:
    if not result.routes:
        return
    counts = result.routes.values()
    yield from _title(f"Routes ({len(result.routes):,})", paint)
    whole = RouteCount(
        sum(one.asked for one in counts),
        sum(one.alike for one in counts),
        sum(one.differ for one in counts),
        sum(one.unbuilt for one in counts),
        sum(one.skipped for one in counts),
    )
    yield paint(_row("", "asked  alike differ unbuilt skipped", width), "dim")
    worst = sorted(result.routes.items(), key=lambda item: (-item[1].differ, item[0]))
    shown = [item for item in worst if item[1].differ][:LINES]
    for name, one in shown:
        yield _row(name, _counts(one), width)
    yield _row("all routes", _counts(whole), width)
    yield from _more(sum(1 for one in counts if one.differ) - LINES, "differs", "differ", paint)


def _counts(one: RouteCount) -> str:
    return (
        f"{_number(one.asked, 6)} {_number(one.alike, 6)} {_number(one.differ, 6)}"
        f" {_number(one.unbuilt, 7)} {_number(one.skipped, 7)}"
    )


def _number(number: int, width: int) -> str:
    return f"{number:>{width}}" if number else f"{'·':>{width}}"


def _noise(result: Result, paint: Paint, width: int) -> Iterator[str]:
    if not result.noise:
        return
    places = counted(len(result.noise), "place")
    yield from _title(f"Noise: A differs from A as well ({places}; values not compared)", paint)
    for one in result.noise[:LINES]:
        yield from _wrapped(
            f"  {one_line(one.where)}: {one_line(one.path)}: {one_line(one.reason)}", width, "    "
        )
    yield from _more(len(result.noise) - LINES, "place", "places", paint)


def _ignored(result: Result, paint: Paint, width: int) -> Iterator[str]:
    ignored = [one for one in result.classes if one.ignored]
    if not ignored:
        return
    yield from _title(f"Not counted ({counted(len(ignored), 'class', 'classes')})", paint)
    for one in ignored[:LINES]:
        why = f"ignored until {one.until}" if one.until else "intended"
        path = f": {one.path}" if one.path else ""
        place = one_line(f"{one.kind}, {one.where}{path} (x{one.count:,})")
        yield from _wrapped(f"  {place}: {why}: {one_line(one.ignored)}", width, "    ")
    yield from _more(len(ignored) - LINES, "class", "classes", paint)


def _notes(result: Result, paint: Paint, width: int) -> Iterator[str]:
    if not result.notes:
        return
    yield from _title("Notes", paint)
    for note in result.notes:
        yield from _wrapped(f"  {one_line(note)}", width, "    ")


def _title(text: str, paint: Paint) -> Iterator[str]:
    yield ""
    yield paint(text, "bold")


def _more(number: int, one: str, many: str, paint: Paint) -> Iterator[str]:
    if number > 0:
        yield paint(f"  … and {counted(number, f'more {one}', f'more {many}')}", "dim")


def _row(name: str, numbers: str, width: int) -> str:
    room = width - len(numbers) - 3
    return f"  {clipped(one_line(name), room):<{room}} {numbers}"


def _wrapped(text: str, width: int, indent: str = "") -> list[str]:
    """Breaks at spaces, and inside of words that are longer than a line."""
    lines: list[str] = []
    while len(text) > width:
        cut = text.rfind(" ", len(indent) + 1, width + 1)
        cut = cut if cut > width // 2 else width
        lines.append(text[:cut].rstrip())
        text = indent + text[cut:].lstrip()
    return [*lines, text]
