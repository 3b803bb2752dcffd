# SPDX-License-Identifier: Apache-2.0
"""A conversation that goes on while servers change under it, and what was lost on the way."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise

import requests

from .client import Client, q
from .clients.talker import Diary, Talker
from .pair import Twin
from .serverlog import Problem

SPEAKERS = ("alice", "bob", "carol")
_EACH = 6  # messages that everybody says at least on each server
_TEXTS = {"m.room.message": "body", "m.room.encrypted": "ciphertext"}


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
    # Event ids in the order of the stream: that of messages sent at the same time may be another.
    stream: list[str] = field(default_factory=list)

    def losses(self) -> set[str]:
        """What went wrong, as kinds; `examples` has the details."""
        return set(self.examples())

    def examples(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for kind, detail in [*self._of_history(), *self._of_clients()]:
            found.setdefault(kind, []).append(detail)
        return found

    def report(self, name: str) -> str:
        """For people: figures, and a line for each change of servers."""
        changes = [
            f"  to {one.to}: {one.without_server:.2f} s without server,"
            f" {one.unreachable:.2f} s without an answer"
            for one in self.switches
        ]
        return "\n".join([f"{name}: {self.figures()}", *changes])

    def figures(self) -> str:
        sent = [one for diary in self.diaries for one in diary.sent]
        again = sum(one.attempts > 1 for one in sent)
        seen = sum(len(diary.seen.get(self.room, [])) for diary in self.diaries)
        losses = sum(len(details) for details in self.examples().values())
        return f"{len(sent)} messages, {again} tried again; seen {seen} times; {losses} losses"

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
        """Everybody saw all of it, once, in order."""
        acknowledged = {one.event_id for diary in self.diaries for one in diary.sent}
        for diary in self.diaries:
            for refusal in diary.refused:
                yield "refused: a client cannot go on", f"{diary.user_id}: {refusal}"
            seen = [event_id for event_id, _ in diary.seen.get(self.room, [])]
            yield from _doubled(f"the syncs of {diary.user_id}", seen)
            for missing in (acknowledged - {""}) - set(seen) - self._before(diary):
                yield "lost: acknowledged, not in a sync", f"{diary.user_id}: {missing}"
            for pair in self._turned(seen):
                yield "reordered: syncs", f"{diary.user_id}: {pair}"
            if diary.gaps:
                yield "lost: a timeline cut short", f"{diary.user_id}: {diary.gaps} times"

    def _turned(self, seen: list[str]) -> list[tuple[str, str]]:
        """Neighbours that neither the history nor the stream has in this order."""
        ids = [event_id for event_id, _ in self.history]
        orders = [{one: at for at, one in enumerate(order)} for order in (ids, self.stream or ids)]
        return [
            (first, second)
            for first, second in pairwise(seen)
            if all(order.get(first, -1) > order.get(second, len(order)) for order in orders)
        ]

    def _before(self, diary: Diary) -> set[str]:
        """What a newcomer need not have seen: all before the first that it saw."""
        ids = [event_id for event_id, _ in self.history]
        seen = diary.seen.get(self.room, [])
        first = ids.index(seen[0][0]) if seen and seen[0][0] in ids else 0
        return set(ids[:first]) if diary.newcomer else set()


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
    before = {event_id for event_id, _ in history(twin.client("bob"), room)}
    switches = []
    with conversation(twin, room) as talkers:
        for kind in (middle, "synapse"):
            with Probe(twin.url) as probe:
                took = twin.become(kind)
            switches.append(Switch(kind, took, probe.longest))
            _go_on(talkers)
    told = [entry for entry in history(twin.client("bob"), room) if entry[0] not in before]
    twin.server.stop()
    diaries = [talker.diary for talker in talkers]
    problems = twin.server.problems()
    return Passage(room, diaries, told, switches, problems, stream_of(twin, room))


def history(reader: Client, room: str) -> list[tuple[str, str]]:
    """All messages of the room, oldest first: event ids with texts, or with ciphertexts."""
    params = {"dir": "b", "limit": 200}
    found: list[tuple[str, str]] = []
    while True:
        page = reader.get(f"/rooms/{q(room)}/messages", **params).ok()
        found += [
            (event["event_id"], event["content"].get(_TEXTS[event["type"]], ""))
            for event in page["chunk"]
            if event["type"] in _TEXTS
        ]
        if "end" not in page:
            return found[::-1]
        params["from"] = page["end"]


def stream_of(twin: Twin, room: str) -> list[str]:
    """The room's event ids in the order in which syncs tell them."""
    sql = "SELECT event_id FROM events WHERE room_id = %s ORDER BY stream_ordering"
    with twin.cluster.session(twin.database) as cursor:
        cursor.execute(sql, (room,))
        return [row[0] for row in cursor.fetchall()]
