# SPDX-License-Identifier: Apache-2.0
"""The /sync of clients: initial, incremental, filters, gaps, invitations, rooms left, counts."""

import json
from functools import partial
from typing import Any

from ..client import q
from .cast import Actor, Cast
from .model import scenario
from .waits import event_in, room_in

SYNC = "GET /_matrix/client/*/sync"
SEND = "PUT /_matrix/client/*/rooms/{room_id}/send/{event_type}/{txn_id}"
NEW_FILTER = "POST /_matrix/client/*/user/{user_id}/filter"
FILTER = "GET /_matrix/client/*/user/{user_id}/filter/{filter_id}"


def sync(user: Actor, since: str | None = None, want: Any = None, **options: Any) -> Any:
    """One sync that waits for nothing; `want`: a filter."""
    if since is not None:
        options["since"] = since
    if want is not None:
        options["filter"] = json.dumps(want)
    return user.get("/sync", **{"timeout": 0, **options}).ok()


def limit(count: int, **more: Any) -> dict[str, Any]:
    return {"room": {"timeline": {"limit": count, **more}}}


def put_state(user: Actor, room: str, kind: str, content: Any) -> None:
    user.put(f"/rooms/{q(room)}/state/{kind}", content).ok()


def act_on(user: Actor, room: str, action: str, whom: Actor, **more: Any) -> None:
    user.post(f"/rooms/{q(room)}/{action}", {"user_id": whom.user_id, **more}).ok()


def rooms_of_all_kinds(cast: Cast) -> dict[str, Any]:
    """Bob has rooms that he joined, is invited to, knocked on, left, was banned from, forgot."""
    alice, bob = cast.users("alice", "bob")
    start = bob.since()
    joined, direct, left, banned, forgotten = (alice.create_room(bob, name=n) for n in "jdlbf")
    invited = alice.create_room(name="i", topic="come", is_direct=True)
    act_on(alice, invited, "invite", bob, reason="please")
    knock = {"type": "m.room.join_rules", "state_key": "", "content": {"join_rule": "knock"}}
    knocked = alice.create_room(name="k", initial_state=[knock])
    bob.post(f"/knock/{q(knocked)}", {"reason": "let me in"}).ok()
    for room in (left, forgotten):
        alice.say(room, "seen")
        bob.post(f"/rooms/{q(room)}/leave").ok()
        alice.say(room, "unseen")
    bob.post(f"/rooms/{q(forgotten)}/forget").ok()
    act_on(alice, banned, "ban", bob, reason="spam")
    return {"start": start, "rooms": [joined, direct, left, banned, invited, knocked]}


def busy_room(cast: Cast) -> dict[str, Any]:
    """Between `start` and now: 30 messages, a topic that changed twice, a join, a departure."""
    alice, bob, carol, dave = cast.users("alice", "bob", "carol", "dave")
    room = alice.create_room(bob, dave)
    put_state(alice, room, "m.room.topic", {"topic": "zero"})
    start = bob.since()
    put_state(alice, room, "m.room.topic", {"topic": "one"})
    for n in range(15):
        alice.say(room, f"early {n}")
    act_on(alice, room, "invite", carol)
    carol.join(room)
    dave.post(f"/rooms/{q(room)}/leave").ok()
    put_state(alice, room, "m.room.topic", {"topic": "two"})
    for n in range(15):
        carol.say(room, f"late {n}")
    return {"room": room, "start": start}


def changing_membership(cast: Cast) -> dict[str, Any]:
    """Tokens of bob before and after each change of his membership, oldest first."""
    alice, bob = cast.users("alice", "bob")
    room = alice.create_room(name="door")
    alice.say(room, "old")
    tokens = [bob.since()]

    def after(act: Any) -> None:
        act()
        tokens.append(bob.since())

    after(partial(act_on, alice, room, "invite", bob))
    after(partial(bob.join, room))
    after(partial(act_on, alice, room, "kick", bob, reason="out"))
    alice.say(room, "while away")
    put_state(alice, room, "m.room.topic", {"topic": "while away"})
    act_on(alice, room, "invite", bob)
    after(partial(bob.join, room))
    after(partial(act_on, alice, room, "ban", bob))
    after(partial(act_on, alice, room, "unban", bob))
    return {"room": room, "tokens": tokens}


