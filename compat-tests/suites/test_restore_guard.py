# SPDX-License-Identifier: Apache-2.0
"""After restore-guard a restored dump hands nothing out again that was handed out after the dump:
one-time keys, stream ids, transaction numbers. Asks at a terminal only."""

import os
import pty
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from aksono_compat.client import Client, q
from aksono_compat.config import SERVER_NAME, Site
from aksono_compat.demo import device_keys
from aksono_compat.ports import free_port
from aksono_compat.postgres import Cluster
from aksono_compat.servers import Aksono, Synapse
from aksono_compat.tools import run_tool

MARGIN = 1000


@pytest.fixture
def database(cluster: Cluster) -> Iterator[str]:
    cluster.create("restored")
    dsn = cluster.dsn("restored")
    assert run_tool("aksono-migrate", "bootstrap", dsn).code == 0
    yield dsn
    cluster.drop("restored")


def guard(dsn: str, answer: str) -> tuple[int, str]:
    """At a terminal that types `answer`. How it ended and what it said."""
    program = str(Aksono.build() / "bin" / "aksono-migrate")
    command = [program, "restore-guard", "--server-name", SERVER_NAME, "--margin", str(MARGIN), dsn]
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        os.close(theirs)
        os.write(ours, (answer + "\n").encode())
        assert process.stdout is not None
        said = process.stdout.read()
        code = process.wait()
    os.close(ours)
    return code, said


def fill(cluster: Cluster) -> None:
    with cluster.session("restored") as cursor:
        cursor.execute(f"INSERT INTO users (name) VALUES ('@a:{SERVER_NAME}')")
        cursor.execute(
            "INSERT INTO e2e_one_time_keys_json"
            " SELECT '@a:b', 'D', 'x', 'K' || g, 1, '{}' FROM generate_series(1, 5) g"
        )
        cursor.execute("INSERT INTO e2e_fallback_keys_json VALUES ('@a:b', 'D', 'x', 'F', '{}')")
        cursor.execute(
            "INSERT INTO application_services_txns VALUES ('as', 3, '[]'), ('as', 4, '')"
        )
        cursor.execute("SELECT setval('application_services_txn_id_seq', 4)")
        cursor.execute("SELECT setval('receipts_sequence', 40)")
        cursor.execute("INSERT INTO stream_positions VALUES ('receipts', 'master', 40)")


def test_what_it_fences(cluster: Cluster, database: str) -> None:
    fill(cluster)
    code, said = guard(database, SERVER_NAME)
    assert code == 0, said
    assert "5 one-time keys move" in said
    assert "1 fallback keys are marked" in said
    assert "2 waiting transactions" in said
    with cluster.session("restored") as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM e2e_one_time_keys_json),"
            " (SELECT count(*) FROM aksono_restored_one_time_keys),"
            " (SELECT count(*) FROM e2e_fallback_keys_json WHERE used)"
        )
        assert cursor.fetchone() == (0, 5, 1)
        cursor.execute("SELECT txn_id FROM application_services_txns ORDER BY 1")
        assert cursor.fetchall() == [(MARGIN + 3,), (MARGIN + 4,)]
        cursor.execute(
            "SELECT nextval('application_services_txn_id_seq'), nextval('receipts_sequence'),"
            " nextval('state_group_id_seq'), nextval('events_stream_seq')"
        )
        assert cursor.fetchone() == (MARGIN + 5, MARGIN + 41, MARGIN + 1, MARGIN + 2)
    check = run_tool("aksono-migrate", "rollback-check", "--json", database)
    assert check.code == 0, check.out


def test_refusals(cluster: Cluster, database: str) -> None:
    fill(cluster)
    code, said = guard(database, "another.example")
    assert (code, "nothing was done" in said) == (1, True)
    piped = run_tool("aksono-migrate", "restore-guard", "--server-name", SERVER_NAME, database)
    assert (piped.code, "terminal" in piped.err) == (1, True)
    other = psycopg2.connect(database)
    code, said = guard(database, SERVER_NAME)
    other.close()
    assert (code, "other session is connected" in said) == (12, True)
    with cluster.session("restored") as cursor:
        cursor.execute("SELECT count(*) FROM e2e_one_time_keys_json")
        assert cursor.fetchone() == (5,)
        cursor.execute("INSERT INTO users (name) VALUES ('@x:elsewhere')")
    code, said = guard(database, SERVER_NAME)
    assert (code, "@x:elsewhere" in said) == (12, True)
    code, said = guard(cluster.dsn("postgres"), SERVER_NAME)
    assert code == 12


@pytest.mark.full
def test_real_synapse_goes_on(cluster: Cluster, tmp_path: Path) -> None:
    """Life after the dump is lost, and clients, who remember it, go on."""
    cluster.create("live")
    site = Site(tmp_path, free_port(), cluster.connection_args("live"))
    try:
        with Synapse(site):
            alice = Client(site.url).register("alice", "password")
            bob = Client(site.url).register("bob", "password")
            wish = {"invite": [bob.user_id], "preset": "private_chat"}
            room = alice.post("/createRoom", wish).ok()["room_id"]
            bob.post(f"/join/{q(room)}", {}).ok()
            alice.post("/keys/upload", device_keys(alice)).ok()
        cluster.create("dumped", "live")
        with Synapse(site):
            wanted = {alice.user_id: {alice.device_id: "signed_curve25519"}}
            first = bob.post("/keys/claim", {"one_time_keys": wanted}).ok()["one_time_keys"]
            assert first[alice.user_id]
            for number in range(20):
                bob.say(room, f"lost {number}")
            since = alice.get("/sync").ok()["next_batch"]
        code, said = guard(cluster.dsn("dumped"), SERVER_NAME)
        assert code == 0, said
        site.database = cluster.connection_args("dumped")
        with Synapse(site) as server:
            event = bob.say(room, "after the restore")
            news = alice.get("/sync", since=since, timeout=5000).ok()
            events = news["rooms"]["join"][room]["timeline"]["events"]
            assert event in [one["event_id"] for one in events]
            assert not news["device_one_time_keys_count"].get("signed_curve25519")
            assert news["device_unused_fallback_key_types"] == []
            assert alice.user_id in news["device_lists"]["changed"]
            keys = bob.post("/keys/claim", {"one_time_keys": wanted}).ok()["one_time_keys"]
            (key,) = keys[alice.user_id][alice.device_id].values()
            assert key["fallback"] is True
            counts = alice.post("/keys/upload", device_keys(alice)).ok()["one_time_key_counts"]
            assert counts["signed_curve25519"] == 3
            assert [one for one in server.problems() if one.level != "WARNING"] == []
    finally:
        for name in ("live", "dumped"):
            cluster.drop(name)
