# SPDX-License-Identifier: Apache-2.0
"""While Synapse is at work, aksono-schema-diff check finds nothing wrong."""

import threading
import time
from pathlib import Path

import pytest

from aksono_compat.client import Client, q
from aksono_compat.config import Site
from aksono_compat.ports import free_port
from aksono_compat.postgres import Cluster
from aksono_compat.servers import Synapse
from aksono_compat.tools import run_tool
from aksono_compat.world import World

pytestmark = pytest.mark.full
SECONDS = 20


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
