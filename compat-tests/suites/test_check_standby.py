# SPDX-License-Identifier: Apache-2.0
"""aksono-schema-diff check on a hot standby: all that can be read there is looked at."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from aksono_compat.postgres import Cluster, Standby
from aksono_compat.tools import Run, run_tool
from aksono_compat.world import World, make_world


@dataclass
class Replicated:
    primary: Cluster
    standby: Standby
    world: World


@pytest.fixture(scope="module")
def replicated() -> Iterator[Replicated]:
    with Cluster({"wal_level": "replica", "max_wal_senders": "4"}) as primary:
        world = make_world(primary)
        with Standby(primary) as standby:
            yield Replicated(primary, standby, world)


def check(cluster: Cluster, database: str) -> Run:
    return run_tool("aksono-schema-diff", "check", "--json", cluster.dsn(database))


def ids(run: Run) -> set[str]:
    return {finding["id"] for finding in run.json["findings"]}


def test_a_standby_is_as_healthy_as_its_primary(replicated: Replicated) -> None:
    there = check(replicated.standby, replicated.world.database)
    here = check(replicated.primary, replicated.world.database)
    assert (here.code, there.code) == (0, 0), there.out + there.err
    assert ids(there) - ids(here) <= {"not-asked"}
    # Tables of passing locks are not replicated.
    for finding in there.json["findings"]:
        if finding["id"] == "not-asked":
            assert "worker_read_write_locks" in finding["explanation"] + finding["summary"], finding


def test_damage_is_found_there(replicated: Replicated) -> None:
    name = "damaged"
    replicated.primary.create(name, replicated.world.database)
    with replicated.primary.session(name) as cursor:
        cursor.execute(
            "DELETE FROM event_json WHERE event_id IN (SELECT event_id FROM events"
            " WHERE type = 'm.room.message' LIMIT 3)"
        )
        cursor.execute("DROP INDEX events_ts")
        cursor.execute("SELECT pg_current_wal_lsn()")
        row = cursor.fetchone()
    assert row is not None
    with replicated.standby.session("postgres") as cursor:
        cursor.execute("SELECT pg_last_wal_replay_lsn() >= %s", (row[0],))
        while cursor.fetchone() != (True,):
            cursor.execute("SELECT pg_sleep(0.1)")
            cursor.execute("SELECT pg_last_wal_replay_lsn() >= %s", (row[0],))
    done = check(replicated.standby, name)
    assert done.code == 10, done.out + done.err
    assert {"event-without-json", "index-missing"} <= ids(done)


def test_nothing_is_written_there(replicated: Replicated) -> None:
    done = run_tool("aksono-migrate", "up", "--yes", replicated.standby.dsn("damaged"))
    assert done.code == 12
    assert "standby" in done.err
