# SPDX-License-Identifier: Apache-2.0
"""createRoom: presets, versions, invitations, initial state, and what is refused."""

from functools import partial
from typing import Any

from ..client import q
from .cast import Actor, Cast
from .model import scenario

CREATE = "POST /_matrix/client/*/createRoom"


def _look(user: Actor, room: str) -> None:
    """What the creator sees of the new room."""
    user.unordered = True
    user.get(f"/rooms/{q(room)}/state").ok()
    user.unordered = False
    user.get(f"/rooms/{q(room)}/messages", dir="b", limit=50).ok()


@scenario(CREATE, branch="without any wish")
def creates_a_plain_room(cast: Cast) -> None:
    alice = cast.user("alice")
    _look(alice, alice.post("/createRoom", {}).ok()["room_id"])


@scenario(CREATE, branch="private_chat with a name, a topic and an invitation")
def creates_a_private_chat(cast: Cast) -> None:
    alice, bob = cast.users("alice", "bob")
    since = bob.since()
    wish = {"preset": "private_chat", "name": "Tea", "topic": "leaves", "invite": [bob.user_id]}
    room = alice.post("/createRoom", wish).ok()["room_id"]
    _look(alice, room)
    bob.sync_until(since, lambda seen: room in seen.get("rooms", {}).get("invite", {}))


@scenario(CREATE, branch="trusted_private_chat as a direct chat: the invited have power")
def creates_a_direct_chat(cast: Cast) -> None:
    alice, bob = cast.users("alice", "bob")
    wish = {"preset": "trusted_private_chat", "is_direct": True, "invite": [bob.user_id]}
    room = alice.post("/createRoom", wish).ok()["room_id"]
    bob.join(room)
    _look(alice, room)


@scenario(CREATE, branch="public_chat with an alias and a place in the directory")
def creates_a_public_chat(cast: Cast) -> None:
    alice = cast.user("alice")
    alias = cast.localpart("room")
    wish = {"preset": "public_chat", "room_alias_name": alias, "visibility": "public"}
    room = alice.post("/createRoom", wish).ok()["room_id"]
    _look(alice, room)
    alice.post("/createRoom", wish)


@scenario(CREATE, branch="every stable room version")
def creates_every_version(cast: Cast) -> None:
    alice = cast.user("alice")
    for version in range(1, 13):
        room = alice.post("/createRoom", {"room_version": str(version)}).ok()["room_id"]
        _look(alice, room)


@scenario(CREATE, branch="room versions that do not exist, or are no texts")
def refuses_unknown_versions(cast: Cast) -> None:
    alice = cast.user("alice")
    for version in ("0", "13", "", "org.example.unknown", 10, None, ["10"]):
        alice.post("/createRoom", {"room_version": version})


@scenario(CREATE, branch="initial state replaces what the preset sets")
def takes_initial_state(cast: Cast) -> None:
    alice = cast.user("alice")
    state = [
        {"type": "m.room.encryption", "content": {"algorithm": "m.megolm.v1.aes-sha2"}},
        {"type": "m.room.history_visibility", "content": {"history_visibility": "joined"}},
        {"type": "m.room.guest_access", "state_key": "", "content": {"guest_access": "forbidden"}},
        {"type": "org.example.custom", "state_key": "key", "content": {"n": 1}},
    ]
    wish = {"preset": "public_chat", "initial_state": state}
    _look(alice, alice.post("/createRoom", wish).ok()["room_id"])


@scenario(CREATE, branch="power_level_content_override and creation_content")
def overrides_power_levels(cast: Cast) -> None:
    alice, bob = cast.users("alice", "bob")
    wish = {
        "room_version": "11",
        "power_level_content_override": {
            "users": {alice.user_id: 100, bob.user_id: 50},
            "events": {"m.room.topic": 0},
            "invite": 75,
        },
        "creation_content": {"m.federate": False, "type": "m.space", "org.example": "x"},
    }
    _look(alice, alice.post("/createRoom", wish).ok()["room_id"])


@scenario(CREATE, branch="creators of room version 12: additional_creators and their power")
def names_additional_creators(cast: Cast) -> None:
    alice, bob = cast.users("alice", "bob")
    wish = {
        "room_version": "12",
        "invite": [bob.user_id],
        "creation_content": {"additional_creators": [bob.user_id]},
    }
    room = alice.post("/createRoom", wish).ok()["room_id"]
    bob.join(room)
    bob.put(f"/rooms/{q(room)}/state/m.room.name", {"name": "by bob"})
    _look(alice, room)
    power = {"users": {alice.user_id: 100}}
    alice.post("/createRoom", {"room_version": "12", "power_level_content_override": power})
    wrongs: list[Any] = ["x", [1], ["no user"], {}]
    for wrong in wrongs:
        content = {"additional_creators": wrong}
        alice.post("/createRoom", {"room_version": "12", "creation_content": content})


@scenario(CREATE, branch="fields of wrong types")
def refuses_wrong_types(cast: Cast) -> None:
    alice = cast.user("alice")
    wishes: list[dict[str, Any]] = [
        {"preset": "no_such_preset"},
        {"invite": "@x:test.local"},
        {"invite": ["no user"]},
        {"name": 1},
        {"topic": []},
        {"initial_state": {}},
        {"initial_state": [{"content": {}}]},
        {"creation_content": []},
        {"power_level_content_override": []},
        {"room_alias_name": "#x:test.local"},
        {"room_alias_name": ""},
        {"visibility": 1},
        {"is_direct": "yes"},
    ]
    for wish in wishes:
        alice.post("/createRoom", wish)


@scenario(CREATE, branch="several at the same time by one user", rows=False)
def creates_at_once(cast: Cast) -> None:
    alice = cast.user("alice")
    wishes = [{"name": f"room {n}"} for n in range(4)]
    made = cast.at_once(*(partial(alice.post, "/createRoom", wish) for wish in wishes))
    rooms = [one.ok()["room_id"] for one in made]
    names = [alice.get(f"/rooms/{q(room)}/state/m.room.name").ok()["name"] for room in rooms]
    assert names == [f"room {n}" for n in range(4)]


@scenario("PUT /_matrix/client/*/createRoom/{txn_id}", branch="the same transaction twice")
def creates_once_per_transaction(cast: Cast) -> None:
    alice = cast.user("alice")
    for _ in range(2):
        alice.put("/_matrix/client/v3/createRoom/txn1", {"name": "once"})
    alice.get("/joined_rooms")
