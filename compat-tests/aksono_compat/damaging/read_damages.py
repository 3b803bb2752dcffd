# SPDX-License-Identifier: Apache-2.0
"""Damages of answers other than syncs, and changes that are none."""

from __future__ import annotations

import json
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

from .told import Change, Damage, Told

Json = dict[str, Any]
ROOM = "GET /_matrix/client/*/rooms/{room_id}"
MESSAGES = f"{ROOM}/messages"
EVENT = f"{ROOM}/event/{{event_id}}"
STATE = f"{ROOM}/state"
LEVELS = f"{ROOM}/state/{{event_type}}"
MEMBERS = f"{ROOM}/members"
SEND = "PUT /_matrix/client/*/rooms/{room_id}/send/{event_type}/{txn_id}"
PROFILE = "GET /_matrix/client/*/profile/{user_id}"
RULES = "GET /_matrix/client/*/pushrules/{any}"
WHOAMI = "GET /_matrix/client/*/account/whoami"
DOWNLOAD = "GET /_matrix/client/*/media/download/{server_name}/{media_id}"
DEVICE = "GET /_matrix/client/*/devices/{device_id}"


def _at(where: str, change: Callable[[Any], Any], status: int = 200) -> Change:
    """Puts what `change` gives in place of the JSON of a route's answers."""

    def changed(told: Told, _: dict[str, Any]) -> None:
        if told.where == where and told.status == status and told.json is not None:
            told.tell(change(told.json))

    return changed


def _raw(where: str, change: Callable[[Told], None], status: int = 200) -> Change:
    def changed(told: Told, _: dict[str, Any]) -> None:
        if told.where == where and told.status == status:
            change(told)

    return changed


def _set(*path: Any, to: Any) -> Callable[[Any], Any]:
    """Changes one value; `to`: the new one, or what makes it out of the old one."""

    def changed(body: Any) -> Any:
        holder = body
        for key in path[:-1]:
            holder = holder[key]
        holder[path[-1]] = to(holder[path[-1]]) if callable(to) else to
        return body

    return changed


def _drop(*path: Any) -> Callable[[Any], Any]:
    def changed(body: Any) -> Any:
        holder = body
        for key in path[:-1]:
            holder = holder[key]
        holder.pop(path[-1], None)
        return body

    return changed


def _header(name: str, value: str | None) -> Callable[[Told], None]:
    def changed(told: Told) -> None:
        told.headers = {
            key: part for key, part in told.headers.items() if key.lower() != name.lower()
        }
        if value is not None:
            told.headers[name] = value

    return changed


def _status(status: int) -> Callable[[Told], None]:
    def changed(told: Told) -> None:
        told.status = status

    return changed


def _truncated(told: Told) -> None:
    told.cut = len(told.body) // 2
    told.say(told.body[: len(told.body) - told.cut])


def _previous_event(told: Told, memory: dict[str, Any]) -> None:
    """Every send is answered with the id of the first."""
    if told.where == SEND and told.status == 200:
        told.tell({"event_id": memory.setdefault("first", told.json["event_id"])})


def _previous_answer(told: Told, memory: dict[str, Any]) -> None:
    """The second event is answered with the first."""
    if told.where == EVENT and told.status == 200:
        told.say(memory.setdefault("first", told.body))


def _other_page(told: Told, memory: dict[str, Any]) -> None:
    """A sync names the token of a later page."""
    body = told.json
    if "/sync?" not in told.target or not isinstance(body, dict):
        return
    for room in body.get("rooms", {}).get("join", {}).values():
        if room["timeline"].get("limited") and "since=" in told.target:
            room["timeline"]["prev_batch"] = body["next_batch"]
            told.tell(body)


def _first_pages_token(told: Told, memory: dict[str, Any]) -> None:
    """The second page is the first once more."""
    if told.where == MESSAGES and told.status == 200:
        told.say(memory.setdefault(told.who, told.body))


def _reversed(body: Json) -> Json:
    body["chunk"].reverse()
    return body


def _entry_twice(body: Json) -> Json:
    body["joined_rooms"].append(body["joined_rooms"][0])
    return body


def _list_twice(body: Json) -> Json:
    body["chunk"] *= 2
    return body


def _without(kind: str) -> Callable[[Any], Any]:
    return lambda body: [event for event in body if event["type"] != kind]


