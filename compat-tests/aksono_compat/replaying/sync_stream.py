# SPDX-License-Identifier: Apache-2.0
"""/sync over time: what one session was told by A and by B, however it was cut into answers."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ..reporting.result import Kind
from .bindings import Bindings
from .compare import Comparer, Difference, Path, Place
from .counts import UNREAD, SettledCounts, is_unread
from .news import FOLLOWING, News, common_part, event_name, events_of, news_of, rooms_of
from .reply import Reply
from .shapes import Shaper
from .sliding import as_sync
from .times import Clock
from .told_state import ToldState

# How long after the answer to a write a request may come that does not tell of it yet (seconds).
GRACE = 0.1
# Typing times out: only when one server tells of it so often and the other never, it is missing.
OFTEN = 3

_TIMELINE = ("rooms", "join", "<id>", "timeline", "events", 0)
_PATHS: dict[str, tuple[str | int, ...]] = {
    "timeline": _TIMELINE,
    "account_data": ("account_data", "events", 0),
    "receipt": ("rooms", "join", "<id>", "ephemeral", "events", 0, "content"),
    "to_device": ("to_device", "events", 0),
    "device": ("device_lists",),
    "section": ("rooms",),
}


@dataclass(frozen=True)
class Told:
    """An event in the timeline of an answer."""

    room_id: str
    event_id: str
    shape: str  # stands for it while its id is not bound
    brief: dict[str, Any]
    number: int  # of the exchange
    asked: float
    ended: float


@dataclass
class Finding:
    """A difference of a stream, and the exchange at which it shows."""

    difference: Difference
    number: int


@dataclass
class _Side:
    """Everything one server told one session."""

    timeline: list[Told] = field(default_factory=list)
    elsewhere: set[str] = field(default_factory=set)  # events told as state
    # What counts is what was told last: (number of the exchange, which event or content)
    other: dict[News, tuple[int, str]] = field(default_factory=dict)
    limited: set[tuple[str, int]] = field(default_factory=set)  # rooms told with a gap; exchange
    syncs: list[tuple[float, int]] = field(default_factory=list)  # when asked; exchange
    # Who was told to be typing, in how many answers, and the first of them.
    typing: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))


class SyncStream:
    """The syncs of one session."""

    def __init__(self, bindings: Bindings, comparer: Comparer) -> None:
        self._bindings = bindings
        self._comparer = comparer
        self._sides = (_Side(), _Side())
        self._state = ToldState(bindings)
        self._counts = SettledCounts()
        self.uneven = 0  # answers that were cut differently
        # Counts that may settle (of threads, and what differed while something was written), by
        # room and path: until they are told anew.
        self._open: dict[tuple[str, Path], Finding] = {}

    def feed(
        self, number: int, a: Reply, b: Reply, where: str, scope: str, *, racing: bool = False
    ) -> list[Difference]:
        """Takes two answers to one sync; differences that have nothing to do with the cut.

        `racing`: something was written meanwhile; counts may tell of it or not.
        """
        if a.status != 200 or b.status != 200:
            return self._comparer.answers(a, b, where, scope)
        for side, reply in enumerate((a, b)):
            self._bindings.note(side, reply.body.decode("utf-8", "replace"))
        shapers = [self._shaper(side, reply, where) for side, reply in enumerate((a, b))]
        bodies = [as_sync(reply.json) for reply in (a, b)]
        told = [news_of(body, shaper) for body, shaper in zip(bodies, shapers, strict=True)]
        astray = self._state.answers(told, racing=racing)
        even = told[0].keys() == told[1].keys()
        self.uneven += not even
        # Sliding sync tells of the cut as well: how many events of a room are new in an answer.
        if even and (self._state.settled or bodies[0] is a.json):
            found = self._comparer.answers(a, b, where, scope)
        else:
            found = [*self._compare_common(a, b, told, shapers, where, scope), *astray]
        found = self._put_off(number, found, told[0], racing)
        for side, reply in enumerate((a, b)):
            self._remember(side, number, reply, shapers[side], told[side])
            self._state.note(side, number, as_sync(reply.json), shapers[side])
            self._counts.note(side, number, as_sync(reply.json))
        return found

    def _put_off(
        self, number: int, found: list[Difference], told: dict[News, Any], racing: bool
    ) -> list[Difference]:
        """Counts of rooms count when they stay different: kept until the room is told again."""
        rooms = {piece.room for piece in told if piece.what == "section"}
        for room, path in list(self._open):
            if not room or (self._bindings.to_b("room", room) or room) in rooms:
                del self._open[room, path]
        left = []
        for one in found:
            if is_unread(one) and one.path[3] == UNREAD:
                continue  # looked at when all is told
            counted = one.kind == "value" and len(one.path) > 3 and one.path[3] in FOLLOWING
            if is_unread(one) or (racing and counted):
                self._open[str(one.path[2]), one.path] = Finding(one, number)
            elif racing and one.path[:1] == ("lists",):
                # Which rooms there are, as every answer of sliding sync tells.
                self._open["", one.path] = Finding(one, number)
            else:
                left.append(one)
        return left

    def _shaper(self, side: int, reply: Reply, where: str) -> Shaper:
        clock = Clock(self._comparer.began[side], reply.ended * 1000)
        return Shaper(self._bindings, side, clock, where)

    def _compare_common(
        self,
        a: Reply,
        b: Reply,
        told: list[dict[News, Any]],
        shapers: list[Shaper],
        where: str,
        scope: str,
    ) -> list[Difference]:
        if not isinstance(a.json, dict) or not isinstance(b.json, dict):
            return self._comparer.answers(a, b, where, scope)
        first = common_part(as_sync(a.json), set(told[1]), shapers[0])
        second = common_part(as_sync(b.json), set(told[0]), shapers[1])
        pair = self._comparer.pair(a, b, where, scope)
        return [*pair.values(first, second, Place()), *pair.headers(a, b)]

    def _remember(
        self, side: int, number: int, reply: Reply, shaper: Shaper, told: dict[News, Any]
    ) -> None:
        mine = self._sides[side]
        mine.syncs.append((reply.asked, number))
        for piece in told:
            if piece.what in ("state", "state_after"):
                event_id = _event_id(told[piece])
                mine.elsewhere.add(event_id or piece.name)
            elif piece.what == "ephemeral" and piece.name.startswith("m.typing "):
                for user in _typing(told[piece]):
                    mine.typing[user].append(number)
            elif piece.what == "receipt":
                name, _, event_id = piece.name.rpartition(" ")
                mine.other[News(piece.what, piece.room, name)] = (number, event_id)
            elif piece.what == "account_data":
                name, _, content = piece.name.partition(" ")
                mine.other[News(piece.what, piece.room, name)] = (number, content)
            elif piece.what in _PATHS and piece.what != "timeline":
                mine.other[piece] = (number, shaper.strong(told[piece]))
        for _, room_id, room in rooms_of(as_sync(reply.json)):
            if room.get("timeline", {}).get("limited"):
                mine.limited.add((room_id, number))
            for event in events_of(room, "timeline"):
                shape = event_name(event, shaper)
                told_event = Told(
                    room_id, _event_id(event), shape, _brief(event), number,
                    reply.asked, reply.ended,
                )  # fmt: skip
                mine.timeline.append(told_event)

    def finish(self, acknowledged: tuple[dict[str, float], dict[str, float]]) -> Iterator[Finding]:
        """What is wrong with B's stream; `acknowledged`: when each event's sender was answered."""
        names = [[self._name(side, told) for told in self._sides[side].timeline] for side in (0, 1)]
        yield from self._lost_and_extra(names)
        yield from self._doubled(names)
        yield from self._reordered(names)
        yield from self._late(names, acknowledged)
        yield from self._other_news()
        yield from self._state_news(names)
        yield from self._typing_news()
        yield from self._open.values()
        for difference, number in self._counts.finish(self._bindings):
            yield Finding(difference, number)

    def _name(self, side: int, told: Told) -> str:
        if side == 0:
            return self._bindings.to_b("event", told.event_id) or told.event_id or told.shape
        return told.event_id or told.shape

    def _known(self, side: int) -> set[str]:
        names = self._sides[side].elsewhere
        if side == 1:
            return names
        return {self._bindings.to_b("event", name) or name for name in names}

    def _lost_and_extra(self, names: list[list[str]]) -> Iterator[Finding]:
        kinds: tuple[Kind, Kind] = ("event lost", "extra")
        for side, kind in enumerate(kinds):
            there = set(names[1 - side]) | self._known(1 - side)
            gaps = self._gaps(names, side)
            place = {name: at for at, name in reversed(list(enumerate(names[side])))}
            for name, told in zip(names[side], self._sides[side].timeline, strict=True):
                if name in there:
                    continue
                there.add(name)
                room = self._room(side, told.room_id)
                if any(first < place[name] < last for first, last in gaps.get(room, ())):
                    # It lies in a gap that the other server announced: a client asks for it.
                    continue
                sides = (told.brief, None) if side == 0 else (None, told.brief)
                yield Finding(Difference(kind, _TIMELINE, *sides), told.number)

    def _room(self, side: int, room_id: str) -> str:
        return self._bindings.to_b("room", room_id) or room_id if side == 0 else room_id

    def _gaps(self, names: list[list[str]], side: int) -> dict[str, list[tuple[int, int]]]:
        """Where the other server left events out and said so (`limited`), as places in what this
        side told: behind the first and before the second."""
        place = {name: at for at, name in reversed(list(enumerate(names[side])))}
        other = self._sides[1 - side]
        last: dict[str, int] = {}
        batch: dict[str, int] = {}
        gaps: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for name, told in zip(names[1 - side], other.timeline, strict=True):
            room = self._room(1 - side, told.room_id)
            is_first = batch.get(room) != told.number
            batch[room] = told.number
            if is_first and (told.room_id, told.number) in other.limited and name in place:
                gaps[room].append((last.get(room, -1), place[name]))
            if name in place:
                last[room] = place[name]
        return gaps

    def _doubled(self, names: list[list[str]]) -> Iterator[Finding]:
        counts = Counter(names[0]), Counter(names[1])
        for name, told in zip(names[1], self._sides[1].timeline, strict=True):
            times = counts[0][name], counts[1].pop(name, 0)
            if times[0] and times[1] > times[0]:
                shown = [f"told {count} times" for count in times]
                difference = Difference("event doubled", _TIMELINE, *shown)
                yield Finding(difference, told.number)

    def _reordered(self, names: list[list[str]]) -> Iterator[Finding]:
        rooms: dict[str, list[str]] = defaultdict(list)
        common = set(names[0]) & set(names[1])
        for name, told in zip(names[1], self._sides[1].timeline, strict=True):
            if name in common and name not in rooms[told.room_id]:
                rooms[told.room_id].append(name)
        place: dict[str, int] = {}
        for at, name in enumerate(names[0]):
            place.setdefault(name, at)
        numbers = dict(
            zip(names[1], [told.number for told in self._sides[1].timeline], strict=True)
        )
        for order in rooms.values():
            first = sorted(order, key=lambda name: place[name])
            if first != order:
                at = next(n for n, (x, y) in enumerate(zip(first, order, strict=True)) if x != y)
                difference = Difference("order", _TIMELINE[:-1], first[at:], order[at:])
                yield Finding(difference, numbers[order[at]])

    def _late(
        self, names: list[list[str]], acknowledged: tuple[dict[str, float], dict[str, float]]
    ) -> Iterator[Finding]:
        waited = [
            {
                name: self._syncs_without(side, told, acknowledged[side].get(told.event_id))
                for name, told in zip(
                    reversed(names[side]), reversed(self._sides[side].timeline), strict=True
                )
            }
            for side in (0, 1)
        ]
        told_at = {name: told for name, told in zip(names[1], self._sides[1].timeline, strict=True)}
        for name, count in waited[1].items():
            if count and not waited[0].get(name, 0) and name in waited[0]:
                shown = ("told at once", f"told {count} answers later")
                yield Finding(Difference("late", _TIMELINE, *shown), told_at[name].number)

    def _syncs_without(self, side: int, told: Told, known_since: float | None) -> int:
        """Syncs that began after the event was acknowledged, and ended without it."""
        if known_since is None:
            return 0
        return sum(known_since + GRACE < asked < told.asked for asked, _ in self._sides[side].syncs)

    def _other_news(self) -> Iterator[Finding]:
        sides = (self._renamed(), self._sides[1].other)
        for piece, (number, value) in sides[0].items():
            path = _path(piece)
            if piece not in sides[1]:
                lost: Kind = "event lost" if piece.what == "to_device" else "missing"
                yield Finding(Difference(lost, path, f"{piece.room} {piece.name}".strip()), number)
            elif sides[1][piece][1] != value and piece.what in ("receipt", "account_data"):
                yield Finding(Difference("value", path, value, sides[1][piece][1]), number)
        for piece, (number, _) in sides[1].items():
            if piece not in sides[0]:
                shown = f"{piece.room} {piece.name}".strip()
                yield Finding(Difference("extra", _path(piece), None, shown), number)

    def _state_news(self, names: list[list[str]]) -> Iterator[Finding]:
        told = set(names[0]) | self._known(0), set(names[1]) | self._known(1)
        gaps = [
            {(self._room(side, room), number) for room, number in self._sides[side].limited}
            for side in (0, 1)
        ]
        uneven = {room for room, _ in gaps[0] ^ gaps[1]}
        for difference, number in self._state.finish(told, uneven):
            yield Finding(difference, number)

    def _typing_news(self) -> Iterator[Finding]:
        """Who types comes and goes; but whom A tells of now and then, B tells of as well."""
        path = ("rooms", "join", "<id>", "ephemeral", "events", 0, "content", "user_ids", 0)
        kinds: tuple[Kind, Kind] = ("missing", "extra")
        for side, kind in enumerate(kinds):
            for user, numbers in self._sides[side].typing.items():
                if len(numbers) >= OFTEN and user not in self._sides[1 - side].typing:
                    shown = (user, None) if side == 0 else (None, user)
                    yield Finding(Difference(kind, path, *shown), numbers[0])

    def _renamed(self) -> dict[News, tuple[int, str]]:
        """A's news under the names that are known by now."""
        found: dict[News, tuple[int, str]] = {}
        for piece, (number, value) in self._sides[0].other.items():
            room = self._bindings.to_b("room", piece.room) or piece.room
            name = self._bindings.text_to_b(piece.name)
            found[News(piece.what, room, name)] = (number, self._bindings.text_to_b(value))
        return found


def _path(piece: News) -> Path:
    if piece.what == "section":
        return ("rooms", piece.name, "<id>")
    path = _PATHS[piece.what]
    return ("rooms", "join", "<id>", *path) if piece.room and path[0] != "rooms" else path


def _typing(event: Any) -> list[str]:
    content = event.get("content") if isinstance(event, dict) else None
    users = content.get("user_ids") if isinstance(content, dict) else None
    return [user for user in users if isinstance(user, str)] if isinstance(users, list) else []


def _event_id(event: Any) -> str:
    event_id = event.get("event_id") if isinstance(event, dict) else None
    return event_id if isinstance(event_id, str) else ""


def _brief(event: Any) -> dict[str, Any]:
    """Enough of an event to recognise it in a report."""
    if not isinstance(event, dict):
        return {"event": json.dumps(event)[:200]}
    wanted = ("event_id", "type", "sender", "state_key", "content")
    return {key: event[key] for key in wanted if key in event}
