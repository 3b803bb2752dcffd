# SPDX-License-Identifier: Apache-2.0
"""One writer at a time: what keeps others out, and what makes Aksono stop writing."""

import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg2
import psycopg2.errors
import psycopg2.extensions
import pytest

from aksono_compat.client import q
from aksono_compat.config import Site
from aksono_compat.pair import Twin
from aksono_compat.pooler import TransactionPooler
from aksono_compat.ports import free_port
from aksono_compat.postgres import Cluster
from aksono_compat.servers import Aksono, Synapse
from aksono_compat.tools import make_synapse_schema, refused_start
from aksono_compat.world import World

ALLOWED = "Writing is allowed"
STOPPED = "Writing stops: "


@pytest.fixture(scope="module")
def schema(cluster: Cluster) -> str:
    make_synapse_schema(cluster, "fence_schema")
    return "fence_schema"


@pytest.fixture
def site(cluster: Cluster, schema: str, tmp_path: Path) -> Iterator[Site]:
    cluster.create("fence", schema)
    yield Site(tmp_path, free_port(), cluster.connection_args("fence"))
    cluster.drop("fence")


class Running:
    """An Aksono and its log."""

    def __init__(self, site: Site, process: subprocess.Popen[str]) -> None:
        self.site = site
        self.process = process

    def log(self) -> str:
        return self.site.log_file.read_text() if self.site.log_file.exists() else ""

    def wait_for(self, text: str, timeout: float, after: int = 0) -> float:
        """Seconds until the log has `text` behind offset `after`."""
        began = time.monotonic()
        while time.monotonic() < began + timeout:
            if text in self.log()[after:]:
                return time.monotonic() - began
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        raise AssertionError(f"no «{text}» within {timeout} s:\n{self.log()}")


def command(site: Site, *arguments: str) -> list[str]:
    program = str(Aksono.build() / "bin" / "aksono")
    return [program, "-c", str(site.config_file), *arguments]


@contextmanager
def running(site: Site, *arguments: str, sign: str = ALLOWED) -> Iterator[Running]:
    site.write()
    process = subprocess.Popen(
        command(site, *arguments), stderr=subprocess.PIPE, text=True, cwd=site.directory
    )
    server = Running(site, process)
    try:
        server.wait_for(sign, 20)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
    assert process.returncode == 0


def test_a_second_writer_is_refused_start(site: Site, tmp_path: Path) -> None:
    other = Site(tmp_path / "other", free_port(), site.database)
    other.directory.mkdir()
    with running(site):
        assert "Another Aksono writes to this database" in refused_start(other)


def test_a_port_in_use_is_found_before_anything_is_written(site: Site) -> None:
    with running(site):
        assert f"127.0.0.1, {site.port}: Address already in use" in refused_start(site)


def test_a_synapse_waits_until_we_have_stopped(site: Site, tmp_path: Path) -> None:
    other = Site(tmp_path / "synapse", free_port(), site.database)
    (tmp_path / "synapse").mkdir()
    other.write()
    with running(site) as server:
        output = (tmp_path / "synapse.txt").open("wb")
        synapse = subprocess.Popen(
            Synapse(other).command(), stdout=output, stderr=output, cwd=other.directory
        )
        try:
            server.wait_for("A Synapse waits at the fence to start", 20)
            time.sleep(1)
            assert "now listening" not in other.log_file.read_text()
            assert STOPPED not in server.log()
        finally:
            synapse.kill()
            synapse.wait()


def test_a_running_synapse_is_seen(site: Site, tmp_path: Path) -> None:
    other = Site(tmp_path / "synapse", free_port(), site.database)
    (tmp_path / "synapse").mkdir()
    with Synapse(other):
        line = refused_start(site)
        assert "look like a running Synapse" in line or "looks like a running Synapse" in line
        assert "--force" in line
        assert "type the server_name" in refused_start(site, "--force", "other.name")
    with running(site):
        pass


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT nextval('events_stream_seq')",
        "SELECT nextval('device_lists_sequence')",
        "INSERT INTO stream_positions VALUES ('receipts', 'master', 99)",
        "SELECT setval('events_stream_seq', 1000)",
        "SELECT nextval('instance_map_instance_id_seq')",
        "SELECT nextval('sliding_sync_connections_connection_key_seq')",
    ],
)
def test_moved_streams_end_the_writing_within_a_second(
    cluster: Cluster, site: Site, statement: str
) -> None:
    with running(site) as server:
        time.sleep(0.5)
        with cluster.session("fence") as cursor:
            cursor.execute(statement)
        assert server.wait_for(STOPPED, 1.0) < 1.0
        assert "was moved to" in server.log()
        time.sleep(1)
        assert server.log().count(ALLOWED) == 1


