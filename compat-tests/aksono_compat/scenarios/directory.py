# SPDX-License-Identifier: Apache-2.0
"""Aliases, the list of public rooms and what is listed in it."""

from functools import partial
from typing import Any

from ..client import q
from .cast import Actor, Cast
from .model import scenario
from .waits import wait_for

ALIAS = "/_matrix/client/*/directory/room/{room_alias}"
ALIASES = "GET /_matrix/client/*/rooms/{room_id}/aliases"
LISTED = "/_matrix/client/*/directory/list/room/{room_id}"
OF_SERVICE = "/_matrix/client/*/directory/list/appservice/{network_id}/{room_id}"
GET_ROOMS = "GET /_matrix/client/*/publicRooms"
POST_ROOMS = "POST /_matrix/client/*/publicRooms"


def rooms(cast: Cast) -> dict[str, Any]:
    alice, bob = cast.users("alice", "bob")
    return {"room": alice.create_room(bob), "other": bob.create_room()}


def hidden_room(cast: Cast) -> dict[str, Any]:
    """A room that would be found in the list if it were there."""
    alice, bob = cast.users("alice", "bob")
    room = alice.create_room(
        bob, preset="public_chat", name=f"{cast.scenario} it", visibility="public"
    )
    wait_for(partial(found, alice, cast.scenario), lambda sizes: sizes == [2])
    path = f"/directory/list/room/{q(room)}"
    alice.put(path, {"visibility": "private"}).ok()
    return {"room": room}


def listed_rooms(cast: Cast) -> dict[str, Any]:
    """Three public rooms of three sizes and a space, all with one word in their names."""
    alice, bob, carol = cast.users("alice", "bob", "carol")
    word = f"word{cast.scenario.replace('_', '')}"
    made = [
        alice.create_room(
            *others, preset="public_chat", visibility="public", name=f"{word} {n}", topic=f"t{n}"
        )
        for n, others in enumerate(((), (bob,), (bob, carol)))
    ]
    dave, erin = cast.users("dave", "erin")
    alice.create_room(
        *(bob, carol, dave, erin), preset="public_chat", visibility="public",
        name=f"{word} space", creation_content={"type": "m.space"},
    )  # fmt: skip
    world = {"type": "m.room.history_visibility", "state_key": ""}
    world["content"] = {"history_visibility": "world_readable"}  # type: ignore[assignment]
    guests = {"type": "m.room.guest_access", "state_key": "", "content": {}}
    guests["content"] = {"guest_access": "can_join"}
    alice.create_room(
        *(bob, carol, dave), preset="public_chat", visibility="public", name=f"{word} open",
        room_alias_name=cast.localpart("open"), initial_state=[world, guests],
    )  # fmt: skip
    wait_for(partial(found, alice, word), lambda sizes: sorted(sizes) == [1, 2, 3, 4, 5])
    return {"word": word, "rooms": made}


def found(user: Actor, term: str) -> list[int]:
    """The sizes of the listed rooms with this term."""
    listed = user.post("/publicRooms", {"filter": {"generic_search_term": term}}).ok()
    return [room["num_joined_members"] for room in listed["chunk"]]


def aliases(cast: Cast, *names: str) -> list[str]:
    return [f"#{cast.localpart(name)}:{cast.server_name}" for name in names]


@scenario(f"PUT {ALIAS}", f"GET {ALIAS}", f"DELETE {ALIAS}", branch="made, looked up, taken, gone",
          prepare=rooms)  # fmt: skip
def makes_aliases(cast: Cast, room: str, other: str) -> None:
    alice, bob = cast["alice"], cast["bob"]
    path = f"/directory/room/{q(aliases(cast, 'a')[0])}"
    alice.put(path, {"room_id": room, "servers": ["x.invalid"]}).ok()
    for user in (alice, bob, cast.nobody()):
        user.get(path)
    alice.put(path, {"room_id": room})
    bob.put(path, {"room_id": other})
    bob.delete(path)
    alice.delete(path).ok()
    for _ in range(2):
        alice.get(path)
        alice.delete(path)
    bob.put(path, {"room_id": other}).ok()
    bob.get(path).ok()