def _fewer_members(body: Json) -> Json:
    body["chunk"] = [one for one in body["chunk"] if not one["state_key"].startswith("@carol:")]
    return body


def _first_enabled(body: Json) -> Json:
    body["global"]["override"][1]["enabled"] = int(body["global"]["override"][1]["enabled"])
    return body


def _rules_swapped(body: Json) -> Json:
    rules = body["global"]["underride"]
    rules[0], rules[1] = rules[1], rules[0]
    return body


def _times(change: Callable[[int], Any]) -> Callable[[Any], Any]:
    def changed(body: Json) -> Json:
        for event in body["chunk"]:
            event["origin_server_ts"] = change(event["origin_server_ts"])
        return body

    return changed


def _unbundled(body: Json) -> Json:
    body["unsigned"].pop("m.relations", None)
    return body


def _thread_count(body: Json) -> Json:
    thread = body.get("unsigned", {}).get("m.relations", {}).get("m.thread")
    if thread:
        thread["count"] += 1
    return body


def _redacted_back(body: Json) -> Json:
    if "redacted_because" in body.get("unsigned", {}):
        body["content"] = {"msgtype": "m.text", "body": "two"}
    return body


def _without_unsigned(body: Json) -> Json:
    body.pop("unsigned", None)
    return body


def _one_byte(told: Told) -> None:
    told.say(told.body[:-1] + bytes([told.body[-1] ^ 1]))


def _no_messages(body: Json) -> Json:
    body["chunk"] = []
    return body


