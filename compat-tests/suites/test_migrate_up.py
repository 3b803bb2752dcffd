# SPDX-License-Identifier: Apache-2.0
"""aksono-migrate plan and up do to a database what Synapse 1.163.2 does when it starts on it."""

from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from aksono_compat.client import Client
from aksono_compat.config import SERVER_NAME, Site
from aksono_compat.old_data import make_old_database, wait_for_background_updates
from aksono_compat.ports import free_port
from aksono_compat.postgres import Cluster
from aksono_compat.releases import python_of
from aksono_compat.servers import Synapse
from aksono_compat.tools import Run, make_synapse_schema, run_tool, update_by_synapse

RELEASES = (
    "1.38.1", "1.68.0", "1.76.0", "1.88.0", "1.100.0", "1.115.0", "1.128.0", "1.140.0",
    "1.151.0", "1.157.1",
)  # fmt: skip
# Its time is the moment of the upgrade.
OTK_TASK = "UPDATE scheduled_tasks SET timestamp = 0 WHERE id = 'delete_old_otks_task'"

# A server that runs tells its workers of caches, and 1.38.1 lays more links between auth chains;
# which chain gets which number is chance, see chains().
OF_THE_RELEASE_BETWEEN = (
    "~ cache_invalidation_stream_by_instance", "~ event_auth_chain_links", "~ event_auth_chains",
)  # fmt: skip
OWN_WORDS = ("~ functions.", "~ comments.", "Alike: ")


def migrate(verb: str, dsn: str, *options: str) -> Run:
    return run_tool("aksono-migrate", verb, "--server-name", SERVER_NAME, *options, dsn)


def make(cluster: Cluster, name: str, version: int) -> str:
    cluster.create(name)
    dsn = cluster.dsn(name)
    assert run_tool("aksono-migrate", "bootstrap", "--version", str(version), dsn).code == 0
    return dsn


def differences(cluster: Cluster, a: str, b: str) -> list[str]:
    """Of shape and rows; bodies of functions and comments are in our own words."""
    for name in (a, b):
        with cluster.session(name) as cursor:
            cursor.execute(OTK_TASK)
    done = run_tool("aksono-schema-diff", "diff", "--data", cluster.dsn(a), cluster.dsn(b))
    assert done.code in (0, 10), done.err
    return [line for line in done.out.splitlines() if not line.startswith(OWN_WORDS)]


def chains(cluster: Cluster, name: str) -> list[list[str]]:
    """Events of each auth chain, in order."""
    with cluster.session(name) as cursor:
        cursor.execute(
            "SELECT array_agg(event_id ORDER BY sequence_number) FROM event_auth_chains "
            "GROUP BY chain_id"
        )
        return sorted(events for (events,) in cursor.fetchall())


def use(cluster: Cluster, name: str, folder: Path) -> None:
    """Lets Synapse run on an upgraded database: log in, sync, send."""
    site = Site(folder, free_port(), cluster.connection_args(name))
    site.directory.mkdir()
    with Synapse(site) as server:
        alice = Client(server.site.url).login("alice", "password")
        rooms = alice.get("/_matrix/client/v3/sync").ok()["rooms"]["join"]
        (room,) = rooms
        assert alice.say(room, "still here").startswith("$")


@pytest.fixture
def database(cluster: Cluster) -> Iterator[str]:
    yield "upgraded"
    cluster.drop("upgraded")


@pytest.mark.parametrize("version", [59, 73, 84, 92])
def test_an_old_shape_ends_as_the_newest(cluster: Cluster, database: str, version: int) -> None:
    dsn = make(cluster, database, version)
    plan = migrate("plan", dsn)
    assert plan.code == 0
    assert f"schema version {version} to 94" in plan.out
    assert "94/11_destination_room_sticky_events.sql" in plan.out
    done = migrate("up", dsn, "--yes")
    assert done.code == 0, done.err
    check = run_tool("aksono-schema-diff", "check", "--json", dsn)
    assert check.code == 0, check.out
    assert "background-update-pending" in {one["id"] for one in check.json["findings"]}
    assert {one["severity"] for one in check.json["findings"]} == {"info"}
    again = migrate("up", dsn, "--yes")
    assert (again.code, "no delta waits" in again.out) == (0, True)
    update_by_synapse(cluster, database, finished=True)
    make_synapse_schema(cluster, "upgraded_fresh")
    try:
        done = run_tool("aksono-schema-diff", "diff", dsn, cluster.dsn("upgraded_fresh"))
        assert [line for line in done.out.splitlines() if not line.startswith(OWN_WORDS)] == []
    finally:
        cluster.drop("upgraded_fresh")


