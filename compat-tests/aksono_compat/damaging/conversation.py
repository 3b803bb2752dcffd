# SPDX-License-Identifier: Apache-2.0
"""A conversation that has everything in it that can be damaged; one request after the other."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from ..client import Client, q
from ..demo import PASSWORD, PNG, Demo, device_keys
from ..recording.format import Body, Exchange

# Stands in everything that a server would not take twice; see `anew`.
ROUND = "round-zero"
_FILTER = json.dumps({"room": {"timeline": {"limit": 3}, "state": {"lazy_load_members": True}}})


def anew(exchanges: list[Exchange], number: int) -> list[Exchange]:
    """The same conversation once more on the same servers: in new rooms, with new transactions."""
    word = f"round-{number}"
    return [
        replace(
            one,
            target=one.target.replace(ROUND, word),
            body=_renamed(one.body, word),
            answer=_renamed(one.answer, word),
        )
        for one in exchanges
    ]


def _renamed(body: Body, word: str) -> Body:
    if body.kind != "json":
        return body
    return Body("json", json.loads(json.dumps(body.value).replace(ROUND, word)))


class _Person:
    """A client that remembers how far its syncs have come."""

    def __init__(self, url: str, user: dict[str, str]) -> None:
        self.client = Client(url, user["token"])
        self.client.user_id, self.client.device_id = user["user_id"], user["device_id"]
        self.since = ""

    def sync(self) -> Any:
        params: dict[str, Any] = {"timeout": 0, "filter": _FILTER}
        if self.since:
            params["since"] = self.since
        answer = self.client.get("/sync", **params).ok()
        self.since = answer["next_batch"]
        return answer


class Conversation:
    """Alice makes a room; bob and carol come; dave may not."""

    def __init__(self, url: str, demo: Demo) -> None:
        self._url = url
        people = {name: _Person(url, demo.users[name]) for name in ("alice", "bob", "carol")}
        self._alice, self._bob, self._carol = (people[name] for name in ("alice", "bob", "carol"))
        self._dave = _Person(url, demo.users["dave"]).client
        self._room = ""
        self._events: list[str] = []

    @property
    def _path(self) -> str:
        return f"/rooms/{q(self._room)}"

    def run(self) -> None:
        for person in (self._alice, self._bob, self._carol):
            person.sync()
        self._room_is_made()
        self._messages()
        self._side_news()
        self._reads()
        self._pages()
        self._refusals()
        self._devices_and_media()
        self._goodbye()

    def _room_is_made(self) -> None:
        alice, bob, carol = self._alice.client, self._bob.client, self._carol.client
        content = {
            "preset": "public_chat", "name": f"Room {ROUND}", "topic": "Zoë's own",
            "invite": [bob.user_id],
        }  # fmt: skip
        self._room = alice.post("/createRoom", content).ok()["room_id"]
        self._bob.sync()  # is told of the invitation
        bob.post(f"/join/{q(self._room)}").ok()
        carol.post(f"{self._path}/join").ok()
        self._carol.sync()

    def _say(self, person: _Person, text: str, **extra: Any) -> str:
        content = {"msgtype": "m.text", "body": text, **extra}
        txn = f"{ROUND}-{len(self._events)}"
        answer = person.client.send(self._room, "m.room.message", content, txn).ok()
        self._events.append(answer["event_id"])
        return str(answer["event_id"])

    def _messages(self) -> None:
        """Carol is told of few at a time, then of too many at once."""
        self._say(self._alice, "one")
        # It will be redacted: a notice is never counted as unread. Whether a counted one still is
        # after that depends on whether the server had summed up its counts in between.
        self._say(self._alice, "two", msgtype="m.notice")
        self._carol.sync()
        mention = {"m.mentions": {"user_ids": [self._carol.client.user_id]}}
        self._say(self._bob, "three", **mention)
        for _ in range(3):
            self._carol.sync()
        for number in range(4, 9):
            self._say(self._alice, f"number {number}")
        batch = self._carol.sync()["rooms"]["join"][self._room]["timeline"]["prev_batch"]
        self._carol.client.get(f"{self._path}/messages", **{"dir": "b", "from": batch, "limit": 3})
        self._alice.sync()

    def _side_news(self) -> None:
        """Everything that a sync tells beside messages."""
        alice, bob, carol = self._alice.client, self._bob.client, self._carol.client
        first = self._events[0]
        bob.post(f"{self._path}/receipt/m.read/{q(first)}").ok()
        relation = {"rel_type": "m.annotation", "event_id": first, "key": "👍"}
        bob.send(self._room, "m.reaction", {"m.relates_to": relation}, f"{ROUND}-r").ok()
        thread = {"m.relates_to": {"rel_type": "m.thread", "event_id": first}}
        self._say(self._bob, "in the thread", **thread)
        carol.put(f"/user/{q(carol.user_id)}/account_data/org.example.n", {"n": ROUND}).ok()
        tag = f"/user/{q(carol.user_id)}{self._path}/tags/m.favourite"
        carol.put(tag, {"order": 0.5}).ok()
        carol.post("/keys/upload", device_keys(carol)).ok()
        alice.put(f"/devices/{q(alice.device_id)}", {"display_name": ROUND}).ok()
        self._send_to_carol(ROUND)
        alice.put(f"{self._path}/state/m.room.topic", {"topic": f"all of {ROUND}"}).ok()
        self._carol.sync()
        target = f"{self._path}/redact/{q(self._events[1])}/{ROUND}"
        alice.put(target, {"reason": "old"}).ok()
        self._carol.sync()

    def _reads(self) -> None:
        alice, bob = self._alice.client, self._bob.client
        first, second = (q(event_id) for event_id in self._events[:2])
        for path in (
            *(f"{self._path}/event/{first}", f"{self._path}/event/{second}"),
            *(f"{self._path}/state", f"{self._path}/state/m.room.power_levels"),
            *(f"{self._path}/members", f"{self._path}/joined_members"),
            f"{self._path}/context/{q(self._events[2])}?limit=4",
            *(f"{self._path}/aliases", "/joined_rooms", "/pushrules/", "/capabilities"),
            *("/account/whoami", f"/profile/{q(alice.user_id)}"),
        ):
            bob.get(path).ok()
        bob.get(f"/_matrix/client/v1{self._path}/relations/{first}").ok()
        bob.get(f"/_matrix/client/v1{self._path}/threads").ok()
        bob.post("/keys/query", {"device_keys": {alice.user_id: []}}).ok()
        self._carol.client.get("/notifications", limit=3).ok()
        bob.get("/_matrix/client/versions").ok()

    def _pages(self) -> None:
        page = self._alice.client.get(f"{self._path}/messages", dir="b", limit=5).ok()
        params = {"dir": "b", "limit": 5, "from": page["end"]}
        self._alice.client.get(f"{self._path}/messages", **params).ok()

    def _refusals(self) -> None:
        bob = self._bob.client
        self._dave.get(f"{self._path}/messages", dir="b")
        bob.get(f"{self._path}/state/org.example.nothing")
        bob.put(f"{self._path}/state/m.room.name", {"name": "mine"})
        bob.get(f"{self._path}/event/{q('$' + 'A' * 43)}")
        Client(self._url, "syt_nobody").get("/account/whoami")

    def _devices_and_media(self) -> None:
        second = Client(self._url).login("dave", PASSWORD)
        uploaded = second.request(
            "POST", "/_matrix/media/v3/upload", body=PNG, headers={"Content-Type": "image/png"}
        ).ok()
        path = uploaded["content_uri"].removeprefix("mxc://")
        second.request("GET", f"/_matrix/client/v1/media/download/{path}")
        second.get(f"/devices/{second.device_id}").ok()
        second.post("/logout").ok()

    def _goodbye(self) -> None:
        bob, carol = self._bob.client, self._carol.client
        bob.post(f"{self._path}/leave").ok()
        self._bob.sync()
        self._carol.sync()
        carol.post(f"{self._path}/leave").ok()
        self._alice.client.post(f"{self._path}/leave").ok()
        self._alice.sync()
        # Nobody asks for the last one: it is still in the database when rows are compared.
        self._send_to_carol(f"{ROUND}-last")

    def _send_to_carol(self, txn: str) -> None:
        carol = self._carol.client
        content = {"messages": {carol.user_id: {carol.device_id: {"n": txn}}}}
        self._alice.client.put(f"/sendToDevice/org.example.hello/{txn}", content).ok()
