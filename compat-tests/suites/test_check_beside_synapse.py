# SPDX-License-Identifier: Apache-2.0
"""While Synapse is at work, aksono-schema-diff check finds nothing wrong and holds up nobody."""

import threading
import time
from pathlib import Path

import pytest

from aksono_compat.big_database import grow
from aksono_compat.client import Client, q
from aksono_compat.config import Site
from aksono_compat.ports import free_port
from aksono_compat.postgres import Cluster
from aksono_compat.servers import Synapse
from aksono_compat.tools import run_tool
from aksono_compat.world import World

pytestmark = pytest.mark.full
SECONDS = 20
LONGEST = 900  # seconds that the check of the big database may take, on a slow machine


class Busy(threading.Thread):
    """Makes rooms, talks, comes and goes, until it is told to stop."""

    def __init__(self, url: str, world: World) -> None:
        super().__init__()
        self._alice = Client(url, world.demo.users["alice"]["token"])
        self._bob = Client(url, world.demo.users["bob"]["token"])
        self.rounds = 0
        self.enough = threading.Event()

    def run(self) -> None:
        while not self.enough.is_set():
            self._one()
            self.rounds += 1

    def _one(self) -> None:
        alice, bob = self._alice, self._bob
        room = alice.post("/createRoom", {"preset": "public_chat"}).ok()["room_id"]
        bob.post(f"/join/{q(room)}").ok()
        said = bob.say(room, "hello")
        alice.put(f"/rooms/{q(room)}/state/m.room.topic/", {"topic": "t"}).ok()
        bob.post(f"/rooms/{q(room)}/receipt/m.read/{q(said)}").ok()
        alice.put(f"/rooms/{q(room)}/redact/{q(said)}/r", {}).ok()
        device = bob.post("/keys/query", {"device_keys": {}})
        assert device.status == 200
        bob.post(f"/rooms/{q(room)}/leave").ok()
        bob.post(f"/rooms/{q(room)}/forget").ok()


class Watch(threading.Thread):
    """Looks again and again how long others wait for locks of the check, and how old its
    snapshots get; seconds."""

    _LONGEST = """
        SELECT coalesce(max(extract(epoch FROM clock_timestamp() - l.waitstart)), 0),
            (SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0)
             FROM pg_stat_activity
             WHERE application_name = 'aksono-schema-diff' AND backend_xmin IS NOT NULL)
        FROM pg_locks l WHERE NOT l.granted AND pg_blocking_pids(l.pid) && ARRAY(
            SELECT pid FROM pg_stat_activity WHERE application_name = 'aksono-schema-diff')"""

    def __init__(self, cluster: Cluster) -> None:
        super().__init__()
        self._cluster = cluster
        self.longest_wait = 0.0
        self.oldest_snapshot = 0.0
        self.looks = 0
        self.enough = threading.Event()

    def run(self) -> None:
        with self._cluster.session("postgres") as cursor:
            while not self.enough.wait(0.02):
                cursor.execute(self._LONGEST)
                row = cursor.fetchone()
                assert row is not None
                self.longest_wait = max(self.longest_wait, float(row[0]))
                self.oldest_snapshot = max(self.oldest_snapshot, float(row[1]))
                self.looks += 1


def test_nothing_is_wrong_while_synapse_works(
    cluster: Cluster, world: World, tmp_path: Path
) -> None:
    cluster.create("busy", world.database)
    site = Site(tmp_path, free_port(), cluster.connection_args("busy"))
    checks = 0
    try:
        with Synapse(site):
            busy = Busy(site.url, world)
            busy.start()
            try:
                end = time.monotonic() + SECONDS
                while time.monotonic() < end:
                    done = run_tool("aksono-schema-diff", "check", "--json", cluster.dsn("busy"))
                    found = done.json["findings"]
                    assert [one for one in found if one["severity"] != "info"] == []
                    checks += 1
            finally:
                busy.enough.set()
                busy.join()
            assert busy.rounds > 2
    finally:
        cluster.drop("busy")
    assert checks > 2


def test_synapse_is_not_held_up(cluster: Cluster, world: World, tmp_path: Path) -> None:
    """A whole check of a database of 100,000 events beside a Synapse that is kept busy. To
    PostgreSQL the database is new: its statistics are of a small one."""
    cluster.create("busy", world.database)
    grow(cluster.dsn("busy"), 100_000, 250_000, lambda line: None, analyze=False)
    site = Site(tmp_path, free_port(), cluster.connection_args("busy"))
    watch = Watch(cluster)
    try:
        with Synapse(site):
            busy = Busy(site.url, world)
            busy.start()
            watch.start()
            try:
                began = time.monotonic()
                done = run_tool(
                    "aksono-schema-diff", "check", "--json", cluster.dsn("busy"), timeout=LONGEST
                )
                took = time.monotonic() - began
            finally:
                for thread in (watch, busy):
                    thread.enough.set()
                    thread.join()
            found = {one["id"]: one["severity"] for one in done.json["findings"]}
            assert set(found.values()) <= {"info"}, found
            assert "not-asked" not in found
            assert busy.rounds > 2
    finally:
        cluster.drop("busy")
    print(
        f"{took:.0f} s, {watch.looks} looks: longest wait {watch.longest_wait:.3f} s,"
        f" oldest snapshot {watch.oldest_snapshot:.1f} s; Synapse did {busy.rounds} rounds"
    )
    assert watch.looks > 50
    assert watch.oldest_snapshot > 0
    assert watch.longest_wait < 0.1
    assert watch.oldest_snapshot < 60
