# SPDX-License-Identifier: Apache-2.0
"""Sliding sync: lists, single rooms, extensions, and connections that go on."""

from collections.abc import Callable
from typing import Any

from ..client import Answer, q
from .cast import Actor, Cast
from .key_signing import one_time_keys
from .model import scenario

PATH = "/_matrix/client/unstable/org.matrix.simplified_msc3575/sync"
SYNC = f"POST {PATH}"


def _list(**changes: Any) -> dict[str, Any]:
    wish = {"ranges": [[0, 9]], "required_state": [["m.room.name", ""]], "timeline_limit": 2}
    return {"lists": {"all": {**wish, **changes}}}


def _sync(actor: Actor, wish: dict[str, Any], pos: str = "", timeout: int = 0) -> Answer:
    params: dict[str, Any] = {"timeout": timeout}
    if pos:
        params["pos"] = pos
    return actor.request("POST", PATH, wish, params=params)


def _until(actor: Actor, wish: dict[str, Any], pos: str, arrived: Callable[[Any], bool]) -> Any:
    """Syncs on until it has arrived; only what is there then is kept."""
    actor.quiet = True
    for _ in range(20):
        before = pos
        answer = _sync(actor, wish, pos, 2000)
        if arrived(answer.ok()):
            break
        pos = answer.ok()["pos"]
    actor.quiet = False
    # The same position again gives the same answer.
    return _sync(actor, wish, before, 2000).ok()


def three_rooms(cast: Cast) -> dict[str, Any]:
    alice, bob = cast.users("alice", "bob")
    rooms = [alice.create_room(bob, name=f"room {number}") for number in range(2)]
    rooms.append(bob.create_room(name="invitation", invite=[alice.user_id]))
    for number, room in enumerate(rooms):
        for line in range(3):
            bob.say(room, f"line {line} of room {number}")
    return {"rooms": rooms}


@scenario(SYNC, branch="one list: all rooms, then nothing new", prepare=three_rooms)
def lists_all_rooms(cast: Cast, rooms: list[str]) -> None:
    alice = cast["alice"]
    pos = _sync(alice, _list()).ok()["pos"]
    for _ in range(2):
        pos = _sync(alice, _list(), pos).ok()["pos"]
    _sync(cast.nobody(), _list())


@scenario(SYNC, branch="a message arrives on a connection that waits", prepare=three_rooms)
def hears_of_messages(cast: Cast, rooms: list[str]) -> None:
    alice, bob = cast["alice"], cast["bob"]
    pos = _sync(alice, _list()).ok()["pos"]
    bob.say(rooms[0], "news")
    seen = _until(alice, _list(), pos, lambda seen: rooms[0] in seen.get("rooms", {}))
    alice.state(rooms[1], "m.room.name", {"name": "renamed"})
    _until(alice, _list(), seen["pos"], lambda seen: rooms[1] in seen.get("rooms", {}))


@scenario(SYNC, branch="ranges of the list, and a range that grows", prepare=three_rooms)
def walks_through_the_list(cast: Cast, rooms: list[str]) -> None:
    alice = cast["alice"]
    pos = ""
    for ranges in ([[0, 0]], [[0, 1]], [[0, 5]], [[2, 2]]):
        pos = _sync(alice, _list(ranges=ranges), pos).ok()["pos"]


@scenario(SYNC, branch="filters of lists", prepare=three_rooms)
def filters_the_list(cast: Cast, rooms: list[str]) -> None:
    alice = cast["alice"]
    filters: list[dict[str, Any]] = [
        {"is_invite": True},
        {"is_invite": False},
        {"is_dm": True},
        {"is_encrypted": True},
        {"is_encrypted": False},
        {"room_types": ["m.space"]},
        {"not_room_types": [None]},
        {"tags": ["m.favourite"]},
        {"room_name_like": "room 1"},
    ]
    for one in filters:
        _sync(alice, {"conn_id": next(iter(one)), **_list(filters=one)})


@scenario(SYNC, branch="single rooms, with more state, and then less", prepare=three_rooms)
def subscribes_to_rooms(cast: Cast, rooms: list[str]) -> None:
    alice = cast["alice"]
    states: tuple[list[list[str]], ...] = (
        [["*", "*"]],
        [["m.room.member", "$LAZY"]],
        [["m.room.member", "$ME"]],
        [],
    )
    for number, state in enumerate(states):
        room = {"required_state": state, "timeline_limit": 1 + number}
        wish = {"conn_id": str(number), "room_subscriptions": {rooms[0]: room}}
        pos = _sync(alice, wish).ok()["pos"]
        wider = {**room, "required_state": [["m.room.create", ""]], "timeline_limit": 10}
        wish["room_subscriptions"] = {rooms[0]: wider, "!none:test.local": room}
        _sync(alice, wish, pos)


