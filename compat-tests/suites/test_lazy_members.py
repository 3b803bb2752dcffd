# SPDX-License-Identifier: Apache-2.0
"""Members that are loaded lazily: told once a device, and again where that might be needed."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from aksono_compat.client import Client, q
from aksono_compat.config import SERVER_NAME
from aksono_compat.pair import Pair, Twin, open_pair, prepared_world
from aksono_compat.postgres import Cluster
from aksono_compat.world import World

USERS = ("lazy", "una", "duo", "tria")
Told = list[Any]


def _filter(limit: int, *, redundant: bool = False) -> str:
    state = {"lazy_load_members": True, "include_redundant_members": redundant}
    return json.dumps({"room": {"state": state, "timeline": {"limit": limit}}})


class Party:
    """A lazy client in a room, or two, with others who talk."""

    def __init__(self, twin: Twin, name: str) -> None:
        made = twin.world.grown[name]
        self.all = {user: Client(twin.url, token) for user, token in made["tokens"].items()}
        self.lazy = self.all["lazy"]
        self.rooms = made["rooms"]
        self.room = self.rooms[0]
        self.since: str | None = None

    def say(self, user: str, times: int = 1, room: str | None = None) -> None:
        for _ in range(times):
            self.all[user].say(room or self.room, "hello")

    def sync(self, limit: int = 5, *, keep: bool = False, **params: Any) -> Told:
        """Who is told of, in each room; `keep`: the answer is lost, the token stays."""
        params.setdefault("filter", _filter(limit))
        if self.since:
            params["since"] = self.since
        answer = self.lazy.get("/sync", timeout=0, **params).ok()
        if not keep:
            self.since = answer["next_batch"]
        rooms = answer.get("rooms", {}).get("join", {})
        return sorted(
            sorted(e["state_key"] for e in room["state"]["events"] if e["type"] == "m.room.member")
            for room in rooms.values()
        )


def _one_after_the_other(party: Party) -> list[Told]:
    told = [party.sync(limit=2)]
    for user in ("una", "una", "duo", "tria", "duo", "una"):
        party.say(user)
        told.append(party.sync())
    return told


def _gaps(party: Party) -> list[Told]:
    told = [party.sync(limit=1)]
    for user in ("una", "duo", "tria", "una"):
        party.say(user, 4)
        told.append(party.sync(limit=2))
    return told


def _two_rooms(party: Party) -> list[Told]:
    """What is known of a member counts for the room that was told last."""
    one, other = party.rooms
    party.sync()
    # Which of both was told last is chance: now it is not.
    party.say("una", room=one)
    party.say("una", room=other)
    party.sync()
    party.say("una", room=one)
    party.sync()
    told = []
    for room in (one, other, one, one, other, other):
        party.say("una", room=room)
        told.append(party.sync())
    return told


def _redundant(party: Party) -> list[Told]:
    told = [party.sync()]
    for redundant in (True, False, True, False):
        party.say("una")
        told.append(party.sync(filter=_filter(5, redundant=redundant)))
    party.since = None
    told.append(party.sync(filter=_filter(5, redundant=True)))
    for _ in range(2):
        party.say("una")
        told.append(party.sync())
    return told


def _everything_anew(party: Party) -> list[Told]:
    told = [party.sync()]
    party.since = None
    told.append(party.sync())
    party.say("duo")
    told.append(party.sync())
    told.append(party.sync(full_state="true"))
    party.say("duo")
    told.append(party.sync())
    return told


SCRIPTS = {
    script.__name__.strip("_"): script
    for script in (_one_after_the_other, _gaps, _two_rooms, _redundant, _everything_anew)
}


def _invite(twin: Twin) -> dict[str, Any]:
    """Rooms and people for each script."""
    made = {}
    for name in (*SCRIPTS, "lost"):
        users = {
            user: Client(twin.url).register(name + user, "a long password", device_id="D")
            for user in USERS
        }
        rooms = []
        for _ in range(2 if name == "two_rooms" else 1):
            # A room without a name is named after its members, who are told for that.
            named = {"name": "Lost"} if name == "lost" else {}
            answer = users["lazy"].post("/createRoom", {"preset": "public_chat", **named})
            rooms.append(answer.ok()["room_id"])
            for user in USERS[1:]:
                users[user].post(f"/join/{q(rooms[-1])}").ok()
                users[user].say(rooms[-1], "here I am")
        made[name] = {"tokens": {user: users[user].token for user in USERS}, "rooms": rooms}
    return made


@pytest.fixture(scope="module")
def pair(cluster: Cluster, world: World, kind_b: str) -> Iterator[Pair]:
    with open_pair(cluster, prepared_world(cluster, world, _invite), kind_b) as servers:
        yield servers


@pytest.mark.parametrize("name", SCRIPTS)
def test_members_are_told_alike(pair: Pair, name: str) -> None:
    a, b = pair.both(lambda twin: SCRIPTS[name](Party(twin, name)))
    assert a == b


def test_members_of_a_lost_answer_are_told_again(pair: Pair, kind_b: str) -> None:
    """Synapse does so as long as a cache has its answer: here not at all."""
    party = Party(pair.b, "lost")
    party.say("una", 3)
    party.sync(limit=1)
    party.say("tria")
    tria = [[f"@losttria:{SERVER_NAME}"]]
    assert party.sync(keep=True) == tria
    assert party.sync() == (tria if kind_b == "aksono" else [[]])
    party.say("tria")
    assert party.sync() == [[]]