READ_DAMAGES = [
    Damage("field dropped", _at(PROFILE, _drop("avatar_url")), "missing", PROFILE, "avatar_url"),
    Damage("field added", _at(PROFILE,
           lambda body: {**body, "x": 1}), "extra", PROFILE, "x"),
    Damage("text changed", _at(PROFILE, _set("displayname", to="Alice")), "value", PROFILE,
           "displayname"),
    Damage("text emptied", _at(PROFILE, _set("displayname", to="")), "value", PROFILE,
           "displayname"),
    Damage("null for a text", _at(PROFILE, _set("displayname", to=None)), "type", PROFILE,
           "displayname"),
    Damage("null for nothing", _at(PROFILE, lambda body: {**body, "m.tz": None}), "extra", PROFILE,
           "m.tz"),
    Damage("number one more", _at(LEVELS, _set("ban", to=51)), "value", LEVELS, "ban"),
    Damage("number one less", _at(LEVELS, _set("kick", to=49)), "value", LEVELS, "kick"),
    Damage("number as text", _at(LEVELS, _set("ban", to="50")), "type", LEVELS, "ban"),
    Damage("number with fraction", _at(LEVELS, _set("ban", to=50.0)), "type", LEVELS, "ban"),
    Damage("object as list", _at(LEVELS, _set("events", to=[])), "type", LEVELS, "events"),
    Damage("true as one", _at(RULES, _first_enabled), "type", RULES, "*enabled"),
    Damage("rules in another order", _at(RULES, _rules_swapped), "order", RULES, "*underride"),
    Damage("user of a device changed", _at(WHOAMI, _set("user_id", to="@Bob:test.local")), "value",
           WHOAMI, "user_id"),
    Damage("page in another order", _at(MESSAGES, _reversed), "order", MESSAGES, "chunk"),
    Damage("page doubled", _at(MESSAGES, _list_twice), "extra", MESSAGES, "chunk*"),
    Damage("page emptied", _at(MESSAGES, _no_messages), "missing", MESSAGES, "chunk*"),
    Damage("same page again", _first_pages_token, "*", MESSAGES, "*"),
    Damage("end of the page missing", _at(MESSAGES, _drop("end")), "missing", MESSAGES, "end"),
    Damage("token of another page", _other_page, "*", MESSAGES, "chunk*"),
    Damage("times as texts", _at(MESSAGES, _times(str)), "type", MESSAGES, "*origin_server_ts"),
    Damage("times a day off", _at(MESSAGES, _times(lambda ms: ms - 86_400_000)), "value", MESSAGES,
           "*origin_server_ts"),
    Damage("event id of another event", _previous_event, "value", SEND, "event_id"),
    Damage("another event", _previous_answer, "*", EVENT, "*"),
    Damage("unsigned dropped", _at(EVENT, _without_unsigned), "missing", EVENT, "unsigned"),
    Damage("relations not bundled", _at(EVENT, _unbundled), "missing", EVENT, "*m.relations"),
    Damage("thread count off by one", _at(EVENT, _thread_count), "value", EVENT, "*m.thread.count"),
    Damage("redacted event shown", _at(EVENT, _redacted_back), "extra", EVENT, "content.*"),
    Damage("member missing", _at(MEMBERS, _fewer_members), "missing", MEMBERS, "chunk*"),
    Damage("state event missing", _at(STATE, _without("m.room.join_rules")), "missing", STATE, "*"),
    Damage("room listed twice", _at("GET /_matrix/client/*/joined_rooms", _entry_twice), "extra",
           "GET /_matrix/client/*/joined_rooms", "joined_rooms*"),
    Damage("status 201 for 200", _raw(WHOAMI, _status(201)), "status", WHOAMI, "200 -> 201"),
    Damage("status 404 for 403", _raw(MESSAGES, _status(404), 403), "status", MESSAGES,
           "403 -> 404"),
    Damage("refusal lost", _raw(MESSAGES, _status(200), 403), "status", MESSAGES,
           "403 -> 200"),
    Damage("errcode changed", _at(MESSAGES, _set("errcode", to="M_UNKNOWN"), 403), "errcode",
           MESSAGES, "M_FORBIDDEN -> M_UNKNOWN"),
    Damage("error text changed", _at(MESSAGES, _set("error", to="No."), 403), "error text",
           MESSAGES, "error"),
    Damage("soft logout", _at(WHOAMI, _set("soft_logout", to=True), 401), "*", WHOAMI,
           "soft_logout"),
    Damage("header removed", _raw(WHOAMI, _header("Cache-Control", None)), "header", WHOAMI,
           "Cache-Control"),
    Damage("header changed", _raw(WHOAMI, _header("Access-Control-Allow-Origin", "null")), "header",
           WHOAMI, "Access-Control-Allow-Origin"),
    Damage("type of the content changed", _raw(WHOAMI, _header("Content-Type", "text/plain")),
           "header", WHOAMI, "Content-Type"),
    Damage("file name changed", _raw(DOWNLOAD, _header("Content-Disposition", "attachment")),
           "header", DOWNLOAD, "Content-Disposition"),
    Damage("byte of a file changed", _raw(DOWNLOAD, _one_byte), "value", DOWNLOAD, "*"),
    Damage("body lost", _raw(WHOAMI, lambda told: told.say(b"")), "type", WHOAMI),
    Damage("body is no JSON", _raw(DEVICE, lambda told: told.say(b"<html>")), "type", DEVICE),
    Damage("body cut off", _raw(STATE, _truncated), "crash", STATE),
    Damage("server error", _raw(DEVICE, _status(500)), "status", DEVICE, "200 -> 500"),
]  # fmt: skip


def _everywhere(write: Callable[[Any], str]) -> Change:
    """Writes every JSON answer in another way."""

    def changed(told: Told, _: dict[str, Any]) -> None:
        value = told.json
        if value is not None and fnmatchcase(told.headers.get("Content-Type", ""), "*json*"):
            told.say(write(value).encode())

    return changed


def _backwards(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _backwards(value[key]) for key in reversed(list(value))}
    return [_backwards(part) for part in value] if isinstance(value, list) else value


def _headers_in_other_case(told: Told, _: dict[str, Any]) -> None:
    told.headers = {name.lower(): value for name, value in reversed(told.headers.items())}


def _other_server(told: Told, _: dict[str, Any]) -> None:
    told.headers["Server"] = "Another/1.0"


NO_DAMAGES = [
    Damage("order of keys", _everywhere(lambda v: json.dumps(_backwards(v), ensure_ascii=False)),
           "", ""),
    Damage("whitespace", _everywhere(lambda v: json.dumps(v, ensure_ascii=False, indent=3)), "",
           ""),
    Damage("escapes", _everywhere(lambda v: json.dumps(v, ensure_ascii=True)), "", ""),
    Damage("case and order of headers", _headers_in_other_case, "", ""),
    Damage("name of the server", _other_server, "", ""),
]  # fmt: skip
