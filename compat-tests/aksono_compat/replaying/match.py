# SPDX-License-Identifier: Apache-2.0
"""One match: a recording played to two servers at once, the answers compared as they come in."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from ..recording.format import Exchange, Header
from .bindings import Bindings
from .judge import Judge, Tally, racing
from .player import Lane, Pace, Player, ServerGoneError
from .polls import last_looks
from .reply import Reply
from .routes import is_safe
from .schedule import Schedule, Slot, make_schedule
from .sessions import Sessions
from .ticker import Ticker

# Kinds of which nothing new comes about when nothing is written.
FROZEN = ("event", "room", "media", "device", "guest", "filter", "backup", "delay", "sid", "task")
# How often what there is so far is saved (seconds); less often when it takes long.
QUICKEST = 2.0


class Host(Protocol):
    """A running server."""

    @property
    def url(self) -> str: ...
    def alive(self) -> bool: ...


@dataclass
class Rules:
    """How a match is played."""

    read_only: bool = True
    pace: Pace = field(default_factory=Pace)
    one_writer: bool = True
    known: frozenset[str] = frozenset()


class Match:
    """Plays `exchanges` to A and B; `judge`, `bindings`, `incomplete` tell what came of it."""

    def __init__(
        self,
        header: Header,
        exchanges: Sequence[Exchange],
        hosts: tuple[Host, Host],
        sessions: tuple[Sessions, Sessions],
        rules: Rules,
        title: str = "replay",
        saved: Callable[[Tally], None] | None = None,
    ) -> None:
        self._header = header
        self._rules = rules
        self._saved = saved
        self.incomplete = ""
        self.skipped: dict[str, int] = {}
        self._skip: dict[int, str] = {}
        self._exchanges = list(exchanges)
        self._count = len(self._exchanges)
        if not rules.read_only:
            self._exchanges += last_looks(self._exchanges)
        self._hosts = hosts
        frozen = FROZEN if rules.read_only else ()
        self.bindings = Bindings(frozen, rules.known)
        self.lanes = [
            Lane(host.url, sessions[side], Bindings(), host.alive)
            for side, host in enumerate(hosts)
        ]
        began = (self.lanes[0].began, self.lanes[1].began)
        racers = frozenset() if rules.read_only else racing(self._exchanges)
        self.judge = Judge(self.bindings, began, racers)
        self._ticker = Ticker(title, self._count)
        self._answers: queue.SimpleQueue[int | None] = queue.SimpleQueue()

    @property
    def played(self) -> list[Exchange]:
        """What there was to play."""
        return self._exchanges

    def play(self) -> None:
        """Plays and compares everything; a server that ends in the middle ends the match."""
        sent = [slot for slot in enumerate(self._exchanges) if self._is_sent(*slot)]
        schedule = self._schedule([exchange for _, exchange in sent], [n for n, _ in sent])
        comparing = threading.Thread(target=self._compare_all, daemon=True)
        comparing.start()
        try:
            asyncio.run(self._play(schedule))
        finally:
            self._answers.put(None)
            comparing.join()
            self._ticker.close()
            if self._saved:
                # Also when it was interrupted.
                self._saved(self.judge.tally)
        if not self.incomplete:
            self._play_again()
        self.judge.finish()
        for reason in {**self.lanes[1].skipped, **self.lanes[0].skipped}.values():
            self.skipped[reason] = self.skipped.get(reason, 0) + 1

    def _is_sent(self, index: int, exchange: Exchange) -> bool:
        if self._rules.read_only and not is_safe(exchange.method, exchange.target):
            self._skip[index] = "requests that may write"
        elif exchange.status == 0 and is_safe(exchange.method, exchange.target):
            self._skip[index] = "reads whose answer was not recorded"
        return index not in self._skip

    def _schedule(self, exchanges: list[Exchange], indexes: list[int]) -> Schedule:
        """Like make_schedule, by the indexes of the whole recording."""
        schedule = make_schedule(
            exchanges,
            everybody=not self._rules.read_only,
            one_writer=self._rules.one_writer and not self._rules.read_only,
        )
        slots = [
            Slot(indexes[s.index], s.exchange, s.first, [indexes[n] for n in s.after])
            for s in schedule.slots
        ]
        groups = {name: [indexes[n] for n in ns] for name, ns in schedule.groups.items()}
        return Schedule(slots, groups)

    async def _play(self, schedule: Schedule) -> None:
        watch = asyncio.create_task(self._watch())
        pace = replace(self._rules.pace, news=not self._rules.read_only)
        players = [
            Player(lane, schedule, pace, self._header.began, self._answers.put)
            for lane in self.lanes
        ]
        try:
            async with asyncio.TaskGroup() as group:
                for side, player in enumerate(players):
                    group.create_task(self._play_one(side, player))
        except* ServerGoneError as gone:
            self.incomplete = str(gone.exceptions[0])
        finally:
            watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watch

    async def _play_one(self, side: int, player: Player) -> None:
        try:
            await player.run()
        except ServerGoneError as error:
            done = len(self.lanes[side].replies)
            raise ServerGoneError(
                f"server {'AB'[side]} ended, or does not answer any more, after {done} of "
                f"{self._count} exchanges: {error}"
            ) from None

    async def _watch(self) -> None:
        saved, pause = time.monotonic(), QUICKEST
        while True:
            await asyncio.sleep(0.5)
            done = min(len(lane.replies) for lane in self.lanes) + len(self._skip)
            done = min(done, self._count)
            found = len(self.judge.tally.found)
            self._ticker.tell(done, f"{self.judge.tally.compared} compared, {found} differences")
            if self._saved and time.monotonic() - saved > pause:
                began = time.monotonic()
                self._saved(self.judge.tally)
                saved = time.monotonic()
                pause = max(QUICKEST, 20 * (saved - began))

    def _compare_all(self) -> None:
        """In the order of the recording, as far as both have answered; the rest at the end."""
        at, last = 0, len(self._exchanges)
        while self._answers.get() is not None:
            while at < last and self._is_answered(at):
                self._compare(at)
                at += 1
        for index in range(at, last):
            if self._is_answered(index):
                self._compare(index)

    def _is_answered(self, index: int) -> bool:
        return index in self._skip or all(index in lane.replies for lane in self.lanes)

    def _compare(self, index: int) -> None:
        exchange = self._exchanges[index]
        if index in self._skip:
            self.skipped[self._skip[index]] = self.skipped.get(self._skip[index], 0) + 1
            self.judge.skip(exchange)
            return
        a, b = (lane.replies[index] for lane in self.lanes)
        if a is None or b is None:
            self.judge.skip(exchange)
            return
        self.judge.feed(index, exchange, a, b, counted=index < self._count)
        if index not in self.judge.again:
            for lane in self.lanes:
                lane.replies[index] = None  # large ones are not kept

    def _play_again(self) -> None:
        """Reads that raced with writes and differed, now that nothing is written."""
        indexes, self.judge.again = self.judge.again, []
        if not indexes:
            return
        first = {index: [lane.replies.get(index) for lane in self.lanes] for index in indexes}
        schedule = self._schedule([self._exchanges[index] for index in indexes], indexes)
        asyncio.run(self._play(schedule))
        for index in indexes:
            replies = [lane.replies.get(index) for lane in self.lanes]
            if _is_refused_now(first[index][0], replies[0]):
                replies = first[index]
            a, b = replies
            if a is not None and b is not None:
                self.judge.feed_again(self._exchanges[index], a, b)


def _is_refused_now(before: Reply | None, now: Reply | None) -> bool:
    """Whether a second answer says nothing about the first: its user has left, or logged out."""
    return before is not None and now is not None and before.status < 400 <= now.status
