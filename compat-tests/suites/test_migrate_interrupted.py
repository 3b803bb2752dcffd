# SPDX-License-Identifier: Apache-2.0
"""Upgrades that die in the middle, ours or Synapse's, end well when `up` is run again."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg2.extensions
import pytest

from aksono_compat.config import SERVER_NAME, Site
from aksono_compat.old_data import make_old_database
from aksono_compat.ports import free_port
from aksono_compat.postgres import Cluster
from aksono_compat.releases import python_of
from aksono_compat.servers import Aksono, ServerError, Synapse
from aksono_compat.tools import run_tool, update_by_synapse

OWN_WORDS = ("~ functions.", "~ comments.", "Alike: ")
OTK_TASK = "UPDATE scheduled_tasks SET timestamp = 0 WHERE id = 'delete_old_otks_task'"


def options(dsn: str) -> list[str]:
    return ["--server-name", SERVER_NAME, "--yes", dsn]


def make(cluster: Cluster, name: str, version: int) -> str:
    cluster.create(name)
    dsn = cluster.dsn(name)
    assert run_tool("aksono-migrate", "bootstrap", "--version", str(version), dsn).code == 0
    return dsn


def kill_at_step(dsn: str, step: int) -> int:
    """Runs `up` and kills it when it begins its step-th delta. Returns how many there are."""
    program = str(Aksono.build() / "bin" / "aksono-migrate")
    with subprocess.Popen(
        [program, "up", *options(dsn)], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            now, of = line[1 : line.index("]")].split("/")
            if int(now) == step:
                os.kill(process.pid, signal.SIGKILL)
                process.wait()
                return int(of)
    raise AssertionError("it ended before that")


def differences(cluster: Cluster, a: str, b: str) -> list[str]:
    for name in (a, b):
        with cluster.session(name) as cursor:
            cursor.execute(OTK_TASK)
    done = run_tool("aksono-schema-diff", "diff", "--data", cluster.dsn(a), cluster.dsn(b))
    assert done.code in (0, 10), done.err
    return [line for line in done.out.splitlines() if not line.startswith(OWN_WORDS)]


@pytest.fixture
def databases(cluster: Cluster) -> Iterator[list[str]]:
    made: list[str] = []
    yield made
    for name in made:
        cluster.drop(name)


def shape_of(dsn: str) -> list[str]:
    """With positions. PostgreSQL does not take back that a sequence was set: delta 72/08 says that
    this one has been used, which does no harm."""
    lines = run_tool("aksono-schema-diff", "snapshot", dsn).out.splitlines()
    return [line for line in lines if "cache_invalidation_stream_seq" not in line]


def survives(cluster: Cluster, databases: list[str], version: int, steps: list[int]) -> None:
    databases += ["killed", "smooth"]
    dsn = make(cluster, "killed", version)
    before = shape_of(dsn)
    cluster.create("smooth", "killed")
    done = run_tool("aksono-migrate", "up", *options(cluster.dsn("smooth")))
    assert done.code == 0, done.err
    for step in steps:
        assert kill_at_step(dsn, step) >= step
        assert shape_of(dsn) == before
    again = run_tool("aksono-migrate", "up", *options(dsn))
    assert again.code == 0, again.err
    assert differences(cluster, "killed", "smooth") == []


def test_killed_at_some_steps(cluster: Cluster, databases: list[str]) -> None:
    survives(cluster, databases, 73, [1, 40, 107])


@pytest.mark.full
def test_killed_at_every_fifth_step(cluster: Cluster, databases: list[str]) -> None:
    survives(cluster, databases, 59, list(range(1, 185, 5)))


def test_a_lost_connection_leaves_nothing(cluster: Cluster, databases: list[str]) -> None:
    databases.append("cut")
    dsn = make(cluster, "cut", 73)
    before = shape_of(dsn)
    program = str(Aksono.build() / "bin" / "aksono-migrate")
    with subprocess.Popen(
        [program, "up", *options(dsn)], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stderr is not None
        process.stderr.readline()
        with cluster.session("postgres") as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'cut'"
            )
        said = process.stderr.read()
        assert process.wait() == 12
    assert "the connection was lost" in said
    assert shape_of(dsn) == before


def test_95_finishes_what_it_needs(cluster: Cluster, databases: list[str]) -> None:
    """Delta 95/01 does a pending clean-up of event_edges at once; so do we. All edges of an event
    go of which one is a state edge."""
    databases.append("edges")
    dsn = make(cluster, "edges", 73)
    with cluster.session("edges") as cursor:
        queue_edges(cursor)
    done = run_tool("aksono-migrate", "up", "--to", "95", *options(dsn))
    assert done.code == 0, done.err
    with cluster.session("edges") as cursor:
        cursor.execute("SELECT event_id FROM event_edges ORDER BY 1")
        assert cursor.fetchall() == [("$b",)]
        cursor.execute("SELECT version FROM schema_version")
        assert cursor.fetchone() == (95,)
    check = run_tool("aksono-schema-diff", "check", "--json", dsn)
    assert "event_edges" not in "".join(one["object"] for one in check.json["findings"])


def queue_edges(cursor: psycopg2.extensions.cursor) -> None:
    cursor.execute(
        "INSERT INTO events (topological_ordering, event_id, type, room_id, processed, outlier,"
        " depth, sender, contains_url, stream_ordering, origin_server_ts, received_ts)"
        " SELECT g, '$' || chr(96 + g), 't', '!r', true, false, g, '@a:b', false, 1 + g,"
        " 1600000000000, 1 FROM generate_series(1, 2) g"
    )
    cursor.execute("ALTER TABLE event_edges DROP CONSTRAINT event_edges_event_id_fkey")
    cursor.execute(
        "INSERT INTO event_edges (event_id, prev_event_id, is_state)"
        " VALUES ('$b', '$a', false), ('$a', '$x', false), ('$a', '$s', true),"
        " ('$gone', '$b', false)"
    )
    cursor.execute(
        "ALTER TABLE event_edges ADD CONSTRAINT event_edges_event_id_fkey"
        " FOREIGN KEY (event_id) REFERENCES events(event_id) NOT VALID"
    )
    cursor.execute(
        "INSERT INTO background_updates (update_name, progress_json, ordering)"
        " VALUES ('event_edges_drop_invalid_rows', '{}', 7101)"
    )


@pytest.mark.full
def test_95_as_the_release_candidate_does(
    cluster: Cluster, databases: list[str], tmp_path: Path
) -> None:
    databases += ["edges_ours", "edges_theirs"]
    dsn = make(cluster, "edges_ours", 94)
    with cluster.session("edges_ours") as cursor:
        queue_edges(cursor)
    cluster.create("edges_theirs", "edges_ours")
    assert run_tool("aksono-migrate", "up", "--to", "95", *options(dsn)).code == 0
    site = Site(tmp_path, free_port(), cluster.connection_args("edges_theirs"))
    with Synapse(site, python_of("1.164.0rc3")):
        pass
    found = differences(cluster, "edges_ours", "edges_theirs")
    assert [line for line in found if "sum" not in line or "event_edges" in line] == []


@pytest.mark.full
def test_an_upgrade_that_synapse_left_half_done(
    cluster: Cluster, databases: list[str], tmp_path: Path
) -> None:
    """1.163.2 dies on databases of 1.25.0 at 79/04, and everything before that stays."""
    databases += ["half_old", "half", "whole"]
    make_old_database(cluster, "half_old", "1.25.0", tmp_path / "old")
    for name in ("half", "whole"):
        cluster.create(name, "half_old")
    site = Site(tmp_path / "dies", free_port(), cluster.connection_args("half"))
    site.directory.mkdir()
    with pytest.raises(ServerError), Synapse(site):
        pass
    with cluster.session("half") as cursor:
        cursor.execute("SELECT version FROM schema_version")
        assert cursor.fetchone() == (79,)
    for name in ("half", "whole"):
        done = run_tool("aksono-migrate", "up", *options(cluster.dsn(name)))
        assert done.code == 0, done.err
    assert differences(cluster, "half", "whole") == []
    update_by_synapse(cluster, "half", finished=True)
    check = run_tool("aksono-schema-diff", "check", "--json", cluster.dsn("half"))
    assert check.json["findings"] == []