@pytest.mark.full
@pytest.mark.parametrize("release", RELEASES)
def test_used_databases_become_what_synapse_makes_of_them(
    cluster: Cluster, tmp_path: Path, release: str
) -> None:
    old = "old_" + release.replace(".", "_")
    make_old_database(cluster, old, release, tmp_path)
    ours, theirs = f"{old}_ours", f"{old}_theirs"
    cluster.create(ours, old)
    cluster.create(theirs, old)
    done = migrate("up", cluster.dsn(ours), "--yes")
    assert done.code == 0, done.err
    update_by_synapse(cluster, theirs, finished=False)
    assert differences(cluster, ours, theirs) == []
    for name in (ours, theirs):
        update_by_synapse(cluster, name, finished=True)
    assert differences(cluster, ours, theirs) == []
    use(cluster, ours, tmp_path / "after")
    for name in (old, ours, theirs):
        cluster.drop(name)


@pytest.mark.full
@pytest.mark.parametrize("release", ["1.25.0", "1.37.1"])
def test_what_synapse_cannot_upgrade_at_once(
    cluster: Cluster, tmp_path: Path, release: str
) -> None:
    """Synapse 1.163.2 fails on these; it needs 1.38.1 in between, background updates finished."""
    old = "old_" + release.replace(".", "_")
    make_old_database(cluster, old, release, tmp_path)
    ours, theirs = f"{old}_ours", f"{old}_theirs"
    cluster.create(ours, old)
    cluster.create(theirs, old)
    done = migrate("up", cluster.dsn(ours), "--yes")
    assert done.code == 0, done.err
    site = Site(tmp_path / "between", free_port(), cluster.connection_args(theirs))
    site.directory.mkdir()
    with Synapse(site, python_of("1.38.1")):
        wait_for_background_updates(cluster, theirs)
    for name in (ours, theirs):
        update_by_synapse(cluster, name, finished=True)
    found = differences(cluster, ours, theirs)
    assert [line for line in found if not line.startswith(OF_THE_RELEASE_BETWEEN)] == []
    assert chains(cluster, ours) == chains(cluster, theirs)
    use(cluster, ours, tmp_path / "after")
    for name in (old, ours, theirs):
        cluster.drop(name)


def test_what_fails_leaves_everything_as_it_was(cluster: Cluster, database: str) -> None:
    dsn = make(cluster, database, 92)
    with cluster.session(database) as cursor:
        cursor.execute("CREATE VIEW mine AS SELECT content FROM delayed_events")
    before = run_tool("aksono-schema-diff", "snapshot", dsn).out
    done = migrate("up", dsn, "--yes")
    assert (done.code, "view" in done.err) == (12, True)
    assert run_tool("aksono-schema-diff", "snapshot", dsn).out == before


def test_a_table_in_the_way_is_named(cluster: Cluster, database: str) -> None:
    dsn = make(cluster, database, 84)
    with cluster.session(database) as cursor:
        cursor.execute("CREATE TABLE room_reports (mine integer)")
    done = migrate("up", dsn, "--yes")
    assert (done.code, "table room_reports is there already" in done.err) == (12, True)


def test_refusals(cluster: Cluster, database: str) -> None:
    dsn = make(cluster, database, 73)
    nameless = run_tool("aksono-migrate", "up", "--yes", dsn)
    assert (nameless.code, "--server-name" in nameless.err) == (12, True)
    unasked = migrate("up", dsn)
    assert (unasked.code, "--yes" in unasked.err) == (1, True)
    assert migrate("up", dsn, "--to", "80", "--yes").code == 1
    other = psycopg2.connect(dsn)
    company = migrate("up", dsn, "--yes")
    other.close()
    assert (company.code, "other session is connected" in company.err) == (12, True)
    assert migrate("up", cluster.dsn("postgres"), "--yes").code == 12
    with cluster.session(database) as cursor:
        cursor.execute("UPDATE schema_version SET version = 57")
    assert "1.37.1" in migrate("plan", dsn).err