@scenario(f"PUT {ALIAS}", branch="of other servers, wrong names, unknown rooms, no members",
          prepare=rooms)  # fmt: skip
def makes_wrong_aliases(cast: Cast, room: str, other: str) -> None:
    alice = cast["alice"]
    names = ["#x:elsewhere.invalid", "nonsense", "#:test.local", "#a b:test.local", "@a:test.local"]
    for name in (*names, f"#{'x' * 300}:test.local"):
        alice.put(f"/directory/room/{q(name)}", {"room_id": room})
    bodies: list[Any] = [{}, {"room_id": 1}, {"room_id": "nonsense"}, [], {"room_id": other}]
    bodies.append({"room_id": "!unknown:test.local"})
    for body in bodies:
        alice.put(f"/directory/room/{q(aliases(cast, 'wrong')[0])}", body)
    for name in ("nonsense", "#unknown:test.local"):
        alice.get(f"/directory/room/{q(name)}")
        alice.delete(f"/directory/room/{q(name)}")


@scenario(f"DELETE {ALIAS}", branch="the canonical alias goes with it; moderators may",
          prepare=rooms)  # fmt: skip
def removes_canonical_aliases(cast: Cast, room: str, **rest: Any) -> None:
    alice, bob = cast["alice"], cast["bob"]
    names = aliases(cast, "main", "alt", "third")
    for user, name in zip((alice, alice, bob), names, strict=True):
        user.put(f"/directory/room/{q(name)}", {"room_id": room}).ok()
    content = {"alias": names[0], "alt_aliases": names[1:]}
    alice.put(f"/rooms/{q(room)}/state/m.room.canonical_alias", content).ok()
    for user, name in ((alice, names[2]), (alice, names[0]), (bob, names[1])):
        user.delete(f"/directory/room/{q(name)}")
        alice.get(f"/rooms/{q(room)}/state/m.room.canonical_alias").ok()


@scenario(ALIASES, f"PUT {ALIAS}", branch="for members, others, of world readable rooms",
          prepare=rooms)  # fmt: skip
def lists_aliases(cast: Cast, room: str, other: str) -> None:
    alice, bob = cast["alice"], cast["bob"]
    alice.unordered = True
    for name in aliases(cast, "one", "two"):
        alice.put(f"/directory/room/{q(name)}", {"room_id": room}).ok()
    for user in (alice, bob, cast.user("stranger")):
        for one in (room, other, "!unknown:test.local"):
            user.get(f"/rooms/{q(one)}/aliases")
    seen = {"history_visibility": "world_readable"}
    bob.put(f"/rooms/{q(other)}/state/m.room.history_visibility", seen).ok()
    alice.get(f"/rooms/{q(other)}/aliases")


@scenario(f"PUT {LISTED}", f"GET {LISTED}", POST_ROOMS, branch="shown, hidden, by whom",
          profile="extended", prepare=hidden_room)  # fmt: skip
def shows_rooms(cast: Cast, room: str) -> None:
    alice, bob = cast["alice"], cast["bob"]
    path = f"/directory/list/room/{q(room)}"
    for user, wish in (
        *((alice, {"visibility": "public"}), (alice, {"visibility": "public"}), (bob, {})),
        *((bob, {"visibility": "private"}), (alice, {"visibility": "x"})),
        *((alice, {"visibility": "private"}), (alice, {}), (alice, {"visibility": 1})),
    ):
        user.put(path, wish)
        user.get(path)
        alice.post("/publicRooms", {"filter": {"generic_search_term": cast.scenario}})
    for unknown in ("!unknown:test.local", "nonsense"):
        alice.put(f"/directory/list/room/{q(unknown)}", {"visibility": "public"})
        alice.get(f"/directory/list/room/{q(unknown)}")
    cast.nobody().get(path)


