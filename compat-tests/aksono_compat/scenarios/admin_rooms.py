# SPDX-License-Identifier: Apache-2.0
"""The admin API: rooms, what is in them, and their end."""

from typing import Any

from ..client import q
from .cast import Cast
from .model import scenario
from .waits import wait_for_task

ADMIN = "/_synapse/admin"
ROOMS = f"{ADMIN}/v1/rooms"
ROOM = f"{ROOMS}/{{room_id}}"


def one_room(cast: Cast) -> dict[str, Any]:
    cast.user("admin", admin=True)
    alice, bob = cast.users("alice", "bob")
    name = f"Heron {cast.scenario}"
    room = alice.create_room(bob, name=name, topic="birds", room_version="10")
    events = [alice.say(room, f"line {number}") for number in range(4)]
    return {"room": room, "events": events}


def some_rooms(cast: Cast) -> dict[str, Any]:
    cast.user("admin", admin=True)
    alice, bob = cast.users("alice", "bob")
    for number, joined in enumerate(((), (bob,), (bob,))):
        name = f"Sandpiper {number}"
        alice.create_room(*joined, name=name, room_version=str(9 + number))
    return {}


@scenario(f"GET {ROOMS}", branch="found by name, in order, page by page", prepare=some_rooms)
def lists_rooms(cast: Cast) -> None:
    admin = cast["admin"]
    for order in ("name", "version", "joined_members", "state_events"):
        for way in ("f", "b"):
            admin.get(ROOMS, search_term="sandpiper", order_by=order, dir=way)
    admin.request("GET", ROOMS, params={"search_term": "Sandpiper", "limit": 1, "from": 1})
    admin.get(ROOMS, search_term="no such room")
    admin.get(ROOMS, search_term="")
    admin.get(ROOMS, order_by="unknown")
    admin.get(ROOMS, dir="x")
    cast["alice"].get(ROOMS)


@scenario(
    f"GET {ROOM}",
    f"GET {ROOM}/members",
    f"GET {ROOM}/state",
    branch="details, members and state",
    prepare=one_room,
)
def looks_into_rooms(cast: Cast, room: str, events: list[str]) -> None:
    admin, alice = cast["admin"], cast["alice"]
    for who in (admin, alice):
        who.unordered = True
        for one in (room, "!none:test.local"):
            for rest in ("", "/members", "/state"):
                who.get(f"{ROOMS}/{q(one)}{rest}")
        who.unordered = False
    admin.get(f"{ROOMS}/{q(room)}/state", type="m.room.name")


@scenario(
    f"GET {ROOM}/messages",
    f"GET {ROOM}/context/{{event_id}}",
    f"GET {ROOM}/timestamp_to_event",
    f"GET {ADMIN}/v1/fetch_event/{{event_id}}",
    branch="what was said, by one who is not in the room",
    prepare=one_room,
)
def reads_rooms(cast: Cast, room: str, events: list[str]) -> None:
    admin, alice = cast["admin"], cast["alice"]
    base = f"{ROOMS}/{q(room)}"
    for who in (admin, alice):
        who.get(f"{base}/messages", dir="b", limit=3)
        who.get(f"{base}/context/{q(events[1])}", limit=2)
        who.get(f"{base}/timestamp_to_event", ts=0)
        who.get(f"{ADMIN}/v1/fetch_event/{q(events[0])}")
    admin.get(f"{ADMIN}/v1/fetch_event/%24unknown")


@scenario(f"GET {ROOM}/block", f"PUT {ROOM}/block", branch="blocked, and not", prepare=one_room)
def blocks_rooms(cast: Cast, room: str, events: list[str]) -> None:
    admin, alice = cast["admin"], cast["alice"]
    for one in (room, f"!{cast.localpart('none')}:test.local", "no room"):
        path = f"{ROOMS}/{q(one)}/block"
        for word in (True, False, "x"):
            admin.put(path, {"block": word})
            admin.get(path)
    alice.put(f"{ROOMS}/{q(room)}/block", {"block": True})


