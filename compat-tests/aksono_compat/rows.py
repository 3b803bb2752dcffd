# SPDX-License-Identifier: Apache-2.0
"""Compares what two servers wrote for the same requests on two copies of one database."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from .canonical import Canonical, Window
from .naming import Names
from .rules import Rules, load_rules
from .snapshot import Snapshot, Table

CanonicalRow = dict[str, Any]
_ABSENT = object()


@dataclass(frozen=True)
class Difference:
    """One row that only one side has, or a pair of rows that differ in some columns."""

    table: str
    # "only in A", "only in B", "gone only in A", "gone only in B", "differs", "layout"
    what: str
    row_a: CanonicalRow | None = None
    row_b: CanonicalRow | None = None

    def __str__(self) -> str:
        if self.row_a is None or self.row_b is None:
            return f"{self.table}: {self.what}: {_dump(self.row_a or self.row_b)}"
        same = {key for key, value in self.row_a.items() if self.row_b.get(key) == value}
        lines = [f"{self.table}: {self.what}: {_dump({k: self.row_a[k] for k in sorted(same)})}"]
        for path, a, b in _parts(self.row_a, self.row_b):
            lines.append(f"    {path}: A {a}")
            lines.append(f"    {' ' * len(path)}  B {b}")
        return "\n".join(lines)


def _parts(a: Any, b: Any, path: str = "") -> Iterator[tuple[str, str, str]]:
    """The innermost places where two JSON values differ."""
    if isinstance(a, dict) and isinstance(b, dict):
        for key in sorted(a.keys() | b.keys()):
            if key not in a or key not in b or _dump(a[key]) != _dump(b[key]):
                inner = f"{path}.{key}" if path else key
                yield from _parts(a.get(key, _ABSENT), b.get(key, _ABSENT), inner)
    else:
        yield path, _shown(a), _shown(b)


def _shown(value: Any) -> str:
    return "(nothing)" if value is _ABSENT else _dump(value)


@dataclass
class Side:
    """One server's database before and after the run, and when the run was."""

    before: Snapshot
    after: Snapshot
    window: Window


def diff(a: Side, b: Side, rules: Rules | None = None) -> list[Difference]:
    """All differences between the changes of two sides; the states before must be alike."""
    rules = rules or load_rules()
    layout = list(layout_differences(a.after, b.after))
    if layout:
        return layout
    changes_a, changes_b = Changes(a, rules), Changes(b, rules)
    found: list[Difference] = []
    for table in a.after:
        found += compare_table(table, changes_a, changes_b)
    found += compare_orders(changes_a, changes_b)
    return found


class Changes:
    """What one side added and removed; added rows in canonical form, names made once."""

    def __init__(self, side: Side, rules: Rules, names: Names | None = None) -> None:
        self.side = side
        self.names = names or Names(rules, side.before, side.after)
        self._canonical = Canonical(rules, self.names, side.window)
        self._added: dict[str, Counter[str]] = {}

    def added(self, table: str) -> Counter[str]:
        if table not in self._added:
            self._added[table] = self._canonical_rows(table)
        return self._added[table]

    def _canonical_rows(self, table: str) -> Counter[str]:
        after = self.side.after[table]
        rows = _minus(after, self.side.before[table])
        return Counter(_dump(self._canonical.row(table, after, row)) for row in rows)

    def removed(self, table: str) -> Counter[str]:
        before = self.side.before[table]
        rows = _minus(before, self.side.after[table])
        # Rows of the state before, which both sides share: nothing needs a name.
        return Counter(_dump(dict(zip(before.columns, row, strict=True))) for row in rows)


def compare_table(table: str, a: Changes, b: Changes) -> Iterator[Difference]:
    """Differences of one table."""
    yield from _unequal(table, "", a.added(table), b.added(table))
    yield from _unequal(table, "gone ", a.removed(table), b.removed(table))


def compare_orders(a: Changes, b: Changes) -> Iterator[Difference]:
    """Streams whose new entries come in another order."""
    orders_b = dict(b.names.orders())
    for stream, names in a.names.orders():
        pairs = (_neighbours(names), _neighbours(orders_b[stream]))
        yield from _unequal(f"(order of the {stream})", "", *pairs)


def _neighbours(names: list[str]) -> Counter[str]:
    return Counter(
        _dump({"entry": name, "comes after": earlier})
        for earlier, name in zip(["", *names], names, strict=False)
    )


def _minus(left: Table, right: Table) -> Iterable[tuple[Any, ...]]:
    return (Counter(left.rows) - Counter(right.rows)).elements()


def _unequal(table: str, word: str, a: Counter[str], b: Counter[str]) -> Iterator[Difference]:
    """Rows without an equal on the other side; those most alike are shown as a pair."""
    left = [json.loads(row) for row in sorted((a - b).elements())]
    right = [json.loads(row) for row in sorted((b - a).elements())]
    for row in left:
        twin = max(right, key=lambda other: _likeness(row, other), default=None)
        if twin is not None and not word and _likeness(row, twin) * 2 >= len(row):
            right.remove(twin)
            yield Difference(table, "differs", row, twin)
        else:
            yield Difference(table, f"{word}only in A", row_a=row)
    for row in right:
        yield Difference(table, f"{word}only in B", row_b=row)


def _likeness(a: CanonicalRow, b: CanonicalRow) -> int:
    return sum(b.get(key, ...) == value for key, value in a.items())


def layout_differences(a: Snapshot, b: Snapshot) -> Iterator[Difference]:
    """Tables whose columns, or their types, are not the same."""
    for table in sorted(a.keys() | b.keys()):
        layouts = [
            dict(zip(side[table].columns, side[table].types, strict=True)) if table in side else {}
            for side in (a, b)
        ]
        if layouts[0] != layouts[1]:
            yield Difference(table, "layout", layouts[0], layouts[1])


def _dump(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=_unknown)


def _unknown(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    return {type(value).__name__: str(value)}
