# SPDX-License-Identifier: Apache-2.0
"""kill -9 in the middle of sending: nothing acknowledged is lost, nothing is there twice."""

import json
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests

from aksono_compat.pair import Twin
from aksono_compat.postgres import Cluster
from aksono_compat.servers import Aksono
from aksono_compat.world import World

ROUNDS = 4
SENDERS = (("alice", "tea"), ("bob", "tea"), ("carol", "tea"), ("alice", "dm"), ("bob", "dm"))


@dataclass
class Sender:
    """One client that sends as fast as it can; keeps what was acknowledged."""

    user: str
    room: str
    number: int
    acknowledged: dict[str, str] = field(default_factory=dict)
    tried: list[str] = field(default_factory=list)

    def send_until(self, twin: Twin, over: threading.Event) -> None:
        while not over.is_set():
            txn = f"crash.{self.number}.{len(self.tried)}"
            self.tried.append(txn)
            try:
                self._send(twin, txn)
            except (requests.RequestException, AssertionError):
                if not over.wait(0.02) and not twin.server.running:
                    return

    def _send(self, twin: Twin, txn: str) -> None:
        room = twin.world.demo.rooms[self.room]
        content = {"msgtype": "m.text", "body": txn}
        answer = twin.client(self.user).send(room, "m.room.message", content, txn)
        event_id = answer.ok()["event_id"]
        assert self.acknowledged.setdefault(txn, event_id) == event_id

    def retry_all(self, twin: Twin) -> None:
        """What a client does with messages that it has no answer for; and once more for all."""
        for txn in self.tried:
            self._send(twin, txn)


@pytest.fixture(scope="module")
def crashed(
    cluster: Cluster, world: World, kind_b: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Twin, list[Sender]]]:
    """A twin that was killed several times under load, its senders, and nothing running."""
    twin = Twin(cluster, world, kind_b, tmp_path_factory.mktemp("crash") / "site")
    senders = [Sender(user, room, number) for number, (user, room) in enumerate(SENDERS)]
    try:
        for number in range(ROUNDS):
            twin.server.start()
            over = threading.Event()
            threads = [
                threading.Thread(target=sender.send_until, args=(twin, over)) for sender in senders
            ]
            for thread in threads:
                thread.start()
            time.sleep(1 + 0.17 * number)
            twin.server.kill()
            over.set()
            for thread in threads:
                thread.join()
        yield twin, senders
    finally:
        twin.close()


def _stored(twin: Twin) -> dict[str, list[str]]:
    """Event ids by message body, as the database has them."""
    bodies: dict[str, list[str]] = {}
    with twin.cluster.session(twin.database) as cursor:
        cursor.execute("SELECT event_id, json FROM event_json JOIN events USING (event_id)")
        for event_id, text in cursor.fetchall():
            body = json.loads(text)["content"].get("body", "")
            if str(body).startswith("crash."):
                bodies.setdefault(body, []).append(event_id)
    return bodies


def test_nothing_acknowledged_is_lost(crashed: tuple[Twin, list[Sender]]) -> None:
    twin, senders = crashed
    stored = _stored(twin)
    acknowledged = {txn: eid for sender in senders for txn, eid in sender.acknowledged.items()}
    assert len(acknowledged) > 20
    assert {txn: stored.get(txn) for txn in acknowledged} == {
        txn: [event_id] for txn, event_id in acknowledged.items()
    }


def test_retries_store_nothing_twice(crashed: tuple[Twin, list[Sender]]) -> None:
    twin, senders = crashed
    twin.server.start()
    for sender in senders:
        sender.retry_all(twin)
    twin.server.stop()
    stored = _stored(twin)
    assert {body: ids for body, ids in stored.items() if len(ids) != 1} == {}
    assert sorted(stored) == sorted(txn for sender in senders for txn in sender.tried)


# Rows that belong to an event, and how many there must be of each for every message.
COMPANIONS = ("event_json", "event_to_state_groups", "event_edges", "event_txn_id_device_id")


def test_no_event_is_half_written(crashed: tuple[Twin, list[Sender]], kind_b: str) -> None:
    twin, _ = crashed
    events = {event_id for ids in _stored(twin).values() for event_id in ids}
    with twin.cluster.session(twin.database) as cursor:
        for table in COMPANIONS:
            cursor.execute(f"SELECT event_id FROM {table}")
            counts = Counter(event_id for (event_id,) in cursor.fetchall())
            assert [event_id for event_id in events if not counts[event_id]] == [], table
        cursor.execute("SELECT count(*) FROM event_push_actions_staging")
        # Synapse leaves these behind, and tidies up an hour later.
        assert cursor.fetchone() == (0,) or kind_b == "synapse"


def test_schema_diff_finds_the_database_clean(crashed: tuple[Twin, list[Sender]]) -> None:
    twin, _ = crashed
    tool = Path(Aksono.build() / "bin" / "aksono-schema-diff")
    assert tool.exists(), f"{tool} is not built: run scripts/setup, or set AKSONO_BUILD"
    done = subprocess.run(
        [str(tool), "check", twin.cluster.dsn(twin.database)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_synapse_goes_on(crashed: tuple[Twin, list[Sender]]) -> None:
    twin, senders = crashed
    twin.become("synapse")
    sender = senders[0]
    client = twin.client(sender.user)
    room = twin.world.demo.rooms[sender.room]
    for txn, event_id in list(sender.acknowledged.items())[-3:]:
        assert client.get(f"/rooms/{room}/event/{event_id}").ok()["content"]["body"] == txn
    client.say(room, "after the crash")
    twin.server.stop()
    assert [found for found in twin.server.problems() if found.level != "WARNING"] == []


def _wait_until_it_writes(twin: Twin) -> None:
    """Until the fence, which is a session too, has been taken again."""
    alice, room = twin.client("alice"), twin.world.demo.rooms["tea"]
    said = {"body": "", "msgtype": "m.text"}
    deadline = time.monotonic() + 20
    while alice.send(room, "m.room.message", said).status != 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_lost_sessions_lose_nothing(
    cluster: Cluster, world: World, kind_b: str, tmp_path: Path
) -> None:
    """All sessions of the server are ended again and again while clients send and retry."""
    twin = Twin(cluster, world, kind_b, tmp_path / "site")
    senders = [Sender(user, room, number) for number, (user, room) in enumerate(SENDERS)]
    over = threading.Event()
    threads = [threading.Thread(target=sender.send_until, args=(twin, over)) for sender in senders]
    try:
        twin.server.start()
        for thread in threads:
            thread.start()
        with cluster.session(twin.database) as cursor:
            for number in range(12):
                time.sleep(0.2 + 0.03 * number)
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
        time.sleep(1)
        over.set()
        for thread in threads:
            thread.join()
        acknowledged = [txn for sender in senders for txn in sender.acknowledged]
        assert len(acknowledged) > 20
        _wait_until_it_writes(twin)
        for sender in senders:
            sender.retry_all(twin)
        stored = _stored(twin)
        assert {body: ids for body, ids in stored.items() if len(ids) != 1} == {}
        assert sorted(stored) == sorted(txn for sender in senders for txn in sender.tried)
        twin.server.stop()
    finally:
        over.set()
        twin.close()
