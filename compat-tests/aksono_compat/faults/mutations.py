# SPDX-License-Identifier: Apache-2.0
"""Random damages: one row of any table deleted, put in twice, or changed in one column."""

from __future__ import annotations

import random
from dataclasses import dataclass

import psycopg2

from .fault import Cursor

# Where the history of rooms, people and their keys is: what nobody can make anew.
CORE = (
    "access_tokens", "current_state_events", "devices", "e2e_device_keys_json", "event_auth",
    "event_auth_chain_links", "event_auth_chains", "event_edges", "event_forward_extremities",
    "event_json", "event_relations", "event_to_state_groups", "events",
    "local_current_membership", "profiles", "push_rules", "receipts_linearized", "redactions",
    "room_account_data", "room_aliases", "room_memberships", "rooms", "state_events",
    "state_group_edges", "state_groups", "state_groups_state", "users",
)  # fmt: skip
_COLUMNS = """SELECT column_name, data_type FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'
    ORDER BY ordinal_position"""
# Another value of the type, as SQL over the column.
_OTHER = {
    "text": "{0} || 'x'", "bigint": "{0} + 1", "integer": "{0} + 1", "smallint": "1 - {0}",
    "boolean": "NOT {0}",
}  # fmt: skip


@dataclass(frozen=True)
class Mutation:
    """What was done."""

    table: str
    how: str

    def __str__(self) -> str:
        return f"{self.table}: {self.how}"


def mutate(cursor: Cursor, chance: random.Random, tables: tuple[str, ...] = CORE) -> Mutation:
    """Damages one row; a damage that a unique index keeps out is thrown again."""
    while True:
        table = chance.choice(tables)
        how = chance.choice(("deleted", "twice", "changed", "changed"))
        cursor.execute(f"SELECT ctid::text FROM {table} ORDER BY ctid")
        places = [place for (place,) in cursor.fetchall()]
        if not places:
            continue
        try:
            done = _do(cursor, chance, table, how, chance.choice(places))
        except psycopg2.errors.UniqueViolation:
            continue
        if done:
            return Mutation(table, done)


def _do(cursor: Cursor, chance: random.Random, table: str, how: str, place: str) -> str:
    """What was done, "" when nothing was."""
    where = f"WHERE ctid = '{place}'::tid"
    if how == "deleted":
        cursor.execute(f"DELETE FROM {table} {where}")
        return how
    if how == "twice":
        cursor.execute(f"INSERT INTO {table} SELECT * FROM {table} {where}")
        return how
    cursor.execute(_COLUMNS, (table,))
    column, kind = chance.choice([one for one in cursor.fetchall() if one[1] in _OTHER])
    other = _OTHER[kind].format(column)
    cursor.execute(f"UPDATE {table} SET {column} = {other} {where} AND {column} IS NOT NULL")
    return f"{column} changed" if cursor.rowcount else ""
