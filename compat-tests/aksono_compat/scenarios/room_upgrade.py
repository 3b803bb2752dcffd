# SPDX-License-Identifier: Apache-2.0
"""Room upgrades: what goes over, what stays, who may."""

from typing import Any

from ..client import q
from .cast import Actor, Cast
from .model import scenario
from .waits import room_in

UPGRADE = "POST /_matrix/client/*/rooms/{room_id}/upgrade"


def furnished_room(cast: Cast) -> dict[str, Any]:
    """A room of version 9 with everything that may move: state, power, bans, aliases."""
    alice, mod, bob, banned, invited = cast.users("alice", "mod", "bob", "banned", "invited")
    power = {"users": {alice.user_id: 100, mod.user_id: 50}, "ban": 60, "events_default": 0}
    name = cast.localpart("room")
    state = {
        "m.room.encryption": {"algorithm": "m.megolm.v1.aes-sha2"},
        "m.room.avatar": {"url": "mxc://test.local/x"},
        "m.room.server_acl": {"allow": ["*"]},
        "m.room.pinned_events": {"pinned": ["$x"]},
        "org.example.custom": {"stays": True},
    }
    room = alice.create_room(
        *(mod, bob, banned),
        **{"room_version": "9", "name": "Old", "topic": "t", "room_alias_name": name},
        power_level_content_override=power,
        initial_state=[{"type": t, "state_key": "", "content": c} for t, c in state.items()],
    )
    alice.post(f"/rooms/{q(room)}/ban", {"user_id": banned.user_id, "reason": "r"}).ok()
    alice.post(f"/rooms/{q(room)}/invite", {"user_id": invited.user_id}).ok()
    return {"room": room, "alias": f"#{name}:{cast.server_name}"}


def public_room(cast: Cast) -> dict[str, Any]:
    alice, bob = cast.users("alice", "bob")
    room = alice.create_room(
        bob, preset="public_chat", visibility="public", room_version="10",
        room_alias_name=cast.localpart("room"),
    )  # fmt: skip
    path = f"/user/{q(bob.user_id)}/rooms/{q(room)}"
    bob.put(f"{path}/tags/m.favourite", {"order": 0.1}).ok()
    rule = f"/pushrules/global/room/{q(room)}"
    bob.put(rule, {"actions": ["dont_notify"]}).ok()
    return {"room": room}


def space(cast: Cast) -> dict[str, Any]:
    alice, _ = cast.users("alice", "bob")
    kind = {"type": "m.space", "org.example.own": 1}
    room = alice.create_room(creation_content=kind, room_version="11", name="Space")
    child = alice.create_room()
    content = {"via": ["test.local"]}
    alice.put(f"/rooms/{q(room)}/state/m.space.child/{q(child)}", content).ok()
    alice.put(f"/rooms/{q(room)}/state/m.space.child/{q('!gone:test.local')}", {}).ok()
    return {"room": room}


def upgrade(user: Actor, room: str, version: Any, **more: Any) -> str:
    wish = {"new_version": version, **more}
    answer = user.post(f"/rooms/{q(room)}/upgrade", wish)
    return str(answer.json.get("replacement_room", "")) if answer.status == 200 else ""


def look(user: Actor, *rooms: str) -> None:
    user.unordered = True
    for room in rooms:
        user.get(f"/rooms/{q(room)}/state")
    user.unordered = False


@scenario(UPGRADE, branch="all that moves to the new room", prepare=furnished_room)
def upgrades(cast: Cast, room: str, alias: str) -> None:
    alice, bob = cast["alice"], cast["bob"]
    since = bob.since()
    new = upgrade(alice, room, "11")
    look(alice, room, new)
    bob.sync_until(since, room_in("join", room))
    alice.get(f"/directory/room/{q(alias)}").ok()
    bob.get(f"/rooms/{q(new)}/state/m.room.create")
    for name in ("mod", "bob"):
        cast[name].send(room, "m.room.message", {"msgtype": "m.text", "body": "old"}, "t")
        cast[name].post(f"/join/{q(new)}")
    cast["invited"].get("/sync", timeout=0).ok()


@scenario(UPGRADE, branch="without power, without being in, twice", prepare=furnished_room)
def upgrades_without_power(cast: Cast, room: str, **rest: Any) -> None:
    for name in ("bob", "mod", "banned", "invited"):
        upgrade(cast[name], room, "11")
    upgrade(cast.nobody(), room, "11")
    look(cast["alice"], room)


@scenario(UPGRADE, branch="a room that was upgraded before", prepare=public_room)
def upgrades_twice(cast: Cast, room: str) -> None:
    alice = cast["alice"]
    first = upgrade(alice, room, "11")
    second = upgrade(alice, room, "11")
    look(alice, *(one for one in (room, first, second) if one))


@scenario(UPGRADE, branch="public: the directory, tags and push rules follow", prepare=public_room)
def upgrades_public_rooms(cast: Cast, room: str) -> None:
    alice, bob = cast["alice"], cast["bob"]
    new = upgrade(alice, room, "11")
    for one in (room, new):
        alice.get(f"/directory/list/room/{q(one)}").ok()
    bob.join(new)
    for one in (room, new):
        bob.get(f"/user/{q(bob.user_id)}/rooms/{q(one)}/tags").ok()
    bob.get("/pushrules/global/room/")
    look(bob, new)


@scenario(UPGRADE, branch="to version 12 with further creators, and out of it", prepare=public_room)
def upgrades_to_version_12(cast: Cast, room: str) -> None:
    alice, bob = cast["alice"], cast["bob"]
    new = upgrade(alice, room, "12", additional_creators=[bob.user_id])
    look(alice, room, new)
    bob.join(new)
    back = upgrade(bob, new, "11")
    look(bob, new, *([back] if back else []))


@scenario(UPGRADE, branch="a space keeps its type and its rooms", prepare=space)
def upgrades_spaces(cast: Cast, room: str) -> None:
    alice = cast["alice"]
    look(alice, room, upgrade(alice, room, "12"))


@scenario(UPGRADE, branch="versions that do not exist, wrong bodies, unknown rooms", prepare=space)
def upgrades_wrongly(cast: Cast, room: str) -> None:
    alice = cast["alice"]
    versions: list[Any] = ["0", "13", "", 11, None, [], "org.example.unknown"]
    for version in versions:
        upgrade(alice, room, version)
    bodies: list[Any] = [[], {}, {"version": "11"}]
    for body in bodies:
        alice.post(f"/rooms/{q(room)}/upgrade", body)
    for other in ("!unknown:test.local", "nonsense"):
        upgrade(alice, other, "11")
    creators: list[Any] = ["x", [1], ["no user"], {}]
    for wrong in creators:
        upgrade(alice, room, "12", additional_creators=wrong)
    look(alice, room)
