# SPDX-License-Identifier: Apache-2.0
"""Makes a big database of a used one: every room is there again and again, under other ids.

What a real Synapse wrote stays consistent when all ids of a room are changed in the same way, so
a check finds no more on the big database than on the small one; only signatures do not hold.

    python -m aksono_compat.big_database DSN --events 2000000 --state-rows 5000000
"""

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg2

# Rows of these are about users, devices and servers, or are named by something that must be unique.
_NOT_OF_A_ROOM = {
    "blocked_rooms",
    "device_lists_changes_in_room",
    "device_lists_changes_converted_stream_position",
    "destination_rooms",
    "e2e_room_keys",
    "event_reports",
    "room_alias_servers",
    "room_aliases",
    "room_reports",
    "sliding_sync_connection_lazy_members",
    "sliding_sync_connection_room_configs",
    "sliding_sync_connection_streams",
    "un_partial_stated_event_stream",
    "un_partial_stated_room_stream",
    "user_directory",
}
_ID_COLUMNS = {
    "auth_id",
    "event_id",
    "join_event_id",
    "latest_event_id",
    "membership_event_id",
    "prev_event_id",
    "redacts",
    "relates_to_id",
    "room_id",
    "tombstone_successor_room_id",
}
_NUMBER_COLUMNS = {
    "bump_stamp",
    "chain_id",
    "completed_delta_stream_id",
    "event_stream_ordering",
    "last_receipt_stream_ordering",
    "origin_chain_id",
    "prev_state_group",
    "state_group",
    "stream_id",
    "stream_ordering",
    "stream_ordering2",
    "target_chain_id",
}
_JSON_COLUMNS = {"json", "content", "event_ids"}
# Where consumers of the events stream have come to.
_POSITIONS = (
    "event_push_summary_stream_ordering",
    "stats_incremental_position",
    "user_directory_stream_pos",
    "room_forgetter_stream_pos",
    "delayed_events_stream_pos",
)

_SET_SEQUENCES = """SELECT setval(quote_ident(sequencename)::regclass, %s) FROM pg_sequences
    WHERE schemaname = current_schema() AND data_type = 'bigint'::regtype
      AND coalesce(last_value, 0) > 0"""
_SET_STREAM_POSITIONS = "UPDATE stream_positions SET stream_id = sign(stream_id + 0.5) * %s"

_COLUMNS = """SELECT c.relname, a.attname, format_type(a.atttypid, NULL)
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r'
    WHERE c.relnamespace = current_schema()::regnamespace AND a.attnum > 0
      AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY c.relname, a.attnum"""

_WHOLE_STATE = """
    WITH RECURSIVE picked AS (
        SELECT id FROM state_groups WHERE id %% %(every)s = 0
    ), chain(top, state_group, hops) AS (
        SELECT id, id, 0 FROM picked
        UNION ALL
        SELECT c.top, e.prev_state_group, c.hops + 1
        FROM chain c JOIN state_group_edges e ON e.state_group = c.state_group
    ), whole AS (
        SELECT DISTINCT ON (c.top, s.type, s.state_key)
            c.top, s.room_id, s.type, s.state_key, s.event_id, c.hops
        FROM chain c JOIN state_groups_state s ON s.state_group = c.state_group
        ORDER BY c.top, s.type, s.state_key, c.hops
    ), cut AS (
        DELETE FROM state_group_edges WHERE state_group IN (SELECT id FROM picked)
    )
    INSERT INTO state_groups_state (state_group, room_id, type, state_key, event_id)
    SELECT top, room_id, type, state_key, event_id FROM whole WHERE hops > 0"""


@dataclass
class Table:
    name: str
    columns: list[tuple[str, str]]  # name, type

    @property
    def of_a_room(self) -> bool:
        """Whether its rows have ids that change with their room's."""
        names = {name for name, _ in self.columns}
        if self.name in _NOT_OF_A_ROOM:
            return False
        # Of numbers alone, those of state groups and chains.
        return bool(names & _ID_COLUMNS) or self.name in {
            "event_auth_chain_links",
            "state_group_edges",
        }

    def copy(self, first: int, last: int, step: int) -> str:
        """A statement that puts the rows in again, once for each number from first to last."""
        names = ", ".join(f'"{name}"' for name, _ in self.columns)
        values = ", ".join(self._value(name, kind, step) for name, kind in self.columns)
        return (
            f"INSERT INTO {self.name} ({names}) OVERRIDING SYSTEM VALUE SELECT {values}"
            f" FROM source.{self.name} t, generate_series({first}, {last}) i"
        )

    def _value(self, name: str, kind: str, step: int) -> str:
        column = f't."{name}"'
        if name in _ID_COLUMNS:
            return f"left({column}, 1) || i || '~' || substr({column}, 2)"
        if name in _JSON_COLUMNS and kind == "text":
            return (
                f"regexp_replace({column}, '\"([!$])(?=[A-Za-z0-9_+/=-]{{10}})',"
                f" '\"\\1' || i || '~', 'g')"
            )
        number = name in _NUMBER_COLUMNS or (self.name == "state_groups" and name == "id")
        if number and kind in {"bigint", "integer"}:
            return f"{column} + sign({column} + 0.5)::int * i::bigint * {step}"
        return column


