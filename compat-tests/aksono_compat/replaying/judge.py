# SPDX-License-Identifier: Apache-2.0
"""Takes the answers of a replay in the order of the recording, and says where they differ."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..recording.format import Exchange
from ..reporting.classes import general_path
from ..reporting.result import RouteCount
from .bindings import Bindings
from .compare import Comparer, Difference
from .polls import scope_of
from .reply import Reply
from .routes import is_read, is_sync, place_of
from .sync_stream import SyncStream


@dataclass(frozen=True)
class Located:
    """A difference and the exchange that it is about."""

    where: str
    difference: Difference
    number: int = 0
    request: str = ""


@dataclass
class Tally:
    """What came of the exchanges so far."""

    compared: int = 0
    routes: dict[str, RouteCount] = field(default_factory=lambda: defaultdict(RouteCount))
    found: list[Located] = field(default_factory=list)
    # Places that answers of a route have: what noise is measured by.
    paths: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    # Answers of A with another status than the recorded server gave, by route.
    strayed: Counter[str] = field(default_factory=Counter)


# When a device was last seen is written down now and then, by a timer.
_TIMED = re.compile(r"/devices(?:/[^/?]*)?(?:\?|$)|/admin/(?:v1/)?whois/")
_SEEN = frozenset(("last_seen_ts", "last_seen_ip", "last_seen_user_agent", "connections"))


class Judge:
    """Compares A's and B's answers. `feed` each exchange once, in the order of the recording."""

    def __init__(
        self, bindings: Bindings, began: tuple[float, float], racing: frozenset[int] = frozenset()
    ) -> None:
        """`racing`: reads that raced with writes; if they differ they are put off, see `again`."""
        self.tally = Tally()
        self.again: list[int] = []
        self._bindings = bindings
        self._comparer = Comparer(bindings, began[0] * 1000, began[1] * 1000)
        self._racing = racing
        self._is_over = False  # nothing is put off any more
        self._streams: dict[str, SyncStream] = {}
        self._acknowledged: tuple[dict[str, float], dict[str, float]] = ({}, {})
        self._requests: dict[int, tuple[str, str]] = {}
        self._alike: set[int] = set()  # exchanges in which nothing differed so far

    def skip(self, exchange: Exchange) -> None:
        where = place_of(exchange.method, exchange.target).where
        self.tally.routes[where].skipped += 1

    def feed(
        self, index: int, exchange: Exchange, a: Reply, b: Reply, *, counted: bool = True
    ) -> None:
        """Compares the answers to one exchange; `counted`: it is one of the recording."""
        where = place_of(exchange.method, exchange.target).where
        count = self.tally.routes[where]
        differences = self._differences(index, exchange, a, b, where)
        told_anyway = self._is_stream(exchange, a, b) and a.status < 500
        if differences and not told_anyway and self._may_settle(index, exchange, differences):
            self.again.append(index)
            return
        count.asked += counted
        self.tally.compared += counted
        if exchange.status not in (0, a.status):
            self.tally.strayed[where] += 1
        if is_unbuilt(a, b):
            count.unbuilt += 1
            return
        self._learn_paths(where, a)
        if not differences:
            count.alike += counted
            if counted:
                self._alike.add(exchange.number)
            return
        count.differ += counted
        request = f"{exchange.method} {exchange.target}"
        for difference in differences:
            self.tally.found.append(Located(where, difference, exchange.number, request))

    def feed_again(self, exchange: Exchange, a: Reply, b: Reply) -> None:
        """An exchange that was put off, asked when nothing was written any more."""
        self._is_over = True
        self.feed(-1, exchange, a, b)

    def _may_settle(self, index: int, exchange: Exchange, differences: list[Difference]) -> bool:
        """Whether there may be no difference any more when nothing is written."""
        if self._is_over:
            return False
        timed = _TIMED.search(exchange.target) is not None
        return index in self._racing or (
            timed and all(_SEEN.intersection(map(str, one.path)) for one in differences)
        )

    def finish(self) -> None:
        """What only shows in the whole of what a session was told."""
        for stream in self._streams.values():
            for finding in stream.finish(self._acknowledged):
                where, request = self._requests[finding.number]
                self.tally.found.append(Located(where, finding.difference, finding.number, request))
                if finding.number in self._alike:
                    self._alike.remove(finding.number)
                    self.tally.routes[where].differ += 1
                    self.tally.routes[where].alike -= 1

    @property
    def uneven(self) -> int:
        """Syncs whose news were cut into answers in another way."""
        return sum(stream.uneven for stream in self._streams.values())

    def _differences(
        self, index: int, exchange: Exchange, a: Reply, b: Reply, where: str
    ) -> list[Difference]:
        if is_unbuilt(a, b):
            return []
        self._note_acknowledged(a, b)
        if not self._is_stream(exchange, a, b):
            return self._comparer.answers(a, b, where, exchange.session)
        key = scope_of(exchange)
        stream = self._streams.get(key)
        if stream is None:
            stream = self._streams[key] = SyncStream(self._bindings, self._comparer)
        self._requests[exchange.number] = where, f"{exchange.method} {exchange.target}"
        return stream.feed(
            exchange.number, a, b, where, exchange.session, racing=index in self._racing
        )

    def _is_stream(self, exchange: Exchange, a: Reply, b: Reply) -> bool:
        """An incremental sync: one of a chain of answers."""
        return (
            is_sync(exchange.method, exchange.target)
            and any(mark in exchange.target for mark in ("since=", "pos="))
            and not (a.error or b.error)
        )

    def _note_acknowledged(self, a: Reply, b: Reply) -> None:
        for times, reply in zip(self._acknowledged, (a, b), strict=True):
            event_id = reply.json.get("event_id") if isinstance(reply.json, dict) else None
            if isinstance(event_id, str) and reply.status == 200:
                times.setdefault(event_id, reply.ended)

    def _learn_paths(self, where: str, reply: Reply) -> None:
        known = self.tally.paths[where]
        if len(known) < 10_000:
            known.update(general_path(path) for path in leaves(reply.content))


def is_unbuilt(a: Reply, b: Reply) -> bool:
    """Whether B does not know a route that A knows."""
    there = a.status not in (0, 405) and a.errcode != "M_UNRECOGNIZED"
    return there and b.status in (404, 405) and b.errcode == "M_UNRECOGNIZED"


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The paths of all values in a JSON value."""
    if isinstance(value, dict) and value:
        for key, part in value.items():
            yield from leaves(part, (*path, key))
    elif isinstance(value, list) and value:
        for number, part in enumerate(value):
            yield from leaves(part, (*path, number))
    else:
        yield path


def racing(exchanges: Sequence[Exchange]) -> frozenset[int]:
    """Indexes of reads during which something was written: their answers may tell of it or not."""
    writes = sorted(
        (one.at, one.at + one.took) for one in exchanges if not is_read(one.method, one.target)
    )
    found: set[int] = set()
    reads = sorted(
        (one.at, one.at + one.took, index)
        for index, one in enumerate(exchanges)
        if is_read(one.method, one.target)
    )
    running: list[tuple[float, float]] = []
    at = 0
    for began, ended, index in reads:
        while at < len(writes) and writes[at][0] < ended:
            running.append(writes[at])
            at += 1
        running = [write for write in running if write[1] > began]
        if any(write[0] < ended for write in running):
            found.add(index)
    return frozenset(found)
