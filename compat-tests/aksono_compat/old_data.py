# SPDX-License-Identifier: Apache-2.0
"""A database that a past release of Synapse made and used: users, rooms, messages, receipts."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from .client import Answer, Client
from .config import Site
from .ports import free_port
from .postgres import Cluster
from .releases import python_of
from .servers import Synapse


class OldClient(Client):
    """Releases before 1.47 know no /v3."""

    def request(self, method: str, path: str, content: Any = None, **options: Any) -> Answer:
        return super().request(method, "/_matrix/client/r0" + path, content, **options)


def make_old_database(cluster: Cluster, name: str, release: str, folder: Path) -> None:
    """Lets `release` make it, use it, and finish its background updates."""
    cluster.create(name)
    site = Site(folder, free_port(), cluster.connection_args(name))
    with Synapse(site, python_of(release)) as server:
        use(server.site.url)
        wait_for_background_updates(cluster, name)


def use(url: str) -> None:
    """What any release since 1.25 can be asked to do."""
    alice = OldClient(url).register("alice", "password")
    bob = OldClient(url).register("bob", "password")
    invited = {"invite": ["@bob:test.local"], "preset": "private_chat", "name": "tea"}
    room = alice.post("/createRoom", invited).ok()["room_id"]
    bob.post(f"/join/{room}", {}).ok()
    event = ""
    for count in range(5):
        event = alice.say(room, f"message {count} for bob")
    bob.post(f"/rooms/{room}/receipt/m.read/{event}", {}).ok()
    bob.put("/profile/@bob:test.local/displayname", {"displayname": "Bob"}).ok()
    bob.post("/user/@bob:test.local/filter", {"room": {"timeline": {"limit": 5}}}).ok()
    alice.put("/user/@alice:test.local/account_data/org.example", {"a": 1}).ok()
    alice.put(f"/rooms/{room}/redact/{event}/t1", {"reason": "a word too many"}).ok()
    bob.get("/sync").ok()


def wait_for_background_updates(cluster: Cluster, database: str, timeout: float = 400) -> None:
    deadline = time.monotonic() + timeout
    left: list[str] = []
    while time.monotonic() < deadline:
        with cluster.session(database) as cursor:
            cursor.execute("SELECT update_name FROM background_updates ORDER BY ordering")
            left = [name for (name,) in cursor.fetchall()]
        if not left:
            return
        time.sleep(0.5)
    raise AssertionError(f"still queued: {left}")
