# SPDX-License-Identifier: Apache-2.0
"""rollback-check knows what an older Synapse would stumble over; after prepare-rollback it starts
and people go on, with no more errors in its log than on a database of its own."""

from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from aksono_compat.client import Client
from aksono_compat.config import Site
from aksono_compat.old_data import wait_for_background_updates
from aksono_compat.ports import free_port
from aksono_compat.postgres import Cluster
from aksono_compat.releases import python_of
from aksono_compat.rollback import PASSWORD, go_on, use_everything
from aksono_compat.servers import ServerError, Synapse
from aksono_compat.tools import Run, run_tool

RELEASES = ("1.100.0", "1.115.0", "1.128.0", "1.140.0", "1.151.0", "1.157.1")
SLIDING = {"experimental_features": {"msc3575_enabled": True}}
Shape = tuple[str, str, str]


def check(dsn: str, release: str, *options: str) -> Run:
    return run_tool("aksono-migrate", "rollback-check", "--to", release, *options, dsn)


def prepare(dsn: str, release: str) -> Run:
    return run_tool("aksono-migrate", "prepare-rollback", "--to", release, "--yes", dsn)


def ids(run: Run) -> dict[str, str]:
    (database,) = run.json["databases"]
    return {issue["id"]: issue["severity"] for issue in database["issues"]}


@pytest.fixture
def database(cluster: Cluster) -> Iterator[str]:
    cluster.create("back")
    dsn = cluster.dsn("back")
    assert run_tool("aksono-migrate", "bootstrap", dsn).code == 0
    yield dsn
    cluster.drop("back")


def test_a_fresh_database(database: str) -> None:
    newest = check(database, "1.163.2", "--json")
    assert (newest.code, ids(newest), newest.json["can_start"]) == (0, {}, True)
    older = check(database, "1.150.0", "--json")
    assert (older.code, ids(older)) == (11, {"tokens-refused": "warning"})
    too_old = check(database, "1.99.0", "--json")
    assert too_old.code == 10
    assert ids(too_old)["too-old"] == "error"
    assert prepare(database, "1.99.0").code == 10
    assert "1.100.0 and later start" in check(database, "1.99.0").out


def test_what_an_older_release_does_not_know(cluster: Cluster, database: str) -> None:
    with cluster.session("back") as cursor:
        cursor.execute(
            "INSERT INTO background_updates (update_name, progress_json)"
            " VALUES ('redactions_recheck', '{}'), ('somebody_elses', '{}')"
        )
        cursor.execute(
            "INSERT INTO rooms (room_id, is_public, creator, room_version)"
            " VALUES ('!a', false, '@a:b', '12'), ('!b', false, '@a:b', '11')"
        )
        cursor.execute(
            "INSERT INTO local_current_membership (room_id, user_id, event_id, membership)"
            " VALUES ('!a', '@a:b', '$1', 'join'), ('!b', '@a:b', '$2', 'join')"
        )
        cursor.execute("INSERT INTO users (name, suspended) VALUES ('@a:b', true)")
    found = check(database, "1.100.0")
    assert found.code == 10
    assert "redactions_recheck, somebody_elses" in found.out
    assert "rooms of version 12" in found.out
    assert "rooms of version 11" not in found.out
    assert "suspended users can do everything again" in found.out
    assert "somebody_elses" in check(database, "1.151.0").out
    assert "redactions_recheck" not in check(database, "1.151.0").out
    refused = prepare(database, "1.150.0")
    assert (refused.code, "Nothing was done" in refused.out) == (10, True)


def test_sequences_and_positions_are_moved_on(cluster: Cluster, database: str) -> None:
    with cluster.session("back") as cursor:
        cursor.execute(
            "INSERT INTO device_lists_stream (stream_id, user_id, device_id, instance_name)"
            " VALUES (8, '@a:b', 'D', 'master')"
        )
        cursor.execute(
            "INSERT INTO stream_positions VALUES ('receipts', 'master', 30),"
            " ('receipts', 'worker1', 12), ('backfill', 'master', -3)"
        )
    found = check(database, "1.100.0", "--json")
    assert found.code == 10
    assert ids(found) == {
        "sequence-behind": "error", "position-ahead": "error", "writer-behind": "warning",
        "tokens-refused": "warning",
    }  # fmt: skip
    assert ids(check(database, "1.163.2", "--json"))["sequence-behind"] == "warning"
    other = psycopg2.connect(database)
    company = prepare(database, "1.100.0")
    other.close()
    assert (company.code, "other session is connected" in company.err) == (12, True)
    done = prepare(database, "1.100.0")
    assert done.code == 11, done.out
    assert set(ids(check(database, "1.100.0", "--json"))) == {"tokens-refused"}
    with cluster.session("back") as cursor:
        cursor.execute("SELECT nextval('device_lists_sequence'), nextval('receipts_sequence')")
        assert cursor.fetchone() == (9, 31)
        cursor.execute("SELECT stream_name, stream_id FROM stream_positions ORDER BY 1, 2")
        assert cursor.fetchall() == [("backfill", -3), ("receipts", 30), ("receipts", 30)]
    again = prepare(database, "1.100.0")
    assert "0 statements run" in again.out