def two_rooms(cast: Cast) -> dict[str, Any]:
    alice, bob = cast.users("alice", "bob")
    rooms = [alice.create_room(bob, name=name) for name in ("one", "two")]
    for room in rooms:
        for n in range(4):
            alice.say(room, f"message {n}")
        alice.send(room, "org.example.other", {"x": 1, "deep": {"a": 1, "b": 2}}).ok()
    put_state(alice, rooms[0], "m.room.topic", {"topic": "t"})
    return {"rooms": rooms}


def nameless_rooms(cast: Cast) -> dict[str, Any]:
    """Rooms without name: alone, with one, with an invited one, with one who left, with seven."""
    alice, bob, carol = cast.users("alice", "bob", "carol")
    many = [cast.user(f"user{n}") for n in range(6)]
    alice.create_room()
    alice.create_room(bob)
    room = alice.create_room(invite=[carol.user_id])
    alice.create_room(bob, *many)
    left = alice.create_room(carol)
    carol.post(f"/rooms/{q(left)}/leave").ok()
    named = alice.create_room(bob, name="named")
    return {"room": room, "named": named}


def alone(cast: Cast) -> dict[str, Any]:
    alice = cast.user("alice")
    return {"room": alice.create_room()}


@scenario(SYNC, branch="initial: rooms of all memberships", prepare=rooms_of_all_kinds)
def begins(cast: Cast, **rest: Any) -> None:
    for name in ("bob", "alice"):
        sync(cast[name])
        sync(cast[name], want={"room": {"include_leave": True}})


@scenario(SYNC, branch="incremental over changes of all memberships", prepare=rooms_of_all_kinds)
def goes_on(cast: Cast, start: str, rooms: list[str]) -> None:
    bob = cast["bob"]
    seen = sync(bob, start)
    sync(bob, seen["next_batch"])
    sync(bob, start, {"room": {"include_leave": True}})
    sync(bob, start, {"room": {"rooms": rooms[1:4]}})
    sync(bob, start, {"room": {"not_rooms": rooms[:3]}})


@scenario(SYNC, branch="a user without any room")
def syncs_alone(cast: Cast) -> None:
    alice = cast.user("alice")
    seen = sync(alice)
    sync(alice, seen["next_batch"])
    sync(alice, full_state="true")


@scenario(SYNC, branch="a gap with state in it", prepare=busy_room)
def falls_behind(cast: Cast, room: str, start: str) -> None:
    bob = cast["bob"]
    for count in (1, 5, 20, 60):
        seen = sync(bob, start, limit(count))
        token = seen["rooms"]["join"][room]["timeline"]["prev_batch"]
        bob.get(f"/rooms/{q(room)}/messages", **{"dir": "b", "from": token, "limit": 3})
    sync(bob, start, limit(0))


@scenario(SYNC, branch="lazy members: initial, in a gap, known and redundant", prepare=busy_room)
def loads_members_lazily(cast: Cast, room: str, start: str) -> None:
    bob = cast["bob"]
    lazy = {"state": {"lazy_load_members": True}}
    again = {"state": {"lazy_load_members": True, "include_redundant_members": True}}
    for wish in (lazy, again):
        for since in (None, start):
            sync(bob, since, {"room": {**wish, "timeline": {"limit": 3}}})
    token = sync(bob, want={"room": {**lazy, "timeline": {"limit": 1}}})["next_batch"]
    for name in ("alice", "carol", "alice"):
        cast[name].say(room, f"by {name}")
        seen = sync(bob, token, {"room": lazy})
        token = seen["next_batch"]


@scenario(SYNC, branch="full_state after a token", prepare=busy_room)
def wants_full_state(cast: Cast, start: str, **rest: Any) -> None:
    bob = cast["bob"]
    sync(bob, start, limit(3), full_state="true")
    now = sync(bob)["next_batch"]
    sync(bob, now, full_state="true")


@scenario(SYNC, branch="state_after in place of state", prepare=busy_room)
def wants_state_after(cast: Cast, start: str, **rest: Any) -> None:
    bob = cast["bob"]
    for name in ("use_state_after", "org.matrix.msc4222.use_state_after"):
        for since in (None, start):
            sync(bob, since, limit(3), **{name: "true"})
    lazy = {"room": {"timeline": {"limit": 3}, "state": {"lazy_load_members": True}}}
    sync(bob, start, lazy, **{"org.matrix.msc4222.use_state_after": "true"})


