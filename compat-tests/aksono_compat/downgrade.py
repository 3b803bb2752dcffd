# SPDX-License-Identifier: Apache-2.0
"""A database is written to under a rollback floor, then handed to that older Synapse, then back."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .client import Client, q
from .demo import PASSWORD
from .pair import Twin
from .serverlog import Problem
from .servers import Synapse, make_server

USERS = ("alice", "bob", "carol")
_SMALL = '{"room":{"timeline":{"limit":2}}}'


def furnish(maker: Twin) -> dict[str, Any]:
    """Real Synapse makes a room of a version that every release of the suite knows, and one of
    version 12, which releases before 1.140 do not know."""
    rooms = {}
    alice = maker.client("alice")
    invited = [maker.client(name).user_id for name in USERS[1:]]
    for name, version in (("salon", "11"), ("hall", "12")):
        wish = {"preset": "private_chat", "room_version": version, "invite": invited}
        rooms[name] = alice.post("/createRoom", wish).ok()["room_id"]
        for user in USERS[1:]:
            maker.client(user).post(f"/join/{q(rooms[name])}").ok()
        for number in range(5):
            alice.say(rooms[name], f"{name} {number}")
    return rooms


@dataclass
class Account:
    """What held and what did not: by name, what was to be seen and what was."""

    facts: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    since: dict[str, str] = field(default_factory=dict)
    # The tokens with which clients came to the older release.
    handed: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)

    @property
    def losses(self) -> dict[str, tuple[Any, Any]]:
        return {name: fact for name, fact in self.facts.items() if fact[0] != fact[1]}

    def report(self, name: str) -> str:
        """For people: what was looked at, what was lost, and how long nobody answered."""
        gaps = ", ".join(f"{gap:.2f}" for gap in self.gaps[1:])
        return (
            f"{name}: {len(self.facts)} facts, {len(self.losses)} of them lost;"
            f" {gaps} s without a server"
        )

    def errors(self) -> set[tuple[str, str, str]]:
        """Shapes of what the older release complained about."""
        return {one.shape for one in self.problems if one.level != "WARNING"}


@dataclass
class _Page:
    """A position that a client holds, and what the writer shows behind it."""

    name: str
    room: str
    start: str
    direction: str
    bodies: list[str]


class Downgrade:
    """`writer` ("aksono" or "synapse", the newest) writes; the Synapse at `python` goes on."""

    def __init__(self, twin: Twin, writer: str, python: Path) -> None:
        self.twin = twin
        self.writer = writer
        self.python = python
        self.account = Account()
        self._rooms: dict[str, str] = twin.world.grown
        self._sessions: dict[str, Client] = {}
        self._refresh = ""
        self._events: dict[str, tuple[str, str, str]] = {}  # label: room, event id, body
        self._pages: list[_Page] = []
        self._news: dict[str, list[str]] = {}  # by user: what came after the token
        self._filter = ""
        self._counts: dict[str, Any] = {}

    def run(self) -> Account:
        self._start(self.writer)
        self._write()
        self._start("")
        self._read()
        self._continue("older")
        self.twin.server.stop()
        self.account.problems = self.twin.server.problems()
        self._start(self.writer)
        self._go_on("newer again")
        self.twin.server.stop()
        return self.account

    def _start(self, kind: str) -> None:
        began = time.monotonic()
        self.twin.server.stop()
        site = self.twin.server.site
        self.twin.server = make_server(kind, site) if kind else Synapse(site, self.python)
        self.twin.server.start(timeout=120)
        self.account.gaps.append(time.monotonic() - began)

    def _fact(self, name: str, expected: Any, got: Any) -> None:
        self.account.facts[name] = (expected, got)

    # What the newer server is asked to do.

    def _write(self) -> None:
        self._log_in()
        for name in self._rooms:
            self._talk(name)
        self._upload_filter()
        for user in USERS:
            self.account.since[user] = self._sync(user)["next_batch"]
        for name in self._rooms:
            self._remember_pages(name)
        self._say_news()
        self._type()

    def _log_in(self) -> None:
        """Sessions that the writer makes."""
        for device in ("PLAIN", "REFRESHING"):
            client = Client(self.twin.url)
            wish: dict[str, Any] = {
                "type": "m.login.password",
                "identifier": {"type": "m.id.user", "user": "dave"},
                "password": PASSWORD,
                "device_id": device,
                "refresh_token": device == "REFRESHING",
            }
            answer = client.post("/login", wish).ok()
            client.token, client.user_id = answer["access_token"], answer["user_id"]
            client.device_id = answer["device_id"]
            self._sessions[device] = client
            self._refresh = answer.get("refresh_token", "")

    def _talk(self, name: str) -> None:
        alice, bob, carol = (self.twin.client(user) for user in USERS)
        room = self._rooms[name]
        for number in range(4):
            self._send(f"{name}, retried {number}", alice, room)
        mention = {"m.mentions": {"user_ids": [alice.user_id]}}
        self._send(f"{name}, mention", bob, room, **mention)
        redacted = self._send(f"{name}, redacted", bob, room)
        label = f"{name}, redaction"
        path = f"/rooms/{q(room)}/redact/{q(redacted)}/{q(label)}"
        self._events[label] = (room, bob.put(path, {"reason": "rude"}).ok()["event_id"], "")
        last = self._send(f"{name}, last", carol, room)
        bob.post(f"/rooms/{q(room)}/receipt/m.read/{q(last)}").ok()
        markers = {"m.fully_read": last, "m.read": last}
        carol.post(f"/rooms/{q(room)}/read_markers", markers).ok()

    def _send(self, label: str, client: Client, room: str, **extra: Any) -> str:
        """The label is transaction id and body."""
        content = {"msgtype": "m.text", "body": label, **extra}
        event_id: str = client.send(room, "m.room.message", content, label).ok()["event_id"]
        self._events[label] = (room, event_id, label)
        return event_id

    def _upload_filter(self) -> None:
        alice = self.twin.client("alice")
        content = {"room": {"timeline": {"limit": 3}}}
        path = f"/user/{q(alice.user_id)}/filter"
        self._filter = alice.post(path, content).ok()["filter_id"]

    def _remember_pages(self, name: str) -> None:
        """Positions out of /sync, /messages and /context."""
        alice, room = self.twin.client("alice"), self._rooms[name]
        joined = self._sync("alice", filter=_SMALL)["rooms"]["join"][room]
        self._counts[name] = joined["unread_notifications"]
        first = alice.get(f"/rooms/{q(room)}/messages", dir="b", limit=2).ok()
        forward = alice.get(f"/rooms/{q(room)}/messages", dir="f", limit=2).ok()
        middle = self._events[f"{name}, retried 1"][1]
        context = alice.get(f"/rooms/{q(room)}/context/{q(middle)}", limit=2).ok()
        for what, start, direction in (
            ("sync", joined["timeline"]["prev_batch"], "b"),
            ("messages", first["end"], "b"),
            ("messages", forward["end"], "f"),
            ("context", context["start"], "b"),
            ("context", context["end"], "f"),
        ):
            bodies = self._page(room, start, direction)
            self._pages.append(_Page(f"{name}, {what} {direction}", room, start, direction, bodies))

    def _say_news(self) -> None:
        """What nobody has seen when the servers change."""
        for name, room in self._rooms.items():
            for number in range(2):
                self._send(f"{name}, news {number}", self.twin.client("carol"), room)
            self._news[name] = [f"{name}, news {number}" for number in range(2)]

    def _type(self) -> None:
        """Typing is memory: the token gets ahead of what the next server counts."""
        bob = self.twin.client("bob")
        path = f"/rooms/{q(self._rooms['salon'])}/typing/{q(bob.user_id)}"
        for typing in (True, False, True, False):
            bob.put(path, {"typing": typing, "timeout": 30000}).ok()
        self.account.since["carol"] = self._sync("carol")["next_batch"]
        self.account.handed = dict(self.account.since)

    # What the older release is asked about.

    def _read(self) -> None:
        self._read_sessions()
        self._read_events()
        self._read_pages()
        self._retry()
        alice = self.twin.client("alice")
        answer = alice.get(f"/user/{q(alice.user_id)}/filter/{self._filter}")
        self._fact("filter", {"room": {"timeline": {"limit": 3}}}, answer.json)
        whole = self.twin.client("alice").get("/sync", timeout=0, filter=self._filter)
        self._fact("a sync by a filter", 200, whole.status)
        for name in self._rooms:
            self._read_room(name)
        self._go_on("older")

    def _read_sessions(self) -> None:
        for device, client in self._sessions.items():
            answer = Client(self.twin.url, client.token).get("/account/whoami")
            self._fact(f"session {device}", device, (answer.json or {}).get("device_id"))
        refreshed = Client(self.twin.url).post("/refresh", {"refresh_token": self._refresh})
        self._fact("refresh token", 200, refreshed.status)
        for user in USERS:
            answer = self.twin.client(user).get("/account/whoami")
            self._fact(f"session of {user}", 200, answer.status)

    def _read_events(self) -> None:
        bob = self.twin.client("bob")
        for label, (room, event_id, body) in self._events.items():
            answer = bob.get(f"/rooms/{q(room)}/event/{q(event_id)}")
            content = answer.json.get("content", {}) if answer.status == 200 else answer.status
            if label.endswith("redacted"):
                gone = isinstance(content, dict) and not content
                because = answer.json.get("unsigned", {}).get("redacted_because", {})
                wanted = self._events[label.replace("redacted", "redaction")][1]
                self._fact(f"event {label}", (True, wanted), (gone, because.get("event_id")))
            elif body:
                got = content.get("body") if isinstance(content, dict) else content
                self._fact(f"event {label}", body, got)

    def _read_pages(self) -> None:
        for page in self._pages:
            got = self._page(page.room, page.start, page.direction)
            wanted = page.bodies
            if page.direction == "f" and len(wanted) < len(got):
                got = got[: len(wanted)]  # what was said after the page was looked at
            self._fact(f"page from {page.name}", wanted, got)

    def _page(self, room: str, start: str, direction: str) -> Any:
        params = {"dir": direction, "limit": 3, "from": start}
        answer = self.twin.client("alice").get(f"/rooms/{q(room)}/messages", **params)
        if answer.status != 200:
            return [f"{answer.status} {(answer.json or {}).get('errcode')}"]
        return [_body(event) for event in answer.json["chunk"]]

    def _retry(self) -> None:
        alice = self.twin.client("alice")
        for label, (room, event_id, _) in self._events.items():
            if "retried" in label:
                content = {"msgtype": "m.text", "body": "a retry must not be stored"}
                answer = alice.send(room, "m.room.message", content, label)
                got = (answer.json or {}).get("event_id")
                self._fact(f"retry of {label}", event_id, got)

    def _read_room(self, name: str) -> None:
        room = self._rooms[name]
        answer = self.twin.client("bob").get("/sync", timeout=0).json or {}
        joined = answer.get("rooms", {}).get("join", {}).get(room, {})
        receipts: dict[str, set[str]] = {}
        for event in joined.get("ephemeral", {}).get("events", []):
            if event["type"] == "m.receipt":
                for event_id, kinds in event["content"].items():
                    receipts.setdefault(event_id, set()).update(kinds.get("m.read", {}))
        last = self._events[f"{name}, last"][1]
        wanted = {self.twin.client(user).user_id for user in ("bob", "carol")}
        self._fact(f"receipts in {name}", True, wanted <= receipts.get(last, set()))
        markers = self.twin.client("carol").get(
            f"/user/{q(self.twin.client('carol').user_id)}/rooms/{q(room)}/account_data/m.fully_read"
        )
        self._fact(f"read marker in {name}", {"event_id": last}, markers.json)
        members = self.twin.client("bob").get(f"/rooms/{q(room)}/joined_members").json or {}
        found = sorted(members.get("joined", {}))
        self._fact(f"members of {name}", sorted(self._ids()), found)

    def _ids(self) -> list[str]:
        return [self.twin.client(user).user_id for user in USERS]

    # Life goes on, on whichever server it is.

    def _go_on(self, part: str) -> None:
        """From the tokens that clients hold: exactly what came since, once, in order."""
        for user in USERS:
            answer = self.twin.client(user).get("/sync", timeout=0, since=self.account.since[user])
            self._fact(f"{part}: the token of {user}", 200, answer.status)
            for name, room in self._rooms.items():
                # What was said before carol's token is no news to her.
                news = [] if (user, part) == ("carol", "older") else self._news[name]
                seen = _bodies(answer.json, room)
                self._fact(f"{part}: {user} goes on in {name}", news, seen)
            if answer.status != 200:
                continue
            token = answer.json["next_batch"]
            again = self.twin.client(user).get("/sync", timeout=0, since=token)
            for name, room in self._rooms.items():
                seen = _bodies(again.json, room)
                self._fact(f"{part}: {user} sees nothing twice in {name}", [], seen)

    def _continue(self, part: str) -> None:
        """People talk through the older release; their tokens are its own."""
        for user in USERS:
            self.account.since[user] = self._sync(user)["next_batch"]
        for name, room in self._rooms.items():
            said = [f"{name}, {part} {number}" for number in range(2)]
            self._news[name] = said
            for label in said:
                content = {"msgtype": "m.text", "body": label}
                answer = self.twin.client("bob").send(room, "m.room.message", content, label)
                self._fact(f"{part}: send {label}", 200, answer.status)
        self._wake(part)
        new = Client(self.twin.url)
        answer = new.post("/login", {
            "type": "m.login.password", "password": PASSWORD,
            "identifier": {"type": "m.id.user", "user": "dave"},
        })  # fmt: skip
        self._fact(f"{part}: log in", 200, answer.status)

    def _wake(self, part: str) -> None:
        """A parked sync is woken by what is said."""
        room, carol = self._rooms["salon"], self.twin.client("carol")
        since = self._sync("carol")["next_batch"]
        with ThreadPoolExecutor(1) as pool:
            parked = pool.submit(carol.get, "/sync", timeout=20000, since=since)
            time.sleep(0.5)
            began = time.monotonic()
            self.twin.client("alice").say(room, f"wake up, {part}")
            seen = _bodies(parked.result().json, room)
        self._fact(f"{part}: woken", [f"wake up, {part}"], seen)
        self._fact(f"{part}: woken in time", True, time.monotonic() - began < 10)
        self._news["salon"] = [*self._news["salon"], f"wake up, {part}"]

    def _sync(self, user: str, **params: Any) -> Any:
        return self.twin.client(user).get("/sync", timeout=0, **params).ok()


def _bodies(answer: Any, room: str) -> list[str]:
    joined = (answer or {}).get("rooms", {}).get("join", {}).get(room, {})
    return [_body(event) for event in joined.get("timeline", {}).get("events", [])]


def _body(event: Any) -> str:
    return str(event["content"].get("body", event["type"]))
