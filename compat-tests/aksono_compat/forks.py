# SPDX-License-Identifier: Apache-2.0
"""Rooms whose history forks: several forward extremities, with the same state and with others.

Real Synapse makes them out of what a server elsewhere sends, so that every row in them is its own.
"""

import time
from collections.abc import Iterator
from typing import Any

from .event_checks import Json
from .far_server import NAME, FarServer
from .pair import Twin

ZOE, YVES = f"@zoe:{NAME}", f"@yves:{NAME}"
# Levels of their own make several of them able to set state at once.
_LEVELS = {"users_default": 0, "state_default": 50}


class ForkedRoom:
    """A room of alice's in which ZOE and YVES write on any branch that they like."""

    def __init__(self, far: FarServer, twin: Twin, version: int) -> None:
        self._far, self._cluster, self._database = far, twin.cluster, twin.database
        alice = twin.client("alice")
        self.version = version
        self.sent: list[str] = []
        # From version 12 on who created the room is above all levels.
        users = {ZOE: 100, YVES: 50} | ({} if version >= 12 else {alice.user_id: 100})
        content = {
            "preset": "public_chat",
            "room_version": str(version),
            "power_level_content_override": {**_LEVELS, "users": users},
        }
        self.id: str = alice.post("/createRoom", content).ok()["room_id"]
        for user in (ZOE, YVES):
            self.base = far.join(self.id, user, version)
        self._state = self._current_state()
        [(depth,)] = self._rows("SELECT depth FROM events WHERE event_id = %s", self.base)
        self.depth: int = depth

    def _rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._cluster.session(self._database) as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall()

    def _current_state(self) -> dict[tuple[str, str], str]:
        sql = "SELECT type, state_key, event_id FROM current_state_events WHERE room_id = %s"
        return {(kind, key): event for kind, key, event in self._rows(sql, self.id)}

    def content(self, kind: str) -> Json:
        """Of the state event of this type in the room as it was before it forked."""
        sql = "SELECT json::jsonb -> 'content' FROM event_json WHERE event_id = %s"
        [(content,)] = self._rows(sql, self._state[kind, ""])
        return dict(content)

    def _auth(self, sender: str, target: str | None) -> list[str]:
        keys = [("m.room.power_levels", ""), ("m.room.member", sender)]
        if self.version < 12:
            keys.append(("m.room.create", ""))
        if target is not None and target != sender:
            keys.append(("m.room.member", target))
        return [self._state[key] for key in keys if key in self._state]

    def put(
        self,
        kind: str,
        content: Json,
        key: str | None = None,
        *,
        after: list[str] | None = None,
        depth: int | None = None,
        sender: str = ZOE,
    ) -> str:
        """Sends one event upon `after`, by default the joining of YVES."""
        event: Json = {
            "room_id": self.id,
            "sender": sender,
            "type": kind,
            "content": content,
            "depth": self.depth + 1 if depth is None else depth,
            "prev_events": after or [self.base],
            "auth_events": self._auth(sender, key if kind == "m.room.member" else None),
        }
        if key is not None:
            event["state_key"] = key
        event, event_id = self._far.sign(event, self.version)
        # Synapse lets an event lie that comes in while it ends the work on the one before.
        assert any(self._comes_in(event, event_id) for _ in range(20)), event
        self.sent.append(event_id)
        return event_id

    def say(self, text: str, **where: Any) -> str:
        return self.put("m.room.message", {"msgtype": "m.text", "body": text}, **where)

    def _comes_in(self, event: Json, event_id: str) -> bool:
        """Whether the event is in the database a second after it was sent."""
        self._far.send([event])
        deadline = time.monotonic() + 1
        sql = "SELECT rejection_reason FROM events WHERE event_id = %s AND NOT outlier"
        while time.monotonic() < deadline:
            if rows := self._rows(sql, event_id):
                assert rows == [(None,)], rows
                return True
            time.sleep(0.01)
        return False


