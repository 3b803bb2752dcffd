# SPDX-License-Identifier: Apache-2.0
"""A conversation that goes on while servers change under it, and what was lost on the way."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import requests

from .client import q
from .clients.talker import Diary, Talker
from .pair import Twin
from .serverlog import Problem

SPEAKERS = ("alice", "bob", "carol")
_EACH = 6  # messages that everybody says at least on each server


@dataclass
class Switch:
    """One change of servers, in seconds."""

    to: str
    without_server: float  # from SIGTERM to the first answer
    unreachable: float  # the longest time that one who asks all the time got no answer


@dataclass
class Passage:
    """A conversation over all servers, as everybody saw it."""

    room: str
    diaries: list[Diary]
    # Event ids with bodies as the last server tells them, oldest first.
    history: list[tuple[str, str]]
    switches: list[Switch] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def losses(self) -> set[str]:
        """What went wrong, as kinds; `examples` has the details."""
        return set(self.examples())

    def examples(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for kind, detail in [*self._of_history(), *self._of_clients()]:
            found.setdefault(kind, []).append(detail)
        return found

    def _of_history(self) -> Iterator[tuple[str, str]]:
        """What was acknowledged is there, once, in each sender's order."""
        ids = [event_id for event_id, _ in self.history]
        yield from _doubled("the history", ids)
        yield from _doubled("the history, by text", [body for _, body in self.history])
        for diary in self.diaries:
            for sent in diary.sent:
                if sent.event_id and sent.event_id not in ids:
                    yield "lost: acknowledged, not in the history", sent.body
            acknowledged = [one.event_id for one in diary.sent if one.event_id]
            order = [one for one in ids if one in set(acknowledged)]
            if order != [one for one in acknowledged if one in set(ids)]:
                yield "reordered: a sender's messages in the history", diary.user_id

    def _of_clients(self) -> Iterator[tuple[str, str]]:
        """Everybody saw all of it, once, in the order of the history."""
        ids = [event_id for event_id, _ in self.history]
        acknowledged = {one.event_id for diary in self.diaries for one in diary.sent}
        for diary in self.diaries:
            for refusal in diary.refused:
                yield "refused: a client cannot go on", f"{diary.user_id}: {refusal}"
            seen = [event_id for event_id, _ in diary.seen.get(self.room, [])]
            yield from _doubled(f"the syncs of {diary.user_id}", seen)
            for missing in (acknowledged - {""}) - set(seen):
                yield "lost: acknowledged, not in a sync", f"{diary.user_id}: {missing}"
            if seen != [one for one in ids if one in set(seen)]:
                yield "reordered: syncs and history", diary.user_id
            if diary.gaps:
                yield "lost: a timeline cut short", f"{diary.user_id}: {diary.gaps} times"


def _doubled(where: str, values: list[str]) -> Iterator[tuple[str, str]]:
    for value, count in Counter(values).items():
        if count > 1:
            yield "doubled: " + where.split(" of ")[0], f"{where}: {value}, {count} times"


class Probe:
    """Asks a server all the time; knows how long it was without answers."""

    def __init__(self, url: str) -> None:
        self._url = f"{url}/_matrix/client/versions"
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self.longest = 0.0

    def _ask(self) -> None:
        last = time.monotonic()
        while not self._ended.is_set():
            try:
                if requests.get(self._url, timeout=10).status_code == 200:
                    now = time.monotonic()
                    self.longest = max(self.longest, now - last)
                    last = now
            except requests.RequestException:
                pass
            time.sleep(0.01)

    def __enter__(self) -> Probe:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join(15)


@contextmanager
def conversation(twin: Twin, room: str) -> Iterator[list[Talker]]:
    """Talks while the body runs; afterwards everybody has heard everything or given up."""
    talkers = [Talker(twin.client(name), room) for name in SPEAKERS]
    for talker in talkers:
        talker.start()
    _go_on(talkers)
    yield talkers
    said = {sent.event_id for talker in talkers for sent in talker.hush()}
    for talker in talkers:
        talker.listen_for(said)


def _go_on(talkers: list[Talker], timeout: float = 120) -> None:
    """Until everybody was heard some more times."""
    wanted = [talker.acknowledged() + _EACH for talker in talkers]
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        if all(t.acknowledged() >= count for t, count in zip(talkers, wanted, strict=True)):
            return
        time.sleep(0.1)


def pass_over(twin: Twin, middle: str) -> Passage:
    """Synapse, then `middle`, then Synapse, SIGTERM in mid-conversation each time."""
    room = twin.world.demo.rooms["tea"]
    twin.server.start()
    before = {event_id for event_id, _ in _history(twin, room)}
    switches = []
    with conversation(twin, room) as talkers:
        for kind in (middle, "synapse"):
            with Probe(twin.url) as probe:
                took = twin.become(kind)
            switches.append(Switch(kind, took, probe.longest))
            _go_on(talkers)
    history = [entry for entry in _history(twin, room) if entry[0] not in before]
    twin.server.stop()
    diaries = [talker.diary for talker in talkers]
    return Passage(room, diaries, history, switches, twin.server.problems())


def _history(twin: Twin, room: str) -> list[tuple[str, str]]:
    """All messages of the room, oldest first."""
    bob = twin.client("bob")
    params = {"dir": "b", "limit": 200}
    found: list[tuple[str, str]] = []
    while True:
        page = bob.get(f"/rooms/{q(room)}/messages", **params).ok()
        found += [
            (event["event_id"], event["content"].get("body", ""))
            for event in page["chunk"]
            if event["type"] == "m.room.message"
        ]
        if "end" not in page:
            return found[::-1]
        params["from"] = page["end"]
