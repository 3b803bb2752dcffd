# SPDX-License-Identifier: Apache-2.0
"""Damages of what syncs tell."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from typing import Any

from .told import Change, Damage, Told

SYNC = "GET /_matrix/client/*/sync"
_TIMELINE = "rooms.join.<id>.timeline.events"
Json = dict[str, Any]


def _syncs(change: Callable[[Json, dict[str, Any], Told], None]) -> Change:
    """Looks at the answers to incremental syncs."""

    def changed(told: Told, memory: dict[str, Any]) -> None:
        body = told.json
        if told.where != SYNC or "since=" not in told.target or not isinstance(body, dict):
            return
        before = copy.deepcopy(body)
        change(body, memory, told)
        if body != before:
            told.tell(body)

    return changed


def _rooms(change: Callable[[Json], None], section: str = "join") -> Change:
    """Changes every room of one section."""

    def changed(body: Json, _: dict[str, Any], __: Told) -> None:
        for room in body.get("rooms", {}).get(section, {}).values():
            change(room)

    return _syncs(changed)


def _body_of(event: Json) -> Any:
    return event.get("content", {}).get("body")


def _event_lost(room: Json) -> None:
    events = room["timeline"]["events"]
    events[:] = [event for event in events if _body_of(event) != "two"]


def _event_twice(room: Json) -> None:
    for event in list(room["timeline"]["events"]):
        if _body_of(event) == "two":
            room["timeline"]["events"].append(event)


def _told_again(body: Json, memory: dict[str, Any], told: Told) -> None:
    """A message comes once more, one sync later."""
    for room_id, room in body.get("rooms", {}).get("join", {}).items():
        for event in room["timeline"]["events"]:
            if _body_of(event) == "three" and told.who not in memory:
                memory[told.who] = room_id, event
                return
    if memory.get(told.who):
        _put_back(body, *memory[told.who])
        memory[told.who] = None


def _held_back(body: Json, memory: dict[str, Any], told: Told) -> None:
    """A message comes two syncs later than it could."""
    for room_id, room in list(body.get("rooms", {}).get("join", {}).items()):
        kept = [event for event in room["timeline"]["events"] if _body_of(event) == "three"]
        if kept and told.who not in memory:
            memory[told.who] = [room_id, kept[0], 2]
            time.sleep(0.3)
            del body["rooms"]["join"][room_id]
            return
    if told.who in memory:
        memory[told.who][2] -= 1
        if memory[told.who][2] == 0:
            _put_back(body, *memory[told.who][:2])


def _put_back(body: Json, room_id: str, event: Json) -> None:
    rooms = body.setdefault("rooms", {}).setdefault("join", {})
    room = rooms.setdefault(room_id, {"timeline": {"events": [], "limited": False}})
    room["timeline"]["events"].append(event)


def _swapped(room: Json) -> None:
    events = room["timeline"]["events"]
    if [_body_of(event) for event in events[-2:]] == ["one", "two"]:
        events[-2:] = events[-1], events[-2]


def _one_more_unread(room: Json) -> None:
    counts = room.get("unread_notifications", {})
    if counts.get("notification_count"):
        counts["notification_count"] += 1


def _no_highlight(room: Json) -> None:
    if room.get("unread_notifications", {}).get("highlight_count"):
        room["unread_notifications"]["highlight_count"] = 0


def _unlimited(room: Json) -> None:
    room["timeline"]["limited"] = False


def _one_member_more(room: Json) -> None:
    if "m.joined_member_count" in room.get("summary", {}):
        room["summary"]["m.joined_member_count"] += 1


def _no_receipts(room: Json) -> None:
    if "ephemeral" in room:
        events = room["ephemeral"]["events"]
        events[:] = [event for event in events if event["type"] != "m.receipt"]


def _another_reader(room: Json) -> None:
    for event in room.get("ephemeral", {}).get("events", ()):
        for kinds in event["content"].values() if event["type"] == "m.receipt" else ():
            for users in kinds.values():
                for user in [name for name in users if name.startswith("@bob:")]:
                    users[user.replace("bob", "carol")] = users.pop(user)


def _no_tag(room: Json) -> None:
    if "account_data" in room:
        events = room["account_data"]["events"]
        events[:] = [event for event in events if event["type"] != "m.tag"]


def _no_state(room: Json) -> None:
    room.pop("state", None)


def _no_name_of_the_room(room: Json) -> None:
    events = room["invite_state"]["events"]
    events[:] = [event for event in events if event["type"] != "m.room.name"]


def _negative_age(room: Json) -> None:
    for event in room["timeline"]["events"]:
        event.get("unsigned", {}).update({"age": -5} if "age" in event.get("unsigned", {}) else {})


def _no_transaction(room: Json) -> None:
    for event in room["timeline"]["events"]:
        event.get("unsigned", {}).pop("transaction_id", None)


def _seconds(room: Json) -> None:
    for event in room["timeline"]["events"]:
        event["origin_server_ts"] //= 1000


def _another_sender(room: Json) -> None:
    for event in room["timeline"]["events"]:
        if _body_of(event) == "one":
            event["sender"] = event["sender"].replace("alice", "bob")


def _left_is_joined(body: Json, _: Any, __: Told) -> None:
    rooms = body.get("rooms", {})
    if "leave" in rooms:
        rooms.setdefault("join", {}).update(rooms.pop("leave"))


def _no_invitation(body: Json, _: Any, __: Told) -> None:
    body.get("rooms", {}).pop("invite", None)


def _no_to_device(body: Json, _: Any, __: Told) -> None:
    body.pop("to_device", None)


def _another_sealed_message(body: Json, _: Any, __: Told) -> None:
    for event in body.get("to_device", {}).get("events", ()):
        event["content"] = {"n": "something else"}


def _fewer_keys(body: Json, _: Any, __: Told) -> None:
    counts = body.get("device_one_time_keys_count", {})
    if counts.get("signed_curve25519"):
        counts["signed_curve25519"] -= 1


def _no_fallback(body: Json, _: Any, __: Told) -> None:
    body["device_unused_fallback_key_types"] = []


def _nobody_changed(body: Json, _: Any, __: Told) -> None:
    body.pop("device_lists", None)


def _no_account_data(body: Json, _: Any, __: Told) -> None:
    body.pop("account_data", None)


def _other_account_data(body: Json, _: Any, __: Told) -> None:
    for event in body.get("account_data", {}).get("events", ()):
        event["content"]["n"] = "another"


def _stuck(body: Json, _: Any, told: Told) -> None:
    """The token does not move on: everything is told again."""
    since = next(part for part in told.target.split("&") if "since=" in part).partition("=")[2]
    body["next_batch"] = since.split("since=")[-1]


SYNC_DAMAGES = [
    Damage("event of a sync lost", _rooms(_event_lost), "event lost", SYNC, f"{_TIMELINE}[[]*]"),
    Damage("event of a sync doubled", _rooms(_event_twice), "event doubled", SYNC, "*events[[]*]"),
    Damage("event told again later", _syncs(_told_again), "event doubled", SYNC, "*events[[]*]"),
    Damage("event delayed", _syncs(_held_back), "late", SYNC, "*events[[]*]"),
    Damage("events swapped", _rooms(_swapped), "order", SYNC, _TIMELINE),
    Damage("unread count off by one", _rooms(_one_more_unread), "value", SYNC,
           "*.notification_count"),
    Damage("highlight forgotten", _rooms(_no_highlight), "value", SYNC, "*.highlight_count"),
    Damage("gap not announced", _rooms(_unlimited), "value", SYNC, "*.timeline.limited"),
    Damage("member count off by one", _rooms(_one_member_more), "value", SYNC,
           "*.m.joined_member_count"),
    Damage("receipts lost", _rooms(_no_receipts), "missing", SYNC, "*ephemeral*"),
    Damage("receipt of another user", _rooms(_another_reader), "missing", SYNC, "*ephemeral*"),
    Damage("room account data lost", _rooms(_no_tag), "missing", SYNC, "*account_data*"),
    Damage("age negative", _rooms(_negative_age), "value", SYNC, "*.age"),
    Damage("transaction id dropped", _rooms(_no_transaction), "missing", SYNC, "*.transaction_id"),
    Damage("time in seconds", _rooms(_seconds), "value", SYNC, "*.origin_server_ts"),
    Damage("sender changed", _rooms(_another_sender), "missing", SYNC, "*.timeline.events*"),
    Damage("left room told as joined", _syncs(_left_is_joined), "missing", SYNC, "rooms.leave*"),
    Damage("state lost", _rooms(_no_state), "missing", SYNC, "rooms.join.<id>.state.events*"),
    Damage("state of an invitation lost", _rooms(_no_name_of_the_room, "invite"), "missing", SYNC,
           "*.invite_state.events*"),
    Damage("invitation lost", _syncs(_no_invitation), "missing", SYNC, "rooms.invite*"),
    Damage("to-device message lost", _syncs(_no_to_device), "event lost", SYNC, "to_device*"),
    Damage("to-device message changed", _syncs(_another_sealed_message), "event lost", SYNC,
           "to_device*"),
    Damage("one-time key count off by one", _syncs(_fewer_keys), "value", SYNC,
           "device_one_time_keys_count*"),
    Damage("fallback key forgotten", _syncs(_no_fallback), "missing", SYNC,
           "device_unused_fallback_key_types*"),
    Damage("device list change lost", _syncs(_nobody_changed), "missing", SYNC, "device_lists*"),
    Damage("account data lost", _syncs(_no_account_data), "missing", SYNC, "account_data*"),
    Damage("account data changed", _syncs(_other_account_data), "value", SYNC, "account_data*"),
    Damage("sync token stands still", _syncs(_stuck), "event doubled", SYNC, "*events[[]*]"),
]  # fmt: skip
