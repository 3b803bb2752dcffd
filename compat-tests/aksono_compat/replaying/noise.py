# SPDX-License-Identifier: Apache-2.0
"""Noise: values in which A differs from A as well.

Learnt from a replay of the same recording to two servers of A's kind. Only a value can be noise (or
the order of a list, an error text, the value of a header): never that something is there, its type,
or how many there are; and in no more than 1% of the places of a route.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ..reporting.classes import general_path
from ..reporting.result import Kind, Noise
from .compare import Difference
from .judge import Located

MASKABLE: frozenset[Kind] = frozenset(("value", "order", "error text", "header", "row value"))
LIMIT = 0.01


def allowed(places: int) -> int:
    """How many of a route's places may be noise: 1%, and one where there are fewer than 100."""
    return max(1, int(places * LIMIT))


@dataclass
class Mask:
    """What is not compared, and where there would have been too much of it."""

    places: dict[tuple[str, str], Kind] = field(default_factory=dict)
    refused: dict[str, tuple[int, int]] = field(default_factory=dict)  # where: noisy, of all

    def hides(self, found: Located) -> bool:
        """Whether a difference is only noise."""
        difference = found.difference
        if not _is_value(difference):
            return False
        kind = self.places.get((found.where, general_path(difference.path)))
        return kind == difference.kind

    def listed(self) -> list[Noise]:
        """For the report."""
        return [
            Noise(where, path, f"{kind} differs between two servers of A's kind as well")
            for (where, path), kind in sorted(self.places.items())
        ]

    def excess(self) -> list[Located]:
        """An error for each route with more noise than can be trusted."""
        return [
            Located(
                where,
                Difference(
                    "value", ("(noise)",), f"{noisy} of {places} places differ from A to A",
                    f"at most {allowed(places)} may be noise: none of them is",
                ),
            )
            for where, (noisy, places) in sorted(self.refused.items())
        ]  # fmt: skip


def _is_value(difference: Difference) -> bool:
    """A header that only one side has is no value."""
    if difference.kind == "header" and (difference.a is None or difference.b is None):
        return False
    return difference.kind in MASKABLE


def learn(found: Iterable[Located], paths: Mapping[str, set[str]]) -> Mask:
    """The mask out of what differed between A and A; `paths`: the places of each route."""
    noisy: dict[str, dict[str, Kind]] = defaultdict(dict)
    for one in found:
        if _is_value(one.difference):
            noisy[one.where][general_path(one.difference.path)] = one.difference.kind
    mask = Mask()
    for where, places in noisy.items():
        count = len(paths.get(where, ()))
        if len(places) > allowed(count):
            mask.refused[where] = (len(places), count)
        else:
            mask.places.update({(where, path): kind for path, kind in places.items()})
    return mask
