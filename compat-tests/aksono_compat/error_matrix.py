# SPDX-License-Identifier: Apache-2.0
"""Bad requests for every route: who may ask, what is asked for, and what the body looks like."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from .client import q
from .scenarios.routes import Route, route_table

BODIES_FILE = Path(__file__).with_name("good_bodies.toml")
METHODS = ("GET", "PUT", "POST", "DELETE")
WRONG_JSON: tuple[Any, ...] = (None, 1, "x", True, [], {}, ["x"])
WRONG_QUERY = ("", "x", "-1", "1.5", "99999999999999999999")
MALFORMED = {"an open brace": b"{", "a list": b"[]", "a text": b'"x"', "null": b"null"}
LONG = "x" * 300
_PARAMETER = re.compile(r"\{(\w+)\}")
_VERSIONS = ("v3", "r0", "v1", "unstable", "api/v1")


@dataclass(frozen=True)
class World:
    """Ids that exist on both servers."""

    user: str
    other: str
    room: str
    event: str
    device: str

    def fill(self, text: str) -> str:
        for name in ("user", "other", "room", "event", "device"):
            text = text.replace(f"<{name}>", getattr(self, name))
        return text


@dataclass(frozen=True)
class Case:
    """One request. `who`: user, other, admin, nobody or stranger (an unknown token)."""

    name: str
    who: str
    method: str
    path: str
    body: bytes | None = None


@cache
def _good() -> dict[str, Any]:
    data: dict[str, Any] = tomllib.loads(BODIES_FILE.read_text())
    known = {route.name for route in route_table()}
    unknown = [name for part in data.values() for name in part if name not in known]
    if unknown:
        raise ValueError(f"good_bodies.toml: no such route: {', '.join(unknown)}")
    return data


class Matrix:
    """The cases of one route."""

    def __init__(self, route: Route, world: World) -> None:
        self._route = route
        self._world = world
        self._role = "admin" if route.path.startswith("/_synapse/admin") else "user"
        self._has_body = route.method in ("PUT", "POST", "DELETE")
        self._good_path = self._path({})

    def cases(self) -> Iterator[Case]:
        yield from self._askers()
        yield from self._methods()
        yield from self._parameters()
        yield from self._bodies()
        yield from self._queries()

    def _case(self, name: str, body: Any = None, **changes: Any) -> Case:
        if isinstance(body, dict):
            body = json.dumps(body).encode()
        made: dict[str, Any] = {
            "who": self._role, "method": self._route.method, "path": self._good_path, "body": body,
        }  # fmt: skip
        return Case(name, **{**made, **changes})

    def _path(self, replaced: dict[str, str]) -> str:
        version = next(one for one in _VERSIONS if self._known_under(one))
        path = self._route.path.replace("*", version)
        return _PARAMETER.sub(lambda part: q(replaced.get(part[1], self._value(part[1]))), path)

    def _known_under(self, version: str) -> bool:
        return "*" not in self._route.path or version in self._route.versions

    def _value(self, parameter: str) -> str:
        world = self._world
        values = {
            "user_id": world.user, "target_user_id": world.other, "room_id": world.room,
            "room_identifier": world.room, "event_id": world.event, "parent_id": world.event,
            "device_id": world.device, "membership_action": "invite", "scope": "global",
            "kind": "content", "receipt_type": "m.read", "room_alias": "#none:test.local",
            "event_type": "m.room.topic", "state_key": "", "field_name": "displayname",
            "relation_type": "m.thread", "server_name": "test.local", "stagetype": "m.login.dummy",
            "medium": "email",
        }  # fmt: skip
        if parameter == "room_id" and self._route.method == "DELETE":
            return "!unknown:test.local"  # other routes go on with the room
        return values.get(parameter, "x")

    def _askers(self) -> Iterator[Case]:
        for who in ("nobody", "stranger", "other"):
            yield self._case(f"asked by {who}", {} if self._has_body else None, who=who)

    def _methods(self) -> Iterator[Case]:
        stem = self._route.path.partition("{any}")[0]
        taken = {one.method for one in route_table() if one.path.startswith(stem)}
        if stem == self._route.path:
            taken = {one.method for one in route_table() if one.path == stem}
        for method in METHODS:
            if method not in taken:
                yield self._case(f"by {method}", b"{}", method=method)

    def _parameters(self) -> Iterator[Case]:
        for name in _PARAMETER.findall(self._route.path):
            for what, value in _odd_values(name):
                path = self._path({name: value})
                yield self._case(f"{name} {what}", {} if self._has_body else None, path=path)

    def _bodies(self) -> Iterator[Case]:
        if not self._has_body:
            return
        for name, broken in MALFORMED.items():
            yield self._case(f"body: {name}", broken)
        text = _good()["bodies"].get(self._route.name)
        if text is None:
            return
        good = json.loads(self._world.fill(text))
        for path in _places(good):
            label = ".".join(path)
            yield self._case(f"without {label}", _edited(good, path))
            for wrong in WRONG_JSON:
                if wrong != _at(good, path):
                    edited = _edited(good, path, wrong)
                    yield self._case(f"{label} is {json.dumps(wrong)}", edited)

    def _queries(self) -> Iterator[Case]:
        good: dict[str, str] = _good()["queries"].get(self._route.name, {})
        for name in good:
            for wrong in WRONG_QUERY:
                query = "&".join(f"{key}={q(value)}" for key, value in {name: wrong}.items())
                yield self._case(f"?{query}", path=f"{self._good_path}?{query}")


def _odd_values(parameter: str) -> Iterator[tuple[str, str]]:
    unknown = {
        "room_id": "!unknown:test.local", "room_identifier": "!unknown:test.local",
        "user_id": "@unknown:test.local", "target_user_id": "@unknown:test.local",
        "event_id": "$unknown", "parent_id": "$unknown", "room_alias": "#unknown:test.local",
    }  # fmt: skip
    yield "is too long", LONG
    if parameter in unknown:
        yield "is unknown", unknown[parameter]
        yield "is no id", "noid"
        yield "is too long an id", unknown[parameter][0] + LONG + ":test.local"
    if parameter in ("user_id", "target_user_id"):
        yield "is another server's", "@user:elsewhere.invalid"


def _places(value: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every field of an object and of the objects in it."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield (*above, key)
            yield from _places(part, (*above, key))


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


_LEFT_OUT = object()


def _edited(good: Any, path: tuple[str, ...], value: Any = _LEFT_OUT) -> Any:
    """A copy with one field changed, or left out."""
    key, *rest = path
    changed = dict(good)
    if rest:
        changed[key] = _edited(good[key], tuple(rest), value)
    elif value is _LEFT_OUT:
        del changed[key]
    else:
        changed[key] = value
    return changed