@scenario(SYNC, branch="invited, joined, kicked, back, banned", prepare=changing_membership)
def changes_membership(cast: Cast, tokens: list[str], **rest: Any) -> None:
    bob = cast["bob"]
    for token in tokens:
        sync(bob, token)
        sync(bob, token, limit(1))


@scenario(SYNC, branch="the same changes with departures included", prepare=changing_membership)
def changes_membership_with_departures(cast: Cast, tokens: list[str], **rest: Any) -> None:
    bob = cast["bob"]
    for token in tokens:
        sync(bob, token, {"room": {"include_leave": True, "timeline": {"limit": 2}}})
    sync(bob, want={"room": {"include_leave": True}})


@scenario(SYNC, branch="filters of rooms, types, senders and fields", prepare=two_rooms)
def filters(cast: Cast, rooms: list[str]) -> None:
    alice, bob = cast["alice"], cast["bob"]
    timeline: list[dict[str, Any]] = [
        *({"types": ["m.room.message"]}, {"not_types": ["m.room.*"]}, {"types": []}),
        *({"senders": [bob.user_id]}, {"not_senders": [alice.user_id]}, {"limit": 2}),
        *({"rooms": rooms[:1]}, {"not_rooms": rooms[:1]}, {"contains_url": True}),
    ]
    for wish in timeline:
        sync(bob, want={"room": {"timeline": wish}})
    states: list[dict[str, Any]] = [
        *({"types": ["m.room.topic"]}, {"not_types": ["m.room.member"]}, {"types": []}),
    ]
    for state in states:
        sync(bob, want={"room": {"state": state, "timeline": {"limit": 1}}})
    sync(bob, want={"room": {"rooms": [rooms[1]]}, "presence": {"types": []}})
    sync(bob, want={"room": {"rooms": []}, "account_data": {"types": ["m.push_rules"]}})
    sync(bob, want={"event_fields": ["type", "content.x", "content.deep.a", "sender"]})
    sync(bob, want={"event_format": "federation", **limit(2)})


@scenario(NEW_FILTER, FILTER, SYNC, branch="stored filters", prepare=two_rooms)
def stores_filters(cast: Cast, rooms: list[str]) -> None:
    alice, bob = cast["alice"], cast["bob"]
    path = f"/user/{q(bob.user_id)}/filter"
    wishes: list[Any] = [limit(2), {}, limit(2), {"room": {"rooms": rooms}}]
    made = [bob.post(path, wish).ok()["filter_id"] for wish in wishes]
    for name in (*made, "99", "nonsense"):
        bob.get(f"{path}/{name}")
        bob.get("/sync", timeout=0, filter=name)
    alice.get(f"{path}/{made[0]}")
    alice.post(path, {})


@scenario(NEW_FILTER, branch="filters that are wrong", prepare=alone)
def stores_wrong_filters(cast: Cast, **rest: Any) -> None:
    alice = cast["alice"]
    wrongs: list[Any] = [
        {"room": {"rooms": "x"}},
        {"room": {"timeline": {"types": [1]}}},
        {"event_fields": ["a.*"]},
        {"event_format": "x"},
        {"presence": {"senders": ["no user"]}},
        {"room": {"rooms": ["no room"]}},
        {"room": {"include_leave": "yes"}},
        {"unknown": 1},
    ]
    for wrong in wrongs:
        alice.post(f"/user/{q(alice.user_id)}/filter", wrong)
        alice.get("/sync", timeout=0, filter=json.dumps(wrong))


@scenario(SYNC, SEND, branch="counts of unread messages, mentions and threads", prepare=two_rooms)
def counts_unread(cast: Cast, rooms: list[str]) -> None:
    alice, bob = cast["alice"], cast["bob"]
    counts = {"room": {"timeline": {"limit": 1, "unread_thread_notifications": True}}}
    since = sync(bob, want=counts)["next_batch"]
    root = alice.say(rooms[0], "root")
    thread = {"m.relates_to": {"rel_type": "m.thread", "event_id": root}}
    alice.say(rooms[0], "inside", **thread)
    alice.say(rooms[0], "hey", **{"m.mentions": {"user_ids": [bob.user_id]}})
    last = alice.say(rooms[1], "elsewhere", msgtype="m.notice")
    bob.sync_until(since, event_in(rooms[1], last))
    for wish in (counts, limit(1)):
        sync(bob, since, wish)
        sync(bob, want=wish)


