# SPDX-License-Identifier: Apache-2.0
"""Sends and redactions of every kind, good and bad, in rooms of old and new versions."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from aksono_compat.client import Answer, q
from aksono_compat.pair import Pair, Twin

# What a request is refused with depends on the age of the room.
ROOMS = ("v1", "v3", "v5", "v6", "v10", "v11", "v12")
NOWHERE = "$" + "A" * 43
TEXT = {"msgtype": "m.text", "body": "x"}
# m.room.guest_access is left out: as a message it makes Synapse remove guests.
TYPES = (
    *("m.room.create", "m.room.member", "m.room.name", "m.room.topic", "m.room.power_levels"),
    *("m.room.redaction", "m.room.aliases", "m.room.server_acl", "m.room.encryption"),
    *("m.room.tombstone", "m.room.retention", "m.room.canonical_alias", "m.room.avatar"),
    *("m.call.invite", "m.sticker", "org.example", "x" * 255, "x" * 256, "é" * 128, "a\nb"),
)
# By type, what is sent in every room.
CONTENTS: tuple[tuple[str, Any], ...] = (
    ("m.room.message", {}),
    ("m.room.message", {"body": 5}),
    ("m.room.message", {"body": None, "msgtype": "m.text"}),
    ("m.room.message", {"body": "x", "msgtype": 5}),
    ("m.room.message", {"body": "x"}),
    ("m.room.message", {"body": "x", "f": 1.5}),
    ("m.room.message", {"f": 1.5, "m.mentions": 5}),
    ("org.example", {"f": 1.5}),
    ("org.example", {"f": 2**53}),
    ("org.example", {"f": -(2**53) + 1}),
    ("org.example", {"f": 2**64}),
    ("org.example", {"f": 1.5, "m.mentions": 5}),
    ("org.example", {"m.mentions": None}),
    ("org.example", {"m.mentions": {"room": "it's"}}),
    ("org.example", {"m.mentions": {"room": [1, "a", None, {"b": True}]}}),
    ("org.example", {"m.mentions": {"user_ids": {}, "room": 1}}),
    ("org.example", {"m.mentions": {"user_ids": "x"}}),
    ("org.example", {"body": "x" * 64_000}),
    ("org.example", {"body": "x" * 65_536}),
    ("org.example", {"body": "é" * 33_000}),
    ("m.room.name", {"name": "x"}),
    ("m.room.name", {"name": 5}),
    ("m.room.topic", {"topic": 5}),
    ("m.room.tombstone", {"replacement_room": "!x:y"}),
    ("m.room.server_acl", {"allow": ["*"], "deny": ["t?st.local"]}),
    ("m.room.server_acl", {"allow": ["TEST.local"]}),
    ("m.room.server_acl", {"allow": [5, "*"], "deny": "x"}),
    ("m.room.canonical_alias", {"alias": 5}),
    ("m.room.canonical_alias", {"alias": "bad"}),
    ("m.room.canonical_alias", {"alias": "#nope:test.local"}),
    ("m.room.canonical_alias", {"alt_aliases": "x"}),
    ("m.room.canonical_alias", {"alt_aliases": [5]}),
    ("m.room.redaction", {"redacts": NOWHERE}),
    ("m.room.redaction", {"redacts": 5}),
)
_EVENT_ID = re.compile(r"\$[A-Za-z0-9_+/-]{43}|\$[0-9]+[A-Za-z]+:test\.local")


class Requests:
    """Asks one server everything; the answers by name, in order."""

    def __init__(self, twin: Twin, name: str) -> None:
        self.name = name
        self.rooms = twin.world.demo.rooms
        self.clients = {name: twin.client(name) for name in ("alice", "bob", "carol", "erin")}
        self.count = 0

    def txn(self) -> str:
        self.count += 1
        return f"{self.name}.{self.count}"

    def send(self, user: str, room: str, kind: str, content: Any) -> Answer:
        return self.clients[user].send(self.rooms[room], kind, content, self.txn())

    def event(self, user: str, room: str, content: Any = None) -> str:
        return str(self.send(user, room, "m.room.message", content or TEXT).ok()["event_id"])

    def redact(self, user: str, room: str, event_id: str, **content: Any) -> Answer:
        path = f"/rooms/{q(self.rooms[room])}/redact/{q(event_id)}/{q(self.txn())}"
        return self.clients[user].put(path, content)

    def types(self, room: str) -> Iterator[tuple[str, Answer]]:
        for kind in TYPES:
            yield f"{room} type {kind}", self.send("alice", room, kind, {})

    def contents(self, room: str) -> Iterator[tuple[str, Answer]]:
        for kind, content in CONTENTS:
            name = f"{room} {kind} {str(content)[:60]}"
            yield name, self.send("bob", room, kind, content)

    def relations(self, room: str) -> Iterator[tuple[str, Answer]]:
        target, elsewhere = self.event("bob", room), self.event("bob", "tea")
        for event_id in (target, elsewhere, NOWHERE, 5):
            for kind in ("m.annotation", "m.thread", "m.replace", "m.reference", "org.example", 5):
                relation = {"rel_type": kind, "event_id": event_id, "key": "k"}
                content = {"m.relates_to": relation}
                name = f"{room} {kind} of {event_id}"
                yield name, self.send("bob", room, "m.reaction", content)
                yield f"{name} again", self.send("bob", room, "m.reaction", content)
        keys: tuple[Any, ...] = (None, 5, "", "k" * 500, "é" * 500, "k" * 501)
        for key in keys:
            annotation = {"rel_type": "m.annotation", "event_id": target, "key": key}
            content = {"m.relates_to": annotation}
            yield f"{room} key {str(key)[:9]}", self.send("alice", room, "m.reaction", content)
        odd: tuple[Any, ...] = ({"m.in_reply_to": {"event_id": NOWHERE}}, "x", None, [])
        for related in odd:
            message = {**TEXT, "m.relates_to": related}
            yield f"{room} {related}", self.send("bob", room, "m.room.message", message)

    def redactions(self, room: str) -> Iterator[tuple[str, Answer]]:
        own, others = self.event("bob", room), self.event("alice", room)
        for user in ("bob", "alice", "erin"):
            for event_id in (own, others, own, NOWHERE, "$x", "$x:test.local", "$x:y", "x"):
                yield f"{room} {user} redacts {event_id}", self.redact(user, room, event_id)
        yield f"{room} reason", self.redact("alice", room, others, reason=5)
        yield f"{room} other target", self.redact("alice", room, others, redacts=NOWHERE)
        yield f"{room} mentions", self.redact("bob", room, own, **{"m.mentions": 5})
        elsewhere = self.event("bob", "tea")
        yield f"{room} of another room", self.redact("alice", room, elsewhere)
        content = {"redacts": self.event("bob", room)}
        yield f"{room} by send", self.send("bob", room, "m.room.redaction", content)


def _seen(answer: Answer) -> tuple[int, str]:
    return answer.status, _EVENT_ID.sub("<event>", answer.text)


def _problem(kind_b: str, a: Answer, b: Answer) -> bool:
    if kind_b == "aksono" and a.status == 500:
        refused = isinstance(b.json, dict) and b.json.get("errcode") == "M_INVALID_PARAM"
        return b.status != 400 or not refused
    return _seen(a) != _seen(b)


@pytest.mark.parametrize("group", ["types", "contents", "relations", "redactions"])
@pytest.mark.parametrize("room", ROOMS)
def test_answers(pair: Pair, kind_b: str, room: str, group: str) -> None:
    asked = pair.both(lambda twin: list(getattr(Requests(twin, f"{room}.{group}"), group)(room)))
    lines = []
    for (name, a), (_, b) in zip(*asked, strict=True):
        if _problem(kind_b, a, b):
            lines.append(f"{name}: A {_seen(a)}, B {_seen(b)}")
    if lines:
        pytest.fail("\n".join(lines), pytrace=False)