@scenario(f"PUT {OF_SERVICE}", f"DELETE {OF_SERVICE}", branch="by users who are no service",
          prepare=rooms)  # fmt: skip
def shows_rooms_of_services(cast: Cast, room: str, **rest: Any) -> None:
    path = f"/directory/list/appservice/network/{q(room)}"
    cast["alice"].put(path, {"visibility": "public"})
    cast["alice"].delete(path)


@scenario(POST_ROOMS, branch="a search term in names, topics and aliases", profile="extended",
          prepare=listed_rooms)  # fmt: skip
def searches_public_rooms(cast: Cast, word: str, **rest: Any) -> None:
    alice = cast["alice"]
    for term in (word, word.upper(), f"{word} 1", f"{word} sp", f"no{word}", f"  {word} "):
        alice.post("/publicRooms", {"filter": {"generic_search_term": term}}).ok()
    alice.post("/publicRooms", {"filter": {"generic_search_term": cast.localpart("open")}}).ok()
    cast.nobody().post("/publicRooms", {"filter": {"generic_search_term": word}})


@scenario(POST_ROOMS, branch="room types", profile="extended",
          prepare=listed_rooms)  # fmt: skip
def searches_types_of_rooms(cast: Cast, word: str, **rest: Any) -> None:
    kinds: list[Any] = [["m.space"], [None], [None, "m.space"], ["x"], [], None]
    for kind in kinds:
        wish = {"filter": {"generic_search_term": word, "room_types": kind}}
        cast["alice"].post("/publicRooms", wish)


@scenario(POST_ROOMS, branch="pages, there and back", profile="extended",
          prepare=listed_rooms)  # fmt: skip
def pages_public_rooms(cast: Cast, word: str, **rest: Any) -> None:
    alice = cast["alice"]
    wish: dict[str, Any] = {"limit": 2, "filter": {"generic_search_term": word}}
    page = alice.post("/publicRooms", wish).ok()
    for key in ("next_batch", "next_batch", "prev_batch"):
        if key in page:
            page = alice.post("/publicRooms", {**wish, "since": page[key]}).ok()


@scenario(GET_ROOMS, POST_ROOMS, branch="limits, tokens, servers and bodies that are wrong")
def asks_for_public_rooms_wrongly(cast: Cast) -> None:
    alice = cast.user("alice")
    for limit in ("x", -1):
        alice.get("/publicRooms", limit=limit)
    cast.nobody().get("/publicRooms", limit=1)
    bodies: list[Any] = [
        *({"limit": -1}, [], {"third_party_instance_id": "x"}),
        {"include_all_networks": True, "third_party_instance_id": "x"},
    ]
    for body in bodies:
        alice.post("/publicRooms", body)
    alice.post("/publicRooms?server=test.local", {"filter": {"generic_search_term": "nowhere"}})


@scenario(f"PUT {ALIAS}", f"GET {ALIAS}", branch="one name claimed by many at the same time",
          prepare=rooms, rows=False)  # fmt: skip
def claims_at_once(cast: Cast, room: str, other: str) -> None:
    alice, bob = cast["alice"], cast["bob"]
    path = f"/directory/room/{q(aliases(cast, 'fought-for')[0])}"
    wishes = [(alice, room), (bob, other), (alice, room), (bob, other)]
    alice.put(path, {"room_id": "!unknown:test.local"})
    for user in (alice, bob):
        user.quiet = True
    claims = [partial(user.put, path, {"room_id": one}) for user, one in wishes]
    assert sorted(one.status for one in cast.at_once(*claims)) == [200, 409, 409, 409]
    assert alice.get(path).ok()["room_id"] in (room, other)
    alice.quiet = False
    alice.put(path, {"room_id": room})
    alice.quiet = True
    for user in (alice, bob):
        user.delete(path)
    alice.quiet = False
    alice.get(path)
