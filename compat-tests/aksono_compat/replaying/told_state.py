# SPDX-License-Identifier: Apache-2.0
"""State that syncs tell beside timelines: which of it one server tells and the other never does.

When it is told depends on the cut: what stands in one server's timeline is state behind the other
server's gap, and what was replaced meanwhile may be left out. What was told last of each piece of a
room's state must be the same in the end; and where nothing was written meanwhile, each answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .bindings import Bindings
from .compare import Difference, Path
from .news import Json, News, events_of, rooms_of
from .shapes import Shaper

PARTS = ("state", "state_after", "invite_state", "knock_state")
# Without ids: what a server tells of a room that its user is not in.
_STRIPPED = ("invite_state", "knock_state")
_MEMBER = "m.room.member"


@dataclass(frozen=True)
class _Key:
    """A piece of a room's state."""

    part: str  # "state", or which stripped one
    room: str
    type: str
    state_key: str


@dataclass(frozen=True)
class _Latest:
    """What was told of it last."""

    event: Json
    number: int  # of the exchange
    path: Path
    shaper: Shaper
    beside: bool  # told as state, not in a timeline

    @property
    def event_id(self) -> str:
        event_id = self.event.get("event_id")
        return event_id if isinstance(event_id, str) else ""

    @property
    def brief(self) -> Json:
        wanted = ("event_id", "type", "sender", "state_key", "content")
        return {key: self.event[key] for key in wanted if key in self.event}

    def shape(self) -> str:
        """With the names that are known by now."""
        return self.shaper.strong({k: v for k, v in self.brief.items() if k != "event_id"})


_Told = dict[_Key, _Latest]
_Rooms = set[tuple[str, str]]


def even_rooms(told: list[dict[News, Any]]) -> set[str]:
    """Rooms (by B's names) of which both answers tell, with the same timeline."""

    def timelines(pieces: dict[News, Any]) -> dict[str, set[News]]:
        rooms: dict[str, set[News]] = {}
        for piece in pieces:
            if piece.what in ("section", "timeline"):
                rooms.setdefault(piece.room, set()).add(piece)
        return rooms

    first, second = (timelines(pieces) for pieces in told)
    return {room for room, pieces in first.items() if second.get(room) == pieces}


@dataclass
class ToldState:
    """What both servers told one session."""

    bindings: Bindings
    _latest: tuple[dict[_Key, _Latest], dict[_Key, _Latest]] = field(
        default_factory=lambda: ({}, {})
    )
    _found: set[tuple[str, str]] = field(default_factory=set)  # differences already told
    # Rooms that each side told, and as what: "join", "invite" …
    _sections: tuple[_Rooms, _Rooms] = field(default_factory=lambda: (set(), set()))
    _quiet: bool = False  # whether nothing was written during the answer before
    settled: bool = False  # whether both stood, and stand, at the same place in the stream

    def answers(self, told: list[dict[News, Any]], *, racing: bool) -> list[Difference]:
        """Two answers whose state must be the same: nothing was written while they and the ones
        before were made, and the timelines are the same."""
        self.settled, self._quiet = self._quiet and not racing, not racing
        if not self.settled:
            return []
        rooms = even_rooms(told)
        sections = {piece.room: piece.name for piece in told[1] if piece.what == "section"}
        found = []
        for mine, other in ((0, 1), (1, 0)):
            for piece, event in told[mine].items():
                if piece.what in PARTS and piece.room in rooms and piece not in told[other]:
                    path = _path(sections[piece.room], piece.what)
                    self._found.add((piece.room, _identity(event)))
                    found.append(_of_one_side(mine, path, event))
        return found

    def note(self, side: int, number: int, body: Json, shaper: Shaper) -> None:
        """Takes an answer's state, in the order in which it holds."""
        latest = self._latest[side]
        for section, room_id, room in rooms_of(body):
            self._sections[side].add((section, room_id))
            for part in ("state", "timeline", "state_after", *_STRIPPED):
                for event in events_of(room, part):
                    if not isinstance(event, dict) or "state_key" not in event:
                        continue
                    name = part if part in _STRIPPED else "state"
                    key = _Key(name, room_id, str(event.get("type")), str(event["state_key"]))
                    path = _path(section, part)
                    latest[key] = _Latest(event, number, path, shaper, part != "timeline")

    def finish(
        self, told: tuple[set[str], set[str]], uneven: set[str]
    ) -> Iterator[tuple[Difference, int]]:
        """(difference, number of the exchange) for what B, or A, never told.

        `told`: events that each side told anywhere, by B's names. `uneven`: rooms (by B's names)
        where one server announced a gap that the other had not.
        """
        sides = ({self._renamed(key): one for key, one in self._latest[0].items()}, self._latest[1])
        for side in (0, 1):
            for key, one in sides[side].items():
                other = sides[1 - side].get(key)
                pair = (one, other) if side == 0 else (other, one)
                if not one.beside or self._same(*pair):
                    continue
                if self._name(side, one) in told[1 - side]:
                    continue
                if (key.room, _identity(one.event)) in self._found:
                    continue
                if other is None and key.type == _MEMBER and key.room in uneven:
                    continue  # lazily loaded: who is told follows from who is shown
                if key.part in _STRIPPED and not self._is_invited(1 - side, key, one, sides):
                    continue  # it was told when its user had joined already
                if other is not None and key.part in _STRIPPED:
                    if side == 0:
                        yield Difference("value", one.path, one.brief, other.brief), other.number
                    continue
                yield _of_one_side(side, one.path, one.brief), one.number

    def _is_invited(self, side: int, key: _Key, one: _Latest, sides: tuple[_Told, _Told]) -> bool:
        """Whether a side told its user of this invitation at all; whether it had to shows in the
        rooms that it told."""
        if any((there.part, there.room) == (key.part, key.room) for there in sides[side]):
            return True
        section = str(one.path[1])
        room = key.room if side == 1 else self.bindings.to_a("room", key.room) or key.room
        return section != "join" and (section, room) in self._sections[side]

    def _renamed(self, key: _Key) -> _Key:
        room = self.bindings.to_b("room", key.room) or key.room
        return _Key(key.part, room, key.type, self.bindings.text_to_b(key.state_key))

    def _name(self, side: int, one: _Latest) -> str:
        if side == 0:
            return self.bindings.to_b("event", one.event_id) or one.event_id
        return one.event_id

    def _same(self, a: _Latest | None, b: _Latest | None) -> bool:
        """Whether both are one event; of events that nothing has bound, whether they look alike."""
        if a is None or b is None:
            return False
        if a.event_id and b.event_id:
            bound = self.bindings.to_b("event", a.event_id), self.bindings.to_a("event", b.event_id)
            if a.event_id == b.event_id or bound == (b.event_id, a.event_id):
                return True
            if bound != (None, None):
                return False
        return a.shape() == b.shape()


def _path(section: str, part: str) -> Path:
    return ("rooms", section, "<id>", part, "events", 0)


def _identity(event: Any) -> str:
    return f"{event.get('type')} {event.get('state_key')}" if isinstance(event, dict) else ""


def _of_one_side(side: int, path: Path, event: Any) -> Difference:
    if side == 0:
        return Difference("missing", path, event, None)
    return Difference("extra", path, None, event)
