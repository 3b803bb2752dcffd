# SPDX-License-Identifier: Apache-2.0
"""A lively while in the demo world: people who wait for news while others act. For recordings."""

from __future__ import annotations

import threading
from typing import Any, ClassVar

from .client import Client, q
from .demo import PASSWORD, PNG, Demo


class Listener(threading.Thread):
    """One user's client: syncs, one long poll after the other, until it is told to end."""

    def __init__(self, client: Client, timeout_ms: int = 2000) -> None:
        super().__init__(daemon=True)
        self._client = client
        self._timeout = timeout_ms
        self._ended = threading.Event()
        self.answers: list[Any] = []

    def run(self) -> None:
        filtered = '{"room":{"timeline":{"limit":20},"state":{"lazy_load_members":true}}}'
        since = self._client.get("/sync", timeout=0, filter=filtered).ok()["next_batch"]
        while not self._ended.is_set():
            params = {"since": since, "timeout": self._timeout, "filter": filtered}
            answer = self._client.get("/sync", **params).ok()
            self.answers.append(answer)
            since = answer["next_batch"]

    def end(self) -> None:
        self._ended.set()
        self.join(30)


class SlidingListener(Listener):
    """The same by simplified sliding sync."""

    _PATH = "/_matrix/client/unstable/org.matrix.simplified_msc3575/sync"
    _CONTENT: ClassVar[dict[str, Any]] = {
        "conn_id": "main",
        "lists": {
            "all": {
                "ranges": [[0, 30]],
                "timeline_limit": 10,
                "required_state": [["m.room.name", ""], ["m.room.topic", ""]],
            }
        },
        "extensions": {
            "to_device": {"enabled": True},
            "e2ee": {"enabled": True},
            "account_data": {"enabled": True},
            "receipts": {"enabled": True},
            "typing": {"enabled": True},
        },
    }

    def run(self) -> None:
        path = f"{self._PATH}?timeout=0"
        while not self._ended.is_set():
            answer = self._client.post(path, self._CONTENT).ok()
            self.answers.append(answer)
            path = f"{self._PATH}?pos={q(answer['pos'])}&timeout={self._timeout}"


class Chatter:
    """What happens: rooms, messages, reactions, receipts, to-device messages, logins, media."""

    def __init__(self, url: str, demo: Demo) -> None:
        self._url = url
        self._demo = demo
        self._people = {name: self._client(name) for name in ("alice", "bob", "carol", "dave")}

    def _client(self, name: str) -> Client:
        user = self._demo.users[name]
        client = Client(self._url, user["token"])
        client.user_id, client.device_id = user["user_id"], user["device_id"]
        return client

    def run(self, rounds: int = 3) -> None:
        listeners = [Listener(self._client(name)) for name in ("alice", "bob", "carol")]
        listeners.append(SlidingListener(self._client("bob")))
        for listener in listeners:
            listener.start()
        try:
            for number in range(rounds):
                self._round(number)
        finally:
            for listener in listeners:
                listener.end()

    def _round(self, number: int) -> None:
        alice, bob = self._people["alice"], self._people["bob"]
        content = {"preset": "public_chat", "name": f"Room {number}", "invite": [bob.user_id]}
        room = alice.post("/createRoom", content).ok()["room_id"]
        bob.post(f"/join/{q(room)}").ok()
        self._people["carol"].post(f"/rooms/{q(room)}/join").ok()
        # Redacted below, so a notice, which is not counted as unread: a count of a redacted message
        # depends on when the server summed it up.
        notice = {"msgtype": "m.notice", "body": "who is there?"}
        first = alice.send(room, "m.room.message", notice, f"first{number}").ok()["event_id"]
        relation = {"rel_type": "m.annotation", "event_id": first, "key": "👍"}
        bob.send(room, "m.reaction", {"m.relates_to": relation}, f"r{number}").ok()
        bob.post(f"/rooms/{q(room)}/receipt/m.read/{q(first)}").ok()
        typing = {"typing": True, "timeout": 120_000}
        bob.put(f"/rooms/{q(room)}/typing/{q(bob.user_id)}", typing).ok()
        alice.put(f"/rooms/{q(room)}/state/m.room.topic", {"topic": f"topic {number}"}).ok()
        self._two_at_once(room)
        self._reads(room, first)
        alice.put(f"/rooms/{q(room)}/redact/{q(first)}/x{number}", {"reason": "old"}).ok()
        self._devices(number)
        alice.put(f"/user/{q(alice.user_id)}/account_data/org.example.n", {"n": number}).ok()

    def _two_at_once(self, room: str) -> None:
        """Both send three messages, in the same room at the same time."""

        def speak(name: str) -> None:
            for count in range(3):
                self._people[name].say(room, f"{name} says {count}")

        threads = [threading.Thread(target=speak, args=(name,)) for name in ("alice", "carol")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _reads(self, room: str, event_id: str) -> None:
        bob, path = self._people["bob"], f"/rooms/{q(room)}"
        page = bob.get(f"{path}/messages", dir="b", limit=4).ok()
        if "end" in page:
            params = {"dir": "b", "limit": 4, "from": page["end"]}
            bob.get(f"{path}/messages", **params).ok()
        bob.get(f"{path}/event/{q(event_id)}").ok()
        bob.get(f"{path}/context/{q(event_id)}", limit=4).ok()
        bob.get(f"{path}/state").ok()
        bob.get(f"{path}/members").ok()
        bob.get(f"{path}/joined_members").ok()
        self._people["dave"].get(f"{path}/messages", dir="b")
        self._people["dave"].get("/joined_rooms").ok()

    def _devices(self, number: int) -> None:
        """A login, a message to its device, a picture, a logout."""
        second = Client(self._url).login("carol", PASSWORD)
        content = {"messages": {second.user_id: {second.device_id: {"n": number}}}}
        alice = self._people["alice"]
        alice.put(f"/sendToDevice/org.example.hello/t{number}", content).ok()
        second.get("/sync", timeout=0).ok()
        uploaded = second.request(
            "POST", "/_matrix/media/v3/upload", body=PNG, headers={"Content-Type": "image/png"}
        ).ok()
        path = uploaded["content_uri"].removeprefix("mxc://")
        second.request("GET", f"/_matrix/client/v1/media/download/{path}")
        second.get("/devices").ok()
        second.post("/logout").ok()
