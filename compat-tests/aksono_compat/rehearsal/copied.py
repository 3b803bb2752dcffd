# SPDX-License-Identifier: Apache-2.0
"""A copy of an admin's own deployment: dumped in one snapshot, restored in a throwaway cluster."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import psycopg2

from ..client import Client, q
from ..postgres import Cluster
from .account import Step

SAMPLED_USERS = 5


def connect_original(args: dict[str, str | int]) -> Any:
    """A read-only session on the original."""
    options: dict[str, Any] = {**args, "application_name": "aksono-rehearsal"}
    connection = psycopg2.connect(**options, options="-c default_transaction_read_only=on")
    connection.autocommit = True
    return connection


def identity(cursor: Any) -> tuple[str, str]:
    """What tells one database of the world from every other."""
    cursor.execute(
        "SELECT system_identifier::text,"
        " (SELECT oid::text FROM pg_database WHERE datname = current_database())"
        " FROM pg_control_system()"
    )
    row = cursor.fetchone()
    return str(row[0]), str(row[1])


def announce(step: Step, args: dict[str, str | int], folder: Path) -> tuple[str, str]:
    """Says how much will be copied and whether there is room; returns the original's identity."""
    connection = connect_original(args)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        size = int(cursor.fetchone()[0])
        original = identity(cursor)
    connection.close()
    free = shutil.disk_usage(folder).free
    step.note(f"database {size / 2**20:.0f} MiB, free space {free / 2**20:.0f} MiB in {folder}")
    step.require(free > 2 * size + 2**30, "not enough free space for a dump and a copy")
    return original


def dump(step: Step, args: dict[str, str | int], file: Path) -> None:
    """pg_dump of the original: one snapshot, no lock that hinders the live server."""
    began = time.monotonic()
    environment = {**os.environ, "PGAPPNAME": "aksono-rehearsal"}
    if "password" in args:
        environment["PGPASSWORD"] = str(args["password"])
    conninfo = " ".join(f"{k}='{v}'" for k, v in args.items() if k != "password")
    done = subprocess.run(
        ["pg_dump", "-Fc", "--no-owner", "--no-privileges", "-f", str(file), "-d", conninfo],
        capture_output=True, text=True, env=environment, check=False,
    )  # fmt: skip
    step.require(done.returncode == 0, f"pg_dump: {done.stderr.strip()}")
    file.chmod(0o600)
    step.note(f"dumped {file.stat().st_size / 2**20:.0f} MiB in {time.monotonic() - began:.1f} s")


def restore(step: Step, cluster: Cluster, name: str, file: Path, original: tuple[str, str]) -> None:
    began = time.monotonic()
    cluster.restore(name, file)
    file.unlink()
    with cluster.session(name) as cursor:
        step.require(identity(cursor) != original, "the copy is the original: nothing was written")
        cursor.execute("ANALYZE")
    step.note(f"restored in {time.monotonic() - began:.1f} s; not the original by its identifier")


def sample_users(cluster: Cluster, name: str) -> list[str]:
    """The local users who are in most rooms."""
    with cluster.session(name) as cursor:
        cursor.execute(
            "SELECT u.name FROM users u JOIN local_current_membership m ON m.user_id = u.name"
            " WHERE u.deactivated = 0 AND u.appservice_id IS NULL AND m.membership = 'join'"
            " GROUP BY u.name ORDER BY count(*) DESC, u.name LIMIT %s",
            (SAMPLED_USERS,),
        )
        return [row[0] for row in cursor.fetchall()]


def borrow_tokens(url: str, admin: Client, users: list[str]) -> list[Client]:
    """Sessions of the copy's users, as an admin of the rehearsal asks Synapse for them."""
    clients = []
    for user in users:
        answer = admin.post(f"/_synapse/admin/v1/users/{q(user)}/login").ok()
        client = Client(url, answer["access_token"])
        client.user_id = user
        clients.append(client)
    return clients
