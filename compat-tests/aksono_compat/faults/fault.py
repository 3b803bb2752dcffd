# SPDX-License-Identifier: Apache-2.0
"""What a damage is, how it is done, and how to name what it strikes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import psycopg2.extensions

from ..demo import Demo

Cursor = psycopg2.extensions.cursor
# Where a row needs a value and the damage does not say which.
_SOME: dict[str, Any] = {
    "text": "x",
    "bigint": 1,
    "integer": 1,
    "smallint": 0,
    "boolean": False,
    "bytea": b"x",
}
_NEEDED = """SELECT column_name, data_type FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = %s AND is_nullable = 'NO'
        AND column_default IS NULL AND is_identity = 'NO'"""


@dataclass(frozen=True)
class Fault:
    """`sql` is one statement, with %(room_v1)s, %(alice)s and the like for what is in the world;
    its RETURNING names what is struck. Or `row`, of `table`, is put in, and `object` is struck."""

    finds: tuple[str, ...]  # the first one names the object
    sql: str = ""
    table: str = ""
    row: dict[str, Any] = field(default_factory=dict)
    object: str = ""

    @property
    def name(self) -> str:
        return self.finds[0]

    def do(self, cursor: Cursor, names: dict[str, str]) -> str:
        """Returns what is struck, "" where that has no name. It must strike something."""
        if self.table:
            _put(cursor, self.table, self.row)
            return self.object
        cursor.execute(self.sql, names)
        assert cursor.rowcount != 0, f"{self.name}: nothing was damaged"
        if cursor.description is None:
            return self.object
        row = cursor.fetchone()
        assert row is not None
        return str(row[0])


def _put(cursor: Cursor, table: str, row: dict[str, Any]) -> None:
    cursor.execute(_NEEDED, (table,))
    whole = {column: _SOME[kind] for column, kind in cursor.fetchall()} | row
    places = ", ".join(["%s"] * len(whole))
    sql = f"INSERT INTO {table} ({', '.join(whole)}) VALUES ({places})"
    cursor.execute(sql, list(whole.values()))


def put(finds: str | tuple[str, ...], table: str, thing: str = "", **row: Any) -> Fault:
    """A row too many."""
    ids = (finds,) if isinstance(finds, str) else finds
    return Fault(ids, table=table, row=row, object=thing)


def change(finds: str | tuple[str, ...], sql: str, thing: str = "") -> Fault:
    """What a statement does."""
    return Fault((finds,) if isinstance(finds, str) else finds, sql=sql, object=thing)


def names_of(demo: Demo) -> dict[str, str]:
    """What stands for the rooms and users of the world in the statements."""
    rooms = {f"room_{label}": room for label, room in demo.rooms.items()}
    return rooms | {label: user["user_id"] for label, user in demo.users.items()}


def message(room: str) -> str:
    """The first message of a room, as SQL."""
    return (
        f"(SELECT event_id FROM events WHERE room_id = %(room_{room})s"
        " AND type = 'm.room.message' ORDER BY stream_ordering LIMIT 1)"
    )


def state(room: str, kind: str, key: str = "''") -> str:
    """The event in the state of a room; `key` is SQL."""
    return (
        f"(SELECT event_id FROM state_events WHERE room_id = %(room_{room})s"
        f" AND type = 'm.room.{kind}' AND state_key = {key} LIMIT 1)"
    )


def group(room: str) -> str:
    """The state group of the first message of a room."""
    return f"(SELECT state_group FROM event_to_state_groups WHERE event_id = {message(room)})"
