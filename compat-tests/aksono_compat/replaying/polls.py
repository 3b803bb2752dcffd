# SPDX-License-Identifier: Apache-2.0
"""Requests that wait for news, played at another speed than they were recorded."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from ..recording.format import Body, Exchange
from .bindings import INSIDE
from .routes import is_sync, path_of

_TIMEOUT = re.compile(r"(?<=[?&]timeout=)([0-9]{1,9})(?=&|$)")
_MOVING = frozenset(("since", "pos", "timeout", "set_presence", "full_state", ""))
_SINCE = re.compile(r"(?<=[?&]since=)[^&]*")
# News that came in the recording come in the replay as soon as they are written; if not, the next
# request brings them.
LONGEST_MS = 2_000


@dataclass(frozen=True)
class Poll:
    """How a request is sent: its target, and how long its answer may take (seconds)."""

    target: str
    patience: float


def played(exchange: Exchange, speed: float, patience: float = 60.0, *, news: bool = True) -> Poll:
    """`speed`: a factor; infinity: as fast as it goes. Without `news` (nothing is written) nobody
    waits for any."""
    target = exchange.target
    waits = is_sync(exchange.method, target) or path_of(target).endswith("/events")
    asked = _TIMEOUT.search(target)
    if not waits or asked is None:
        return Poll(target, patience)
    limit = int(asked[1])
    new = _timeout(exchange, limit, speed) if news else 0
    return Poll(_TIMEOUT.sub(str(new), target), patience + new / 1000)


def _timeout(exchange: Exchange, limit: int, speed: float) -> int:
    took = exchange.took * 1000
    told_news = exchange.status != 0 and took < limit * 0.95
    if speed == 1.0 and exchange.status != 0:
        return limit
    if told_news:
        return min(limit, max(LONGEST_MS, int(2 * took / speed)))
    # Nothing came until the time was over, or the client went away.
    return int(min(limit, took) / speed)


def last_looks(exchanges: Sequence[Exchange]) -> list[Exchange]:
    """One more sync for everybody who was told news, when all is over: what a recording's end cut
    off is told then, or never."""
    last: dict[tuple[str, str], Exchange] = {}
    for one in exchanges:
        told = one.status == 200 and one.method == "GET" and is_sync(one.method, one.target)
        if told and _SINCE.search(one.target) and _next_batch(one):
            last[one.session, chain_of(one)] = one
    end = max((one.at + one.took for one in exchanges), default=0.0)
    number = max((one.number for one in exchanges), default=0)
    looks = []
    for one in last.values():
        number += 1
        target = _SINCE.sub(quote(_next_batch(one), safe=""), one.target)
        target = _TIMEOUT.sub("0", target)
        looks.append(
            replace(one, number=number, at=end + 1, took=0.5, target=target, answer=Body())
        )
    return looks


def _next_batch(exchange: Exchange) -> str:
    answer = exchange.answer.value
    token = answer.get("next_batch") if isinstance(answer, dict) else None
    return token if isinstance(token, str) else ""


def chain_of(exchange: Exchange) -> str:
    """Which of a session's chains of syncs a request belongs to: its filter, or its connection."""
    path, _, query = exchange.target.partition("?")
    kept = sorted(part for part in query.split("&") if part.split("=")[0] not in _MOVING)
    content = exchange.body.value if isinstance(exchange.body.value, dict) else {}
    return f"{path}?{'&'.join(kept)} {content.get('conn_id', '')}"


def scope_of(exchange: Exchange) -> str:
    """Where the tokens of a request belong: two chains may be given one token."""
    if is_sync(exchange.method, exchange.target):
        return f"{exchange.session}{INSIDE}{chain_of(exchange)}"
    return exchange.session