def test_a_lost_session_is_told_and_taken_again(cluster: Cluster, site: Site) -> None:
    with running(site) as server:
        offset = len(server.log())
        with cluster.session("fence") as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = 'fence' AND application_name = 'aksono-fence'"
            )
        server.wait_for(STOPPED, 1.0, offset)
        server.wait_for(ALLOWED, 5, offset)


def test_a_foreign_write_stops_ours_while_it_lasts(cluster: Cluster, site: Site) -> None:
    with running(site) as server:
        offset = len(server.log())
        stranger = psycopg2.connect(cluster.dsn("fence"))
        with stranger.cursor() as cursor:
            cursor.execute("UPDATE users SET name = name")
            cursor.execute("CREATE TEMPORARY TABLE mine (a int)")
        server.wait_for("a session that looks like Synapse writes", 1.0, offset)
        assert server.log()[offset:].count(ALLOWED) == 0
        stranger.rollback()
        server.wait_for(ALLOWED, 2, offset)
        stranger.close()


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM worker_read_write_locks WHERE last_renewed_ts < 1",
        "DELETE FROM state_groups_persisting WHERE inserted_ts < 1",
        "INSERT INTO worker_locks VALUES ('name', 'key', 'worker', 'token', 1)",
    ],
)
def test_a_synapse_worker_is_held_at_its_next_write(
    cluster: Cluster, site: Site, statement: str
) -> None:
    """What each process of Synapse does when it starts, every ten seconds, and for every event."""
    with running(site) as server:
        time.sleep(0.7)
        offset = len(server.log())
        worker = psycopg2.connect(cluster.dsn("fence") + " application_name=anything")
        thread = threading.Thread(target=_write_and_wait, args=(worker, statement))
        thread.start()
        try:
            server.wait_for("Writing stops: a Synapse runs, held at its next write", 1.0, offset)
            assert thread.is_alive()
            assert server.log()[offset:].count(ALLOWED) == 0
        finally:
            # Sent away after a second: a dead one would wait for ever.
            thread.join(5)
            assert not thread.is_alive()
        worker.close()
        if statement.startswith("DELETE FROM worker_read"):
            # A Synapse that lives would be back by now.
            assert 10 < server.wait_for(ALLOWED, 20, offset) < 15
    with cluster.session("fence") as cursor:
        cursor.execute("SELECT count(*) FROM worker_locks")
        assert cursor.fetchall() == [(0,)]


def _write_and_wait(connection: psycopg2.extensions.connection, statement: str) -> None:
    with connection.cursor() as cursor, suppress(psycopg2.errors.QueryCanceled):
        cursor.execute(statement)
    connection.rollback()


@pytest.mark.parametrize("arguments", [(), ("--read-only",)])
def test_a_pooler_in_transaction_mode_is_refused(
    cluster: Cluster, site: Site, arguments: tuple[str, ...]
) -> None:
    with TransactionPooler(cluster, "fence", free_port()) as pooler:
        site.database = {**site.database, "host": "127.0.0.1", "port": pooler.port}
        line = refused_start(site, *arguments)
        assert "The database is reached through a pooler in transaction mode" in line
        # What it left in the pooler's session does not hinder the next one.
        assert refused_start(site, *arguments) == line
    site.database = cluster.connection_args("fence")
    with running(site):
        pass


def test_rooms_in_partial_state_are_refused(cluster: Cluster, site: Site) -> None:
    with cluster.session("fence") as cursor:
        cursor.execute("INSERT INTO rooms (room_id, is_public) VALUES ('!part:x', false)")
        cursor.execute("INSERT INTO partial_state_rooms (room_id) VALUES ('!part:x')")
    line = refused_start(site)
    assert "Not fully joined yet: 1 room in partial state (!part:x); " in line
    assert "start Synapse and wait until partial_state_rooms is empty" in line
    with running(site, "--read-only", sign="now listening") as server:
        server.wait_for("Left to Synapse: 1 room in partial state: !part:x", 5)
    with cluster.session("fence") as cursor:
        cursor.execute("DELETE FROM partial_state_rooms")
    with running(site):
        pass


