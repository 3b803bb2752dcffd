# SPDX-License-Identifier: Apache-2.0
"""Requests that wait for news, played at another speed than they were recorded."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..recording.format import Exchange
from .routes import is_sync, path_of

_TIMEOUT = re.compile(r"(?<=[?&]timeout=)([0-9]{1,9})(?=&|$)")
# News that came in the recording come in the replay too: as soon as they are written.
LONGEST_MS = 10_000


@dataclass(frozen=True)
class Poll:
    """How a request is sent: its target, and how long its answer may take (seconds)."""

    target: str
    patience: float


def played(exchange: Exchange, speed: float, patience: float = 60.0) -> Poll:
    """`speed`: a factor; infinity: as fast as it goes."""
    target = exchange.target
    waits = is_sync(exchange.method, target) or path_of(target).endswith("/events")
    asked = _TIMEOUT.search(target)
    if not waits or asked is None:
        return Poll(target, patience)
    limit = int(asked[1])
    new = _timeout(exchange, limit, speed)
    return Poll(_TIMEOUT.sub(str(new), target), patience + new / 1000)


def _timeout(exchange: Exchange, limit: int, speed: float) -> int:
    took = exchange.took * 1000
    told_news = exchange.status != 0 and took < limit * 0.95
    if speed == 1.0 and exchange.status != 0:
        return limit
    if told_news:
        return min(limit, max(LONGEST_MS, int(2 * took)))
    # Nothing came until the time was over, or the client went away.
    return int(min(limit, took) / speed)