def test_95_becomes_94_again(database: str) -> None:
    before = run_tool("aksono-schema-diff", "snapshot", database).out
    up = run_tool("aksono-migrate", "up", "--to", "95", "--yes", database)
    assert up.code == 0, up.err
    assert check(database, "1.163.2").code == 0
    assert prepare(database, "1.163.2").code == 0
    assert run_tool("aksono-schema-diff", "snapshot", database).out == before


def test_bad_input(cluster: Cluster, database: str) -> None:
    assert check(database, "soon").code == 1
    assert check(database, "1.170.0").code == 1
    assert check(cluster.dsn("postgres"), "1.150.0").code == 12
    assert check("host=/nowhere dbname=x", "1.150.0").code == 12


@pytest.fixture(scope="module")
def used(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Synapse 1.163.2 has used it in all ways, and finished its background updates. The room."""
    cluster.create("back_used")
    folder = tmp_path_factory.mktemp("used")
    site = Site(folder, free_port(), cluster.connection_args("back_used"), dict(SLIDING))
    with Synapse(site):
        rooms = use_everything(site.url)
        wait_for_background_updates(cluster, "back_used")
    yield rooms["11"]
    cluster.drop("back_used")


def errors_of(cluster: Cluster, name: str, folder: Path, release: str, room: str) -> set[Shape]:
    """The release starts on it and people go on; without a room, they make theirs first."""
    site = Site(folder, free_port(), cluster.connection_args(name), dict(SLIDING))
    folder.mkdir()
    with Synapse(site, python_of(release)) as server:
        if not room:
            alice = Client(site.url).register("alice", PASSWORD)
            bob = Client(site.url).register("bob", PASSWORD)
            wish = {"invite": [bob.user_id], "preset": "private_chat"}
            room = alice.post("/createRoom", wish).ok()["room_id"]
            bob.post(f"/join/{room}", {}).ok()
        go_on(site.url, room)
        return {one.shape for one in server.problems() if one.level != "WARNING"}


@pytest.mark.full
@pytest.mark.timeout(600)
@pytest.mark.parametrize("release", RELEASES)
def test_the_older_release_goes_on(
    cluster: Cluster, used: str, tmp_path: Path, release: str
) -> None:
    cluster.create("back_older", "back_used")
    cluster.create("back_own")
    try:
        dsn = cluster.dsn("back_older")
        with cluster.session("back_older") as cursor:
            # A writer that takes its numbers out of memory, as releases before 1.107 do.
            cursor.execute("SELECT setval('device_lists_sequence', 1)")
            cursor.execute("DELETE FROM stream_positions WHERE stream_name = 'device_lists_stream'")
        found = check(dsn, release, "--json")
        assert "sequence-behind" in ids(found)
        if release == "1.100.0":
            assert found.code == 10
        done = prepare(dsn, release)
        assert done.code == 11, done.out + done.err
        ours = errors_of(cluster, "back_older", tmp_path / "older", release, used)
        own = errors_of(cluster, "back_own", tmp_path / "own", release, "")
        assert ours - own == set()
        # And the newest again.
        assert errors_of(cluster, "back_older", tmp_path / "newest", "1.163.2", used) == set()
    finally:
        for name in ("back_older", "back_own"):
            cluster.drop(name)


@pytest.mark.full
@pytest.mark.timeout(600)
def test_without_preparing_it_does_not_start(cluster: Cluster, used: str, tmp_path: Path) -> None:
    """Else preparing would prove nothing."""
    cluster.create("back_raw", "back_used")
    with cluster.session("back_raw") as cursor:
        cursor.execute("SELECT setval('events_stream_seq', 1)")
        cursor.execute("DELETE FROM stream_positions WHERE stream_name = 'events'")
    site = Site(tmp_path, free_port(), cluster.connection_args("back_raw"))
    with pytest.raises(ServerError), Synapse(site, python_of("1.100.0")):
        pass
    cluster.drop("back_raw")
