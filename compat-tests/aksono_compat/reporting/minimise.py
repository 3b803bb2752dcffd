# SPDX-License-Identifier: Apache-2.0
"""Makes a list of exchanges that ends in a difference as short as it can be (delta debugging).

Every trial is a whole replay on fresh clones, so trials are counted. An exchange whose answer gave
a value that a later one uses stays with it, until at the end each is tried without.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from ..recording.format import Exchange

Diverges = Callable[[list[Exchange]], bool]

RUNS = 40

# Names of event types, memberships and the like: not what a server makes up.
_WORD = re.compile(r"[a-z][a-z_.]*")
# Users are there before; whoever tells of one did not make it.
_USER = re.compile(r"@[^:]+:.+")


@dataclass
class Minimal:
    """What is left. `reproduced`: the whole list did show the difference when it was run again."""

    exchanges: list[Exchange]
    reproduced: bool
    runs: int
    finished: bool  # False: the bound was reached, it might become shorter


class _BoundReachedError(Exception):
    """No further run is allowed."""


@dataclass
class _Trials:
    """Runs candidates, each once, until the bound is reached."""

    exchanges: Sequence[Exchange]
    diverges: Diverges
    most: int
    deadline: float
    told: Callable[[int, int], None] | None
    runs: int = 0
    known: dict[frozenset[int], bool] = field(default_factory=dict)

    def __call__(self, kept: frozenset[int]) -> bool:
        if kept not in self.known:
            if self.runs >= self.most or time.monotonic() > self.deadline:
                raise _BoundReachedError
            self.runs += 1
            self.known[kept] = self.diverges([self.exchanges[n] for n in sorted(kept)])
            if self.told:
                self.told(self.runs, self.most)
        return self.known[kept]


def minimise(
    exchanges: Sequence[Exchange],
    diverges: Diverges,
    *,
    runs: int = RUNS,
    seconds: float = float("inf"),
    told: Callable[[int, int], None] | None = None,
) -> Minimal:
    """`exchanges` end with the one whose answers differ; `told(runs done, most)` after each run."""
    needs = dependencies(exchanges)
    target = len(exchanges) - 1
    trials = _Trials(exchanges, diverges, runs, time.monotonic() + seconds, told)
    best = frozenset(range(len(exchanges)))
    reproduced = finished = False
    try:
        for kept in _first_guesses(exchanges, needs, target):
            if trials(kept):
                best, reproduced = kept, True
                break
        if reproduced:
            for kept in _shorter(best, needs, target, trials):
                best = kept
            finished = True
    except _BoundReachedError:
        pass
    return Minimal([exchanges[n] for n in sorted(best)], reproduced, trials.runs, finished)


def _first_guesses(
    exchanges: Sequence[Exchange], needs: list[set[int]], target: int
) -> Iterator[frozenset[int]]:
    """Mostly the difference needs no more than what its request is made of."""
    yield closed({target}, needs)
    session = exchanges[target].session
    same = {n for n, one in enumerate(exchanges) if one.session == session}
    yield closed(same | {target}, needs)
    rooms = _rooms(exchanges[target])
    there = {n for n, one in enumerate(exchanges) if rooms & _rooms(one)}
    yield closed(there | {target}, needs)
    yield frozenset(range(len(exchanges)))


def _rooms(exchange: Exchange) -> set[str]:
    return set(re.findall(r"![A-Za-z0-9_=./-]+(?::[A-Za-z0-9.-]+)?", unquote(exchange.target)))


def _shorter(
    best: frozenset[int], needs: list[set[int]], target: int, trials: _Trials
) -> Iterator[frozenset[int]]:
    """Ever shorter lists that still show the difference."""
    kept = best
    for shorter in _halved(best, needs, target, trials):
        kept = shorter
        yield kept
    for number in sorted(kept - {target}, reverse=True):
        if trials(kept - {number}):
            kept -= {number}
            yield kept


def _halved(
    best: frozenset[int], needs: list[set[int]], target: int, trials: _Trials
) -> Iterator[frozenset[int]]:
    """ddmin: leaves out ever smaller parts."""
    parts = 2
    while len(best) > 1:
        loose = sorted(best - {target})
        parts = min(parts, len(loose))
        for left_out in _split(loose, parts):
            kept = closed(best - set(left_out), needs)
            if len(kept) < len(best) and trials(kept):
                best, parts = kept, max(parts - 1, 2)
                yield best
                break
        else:
            if parts >= len(loose):
                return
            parts = min(2 * parts, len(loose))


def _split(numbers: list[int], parts: int) -> Iterator[list[int]]:
    """The latest part first: what happened long before is rarely needed, but made what is used."""
    edges = [len(numbers) * n // parts for n in range(parts + 1)]
    return (numbers[edges[n] : edges[n + 1]] for n in range(parts))


def closed(kept: set[int] | frozenset[int], needs: list[set[int]]) -> frozenset[int]:
    """With everything that gave a value that is used."""
    found: set[int] = set()
    waiting = list(kept)
    while waiting:
        number = waiting.pop()
        if number not in found:
            found.add(number)
            waiting += needs[number]
    return frozenset(found)


def dependencies(exchanges: Sequence[Exchange]) -> list[set[int]]:
    """For each exchange the earlier ones whose answers gave values that its request uses."""
    givers: dict[str, int] = {}
    seen: set[str] = set()
    needs = []
    for number, exchange in enumerate(exchanges):
        used = used_values(exchange)
        needs.append({givers[value] for value in used if value in givers})
        seen |= used
        for value in given_values(exchange):
            if value not in seen:
                givers[value] = number
        seen |= given_values(exchange)
    return needs


def used_values(exchange: Exchange) -> set[str]:
    """Whole values of a request: segments of its path, values of its query and its JSON."""
    path, _, query = exchange.target.partition("?")
    used = {unquote(segment) for segment in path.split("/")}
    for part in query.split("&"):
        value = unquote(part.partition("=")[2].replace("+", " "))
        used.add(value)
        if value.startswith("{"):
            used |= _parsed_values(value)
    if exchange.body.kind == "json":
        used |= set(_texts(exchange.body.value))
    return {value for value in {*used, exchange.session} if value}


def _parsed_values(text: str) -> set[str]:
    try:
        return set(_texts(json.loads(text)))
    except ValueError:
        return set()


def given_values(exchange: Exchange) -> set[str]:
    """Values of an answer that a server may have made up."""
    if exchange.answer.kind != "json":
        return set()
    return {text for text in _texts(exchange.answer.value) if may_be_made_up(text)}


def may_be_made_up(text: str) -> bool:
    return bool(text) and not _WORD.fullmatch(text) and not _USER.fullmatch(text)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, part in value.items():
            yield name
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