def _same_depth(room: ForkedRoom) -> None:
    for number in range(13):
        room.say(f"branch {number}")


def _many_depths(room: ForkedRoom) -> None:
    for number in range(14):
        room.say(f"branch {number}", depth=room.depth + 1 + number * 5 % 14)


def _same_state(room: ForkedRoom) -> None:
    for number in range(3):
        room.say(f"branch {number}", depth=room.depth + 3 - number)


def _two_topics(room: ForkedRoom) -> None:
    room.put("m.room.topic", {"topic": "one"}, "")
    room.put("m.room.topic", {"topic": "two"}, "")


def _talk_and_state(room: ForkedRoom) -> None:
    room.say("nothing new")
    room.put("m.room.name", {"name": "News"}, "")


def _name_and_topic(room: ForkedRoom) -> None:
    room.put("m.room.name", {"name": "News"}, "")
    room.put("m.room.topic", {"topic": "old"}, "")


def _three_branches(room: ForkedRoom) -> None:
    first = room.put("m.room.name", {"name": "News"}, "")
    room.put("org.example.state", {"n": 1}, "a", after=[first])
    room.put("m.room.topic", {"topic": "old"}, "")
    room.say("as it was")


# What the server would refuse at once if it came second: it asks the room as it is now.
def _levels(room: ForkedRoom) -> None:
    room.put("m.room.name", {"name": "by one who may no more"}, "", sender=YVES)
    levels = room.content("m.room.power_levels")
    room.put("m.room.power_levels", levels | {"users": levels["users"] | {YVES: 0}}, "")


def _ban(room: ForkedRoom) -> None:
    room.put("m.room.topic", {"topic": "by a banned one"}, "", sender=YVES)
    room.put("m.room.member", {"membership": "ban"}, YVES)


def _leave(room: ForkedRoom) -> None:
    room.put("m.room.member", {"membership": "leave"}, YVES, sender=YVES)
    room.say("is someone there?")


def _replaced_twice(room: ForkedRoom) -> None:
    first = room.put("m.room.name", {"name": "first"}, "")
    second = room.put("m.room.name", {"name": "second"}, "", after=[first])
    room.put("m.room.topic", {"topic": "t"}, "", after=[second])
    room.put("m.room.name", {"name": "other"}, "")


def _merged_before(room: ForkedRoom) -> None:
    """A fork that the far server has merged, and another beside it."""
    ends = [
        room.put("m.room.name", {"name": "News"}, ""),
        room.put("m.room.topic", {"topic": "old"}, ""),
    ]
    room.say("merged", after=ends, depth=room.depth + 2)
    room.put("org.example.state", {"n": 1}, "a")


def _many_states(room: ForkedRoom) -> None:
    for number in range(12):
        room.put("org.example.state", {}, f"key {number}", depth=room.depth + 1 + number)


SCENARIOS = {
    "same depth": (10, _same_depth),
    "many depths": (12, _many_depths),
    "same state": (11, _same_state),
    "two topics": (10, _two_topics),
    "two topics 12": (12, _two_topics),
    "talk and state": (12, _talk_and_state),
    "name and topic": (11, _name_and_topic),
    "three branches": (10, _three_branches),
    "levels": (10, _levels),
    "levels 12": (12, _levels),
    "ban": (11, _ban),
    "leave": (6, _leave),
    "replaced twice": (9, _replaced_twice),
    "merged before": (12, _merged_before),
    "many states": (10, _many_states),
}


def make_forks(twin: Twin) -> dict[str, str]:
    """Rooms by the name of their scenario; `twin` runs Synapse and knows the far server's key."""
    far = FarServer(twin.url)

    def rooms() -> Iterator[tuple[str, str]]:
        for name, (version, write) in SCENARIOS.items():
            room = ForkedRoom(far, twin, version)
            write(room)
            yield name, room.id

    return dict(rooms())