@scenario(SYNC, branch="extensions: keys, messages to devices, account data", prepare=three_rooms)
def extends_the_answer(cast: Cast, rooms: list[str]) -> None:
    alice, bob = cast["alice"], cast["bob"]
    names = ("to_device", "e2ee", "account_data", "receipts", "typing")
    wish = {**_list(), "extensions": {name: {"enabled": True} for name in names}}
    first = _sync(alice, wish).ok()
    path = f"/sendToDevice/org.example.note/{q('1')}"
    bob.put(path, {"messages": {alice.user_id: {"*": {"n": 1}}}}).ok()
    alice.put(f"/user/{q(alice.user_id)}/account_data/org.example.a", {"a": 1}).ok()
    seen = _until(alice, wish, first["pos"], lambda seen: "org.example.a" in str(seen))
    since = seen["extensions"].get("to_device", {}).get("next_batch", "")
    wish["extensions"]["to_device"] = {"enabled": True, "since": since, "limit": 1}
    _sync(alice, wish, seen["pos"])


@scenario(SYNC, branch="counts of one-time keys come at the beginning and after a change")
def counts_keys(cast: Cast) -> None:
    alice = cast.again(cast.user("alice"), "PHONE")
    wish = {"extensions": {"e2ee": {"enabled": True}}}
    pos = _sync(alice, wish).ok()["pos"]
    alice.post("/keys/upload", {"one_time_keys": one_time_keys(alice, "AAAA", "AAAB")}).ok()
    _sync(alice, wish, pos)


@scenario(SYNC, branch="positions that are unknown, of others, or end", prepare=three_rooms)
def refuses_positions(cast: Cast, rooms: list[str]) -> None:
    alice, bob = cast["alice"], cast["bob"]
    pos = _sync(alice, _list()).ok()["pos"]
    for wrong in ("x", "1/x", "0", ""):
        alice.request("POST", PATH, _list(), params={"pos": wrong, "timeout": 0})
    _sync(bob, _list(), pos)
    _sync(alice, {"conn_id": "other", **_list()}, pos)
    second = _sync(alice, _list(), pos).ok()["pos"]
    for again in (pos, second, pos):
        _sync(alice, _list(), again)


@scenario(SYNC, branch="wishes of wrong types")
def refuses_wishes(cast: Cast) -> None:
    alice = cast.user("alice")
    wrongs: list[Any] = [
        {"lists": []},
        {"lists": {"all": {}}},
        _list(ranges="x"),
        _list(ranges=[[1, 0]]),
        _list(ranges=[[-1, 0]]),
        _list(timeline_limit="x"),
        _list(timeline_limit=-1),
        _list(required_state=[["m.room.name"]]),
        _list(filters={"is_dm": "x"}),
        {"room_subscriptions": {"!x:test.local": {}}},
        {"extensions": {"e2ee": {"enabled": "x"}}},
        {"lists": {str(number): _list()["lists"]["all"] for number in range(101)}},
    ]
    for wrong in wrongs:
        alice.request("POST", PATH, wrong, params={"timeout": 0})


@scenario(
    SYNC, branch="left, kicked and forgotten rooms, and a new invitation", prepare=three_rooms
)
def sees_rooms_go(cast: Cast, rooms: list[str]) -> None:
    alice, bob = cast["alice"], cast["bob"]
    pos = _sync(bob, _list()).ok()["pos"]
    alice.post(f"/rooms/{q(rooms[0])}/kick", {"user_id": bob.user_id, "reason": "why"}).ok()
    seen = _until(bob, _list(), pos, lambda seen: rooms[0] in seen.get("rooms", {}))
    bob.post(f"/rooms/{q(rooms[1])}/leave").ok()
    seen = _until(bob, _list(), seen["pos"], lambda seen: rooms[1] in seen.get("rooms", {}))
    alice.post(f"/rooms/{q(rooms[0])}/invite", {"user_id": bob.user_id}).ok()
    _until(bob, _list(), seen["pos"], lambda seen: rooms[0] in seen.get("rooms", {}))
