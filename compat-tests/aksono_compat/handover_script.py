# SPDX-License-Identifier: Apache-2.0
"""One life of a database: Synapse, another server, Synapse again, with clients that go on."""

import json
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from .client import Client, q
from .demo import PASSWORD
from .pair import Twin
from .serverlog import Problem

USERS = ("alice", "bob", "carol")


@dataclass
class Account:
    """What the clients saw. Everything in `seen` must be alike for any server in the middle."""

    seen: dict[str, Any] = field(default_factory=dict)
    gaps: list[float] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


class Handover:
    """Runs the three parts on one clone of the world."""

    def __init__(self, twin: Twin, middle: str) -> None:
        self.twin = twin
        self.middle = middle
        self.account = Account()
        self._tea = twin.world.demo.rooms["tea"]
        self._since: dict[str, str] = {}
        self._said: dict[str, str] = {}

    def run(self) -> Account:
        self.twin.server.start()
        self._part("first")
        self.account.gaps.append(self.twin.become(self.middle))
        self._part("middle")
        self.account.gaps.append(self.twin.become("synapse"))
        self._part("last")
        self.twin.server.stop()
        self.account.problems = self.twin.server.problems()
        return self.account

    def _see(self, part: str, what: str, value: Any) -> None:
        self.account.seen[f"{part}: {what}"] = value

    def _part(self, part: str) -> None:
        """What a client does after any restart: goes on from where it was."""
        self._old_tokens(part)
        self._go_on(part)
        self._retry(part)
        self._talk(part)
        self._typing(part)
        self._wait_for_news(part)
        self._sessions(part)
        self._remember_positions()

    def _sync(self, user: str, since: str | None, **params: Any) -> Any:
        if since is not None:
            params["since"] = since
        return self.twin.client(user).get("/sync", timeout=0, **params).ok()

    def _old_tokens(self, part: str) -> None:
        """Tokens of the world, made long ago by Synapse."""
        for user in USERS:
            answer = self._sync(user, self.twin.world.demo.tokens[user])
            self._see(part, f"{user} from an old token", _bodies(answer, self._tea))

    def _go_on(self, part: str) -> None:
        """Tokens of the server before: exactly what came since, once."""
        for user, since in self._since.items():
            answer = self._sync(user, since)
            self._see(part, f"{user} goes on", _bodies(answer, self._tea))
            self._see(part, f"{user} counts", _room(answer, self._tea).get("unread_notifications"))
            again = self._sync(user, answer["next_batch"])
            self._see(part, f"{user} sees nothing twice", _bodies(again, self._tea))
        if self._since:
            path = f"/rooms/{q(self._tea)}/messages"
            page = self.twin.client("bob").get(
                path, dir="b", limit=6, **{"from": self._since["bob"]}
            )
            self._see(part, "page back", [_body(event) for event in page.ok()["chunk"]])

    def _retry(self, part: str) -> None:
        """A client that got no answer sends again, to the next server: the same event id."""
        for before, event_id in self._said.items():
            content = {"msgtype": "m.text", "body": "a retry must not be stored"}
            answer = self.twin.client("alice").send(self._tea, "m.room.message", content, before)
            self._see(part, f"retry of {before}", answer.ok()["event_id"] == event_id)

    def _talk(self, part: str) -> None:
        alice, bob = self.twin.client("alice"), self.twin.client("bob")
        content = {"msgtype": "m.text", "body": f"alice in the {part} part"}
        sent = alice.send(self._tea, "m.room.message", content, f"txn of {part}").ok()
        self._said[f"txn of {part}"] = sent["event_id"]
        mention = {"m.mentions": {"user_ids": [alice.user_id]}}
        event_id = bob.say(self._tea, f"bob in the {part} part", **mention)
        relation = {"rel_type": "m.annotation", "event_id": sent["event_id"], "key": "👍"}
        bob.send(self._tea, "m.reaction", {"m.relates_to": relation}).ok()
        bob.post(f"/rooms/{q(self._tea)}/receipt/m.read/{q(sent['event_id'])}").ok()
        read_back = alice.get(f"/rooms/{q(self._tea)}/event/{q(event_id)}").ok()
        self._see(part, "read back", read_back["content"]["body"])

    def _typing(self, part: str) -> None:
        """Typing is memory: a token that is ahead of it must not make anybody wait."""
        path = f"/rooms/{q(self._tea)}/typing/{q(self.twin.client('bob').user_id)}"
        for typing in (True, False, True) if part == "first" else (True,):
            self.twin.client("bob").put(path, {"typing": typing, "timeout": 60000}).ok()
        answer = self._sync("alice", self._since.get("alice"))
        kinds = {event["type"] for event in _room(answer, self._tea)["ephemeral"]["events"]}
        if part == "first":
            # Later the token is ahead: Synapse then keeps silent, Aksono tells it again.
            self._see(part, "typing is seen", "m.typing" in kinds)

    def _wait_for_news(self, part: str) -> None:
        """A parked sync wakes up."""
        carol = self.twin.client("carol")
        since = carol.get("/sync", timeout=0).ok()["next_batch"]
        since = carol.get("/sync", timeout=0, since=since).ok()["next_batch"]
        said = threading.Timer(0.3, self.twin.client("bob").say, (self._tea, f"news of {part}"))
        said.start()
        began = time.monotonic()
        answer = carol.get("/sync", timeout=20000, since=since).ok()
        self._see(part, "woken in time", 0.2 < time.monotonic() - began < 5)
        self._see(part, "news", _bodies(answer, self._tea))
        said.join()

    def _sessions(self, part: str) -> None:
        """A log-in here is good there, and so is a filter."""
        dave = Client(self.twin.url).login("dave", PASSWORD, device_id=f"DAVE_{part}")
        self.twin.world.demo.users[f"dave of {part}"] = {
            "user_id": dave.user_id,
            "token": dave.token or "",
            "device_id": dave.device_id,
        }
        path = f"/user/{q(dave.user_id)}/filter"
        content = {"room": {"timeline": {"limit": 2, "types": [f"org.example.{part}"]}}}
        number = dave.post(path, content).ok()["filter_id"]
        for earlier in [name for name in self.twin.world.demo.users if name.startswith("dave of")]:
            client = self.twin.client(earlier)
            self._see(part, f"{earlier} is", client.get("/account/whoami").ok()["device_id"])
            self._see(part, f"filter read by {earlier}", client.get(f"{path}/{number}").ok())

    def _remember_positions(self) -> None:
        for user in USERS:
            self._since[user] = self._sync(user, None, filter=_LIMIT)["next_batch"]


_LIMIT = json.dumps({"room": {"timeline": {"limit": 1}}})


def _room(answer: Any, room: str) -> Any:
    nothing: dict[str, Any] = {"timeline": {"events": []}, "ephemeral": {"events": []}}
    return answer.get("rooms", {}).get("join", {}).get(room, nothing)


def _bodies(answer: Any, room: str) -> list[str]:
    return [_body(event) for event in _room(answer, room)["timeline"]["events"]]


def _body(event: Any) -> str:
    return str(event["content"].get("body", event["type"]))
