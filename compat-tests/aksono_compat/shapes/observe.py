# SPDX-License-Identifier: Apache-2.0
"""The shape of a database after each file that Synapse applies when it makes one."""

from __future__ import annotations

import contextlib
import json
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2

from ..config import Site
from ..ports import free_port
from ..postgres import Cluster
from ..servers import Aksono, Synapse
from .statement_log import SETTINGS, delta_row, is_version_row, of_the_schema

Shape = dict[str, Any]
# Old ones have no ordering.
_QUEUE = "SELECT update_name, to_jsonb(b) - 'update_name' FROM background_updates b"
_TASKS = "SELECT id, action, status FROM scheduled_tasks"


@dataclass
class Moment:
    """A database after one file; the first is the full schema, before any."""

    file: str
    shape: Shape
    queue: dict[str, dict[str, Any]] = field(default_factory=dict)  # by name
    tasks: list[dict[str, str]] = field(default_factory=list)


def watch_creation(python: str | Path) -> list[str]:
    """Lets a release make a database; the statements it made the schema with."""
    with Cluster(SETTINGS) as cluster, tempfile.TemporaryDirectory() as folder:
        cluster.create("watched")
        site = Site(Path(folder), free_port(), cluster.connection_args("watched"))
        Synapse(site, python).start()
        return of_the_schema(cluster.directory / "data" / "statements" / "all.csv", "watched")


def moments(statements: list[str]) -> list[Moment]:
    """Sends them again, and looks at the database after each file."""
    found: list[Moment] = []
    with Cluster() as cluster:
        cluster.create("again")
        connection = cluster.connect("again")
        connection.autocommit = True
        looker = Looker(cluster, "again")
        with connection.cursor() as cursor:
            for statement in statements:
                _send(cursor, statement)
                file = delta_row(statement)
                if file or (not found and is_version_row(statement)):
                    found.append(looker.look(file or "", cursor))
    return found


def _send(cursor: Any, statement: str) -> None:
    """Its own BEGIN and COMMIT among them; a probe that failed the first time fails again."""
    with contextlib.suppress(psycopg2.errors.UndefinedTable):
        cursor.execute(statement)


class Looker:
    """Reads the shape with our own tool."""

    def __init__(self, cluster: Cluster, database: str) -> None:
        self._tool = Aksono.build() / "bin" / "aksono-schema-diff"
        self._dsn = cluster.dsn(database)

    def look(self, file: str, cursor: Any) -> Moment:
        cursor.execute("COMMIT")  # a warning where there is nothing to commit
        done = subprocess.run(
            [str(self._tool), "snapshot", self._dsn], capture_output=True, text=True, check=True
        )
        return Moment(file, json.loads(done.stdout), self._queue(cursor), self._tasks(cursor))

    def _queue(self, cursor: Any) -> dict[str, dict[str, Any]]:
        cursor.execute(_QUEUE)
        return dict(cursor.fetchall())

    def _tasks(self, cursor: Any) -> list[dict[str, str]]:
        try:
            cursor.execute(_TASKS)
        except psycopg2.errors.UndefinedTable:
            return []
        names = ("id", "action", "status")
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