@scenario(
    f"DELETE {ADMIN}/v2/rooms/{{room_id}}",
    f"GET {ADMIN}/v2/rooms/delete_status/{{delete_id}}",
    f"GET {ADMIN}/v2/rooms/{{room_id}}/delete_status",
    branch="deleted in the background, and nothing is left",
    prepare=one_room,
)
def deletes_rooms(cast: Cast, room: str, events: list[str]) -> None:
    admin, alice = cast["admin"], cast["alice"]
    path = f"{ADMIN}/v2/rooms/{q(room)}"
    alice.request("DELETE", path, {})
    admin.request("DELETE", path, {"purge": "x"})
    task = admin.request("DELETE", path, {"block": True}).ok()["delete_id"]
    wait_for_task(admin, f"{ADMIN}/v2/rooms/delete_status/{task}")
    admin.get(f"{path}/delete_status")
    admin.get(f"{ADMIN}/v2/rooms/delete_status/unknown")
    admin.get(f"{ROOMS}/{q(room)}")
    alice.post(f"/join/{q(room)}")
    alice.get("/joined_rooms")


@scenario(
    f"DELETE {ROOM}",
    branch="deleted while the request waits; a new room says why",
    prepare=one_room,
)
def moves_people_out(cast: Cast, room: str, events: list[str]) -> None:
    admin, alice = cast["admin"], cast["alice"]
    wish = {"new_room_user_id": admin.user_id, "room_name": "Notice", "message": "moved"}
    moved = admin.request("DELETE", f"{ROOMS}/{q(room)}", wish).ok()
    alice.get("/joined_rooms")
    alice.get(f"/rooms/{q(moved['new_room_id'])}/messages", dir="b", limit=4)


@scenario(
    f"POST {ADMIN}/v1/purge_history/{{room_id}}",
    f"GET {ADMIN}/v1/purge_history_status/{{purge_id}}",
    branch="what was said before an event",
    prepare=one_room,
)
def purges_history(cast: Cast, room: str, events: list[str]) -> None:
    admin, alice = cast["admin"], cast["alice"]
    path = f"{ADMIN}/v1/purge_history/{q(room)}"
    for wrong in ({}, {"purge_up_to_event_id": "$x"}, {"purge_up_to_ts": "x"}):
        admin.post(path, wrong)
    wish = {"purge_up_to_event_id": events[2], "delete_local_events": True}
    task = admin.post(path, wish).ok()["purge_id"]
    wait_for_task(admin, f"{ADMIN}/v1/purge_history_status/{task}")
    alice.get(f"/rooms/{q(room)}/messages", dir="b", limit=20)
    admin.get(f"{ADMIN}/v1/purge_history_status/unknown")


@scenario(
    f"POST {ROOMS}/{{room_identifier}}/make_room_admin",
    branch="a member gets the power of the strongest",
    prepare=one_room,
)
def makes_room_admins(cast: Cast, room: str, events: list[str]) -> None:
    admin, bob = cast["admin"], cast["bob"]
    path = f"{ROOMS}/{q(room)}/make_room_admin"
    for who in (cast["alice"], admin):
        who.post(path, {"user_id": bob.user_id})
    bob.get(f"/rooms/{q(room)}/state/m.room.power_levels")
    admin.post(path, {"user_id": "nobody"})
    admin.post(path, {})
    bob.get(f"/rooms/{q(room)}/messages", dir="b", limit=3)


def open_room(cast: Cast) -> dict[str, Any]:
    cast.user("admin", admin=True)
    alice, _ = cast.users("alice", "carol")
    return {
        "public": alice.create_room(preset="public_chat", name="open"),
        "closed": alice.create_room(name="closed"),
    }


@scenario(
    f"POST {ADMIN}/v1/join/{{room_identifier}}",
    branch="a user is put into a room",
    prepare=open_room,
)
def puts_users_into_rooms(cast: Cast, public: str, closed: str) -> None:
    admin, carol = cast["admin"], cast["carol"]
    for room in (public, public, closed, "#none:test.local", "no room"):
        admin.post(f"{ADMIN}/v1/join/{q(room)}", {"user_id": carol.user_id})
    admin.post(f"{ADMIN}/v1/join/{q(public)}", {"user_id": "@x:elsewhere.invalid"})
    admin.post(f"{ADMIN}/v1/join/{q(public)}", {})
    carol.get("/joined_rooms")
    carol.post(f"{ADMIN}/v1/join/{q(public)}", {"user_id": carol.user_id})


@scenario(
    f"GET {ROOMS}/{{room_identifier}}/forward_extremities",
    f"DELETE {ROOMS}/{{room_identifier}}/forward_extremities",
    branch="a room whose ends are in order",
    prepare=one_room,
)
def tidies_rooms(cast: Cast, room: str, events: list[str]) -> None:
    admin = cast["admin"]
    for one in (room, "!none:test.local", "#none:test.local"):
        path = f"{ROOMS}/{q(one)}/forward_extremities"
        admin.get(path)
        admin.delete(path)
