# SPDX-License-Identifier: Apache-2.0
"""Lays the entries of two lists, or the keys of two objects, side by side."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass
class Alignment:
    """Indexes that belong together, and those without a partner."""

    pairs: list[tuple[int, int]] = field(default_factory=list)
    only_a: list[int] = field(default_factory=list)
    only_b: list[int] = field(default_factory=list)

    @property
    def in_order(self) -> bool:
        """Whether what belongs together comes in the same order on both sides."""
        seconds = [b for _, b in sorted(self.pairs)]
        return seconds == sorted(seconds)


def align(
    strong: tuple[Sequence[str], Sequence[str]], weak: tuple[Sequence[str], Sequence[str]]
) -> Alignment:
    """Equal strong shapes first, then equal weak ones ("" is none), each in order."""
    found = Alignment()
    left = list(range(len(strong[0])))
    right = list(range(len(strong[1])))
    if list(strong[0]) == list(strong[1]):
        found.pairs = list(zip(left, right, strict=True))
        return found
    for shapes in (strong, weak):
        left, right = _match(found, shapes, left, right)
    found.only_a, found.only_b = left, right
    return found


def _match(
    found: Alignment, shapes: tuple[Sequence[str], Sequence[str]], left: list[int], right: list[int]
) -> tuple[list[int], list[int]]:
    waiting: dict[str, deque[int]] = defaultdict(deque)
    for b in right:
        if shapes[1][b]:
            waiting[shapes[1][b]].append(b)
    rest = []
    taken = set()
    for a in left:
        queue = waiting.get(shapes[0][a])
        if queue:
            b = queue.popleft()
            taken.add(b)
            found.pairs.append((a, b))
        else:
            rest.append(a)
    found.pairs.sort()
    return rest, [b for b in right if b not in taken]