Say = Callable[[str], None]


class Grower:
    def __init__(self, cursor: Any, say: Say) -> None:
        self.cursor = cursor
        self.say = say
        self.tables = self._read_tables()

    def grow(self, events: int, state_rows: int) -> None:
        """Until there are about so many rows in events and state_groups_state."""
        times = max(0, events // self._count("events") - 1)
        self._spell_out_states(state_rows // (times + 1))
        self.step = self._step()
        # Triggers and foreign keys would look at each row; what is copied satisfies them.
        self.cursor.execute("SET session_replication_role = replica")
        self.cursor.execute("SET maintenance_work_mem = '1GB'")
        self.cursor.execute("CREATE SCHEMA source")
        for table in self.tables:
            self.cursor.execute(f"CREATE TABLE source.{table.name} AS TABLE public.{table.name}")
        for table in self.tables:
            began = time.monotonic()
            self.cursor.execute(table.copy(1, times, self.step))
            if self.cursor.rowcount > 0:
                seconds = time.monotonic() - began
                self.say(f"{table.name}: {self.cursor.rowcount} rows in {seconds:.0f} s")
        self.cursor.execute("DROP SCHEMA source CASCADE")
        self._set_positions(times)

    def _read_tables(self) -> list[Table]:
        self.cursor.execute(_COLUMNS)
        tables: dict[str, Table] = {}
        for table, column, kind in self.cursor.fetchall():
            tables.setdefault(table, Table(table, [])).columns.append((column, kind))
        return [table for table in tables.values() if table.of_a_room]

    def _count(self, table: str) -> int:
        self.cursor.execute(f"SELECT count(*) FROM {table}")
        return int(self.cursor.fetchone()[0])

    def _spell_out_states(self, wanted: int) -> None:
        """Stores more and more state groups whole, as Synapse does with every hundredth."""
        for every in (7, 5, 3, 2, 1):
            if self._count("state_groups_state") >= wanted:
                return
            self.cursor.execute(_WHOLE_STATE, {"every": every})

    def _step(self) -> int:
        """Beyond every number that a sequence has handed out."""
        self.cursor.execute("SELECT max(coalesce(last_value, 0)) FROM pg_sequences")
        return int(self.cursor.fetchone()[0]) + 10

    def _set_positions(self, times: int) -> None:
        end = (times + 2) * self.step
        self.cursor.execute(_SET_SEQUENCES, (end,))
        self.cursor.execute(_SET_STREAM_POSITIONS, (end,))
        for table in _POSITIONS:
            self.cursor.execute("SELECT to_regclass(%s)", (table,))
            if self.cursor.fetchone()[0]:
                column = "stream_ordering" if table.endswith("stream_ordering") else "stream_id"
                self.cursor.execute(f"UPDATE {table} SET {column} = %s", (end,))
        self.cursor.execute(
            "UPDATE user_stats_current SET joined_rooms = joined_rooms * %s", (times + 1,)
        )


def grow(dsn: str, events: int, state_rows: int, say: Say, *, analyze: bool = True) -> None:
    """Makes the database that big; all of it is one transaction. Without `analyze` PostgreSQL goes
    on with the statistics of the small one, as it would after a restore."""
    connection = psycopg2.connect(dsn)
    try:
        with connection, connection.cursor() as cursor:
            Grower(cursor, say).grow(events, state_rows)
        connection.autocommit = True
        if analyze:
            with connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE")
    finally:
        connection.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dsn", help="a database that may be changed: a copy")
    parser.add_argument("--events", type=int, default=2_000_000)
    parser.add_argument("--state-rows", type=int, default=5_000_000)
    arguments = parser.parse_args()
    began = time.monotonic()
    grow(
        arguments.dsn,
        arguments.events,
        arguments.state_rows,
        lambda line: print(line, file=sys.stderr),
    )
    print(f"done in {time.monotonic() - began:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
