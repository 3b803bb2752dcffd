# SPDX-License-Identifier: Apache-2.0
"""The town: the world that is measured. Real Synapse makes it once; it is kept in .cache.

People are many, rooms are of 10, 100 and 1,000 members; four users are in 50, 100, 200 and 400
rooms; one room has a long history. Sessions for the idle crowd are added to the database, since
nothing of theirs but the token is asked for.
"""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ..client import Client, q
from ..demo import PASSWORD, device_keys
from ..postgres import Cluster
from ..servers import Synapse
from ..world import Stored, digest_of, store_world, wait_for_push_rotation

ROOM_SIZES = (10, 100, 1000)
SYNC_ROOMS = (50, 100, 200, 400)
HISTORY = 1000
SENDERS = 64


@dataclass(frozen=True)
class TownSize:
    """Smaller towns are for trying things out."""

    members: int = 1000
    rooms: int = 400
    history: int = HISTORY
    idle: int = 4000

    def of_members(self) -> tuple[int, ...]:
        return tuple(size for size in ROOM_SIZES if size <= self.members)

    def of_rooms(self) -> tuple[int, ...]:
        return tuple(count for count in SYNC_ROOMS if count <= self.rooms)


@dataclass
class Town:
    """Who and what there is, by name."""

    tokens: dict[str, str] = field(default_factory=dict)
    user_ids: dict[str, str] = field(default_factory=dict)
    rooms: dict[str, str] = field(default_factory=dict)
    idle: list[str] = field(default_factory=list)  # tokens of the idle crowd


class Builder:
    """Makes the town on a running Synapse."""

    def __init__(self, url: str, size: TownSize) -> None:
        self._url = url
        self._size = size
        self.town = Town()
        self._clients: dict[str, Client] = {}

    def build(self) -> Town:
        self._people()
        self._rooms_of_many()
        self._rooms_of_one_user()
        self._long_history()
        return self.town

    def _say(self, text: str) -> None:
        print(f"making the town: {text}", file=sys.stderr, flush=True)

    def _people(self) -> None:
        self._say(f"{self._size.members} people")
        for name in ["host", *(f"p{number}" for number in range(self._size.members))]:
            client = Client(self._url).register_by_secret(name, PASSWORD)
            self._clients[name] = client
            self.town.tokens[name] = client.token or ""
            self.town.user_ids[name] = client.user_id
        for name in ("p0", "p1"):
            self._clients[name].post("/keys/upload", device_keys(self._clients[name])).ok()

    def _rooms_of_many(self) -> None:
        for size in self._size.of_members():
            self._say(f"a room of {size}")
            room = self._create(f"of{size}", "host", preset="public_chat")
            for number in range(size - 1):
                self._clients[f"p{number}"].post(f"/join/{q(room)}").ok()

    def _create(self, label: str, by: str, **wish: Any) -> str:
        room: str = self._clients[by].post("/createRoom", wish).ok()["room_id"]
        self.town.rooms[label] = room
        return room

    def _rooms_of_one_user(self) -> None:
        self._say(f"{self._size.rooms} rooms for syncs")
        counts = self._size.of_rooms()
        for count in counts:
            name = f"sync{count}"
            self._clients[name] = Client(self._url).register_by_secret(name, PASSWORD)
            self.town.tokens[name] = self._clients[name].token or ""
        for number in range(max(counts)):
            room = self._create(f"room{number}", "host", preset="public_chat", name=f"{number}")
            for count in counts:
                if number < count:
                    self._clients[f"sync{count}"].post(f"/join/{q(room)}").ok()
            for text in ("one", "two", "three"):
                self._clients["host"].say(room, text)

    def _long_history(self) -> None:
        self._say(f"{self._size.history} messages")
        room = self._create("history", "host", preset="public_chat")
        for number in range(self._size.history):
            self._clients["host"].say(room, f"message {number}")


def make_town(cluster: Cluster, size: TownSize, database: str = "town") -> tuple[Town, Path]:
    """The town as a template database, and its media store."""

    def write(server: Synapse) -> dict[str, Any]:
        town = Builder(server.site.url, size).build()
        wait_for_push_rotation(cluster, database, 120)
        town.idle = _add_sessions(cluster, database, size)
        return asdict(town)

    source = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
    key = digest_of(json.dumps([asdict(size), source]))
    stored: Stored = store_world(cluster, database, f"town-{key}", write)
    return Town(**stored.about["made"]), stored.media


def _add_sessions(cluster: Cluster, database: str, size: TownSize) -> list[str]:
    """Tokens of further devices, the same number for each of the people."""
    with cluster.session(database) as cursor:
        cursor.execute(
            "INSERT INTO devices (user_id, device_id, display_name, hidden)"
            " SELECT '@p' || n %% %s || ':test.local', 'IDLE' || n, 'idle', false"
            " FROM generate_series(0, %s) n",
            (size.members, size.idle - 1),
        )
        cursor.execute(
            "INSERT INTO access_tokens (id, user_id, device_id, token, used)"
            " SELECT (SELECT max(id) FROM access_tokens) + row_number() OVER (),"
            " user_id, device_id, 'idle_' || device_id, false"
            " FROM devices WHERE device_id LIKE 'IDLE%%' RETURNING token"
        )
        return [str(row[0]) for row in cursor.fetchall()]