@scenario(SYNC, branch="summaries of rooms without name", prepare=nameless_rooms)
def summarises(cast: Cast, **rest: Any) -> None:
    lazy = {"room": {"state": {"lazy_load_members": True}, "timeline": {"limit": 1}}}
    for name in ("alice", "bob", "carol", "user3"):
        seen = sync(cast[name], want=lazy)
        sync(cast[name])
        sync(cast[name], seen["next_batch"], lazy)


@scenario(SYNC, SEND, branch="a sync that waits wakes up", prepare=two_rooms)
def wakes_up(cast: Cast, rooms: list[str]) -> None:
    alice, bob = cast["alice"], cast["bob"]
    since = bob.since()

    def say() -> None:
        cast.wait(0.5)
        alice.say(rooms[0], "wake up")

    cast.at_once(lambda: bob.get("/sync", since=since, timeout=30_000).ok(), say)


@scenario(SYNC, branch="a sync that waits in vain ends in time", prepare=alone)
def waits_in_vain(cast: Cast, **rest: Any) -> None:
    alice = cast["alice"]
    since = alice.since()
    seen = alice.get("/sync", since=since, timeout=300).ok()
    alice.get("/sync", since=seen["next_batch"], timeout=300).ok()


@scenario(SYNC, branch="one's own events carry the transaction id on the sending device",
          prepare=two_rooms)  # fmt: skip
def names_transactions(cast: Cast, rooms: list[str]) -> None:
    alice = cast["alice"]
    phone = cast.again(alice, "PHONE")
    since = {user: user.since() for user in (alice, phone)}
    event = alice.send(rooms[0], "org.example.mine", {"n": 1}, "my-txn").ok()["event_id"]
    for user, token in since.items():
        user.sync_until(token, event_in(rooms[0], event))


@scenario(SYNC, branch="tokens, timeouts and presence that are wrong", prepare=alone)
def syncs_wrongly(cast: Cast, **rest: Any) -> None:
    alice = cast["alice"]
    token = alice.since()
    wrongs: list[dict[str, Any]] = [
        *({"since": "nonsense"}, {"since": ""}, {"since": "s1"}, {"since": token + "x"}),
        *({"timeout": "x"}, {"timeout": -1}, {"set_presence": "x"}, {"set_presence": "offline"}),
        *({"filter": "{"}, {"filter": "[]"}, {"full_state": "x"}),
    ]
    for wrong in wrongs:
        alice.get("/sync", **{"timeout": 0, **wrong})
    cast.nobody().get("/sync", timeout=0)


@scenario(SYNC, "POST /_matrix/client/*/rooms/{room_id}/{membership_action}",
          "POST /_matrix/client/*/join/{room_identifier}",
          branch="invitation, join and departure as they happen", prepare=alone)  # fmt: skip
def sees_memberships_live(cast: Cast, room: str) -> None:
    alice, bob = cast["alice"], cast.user("bob")
    since = bob.since()
    act_on(alice, room, "invite", bob)
    since = bob.sync_until(since, room_in("invite", room))["next_batch"]
    bob.join(room)
    since = bob.sync_until(since, room_in("join", room))["next_batch"]
    act_on(alice, room, "kick", bob)
    bob.sync_until(since, room_in("leave", room))


@scenario(SYNC, SEND, branch="many messages while several devices sync", prepare=two_rooms,
          rows=False)  # fmt: skip
def syncs_at_once(cast: Cast, rooms: list[str]) -> None:
    alice, bob = cast["alice"], cast["bob"]
    devices = [bob, *(cast.again(bob, f"D{n}") for n in range(3))]
    since = [device.since() for device in devices]
    alice.quiet = True
    cast.at_once(*(partial(alice.say, rooms[n % 2], f"at once {n}") for n in range(6)))
    alice.quiet = False
    last = [alice.say(room, "last") for room in reversed(rooms)][-1]
    for device in devices:
        device.quiet = True
    acts = [
        partial(device.sync_until, token, event_in(rooms[0], last))
        for device, token in zip(devices, since, strict=True)
    ]
    for seen in cast.at_once(*acts):
        said = [e for room in rooms for e in seen["rooms"]["join"][room]["timeline"]["events"]]
        assert len({e["event_id"] for e in said}) == len(said)
    bob.quiet = False
    sync(bob, want=limit(1))