def test_half_deleted_rooms_are_refused(cluster: Cluster, site: Site) -> None:
    def task(action: str, status: str, room: str) -> None:
        with cluster.session("fence") as cursor:
            cursor.execute(
                "INSERT INTO scheduled_tasks (id, action, status, timestamp, resource_id)"
                " VALUES (%s, %s, %s, 1, %s)",
                (action, action, status, room),
            )

    task("purge_history", "active", "!old:x")
    task("purge_room", "scheduled", "!soon:x")
    task("redact_all_events", "complete", "@done:x")
    with running(site) as server:
        server.wait_for("Left to Synapse: Task purge_history is active for !old:x", 5)
        server.wait_for("Left to Synapse: Task purge_room is scheduled for !soon:x", 5)
        assert "redact_all_events" not in server.log()
    task("shutdown_and_purge_room", "active", "!half:x")
    line = refused_start(site)
    assert "Half deleted: 1 room (!half:x); " in line
    assert "start Synapse and wait until scheduled_tasks has no active" in line
    with cluster.session("fence") as cursor:
        cursor.execute("SELECT status FROM scheduled_tasks WHERE timestamp = 1 ORDER BY 1")
        assert cursor.fetchall() == [("active",), ("active",), ("complete",), ("scheduled",)]


def test_sequences_behind_their_tables_are_mended(cluster: Cluster, site: Site) -> None:
    with cluster.session("fence") as cursor:
        cursor.execute(
            "INSERT INTO receipts_linearized"
            " (stream_id, room_id, receipt_type, user_id, event_id, data, instance_name)"
            " VALUES (50, '!r:x', 'm.read', '@u:x', '$e', '{}', 'master')"
        )
        cursor.execute("INSERT INTO state_groups_persisting VALUES (1, 'dead')")
        cursor.execute("INSERT INTO stream_positions VALUES ('events', 'gone', 1)")
    behind = "Postgres sequence receipts_sequence is behind table receipts_linearized: 1 < 50."
    with running(site) as server:
        server.wait_for(behind, 5)
        time.sleep(0.5)
        with cluster.session("fence") as cursor:
            cursor.execute("SELECT last_value FROM receipts_sequence")
            assert cursor.fetchall() == [(50,)]
            cursor.execute("SELECT count(*) FROM state_groups_persisting")
            assert cursor.fetchall() == [(0,)]
            cursor.execute("SELECT instance_name FROM stream_positions WHERE stream_name='events'")
            assert cursor.fetchall() == []


def test_a_position_beyond_its_sequence_is_refused_start(cluster: Cluster, site: Site) -> None:
    with cluster.session("fence") as cursor:
        cursor.execute("INSERT INTO stream_positions VALUES ('receipts', 'master', 99999)")
    line = refused_start(site)
    assert "Postgres sequence 'receipts_sequence' is inconsistent with" in line


def test_clients_read_on_and_cannot_write(cluster: Cluster, world: World, tmp_path: Path) -> None:
    twin = Twin(cluster, world, "aksono", tmp_path / "site")
    room = world.demo.rooms["tea"]
    message = {"msgtype": "m.text", "body": "hello"}
    try:
        with twin.server:
            alice = twin.client("alice")
            alice.send(room, "m.room.message", message, "before").ok()
            with cluster.session(twin.database) as cursor:
                cursor.execute("SELECT nextval('receipts_sequence')")
                cursor.execute("SELECT count(*) FROM events")
                before = cursor.fetchall()
            time.sleep(1)
            sent = alice.send(room, "m.room.message", message, "after")
            assert (sent.status, sent.json["errcode"]) == (503, "M_UNKNOWN")
            assert alice.get("/account/whoami").status == 200
            assert alice.get(f"/rooms/{q(room)}/messages", dir="b").status == 200
            with cluster.session(twin.database) as cursor:
                cursor.execute("SELECT count(*) FROM events")
                assert cursor.fetchall() == before
        with twin.server:
            twin.client("alice").send(room, "m.room.message", message, "after").ok()
    finally:
        twin.close()
