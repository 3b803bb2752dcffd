# SPDX-License-Identifier: Apache-2.0
"""Sliding sync answers (MSC4186) in the shape of /sync: the same news, told in another way."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

# Events of a room's answer, and where /sync has them.
_LISTS = {
    "timeline": "timeline",
    "required_state": "state",
    "stripped_state": "invite_state",
    "invite_state": "invite_state",
}
# What follows from how news are cut into answers.
_FOLLOWING = frozenset(
    (
        *("limited", "prev_batch", "num_live", "initial", "bump_stamp", "name", "avatar", "heroes"),
        *("notification_count", "highlight_count", "joined_count", "invited_count", "is_dm"),
    )
)


def as_sync(body: Any) -> Any:
    """The answer as /sync would have told it; one of /sync stays as it is."""
    if not isinstance(body, dict) or "pos" not in body:
        return body
    extensions = _part(body, "extensions")
    data = _part(extensions, "account_data")
    result: Json = {key: value for key, value in body.items() if key in ("pos", "lists")}
    rooms = {room_id: _room(room) for room_id, room in _part(body, "rooms").items()}
    for key, told in (("account_data", _part(data, "rooms")), *_ephemeral(extensions)):
        for room_id, events in told.items():
            there = rooms.setdefault(room_id, {})
            listed = events if isinstance(events, list) else [events]
            there.setdefault(key, {"events": []})["events"] += listed
    result["rooms"] = {"join": rooms}
    result["to_device"] = {"events": _part(extensions, "to_device").get("events", [])}
    result["account_data"] = {"events": data.get("global", [])}
    encryption = _part(extensions, "e2ee")
    result["device_lists"] = _part(encryption, "device_lists")
    result.update({key: value for key, value in encryption.items() if key != "device_lists"})
    return result


def _ephemeral(extensions: Json) -> list[tuple[str, Json]]:
    return [("ephemeral", _part(_part(extensions, key), "rooms")) for key in ("receipts", "typing")]


def _room(room: Any) -> Json:
    found: Json = {}
    for key, value in room.items() if isinstance(room, dict) else ():
        if key in _LISTS and isinstance(value, list):
            found[_LISTS[key]] = {"events": value}
        elif key not in _FOLLOWING:
            found[key] = value
    if isinstance(room, dict) and room.get("limited") and "timeline" in found:
        found["timeline"]["limited"] = True
    return found


def _part(holder: Any, key: str) -> Json:
    part = holder.get(key) if isinstance(holder, dict) else None
    return part if isinstance(part, dict) else {}
