# SPDX-License-Identifier: Apache-2.0
"""When a server adds up what is unread: every 30 s, and until then /sync counts as if some receipts
had not been sent. What looks at counts keeps clear of that moment."""

import time
from collections.abc import Callable

from ..postgres import Cluster
from ..world import wait_for_push_rotation

PERIOD = 30.0
_AFTER = 1.0  # a rotation is over by then


class Rotation:
    """Of one server; it goes by the clock of its start."""

    def __init__(self, cluster: Cluster, database: str) -> None:
        self._cluster = cluster
        self._database = database
        self._seen: float | None = None  # when one took place

    def keep_clear(self, seconds: float, poke: Callable[[], object]) -> None:
        """Returns when none will come for that long. `poke` sends an event."""
        if self._seen is None:
            poke()
            wait_for_push_rotation(self._cluster, self._database)
            self._seen = time.monotonic()
        wait = clear_in(time.monotonic() - self._seen, seconds)
        time.sleep(wait)


def clear_in(since_one: float, seconds: float) -> float:
    """Seconds to wait, by those since any rotation, until none will come for `seconds`."""
    phase = since_one % PERIOD
    if phase < _AFTER:
        return _AFTER - phase
    return 0.0 if phase + seconds < PERIOD else PERIOD + _AFTER - phase
