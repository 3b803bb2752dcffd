# SPDX-License-Identifier: Apache-2.0
"""What signals do to a running server: HUP reopens logs, TERM drains and stops."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from aksono_compat.client import Client
from aksono_compat.pair import Twin
from aksono_compat.postgres import Cluster
from aksono_compat.world import World

# Streams that Synapse reads at start: where their tables end, the positions must be.
_BEHIND = """SELECT p.stream_name, p.stream_id, n.newest
    FROM stream_positions p JOIN (
        SELECT 'events' AS stream_name, max(stream_ordering) AS newest FROM events
        UNION ALL SELECT 'receipts', max(stream_id) FROM receipts_linearized
    ) n USING (stream_name) WHERE p.stream_id < n.newest"""


@pytest.fixture
def twin(cluster: Cluster, world: World, kind_b: str, tmp_path: Path) -> Iterator[Twin]:
    running = Twin(cluster, world, kind_b, tmp_path / "site")
    running.server.start()
    yield running
    running.close()


def _wait_for_line(file: Path, text: str) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if file.exists() and text in file.read_text():
            return
        time.sleep(0.05)
    raise AssertionError(f"{file} never said {text}")


def test_hup_reopens_the_log(twin: Twin) -> None:
    log = twin.server.site.log_file
    log.rename(log.with_suffix(".1"))
    os.kill(twin.server.pid, signal.SIGHUP)
    deadline = time.monotonic() + 10
    while not log.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    twin.client("bob").get("/joined_rooms?after=rotation")
    _wait_for_line(log, "after=rotation")
    assert "after=rotation" not in log.with_suffix(".1").read_text()


def _park(client: Client, ended: list[float]) -> None:
    since = client.get("/sync", timeout=0).ok()["next_batch"]
    try:
        client.get("/sync", since=since, timeout=60000)
    except OSError:
        pass
    finally:
        ended.append(time.monotonic())


def test_term_wakes_waiting_clients_and_stops(twin: Twin, cluster: Cluster) -> None:
    ended: list[float] = []
    waiting = [
        threading.Thread(target=_park, args=(twin.client(name), ended)) for name in ("bob", "carol")
    ]
    for thread in waiting:
        thread.start()
    time.sleep(1)
    seconds = twin.server.stop()
    for thread in waiting:
        thread.join(10)
    assert len(ended) == len(waiting)
    assert seconds < 5
    assert _behind(cluster, twin.database) == []


def test_term_while_messages_are_sent(twin: Twin, cluster: Cluster) -> None:
    """What was acknowledged is there, and the positions are past it."""
    room = twin.world.demo.rooms["tea"]
    acknowledged: list[str] = []

    def send(name: str) -> None:
        client = twin.client(name)
        try:
            for number in range(10_000):
                acknowledged.append(client.say(room, f"{name} {number}"))
        except (OSError, AssertionError):
            return  # the server has gone

    senders = [threading.Thread(target=send, args=(name,)) for name in ("alice", "bob")]
    for thread in senders:
        thread.start()
    time.sleep(1)
    assert twin.server.stop() < 5
    for thread in senders:
        thread.join(10)
    with cluster.session(twin.database) as cursor:
        cursor.execute("SELECT count(*) FROM events WHERE event_id = ANY(%s)", (acknowledged,))
        row = cursor.fetchone()
    assert acknowledged
    assert row == (len(set(acknowledged)),)
    assert _behind(cluster, twin.database) == []


def _behind(cluster: Cluster, database: str) -> list[object]:
    with cluster.session(database) as cursor:
        cursor.execute(_BEHIND)
        return list(cursor.fetchall())
