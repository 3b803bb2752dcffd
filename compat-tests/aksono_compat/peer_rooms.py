# SPDX-License-Identifier: Apache-2.0
"""A room as a scripted server knows it: its events in one line, and the state after the newest."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from .event_checks import Json, event_id

StateKey = tuple[str, str]
Sign = Callable[[Json, int], tuple[Json, str]]


def now_ms() -> int:
    return int(time.time() * 1000)


def auth_keys(event: Json) -> list[StateKey]:
    """Which state allows an event.

    https://spec.matrix.org/v1.16/server-server-api/#auth-events-selection
    """
    if event["type"] == "m.room.create":
        return []
    keys = [("m.room.create", ""), ("m.room.power_levels", ""), ("m.room.member", event["sender"])]
    if event["type"] == "m.room.member":
        content = event["content"]
        keys.append(("m.room.member", event["state_key"]))
        if content.get("membership") in ("join", "invite", "knock"):
            keys.append(("m.room.join_rules", ""))
        if "third_party_invite" in content:
            token = content["third_party_invite"]["signed"]["token"]
            keys.append(("m.room.third_party_invite", token))
        if "join_authorised_via_users_server" in content:
            keys.append(("m.room.member", content["join_authorised_via_users_server"]))
    return list(dict.fromkeys(keys))


class PeerRoom:
    """State is a line: no forks, unless events are made with other `prev_events`."""

    def __init__(self, sign: Sign, room_id: str, version: int) -> None:
        self._sign = sign
        self.room_id = room_id
        self.version = version
        self.events: dict[str, Json] = {}
        self.state: dict[StateKey, str] = {}
        self.newest = ""
        self.depth = 0

    def as_json(self) -> Json:
        """To be stored with a prepared database."""
        return {
            "room_id": self.room_id,
            "version": self.version,
            "events": self.events,
            "state": [[*key, made] for key, made in self.state.items()],
            "newest": self.newest,
            "depth": self.depth,
        }

    @classmethod
    def from_json(cls, sign: Sign, kept: Json) -> PeerRoom:
        room = cls(sign, kept["room_id"], kept["version"])
        room.events = kept["events"]
        room.state = {(kind, key): made for kind, key, made in kept["state"]}
        room.newest, room.depth = kept["newest"], kept["depth"]
        return room

    def template(self, kind: str, content: Json, sender: str, key: str | None = None) -> Json:
        """The next event of the room, not signed yet."""
        event: Json = {
            "type": kind,
            "content": content,
            "sender": sender,
            "room_id": self.room_id,
            "depth": self.depth + 1,
            "prev_events": [self.newest] if self.newest else [],
            "origin_server_ts": now_ms(),
        }
        if key is not None:
            event["state_key"] = key
        event["auth_events"] = [self.state[one] for one in auth_keys(event) if one in self.state]
        return event

    def make(
        self, kind: str, content: Json, sender: str, key: str | None = None, **changes: Any
    ) -> tuple[Json, str]:
        """Such an event, signed, and its id; `changes` replace its fields before that."""
        return self._sign({**self.template(kind, content, sender, key), **changes}, self.version)

    def add(self, kind: str, content: Json, sender: str, key: str | None = None) -> Json:
        """Such an event at the end of the room."""
        event, _ = self.make(kind, content, sender, key)
        self.take(event)
        return event

    def take(self, event: Json) -> str:
        """An event, of whomever, comes to the end of the room."""
        made = str(event_id(event, self.version))
        self.events[made] = event
        self.newest, self.depth = made, int(event["depth"])
        if "state_key" in event:
            self.state[event["type"], event["state_key"]] = made
        return made

    def learn(self, events: Iterable[Json]) -> None:
        """Events of the past: they are known, and not at the end."""
        for event in events:
            self.events.setdefault(str(event_id(event, self.version)), event)

    def believe(self, state: Iterable[Json]) -> None:
        """The state of a room that was joined, as another server told it."""
        for event in state:
            made = str(event_id(event, self.version))
            self.events[made] = event
            self.state[event["type"], event["state_key"]] = made

    # What it tells those who ask.

    def state_events(self) -> list[Json]:
        return [self.events[one] for one in self.state.values()]

    def chain(self, start: Iterable[str]) -> list[str]:
        """The auth chain of events: what allows them, what allows that, and so on."""
        found: dict[str, None] = {}
        wanted = [one for made in start for one in self.events[made]["auth_events"]]
        while wanted:
            one = wanted.pop()
            if one in self.events and one not in found:
                found[one] = None
                wanted += self.events[one]["auth_events"]
        return list(found)

    def before(self, wanted: str) -> dict[StateKey, str]:
        """The state before an event."""
        depth = self.events[wanted]["depth"]
        found: dict[StateKey, str] = {}
        for made, event in sorted(self.events.items(), key=lambda pair: int(pair[1]["depth"])):
            if event["depth"] < depth and "state_key" in event:
                found[event["type"], event["state_key"]] = made
        return found

    def back(self, start: Iterable[str], until: Iterable[str], limit: int) -> list[str]:
        """Events from `start` backwards, `until` left out."""
        end = set(until)
        found: dict[str, None] = {}
        wanted = list(start)
        while wanted and len(found) < limit:
            one = wanted.pop(0)
            if one in self.events and one not in end and one not in found:
                found[one] = None
                wanted += self.events[one]["prev_events"]
        return list(found)
