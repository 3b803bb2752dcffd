# SPDX-License-Identifier: Apache-2.0
"""Which requests of a replay wait for which, so that it has the order and overlap of the recording.

A request waits for all that had ended before it began: of its own session, or, when something is
written, of everybody. What overlapped then may overlap again. With one writer at a time, requests
that change something come one after the other, in the order in which they came.
"""

from __future__ import annotations

import asyncio
import heapq
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ..recording.format import Exchange
from .ids import LOOSE, words
from .routes import is_read

EVERYBODY = "(everybody)"
WRITERS = "(writers)"


@dataclass
class Slot:
    """An exchange and what it waits for: the first `n` of a group, single earlier ones."""

    index: int
    exchange: Exchange
    first: list[tuple[str, int]] = field(default_factory=list)
    after: list[int] = field(default_factory=list)


@dataclass
class Schedule:
    """Slots in the order in which requests began; groups as indexes in the order of their ends."""

    slots: list[Slot]
    groups: dict[str, list[int]]


def make_schedule(
    exchanges: Sequence[Exchange], *, everybody: bool, one_writer: bool = False
) -> Schedule:
    """`everybody`: what had ended before must have ended, whosever it was."""
    slots = [Slot(index, exchange) for index, exchange in enumerate(exchanges)]
    groups: dict[str, list[int]] = defaultdict(list)
    ends = sorted(slots, key=lambda slot: (_end(slot.exchange), slot.exchange.number))
    begins = sorted(slots, key=lambda slot: (slot.exchange.at, slot.exchange.number))
    at = 0
    for slot in begins:
        while at < len(ends) and _end(ends[at].exchange) <= slot.exchange.at:
            groups[_group(ends[at].exchange, everybody)].append(ends[at].index)
            at += 1
        name = _group(slot.exchange, everybody)
        slot.first.append((name, len(groups[name])))
    if one_writer:
        _one_after_another(begins, groups)
    if not everybody:
        _after_givers(begins)
    return Schedule(begins, dict(groups))


def _end(exchange: Exchange) -> float:
    return exchange.at + exchange.took


def _group(exchange: Exchange, everybody: bool) -> str:
    return EVERYBODY if everybody else exchange.session


def _one_after_another(begins: list[Slot], groups: dict[str, list[int]]) -> None:
    for slot in begins:
        if not is_read(slot.exchange.method, slot.exchange.target):
            slot.first.append((WRITERS, len(groups[WRITERS])))
            groups[WRITERS].append(slot.index)


def _after_givers(begins: list[Slot]) -> None:
    """A request waits for the exchange whose answer first gave a value that it uses."""
    givers: dict[str, int] = {}
    sent: set[str] = set()
    for slot in begins:
        used = set(_values([slot.exchange.target, slot.exchange.body.value]))
        slot.after = sorted({givers[value] for value in used if value in givers})
        sent |= used
        for value in _values(slot.exchange.answer.value):
            if value not in sent:
                givers.setdefault(value, slot.index)


def _values(value: Any) -> list[str]:
    if isinstance(value, str):
        return [word.value for word in words(value) if word.kind not in LOOSE or word.value]
    if isinstance(value, dict):
        return [found for pair in value.items() for part in pair for found in _values(part)]
    if isinstance(value, list):
        return [found for part in value for found in _values(part)]
    return []


class Progress:
    """Which exchanges are done on one server, and who waits for that."""

    def __init__(self, schedule: Schedule) -> None:
        self._groups = schedule.groups
        self._reached = dict.fromkeys(schedule.groups, 0)
        self._done: set[int] = set()
        self._of: dict[int, list[str]] = defaultdict(list)
        for name, members in schedule.groups.items():
            for index in members:
                self._of[index].append(name)
        self._waiting: dict[str, list[tuple[int, int, asyncio.Future[None]]]] = defaultdict(list)
        self._single: dict[int, list[asyncio.Future[None]]] = defaultdict(list)
        self._ticket = 0

    async def wait(self, slot: Slot) -> None:
        for name, count in slot.first:
            if self._reached.get(name, 0) < count:
                self._ticket += 1
                future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                heapq.heappush(self._waiting[name], (count, self._ticket, future))
                await future
        for index in slot.after:
            if index not in self._done:
                future = asyncio.get_running_loop().create_future()
                self._single[index].append(future)
                await future

    def done(self, index: int) -> None:
        self._done.add(index)
        for future in self._single.pop(index, ()):
            _wake(future)
        for name in self._of[index]:
            members, reached = self._groups[name], self._reached[name]
            while reached < len(members) and members[reached] in self._done:
                reached += 1
            self._reached[name] = reached
            waiting = self._waiting[name]
            while waiting and waiting[0][0] <= reached:
                _wake(heapq.heappop(waiting)[2])


def _wake(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
