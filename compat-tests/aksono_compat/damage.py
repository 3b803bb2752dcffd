# SPDX-License-Identifier: Apache-2.0
"""Damages a snapshot in one place, to prove that the comparison notices."""

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .rules import ColumnRule, Rules
from .snapshot import SEQUENCES, Row, Snapshot, Table


@dataclass(frozen=True)
class Damage:
    """A table with one change, and where that is."""

    table: str
    where: str
    rows: list[Row]

    def apply(self, snapshot: Snapshot) -> Snapshot:
        whole = snapshot[self.table]
        return {**snapshot, self.table: Table(whole.columns, whole.types, self.rows)}


def damages(name: str, table: Table, rules: Rules) -> Iterator[Damage]:
    """Every kind of damage of one table: a row lost, a row more, each column, each JSON path."""
    if not table.rows:
        return
    yield Damage(name, "a row is missing", table.rows[1:])
    yield Damage(name, "a row is there twice", [*table.rows, table.rows[-1]])
    for place, column in enumerate(table.columns):
        rule = rules.column(name, column)
        for what, number, value in _column_damages(table, place, rule):
            if (name, column) == (SEQUENCES, "last_value"):
                # Further on is no damage: ids that an aborted transaction took are lost.
                value = table.rows[number][place] - 1
            yield Damage(name, f"{column}: {what}", _changed(table.rows, number, place, value))
        if rule and rule.how == "json":
            paths = rules.paths.get(f"{name}.{column}", {})
            for what, number, value in _json_damages(table, place, paths):
                yield Damage(name, f"{column}: {what}", _changed(table.rows, number, place, value))


def _changed(rows: list[Row], number: int, place: int, value: Any) -> list[Row]:
    row = rows[number]
    return [*rows[:number], (*row[:place], value, *row[place + 1 :]), *rows[number + 1 :]]


def _column_damages(
    table: Table, place: int, rule: ColumnRule | None
) -> Iterator[tuple[str, int, Any]]:
    number = next((n for n, row in enumerate(table.rows) if row[place] is not None), 0)
    value = table.rows[number][place]
    if value is None:
        yield "a value instead of NULL", number, _some_value(table.types[place])
        return
    yield "NULL", number, None
    if not (rule and rule.how == "json"):
        yield "another value", number, _other_value(table, place, value, rule)


def _some_value(kind: str) -> Any:
    if kind in ("bigint", "integer", "smallint"):
        return 7
    return {"boolean": True, "bytea": b"x", "text[]": ("x",)}.get(kind, "x")


def _other_value(table: Table, place: int, value: Any, rule: ColumnRule | None) -> Any:
    """Another plausible value: one of another row, else one of the same type."""
    if rule and rule.how in ("ms", "s", "event_ms", "form"):
        return _mutated(value, rule)
    others = (row[place] for row in table.rows if row[place] not in (None, value))
    return next(others, _mutated(value, rule))


def _mutated(value: Any, rule: ColumnRule | None) -> Any:
    how = rule.how if rule else ""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        # A time in the wrong unit; the time of an event may not even be off by one.
        return {"ms": value // 1000, "s": value * 1000}.get(how, value + 1)
    if isinstance(value, bytes):
        return value + b"x"
    if isinstance(value, tuple):
        return (*value, "x")
    return f"{value}=" if how == "form" else f"{value}x"


def _json_damages(
    table: Table, place: int, paths: dict[str, ColumnRule]
) -> Iterator[tuple[str, int, str]]:
    """Each path that occurs in the column, changed and taken away, once."""
    seen: set[str] = set()
    for number, row in enumerate(table.rows):
        if not row[place]:
            # NULL, or the empty text that stands for default push actions.
            continue
        parsed = json.loads(row[place])
        for path in _leaves(parsed):
            name = ".".join("*" if isinstance(key, int) else key for key in path)
            if name in seen or not path:
                continue
            seen.add(name)
            rule = paths.get(name)
            yield f"JSON {name}: another value", number, _edit(parsed, path, rule)
            yield f"JSON {name}: missing", number, _edit(parsed, path, rule, remove=True)


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict) and value:
        for key in value:
            yield from _leaves(value[key], (*path, key))
    elif isinstance(value, list) and value:
        for number, part in enumerate(value):
            yield from _leaves(part, (*path, number))
    else:
        yield path


def _edit(
    parsed: Any, path: tuple[Any, ...], rule: ColumnRule | None, *, remove: bool = False
) -> str:
    result = copy.deepcopy(parsed)
    holder = result
    for key in path[:-1]:
        holder = holder[key]
    value = holder[path[-1]]
    if remove:
        del holder[path[-1]]
    elif value is None or value in ({}, []):
        holder[path[-1]] = 1
    else:
        holder[path[-1]] = _mutated(value, rule)
    return json.dumps(result)
