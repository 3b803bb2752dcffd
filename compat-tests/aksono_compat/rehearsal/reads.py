# SPDX-License-Identifier: Apache-2.0
"""Read requests whose answers must be the same from both servers, and their comparison."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..client import Answer, Client, q

# Headers that clients read.
HEADERS = ("Content-Type", "Cache-Control", "Access-Control-Allow-Origin")
ROOMS_PER_USER = 6

# The last two keys on the way to lists of events that are sets.
UNORDERED_EVENTS = (
    ["state", "events"],
    ["account_data", "events"],
    ["ephemeral", "events"],
    ["invite_state", "events"],
)

LAZY = '{"room":{"timeline":{"limit":3},"state":{"lazy_load_members":true}}}'

CACHED = {"prev_content", "prev_sender"}

Value = Any
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Read:
    """One GET of one user; `user` is an index into the clients."""

    user: int
    path: str


@dataclass
class Difference:
    """Where two answers to the same request part."""

    read: Read
    where: str
    left: str
    right: str

    def __str__(self) -> str:
        return f"GET {self.read.path}: {self.where}: {self.left} became {self.right}"


def requests_for(clients: list[Client]) -> list[Read]:
    """The list of reads, made by looking at what the users have on the server that runs now."""
    reads = [Read(0, "/_matrix/client/versions"), Read(0, "/_matrix/client/v3/login")]
    for user, client in enumerate(clients):
        reads += [Read(user, path) for path in _account_reads(client)]
        for room in sorted(client.get("/joined_rooms").ok()["joined_rooms"])[:ROOMS_PER_USER]:
            reads += [Read(user, path) for path in _room_reads(client, room)]
    reads.append(Read(0, "/rooms/!nowhere:example.org/state"))
    return reads


def _account_reads(client: Client) -> Iterator[str]:
    yield from ("/account/whoami", "/joined_rooms", "/capabilities", "/pushrules/")
    yield f"/profile/{q(client.user_id)}"
    yield f"/profile/{q(client.user_id)}/displayname"
    yield "/sync?timeout=0"
    yield f"/sync?timeout=0&filter={LAZY}"
    yield "/sync?timeout=0&since=nonsense"


def _room_reads(client: Client, room: str) -> Iterator[str]:
    base = f"/rooms/{q(room)}"
    yield from (f"{base}/state", f"{base}/members", f"{base}/joined_members")
    yield f"{base}/state/m.room.create/"
    yield f"{base}/state/m.room.topic/"
    yield f"{base}/messages?dir=b&limit=50"
    yield f"{base}/messages?dir=f&limit=5"
    newest = client.get(f"{base}/messages?dir=b&limit=1").ok()["chunk"]
    for event in newest:
        yield f"{base}/event/{q(event['event_id'])}"
        yield f"{base}/context/{q(event['event_id'])}?limit=6"


def ask(clients: list[Client], reads: list[Read]) -> list[Answer]:
    return [clients[read.user].get(read.path) for read in reads]


def _is_unordered(path: Path) -> bool:
    """Lists that are sets: Synapse gives them in another order after every restart."""
    keys = [part for part in path if isinstance(part, str)]
    if not keys:
        return True  # GET /rooms/{}/state
    return keys[-1] in {"state", "joined_rooms"} or keys[-2:] in UNORDERED_EVENTS


def _sorted_sets(value: Value, path: Path, members: bool) -> Value:
    """`value` with its sets in one order; `members` tells that `chunk` is a set here."""
    if isinstance(value, dict):
        return {key: _sorted_sets(item, (*path, key), members) for key, item in value.items()}
    if isinstance(value, list):
        items = [_sorted_sets(item, (*path, 0), members) for item in value]
        if _is_unordered(path) or (members and path == ("chunk",)):
            items = [_without_cached(item) for item in items]
            items.sort(key=lambda item: json.dumps(_identity(item), sort_keys=True))
        return items
    return value


def _without_cached(item: Value) -> Value:
    """State events carry these only as long as Synapse's cache holds them from a timeline."""
    if not isinstance(item, dict):
        return item
    kept = {key: value for key, value in item.items() if key not in CACHED}
    if isinstance(item.get("unsigned"), dict):
        kept["unsigned"] = {k: v for k, v in item["unsigned"].items() if k not in CACHED}
    return kept


def _identity(item: Value) -> Value:
    return item.get("event_id", item) if isinstance(item, dict) else item


def _flatten(value: Value, path: Path = ()) -> Iterator[tuple[Path, Value]]:
    if isinstance(value, dict) and value:
        for key, member in value.items():
            yield from _flatten(member, (*path, key))
    elif isinstance(value, list) and value:
        for index, member in enumerate(value):
            yield from _flatten(member, (*path, index))
    else:
        yield path, value


def _facts(read: Read, answer: Answer) -> dict[str, str]:
    """Everything of an answer that a client can see, by place."""
    facts = {"status": str(answer.status)}
    for name in HEADERS:
        facts[f"header {name}"] = str(answer.headers.get(name))
    if answer.json is None:
        facts["body"] = answer.text
    else:
        content = _sorted_sets(answer.json, (), members="/members" in read.path)
        for path, value in _flatten(content):
            facts["/".join(map(str, path))] = f"{type(value).__name__} {value!r}"
    return facts


def compare(
    reads: list[Read], left: list[Answer], right: list[Answer], noise: set[tuple[Read, str]]
) -> list[Difference]:
    """Places where answers differ. A place in `noise` may differ in value, never in presence."""
    found = []
    for read, one, two in zip(reads, left, right, strict=True):
        a, b = _facts(read, one), _facts(read, two)
        for where in sorted(a.keys() | b.keys()):
            if where in a and where in b and (a[where] == b[where] or (read, where) in noise):
                continue
            found.append(Difference(read, where, _short(a.get(where)), _short(b.get(where))))
    return found


def learn_noise(
    reads: list[Read], left: list[Answer], right: list[Answer]
) -> set[tuple[Read, str]]:
    """Places whose values change between two runs of Synapse itself, such as an event's age."""
    places = set()
    for read, one, two in zip(reads, left, right, strict=True):
        a, b = _facts(read, one), _facts(read, two)
        places |= {(read, where) for where in a.keys() & b.keys() if a[where] != b[where]}
    return places


def _short(text: str | None) -> str:
    if text is None:
        return "nothing"
    return text if len(text) <= 120 else text[:117] + "..."
