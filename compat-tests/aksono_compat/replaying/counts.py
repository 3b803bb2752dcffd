# SPDX-License-Identifier: Apache-2.0
"""Unread messages of rooms, as one session was told: what counts is what was told last.

A server sums them up in the background, now and then while somebody asks: at that moment two
servers of one kind may tell different counts of the same events. A count that is wrong stays so.
"""

from __future__ import annotations

from collections.abc import Iterator

from .bindings import Bindings
from .compare import Difference, Path
from .news import Json, rooms_of

UNREAD = "unread_notifications"


def is_unread(difference: Difference) -> bool:
    """Whether a sync's difference is one of these counts (or of a thread's)."""
    path = difference.path
    return difference.kind == "value" and len(path) > 3 and str(path[3]).startswith("unread_")


class SettledCounts:
    """The counts that both servers told last, by room."""

    def __init__(self) -> None:
        self._told: tuple[dict[str, tuple[int, Json]], dict[str, tuple[int, Json]]] = ({}, {})

    def note(self, side: int, number: int, body: Json) -> None:
        """Takes an answer; `number`: of its exchange."""
        for section, room_id, room in rooms_of(body):
            counts = room.get(UNREAD)
            if section == "join" and isinstance(counts, dict):
                self._told[side][room_id] = number, counts

    def finish(self, bindings: Bindings) -> Iterator[tuple[Difference, int]]:
        """(difference, number of the exchange)"""
        for room_id, (_, counts) in self._told[0].items():
            other = self._told[1].get(bindings.to_b("room", room_id) or room_id)
            if other is None:
                continue  # that the room was not told at all shows elsewhere
            number, told = other
            for name in sorted(counts.keys() & told.keys()):
                if counts[name] != told[name]:
                    path: Path = ("rooms", "join", room_id, UNREAD, name)
                    yield Difference("value", path, counts[name], told[name]), number
