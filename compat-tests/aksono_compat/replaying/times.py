# SPDX-License-Identifier: Apache-2.0
"""When two numbers are the same time, or the same span of time, told by two clocks."""

from __future__ import annotations

from dataclasses import dataclass

SLACK_MS = 3000
# How far apart two servers may be when both name a moment that has not come yet.
AHEAD_MS = 60_000

# Spans that end, or began, at a moment that both servers agree about.
_AGO = frozenset(("age", "last_active_ago"))
_LEFT = frozenset(
    ("expires_in_ms", "expires_in", "retry_after_ms", "validity_ms", "session_lifetime_ms")
)


@dataclass(frozen=True)
class Clock:
    """Milliseconds since 1970 of one side: when its run began, and when it gave this answer."""

    began: float
    now: float
    took: float = 0.0  # milliseconds in which the answer came about

    def holds(self, ms: float) -> bool:
        """Whether something that happened during the run can have this time."""
        return self.began - SLACK_MS <= ms <= self.now + SLACK_MS

    def moment(self, value: object) -> float | None:
        """The value as a time in the run, given in milliseconds or seconds."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        for ms in (value, value * 1000):
            if self.holds(ms):
                return ms
        return None

    def ahead(self, value: object) -> float | None:
        """How far in the future a time lies."""
        if isinstance(value, bool) or not isinstance(value, int):
            return None
        # Within thirty years: anything else that large is no time.
        return value - self.now if self.now < value < self.now + 10**12 else None


def is_time(value: object, clock: Clock) -> bool:
    """Whether the value is a time that differs between two runs by nature."""
    return clock.moment(value) is not None or clock.ahead(value) is not None


def same_time(a: object, b: object, clock_a: Clock, clock_b: Clock) -> bool:
    """Both happened during the run, or both lie as far ahead."""
    first, second = clock_a.moment(a), clock_b.moment(b)
    if first is not None and second is not None:
        # Seconds are not milliseconds.
        return (first == a) == (second == b)
    ahead = clock_a.ahead(a), clock_b.ahead(b)
    return ahead[0] is not None and ahead[1] is not None and abs(ahead[0] - ahead[1]) < AHEAD_MS


def same_span(key: str, a: object, b: object, clock_a: Clock, clock_b: Clock) -> bool:
    """Spans that count from, or to, one moment: `age`, `expires_in_ms`."""
    if isinstance(a, bool) or isinstance(b, bool):
        return False
    if not isinstance(a, int) or not isinstance(b, int):
        return False
    if key in _LEFT:
        return abs(a - b) <= 10_000 and (a > 0) == (b > 0)
    if key not in _AGO or a < 0 or b < 0:
        return False
    first, second = clock_a.now - a, clock_b.now - b
    both_new = clock_a.holds(first) and clock_b.holds(second)
    # What the server took for now lies between the question and the end of the answer.
    return both_new or abs(first - second) <= SLACK_MS + clock_a.took + clock_b.took


def is_span(key: str) -> bool:
    return key in _AGO or key in _LEFT
