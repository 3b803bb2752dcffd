# SPDX-License-Identifier: Apache-2.0
"""Databases at rest: what both servers wrote, compared through the bindings of the replay."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..config import SERVER_NAME
from ..naming import Names
from ..reporting.result import Databases, Kind
from ..rows import Changes, Side, compare_orders, compare_table, layout_differences
from ..rows import Difference as RowDifference
from ..rules import load_rules
from .bindings import Bindings
from .compare import Difference

# Kinds of bindings that stand in rows; the kind of rules.toml that names them there.
_GIVEN = ("event", "room", "device", "media", "token", "session", "task", "random")


def given_names(bindings: Bindings) -> tuple[dict[str, str], dict[str, str]]:
    """Common names of what the answers have bound, for A's rows and for B's."""
    names: tuple[dict[str, str], dict[str, str]] = ({}, {})
    counts: dict[str, int] = {}
    for kind, a, b in bindings.pairs():
        if kind in _GIVEN and a != b:
            counts[kind] = counts.get(kind, 0) + 1
            names[0][a] = names[1][b] = f"<{kind} bound as #{counts[kind]}>"
    return names


def compare_rows(
    a: Side, b: Side, bindings: Bindings, server_name: str = SERVER_NAME
) -> tuple[Databases, list[tuple[str, Difference]]]:
    """(where, difference) for every row that differs, and how much was compared."""
    layout = list(layout_differences(a.after, b.after))
    if layout:
        return Databases(), [found for one in layout for found in told(one)]
    rules = load_rules(server_name=server_name)
    given = given_names(bindings)
    changes = [
        Changes(side, rules, Names(rules, side.before, side.after, names))
        for side, names in zip((a, b), given, strict=True)
    ]
    found: list[tuple[str, Difference]] = []
    touched = 0
    for table in a.after:
        touched += max(
            sum(one.added(table).values()) + sum(one.removed(table).values()) for one in changes
        )
        for difference in compare_table(table, *changes):
            found += told(difference)
    for difference in compare_orders(*changes):
        found += told(difference)
    return Databases(len(a.after), touched, sorted(a.after)), found


def told(found: RowDifference) -> Iterator[tuple[str, Difference]]:
    """Where a row differs, and how: each column for itself, or the row as a whole."""
    where = f"table {found.table}"
    if found.table.startswith("(order"):
        where = found.table.strip("()")
        yield where, Difference("order", (), found.row_a, found.row_b)
    elif found.row_a is not None and found.row_b is not None:
        for path, a, b in _columns(found.row_a, found.row_b, ()):
            yield where, Difference("row value", path, a, b)
    else:
        sides = (found.row_a, found.row_b)
        if found.what.startswith("gone"):
            # What only one side removed is still there on the other side.
            sides = (found.row_b, found.row_a)
        kind: Kind = "row lost" if sides[1] is None else "row extra"
        yield where, Difference(kind, (), *sides)


def _columns(
    a: Any, b: Any, path: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], Any, Any]]:
    """The innermost places where two rows differ."""
    if isinstance(a, dict) and isinstance(b, dict):
        for key in sorted(a.keys() | b.keys()):
            if key not in a or key not in b or a[key] != b[key] or type(a[key]) is not type(b[key]):
                inner = path if key == "json" and path else (*path, key)
                yield from _columns(a.get(key), b.get(key), inner)
    else:
        yield path, a, b
