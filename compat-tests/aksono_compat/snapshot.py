# SPDX-License-Identifier: Apache-2.0
"""Every row of every table of a database, and the state of its sequences."""

from dataclasses import dataclass
from typing import Any

from .postgres import Cluster

Row = tuple[Any, ...]
SEQUENCES = "(sequences)"


@dataclass
class Table:
    """Rows in no particular order; values are hashable: text, numbers, bytes, tuples."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: list[Row]


Snapshot = dict[str, Table]

_COLUMNS = """
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
    AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY c.relname, a.attname"""
_SEQUENCES = """
SELECT sequencename::text, last_value FROM pg_sequences WHERE schemaname = 'public'"""


def take_snapshot(cluster: Cluster, database: str) -> Snapshot:
    """Reads all of `database` in one REPEATABLE READ transaction."""
    connection = cluster.connect(database)
    connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
    try:
        with connection.cursor() as cursor:
            cursor.execute(_COLUMNS)
            layout: dict[str, list[tuple[str, str]]] = {}
            for table, column, kind in cursor.fetchall():
                layout.setdefault(table, []).append((column, kind))
            snapshot = {}
            for table, columns in layout.items():
                names = tuple(name for name, _ in columns)
                cursor.execute(_select(table, columns))
                rows = [tuple(map(_hashable, row)) for row in cursor.fetchall()]
                snapshot[table] = Table(names, tuple(kind for _, kind in columns), rows)
            cursor.execute(_SEQUENCES)
            rows = cursor.fetchall()
            snapshot[SEQUENCES] = Table(("name", "last_value"), ("text", "bigint"), rows)
    finally:
        connection.close()
    return snapshot


def _select(table: str, columns: list[tuple[str, str]]) -> str:
    # jsonb as text: its numbers keep their digits.
    wanted = [f'"{name}"::text' if kind == "jsonb" else f'"{name}"' for name, kind in columns]
    return f'SELECT {", ".join(wanted)} FROM "{table}"'


def _hashable(value: Any) -> Any:
    if isinstance(value, memoryview):
        return bytes(value)
    if isinstance(value, list):
        return tuple(map(_hashable, value))
    return value
