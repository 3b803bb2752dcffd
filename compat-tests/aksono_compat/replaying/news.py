# SPDX-License-Identifier: Apache-2.0
"""What a /sync answer tells: single pieces of news, whichever answer they come in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .shapes import Shaper

Json = dict[str, Any]
# Parts of a room that follow from how the news are cut into answers.
FOLLOWING = ("unread_notifications", "unread_thread_notifications", "summary")


@dataclass(frozen=True)
class News:
    """One piece: what it is, in which room ("" outside), and which one."""

    what: str  # "timeline", "state", "account_data", "receipt", "to_device", "device", "section" …
    room: str
    name: str


def news_of(body: Any, shaper: Shaper) -> dict[News, Any]:
    """All news of an answer, by common names, with what they say."""
    found: dict[News, Any] = {}
    if isinstance(body, dict):
        for piece, value in _pieces(body, shaper):
            found.setdefault(piece, value)
    return found


def event_name(event: Any, shaper: Shaper) -> str:
    """B's id of an event; of one that nobody has bound yet, its shape."""
    event_id = event.get("event_id") if isinstance(event, dict) else None
    if isinstance(event_id, str):
        name = shaper.name("event", event_id)
        if name != "<event>":
            return name
    return "new " + hashlib.sha256(shaper.strong(event).encode("utf-8", "replace")).hexdigest()


def rooms_of(body: Json) -> Iterator[tuple[str, str, Json]]:
    """(section, room id, what is told of it)"""
    sections = body.get("rooms")
    if not isinstance(sections, dict):
        return
    for section, rooms in sections.items():
        if isinstance(rooms, dict):
            for room_id, room in rooms.items():
                if isinstance(room, dict):
                    yield section, room_id, room


def events_of(holder: Any, key: str) -> list[Any]:
    part = holder.get(key) if isinstance(holder, dict) else None
    events = part.get("events") if isinstance(part, dict) else None
    return events if isinstance(events, list) else []


def _pieces(body: Json, shaper: Shaper) -> Iterator[tuple[News, Any]]:
    for section, room_id, room in rooms_of(body):
        name = shaper.name("room", room_id)
        yield News("section", name, section), None
        yield from _room_pieces(room, name, shaper)
    for event in events_of(body, "account_data"):
        yield News("account_data", "", _content_name(event, shaper)), event
    for event in events_of(body, "to_device"):
        yield News("to_device", "", shaper.strong(event)), event
    for event in events_of(body, "presence"):
        sender = event.get("sender") if isinstance(event, dict) else ""
        yield News("presence", "", str(sender)), event
    lists = body.get("device_lists")
    for key, users in lists.items() if isinstance(lists, dict) else ():
        for user in users if isinstance(users, list) else ():
            yield News("device", "", f"{key} {user}"), None


def _room_pieces(room: Json, name: str, shaper: Shaper) -> Iterator[tuple[News, Any]]:
    for what in ("timeline", "state", "state_after", "invite_state", "knock_state"):
        for event in events_of(room, what):
            yield News(what, name, event_name(event, shaper)), event
    for event in events_of(room, "account_data"):
        yield News("account_data", name, _content_name(event, shaper)), event
    for event in events_of(room, "ephemeral"):
        if _kind(event) == "m.receipt":
            for receipt in _receipts(event, shaper):
                yield News("receipt", name, receipt), None
        else:
            yield News("ephemeral", name, _content_name(event, shaper)), event


def _content_name(event: Any, shaper: Shaper) -> str:
    """The type and what is in it: an answer may tell an older content than the other one."""
    return f"{_kind(event)} {shaper.strong(event)}"


def _receipts(event: Json, shaper: Shaper) -> Iterator[str]:
    content = event.get("content")
    for event_id, kinds in content.items() if isinstance(content, dict) else ():
        for kind, users in kinds.items() if isinstance(kinds, dict) else ():
            for user, data in users.items() if isinstance(users, dict) else ():
                thread = data.get("thread_id", "") if isinstance(data, dict) else ""
                name = shaper.name("event", event_id)
                yield f"{kind} {user} {shaper.text(str(thread))} {name}"


def _kind(event: Any) -> str:
    return str(event.get("type", "")) if isinstance(event, dict) else ""


def common_part(body: Json, other: set[News], shaper: Shaper) -> Json:
    """The answer without the news that the other answer does not tell, and without what follows
    from how news are cut."""
    result = dict(body)
    sections: Json = {}
    for section, room_id, room in rooms_of(body):
        name = shaper.name("room", room_id)
        if News("section", name, section) in other:
            sections.setdefault(section, {})[room_id] = _common_room(room, name, other, shaper)
    result["rooms"] = sections
    for key, name_of in (("account_data", _kind), ("to_device", shaper.strong)):
        kept = [event for event in events_of(body, key) if News(key, "", name_of(event)) in other]
        result[key] = {"events": kept}
    result["presence"] = {}
    lists = body.get("device_lists")
    if isinstance(lists, dict):
        result["device_lists"] = {
            key: [user for user in users if News("device", "", f"{key} {user}") in other]
            for key, users in lists.items()
            if isinstance(users, list)
        }
    for key in ("rooms", "account_data", "to_device", "presence", "device_lists"):
        if not any(result.get(key, {}).values()):
            result.pop(key, None)
    return result


def _common_room(room: Json, name: str, other: set[News], shaper: Shaper) -> Json:
    result = {key: value for key, value in room.items() if key not in FOLLOWING}
    for what in ("timeline", "state", "state_after", "invite_state", "knock_state"):
        if what in room:
            kept = [
                event
                for event in events_of(room, what)
                if News(what, name, event_name(event, shaper)) in other
            ]
            result[what] = {"events": kept}
    result["account_data"] = {"events": _common_data(room, name, other, shaper)}
    for what in ("timeline", "state", "state_after", "invite_state", "knock_state", "account_data"):
        if what in result and not result[what]["events"]:
            del result[what]
    result.pop("ephemeral", None)  # receipts and typing: compared over the whole stream
    return result


def _common_data(holder: Json, room: str, other: set[News], shaper: Shaper) -> list[Any]:
    return [
        event
        for event in events_of(holder, "account_data")
        if News("account_data", room, _content_name(event, shaper)) in other
    ]
