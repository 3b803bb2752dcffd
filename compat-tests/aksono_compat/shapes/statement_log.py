# SPDX-License-Identifier: Apache-2.0
"""What a client sent to PostgreSQL, read off the server's own log."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# For the cluster that is watched.
SETTINGS = {
    "logging_collector": "on",
    "log_destination": "csvlog",
    "log_directory": "statements",
    "log_filename": "all.log",
    "log_rotation_size": "0",
    "log_rotation_age": "0",
    "log_statement": "all",
}
_DATABASE, _PID, _MESSAGE = 2, 3, 13
_PREFIX = "statement: "


@dataclass(frozen=True)
class Sent:
    """One statement, or a script of several that was sent in one piece."""

    database: str
    pid: int
    text: str


def sent(log: Path) -> Iterator[Sent]:
    """All of them, in order."""
    csv.field_size_limit(sys.maxsize)
    with log.open(newline="", encoding="utf-8", errors="replace") as file:
        for row in csv.reader(file):
            if len(row) > _MESSAGE and row[_MESSAGE].startswith(_PREFIX):
                text = row[_MESSAGE].removeprefix(_PREFIX)
                yield Sent(row[_DATABASE], int(row[_PID]), text)


def of_the_schema(log: Path, database: str) -> list[str]:
    """What the connection sent that wrote applied_schema_deltas."""
    statements = [one for one in sent(log) if one.database == database]
    writers = {one.pid for one in statements if delta_row(one.text)}
    if len(writers) != 1:
        raise ValueError(f"{database}: {len(writers)} connections wrote applied_schema_deltas")
    return [one.text for one in statements if one.pid in writers]


def delta_row(statement: str) -> str | None:
    """The file that this statement notes as applied."""
    words = " ".join(statement.split())
    if not words.startswith("INSERT INTO applied_schema_deltas"):
        return None
    return words.rsplit("'", 2)[1]


def is_version_row(statement: str) -> bool:
    """The first of these comes between the full schema and the deltas on top of it."""
    return " ".join(statement.split()).startswith("INSERT INTO schema_version")
