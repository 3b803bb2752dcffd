# SPDX-License-Identifier: Apache-2.0
"""The two sides of an example as text."""

from __future__ import annotations

from .result import DifferenceClass, Example, Kind
from .text import ABSENT, compact, pretty

_ONLY_A: frozenset[Kind] = frozenset(("row lost", "event lost", "missing"))
_ONLY_B: frozenset[Kind] = frozenset(("row extra", "extra"))


def has_sides(found: DifferenceClass, example: Example) -> tuple[bool, bool]:
    """Which of the sides has a value; one that is null has one."""
    return (
        not (found.kind in _ONLY_B and example.a is None),
        not (found.kind in _ONLY_A and example.b is None),
    )


def sides(found: DifferenceClass, example: Example) -> tuple[str, str]:
    """Each on one line."""
    has_a, has_b = has_sides(found, example)
    return (
        compact(example.a) if has_a else ABSENT,
        compact(example.b) if has_b else ABSENT,
    )


def pretty_sides(found: DifferenceClass, example: Example) -> tuple[str | None, str | None]:
    """Each on several lines; None where a side has nothing."""
    has_a, has_b = has_sides(found, example)
    return pretty(example.a) if has_a else None, pretty(example.b) if has_b else None
