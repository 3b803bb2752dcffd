# SPDX-License-Identifier: Apache-2.0
"""Joining, inviting, leaving, kicking, banning, knocking, forgetting, coming back."""

from functools import partial
from typing import Any

from ..client import Answer, q
from .cast import Actor, Cast
from .model import scenario
from .waits import room_in

JOIN = "POST /_matrix/client/*/join/{room_identifier}"
JOIN_ONCE = "PUT /_matrix/client/*/join/{room_identifier}/{txn_id}"
ACT = "POST /_matrix/client/*/rooms/{room_id}/{membership_action}"
ACT_ONCE = "PUT /_matrix/client/*/rooms/{room_id}/{membership_action}/{txn_id}"
KNOCK = "POST /_matrix/client/*/knock/{room_identifier}"
FORGET = "POST /_matrix/client/*/rooms/{room_id}/forget"
FORGET_ONCE = "PUT /_matrix/client/*/rooms/{room_id}/forget/{txn_id}"
PUT_STATE = "PUT /_matrix/client/*/rooms/{room_id}/state/{event_type}/{state_key}"


def rule(kind: str, **more: Any) -> dict[str, Any]:
    return {"type": "m.room.join_rules", "state_key": "", "content": {"join_rule": kind, **more}}


def public_room(cast: Cast) -> dict[str, Any]:
    alice, _ = cast.users("alice", "bob")
    alias = cast.localpart("room")
    room = alice.create_room(preset="public_chat", name="Open", room_alias_name=alias)
    alice.say(room, "welcome")
    return {"room": room, "alias": f"#{alias}:{cast.server_name}"}


def public_room_and_a_name(cast: Cast) -> dict[str, Any]:
    made, bob = public_room(cast), cast["bob"]
    bob.put(f"/profile/{q(bob.user_id)}/displayname", {"displayname": "Bob"}).ok()
    return made


def private_room(cast: Cast) -> dict[str, Any]:
    """Alice's room; bob, carol and dave are outside."""
    alice = cast.users("alice", "bob", "carol", "dave")[0]
    return {"room": alice.create_room(name="Closed", topic="hush")}


def shared_room(cast: Cast) -> dict[str, Any]:
    """Alice rules, mod may kick, bob and carol are members, dave is outside."""
    alice, mod, bob, carol, _ = cast.users("alice", "mod", "bob", "carol", "dave")
    power = {"users": {alice.user_id: 100, mod.user_id: 50}, "invite": 50}
    room = alice.create_room(mod, bob, carol, power_level_content_override=power, room_version="11")
    return {"room": room}


def knocking_room(cast: Cast) -> dict[str, Any]:
    alice = cast.users("alice", "bob", "carol", "dave")[0]
    return {"room": alice.create_room(initial_state=[rule("knock")], name="Door")}


def restricted_rooms(cast: Cast) -> dict[str, Any]:
    """Bob is in the club, carol is not; one room lets the club in, another also who knocks."""
    alice, bob, _ = cast.users("alice", "bob", "carol")
    club = alice.create_room(bob, name="Club")
    allow = [{"type": "m.room_membership", "room_id": club}]
    rooms = [
        alice.create_room(initial_state=[rule(kind, allow=allow)], room_version=version)
        for kind, version in (("restricted", "8"), ("restricted", "11"), ("knock_restricted", "12"))
    ]
    return {"club": club, "rooms": rooms}


def guest_rooms(cast: Cast) -> dict[str, Any]:
    alice = cast.user("alice")
    rooms = [
        alice.create_room(
            preset="public_chat",
            initial_state=[
                {"type": "m.room.guest_access", "state_key": "", "content": {"guest_access": one}}
            ],
        )
        for one in ("can_join", "forbidden")
    ]
    return {"rooms": rooms}


def act(user: Actor, room: str, action: str, whom: Actor | None = None, **more: Any) -> Answer:
    content = {**({"user_id": whom.user_id} if whom else {}), **more}
    return user.post(f"/rooms/{q(room)}/{action}", content)


def members(user: Actor, room: str) -> None:
    user.unordered = True
    user.get(f"/rooms/{q(room)}/members")
    user.unordered = False


@scenario(JOIN, branch="a public room by id; others see it; again changes nothing",
          prepare=public_room)  # fmt: skip
def joins_a_public_room(cast: Cast, room: str, **rest: Any) -> None:
    alice, bob = cast["alice"], cast["bob"]
    since = {user: user.since() for user in (alice, bob)}
    for _ in range(2):
        bob.post(f"/join/{q(room)}").ok()
    for user, token in since.items():
        user.sync_until(token, room_in("join", room))
    members(bob, room)
    bob.get(f"/rooms/{q(room)}/messages", dir="b").ok()


@scenario(JOIN, branch="by alias, with a reason; unknown and wrong aliases", prepare=public_room)
def joins_by_alias(cast: Cast, room: str, alias: str) -> None:
    bob = cast["bob"]
    bob.post(f"/join/{q(alias)}?server_name=test.local", {"reason": "curious"}).ok()
    members(bob, room)
    for wrong in ("#unknown:test.local", "!unknown:test.local", "nonsense", bob.user_id, "#x"):
        bob.post(f"/join/{q(wrong)}")


@scenario(JOIN, ACT, branch="a private room without invitation", prepare=private_room)
def joins_uninvited(cast: Cast, room: str) -> None:
    bob = cast["bob"]
    bob.post(f"/join/{q(room)}")
    act(bob, room, "join")
    cast.nobody().post(f"/join/{q(room)}")
    members(cast["alice"], room)


@scenario(ACT, branch="join: with display name, reason and content",
          prepare=public_room_and_a_name)  # fmt: skip
def joins_by_action(cast: Cast, room: str, **rest: Any) -> None:
    bob = cast["bob"]
    act(bob, room, "join", reason="hello").ok()
    bob.get(f"/rooms/{q(room)}/state/m.room.member/{q(bob.user_id)}").ok()


@scenario(JOIN_ONCE, ACT_ONCE, branch="the same transaction again", prepare=public_room)
def joins_once_per_transaction(cast: Cast, room: str, alias: str) -> None:
    bob = cast["bob"]
    for _ in range(2):
        bob.put(f"/join/{q(alias)}/txn", {}).ok()
    for _ in range(2):
        bob.put(f"/rooms/{q(room)}/leave/txn", {}).ok()
    bob.put(f"/rooms/{q(room)}/join/txn", {})
    members(cast["alice"], room)


@scenario(ACT, JOIN, branch="invite with a reason, then accept", prepare=private_room)
def invites(cast: Cast, room: str) -> None:
    alice, bob = cast["alice"], cast["bob"]
    since = bob.since()
    act(alice, room, "invite", bob, reason="do come").ok()
    seen = bob.sync_until(since, room_in("invite", room))
    members(alice, room)
    bob.post(f"/join/{q(room)}").ok()
    bob.sync_until(seen["next_batch"], room_in("join", room))
    bob.get(f"/rooms/{q(room)}/messages", dir="b").ok()


@scenario(ACT, branch="invite who is invited, in, banned, unknown, oneself", prepare=shared_room)
def invites_oddly(cast: Cast, room: str) -> None:
    alice, bob, dave = cast["alice"], cast["bob"], cast["dave"]
    act(alice, room, "ban", cast["carol"]).ok()
    for whom in (dave, dave, bob, cast["carol"], alice):
        act(alice, room, "invite", whom)
    wrongs: list[Any] = ["@unknown-invites_oddly:test.local", "no user"]
    for wrong in wrongs:
        act(alice, room, "invite", user_id=wrong)
    act(alice, room, "invite")
    act(alice, room, "invite", medium="email", address="a@b.invalid")
    act(alice, "!unknown:test.local", "invite", bob)
    members(alice, room)


@scenario(ACT, branch="invite without power, without being in", prepare=shared_room)
def invites_without_power(cast: Cast, room: str) -> None:
    dave = cast["dave"]
    for name in ("bob", "dave", "mod"):
        act(cast[name], room, "invite", dave)
    members(cast["alice"], room)


@scenario(ACT, branch="decline an invitation; take one back", prepare=private_room)
def declines_invitations(cast: Cast, room: str) -> None:
    alice, bob, carol = cast["alice"], cast["bob"], cast["carol"]
    for whom in (bob, carol):
        act(alice, room, "invite", whom).ok()
    since = {user: user.since() for user in (alice, bob, carol)}
    act(bob, room, "leave", reason="no time").ok()
    act(alice, room, "kick", carol, reason="never mind").ok()
    for user in (bob, carol):
        user.sync_until(since[user], room_in("leave", room))
        user.post(f"/join/{q(room)}")
        user.get(f"/rooms/{q(room)}/messages", dir="b")
    alice.sync_until(since[alice], room_in("join", room))


@scenario(ACT, branch="leave, again, never joined, unknown", prepare=shared_room)
def leaves(cast: Cast, room: str) -> None:
    alice, bob = cast["alice"], cast["bob"]
    since = {user: user.since() for user in (alice, bob)}
    act(bob, room, "leave", reason="bye").ok()
    bob.sync_until(since[bob], room_in("leave", room))
    alice.sync_until(since[alice], room_in("join", room))
    act(bob, room, "leave")
    act(cast["dave"], room, "leave")
    act(bob, "!unknown:test.local", "leave")
    bob.get("/joined_rooms").ok()
    members(bob, room)


@scenario(ACT, branch="everyone leaves", prepare=private_room)
def leaves_the_last(cast: Cast, room: str) -> None:
    alice = cast["alice"]
    act(alice, room, "leave").ok()
    alice.post(f"/join/{q(room)}")
    alice.get(f"/rooms/{q(room)}/state")
    alice.get("/sync", timeout=0, filter='{"room":{"include_leave":true}}').ok()


@scenario(ACT, branch="kick with and without power, the absent, the mighty", prepare=shared_room)
def kicks(cast: Cast, room: str) -> None:
    alice, mod, bob, carol, dave = (cast[n] for n in ("alice", "mod", "bob", "carol", "dave"))
    since = carol.since()
    for who, whom in ((bob, carol), (mod, alice), (mod, dave)):
        act(who, room, "kick", whom, reason="rude")
    act(mod, room, "kick", carol, reason="rude").ok()
    carol.sync_until(since, room_in("leave", room))
    act(mod, room, "kick", carol)
    act(mod, room, "kick")
    carol.post(f"/join/{q(room)}")
    members(alice, room)


@scenario(ACT, branch="ban members and strangers, unban, and what the banned may do",
          prepare=shared_room)  # fmt: skip
def bans(cast: Cast, room: str) -> None:
    alice, mod, bob, dave = (cast[n] for n in ("alice", "mod", "bob", "dave"))
    since = bob.since()
    for who, whom in ((bob, dave), (mod, alice)):
        act(who, room, "ban", whom, reason="spam")
    for whom in (bob, dave, bob):
        act(mod, room, "ban", whom, reason="spam").ok()
    bob.sync_until(since, room_in("leave", room))
    for user in (bob, dave):
        user.post(f"/join/{q(room)}")
        act(user, room, "leave")
        act(mod, room, "invite", user)
        act(mod, room, "kick", user)
    members(alice, room)


@scenario(ACT, JOIN, branch="unban, who is not banned, without power, then rejoin",
          prepare=shared_room)  # fmt: skip
def unbans(cast: Cast, room: str) -> None:
    alice, mod, bob, carol = (cast[n] for n in ("alice", "mod", "bob", "carol"))
    act(alice, room, "ban", bob).ok()
    for who, whom in ((carol, bob), (mod, carol), (mod, bob), (mod, bob)):
        act(who, room, "unban", whom, reason="sorry")
    bob.post(f"/join/{q(room)}")
    act(mod, room, "invite", bob).ok()
    bob.post(f"/join/{q(room)}").ok()
    members(alice, room)


@scenario(KNOCK, ACT, branch="knock, see it, be let in", prepare=knocking_room)
def knocks(cast: Cast, room: str) -> None:
    alice, bob = cast["alice"], cast["bob"]
    since = {user: user.since() for user in (alice, bob)}
    bob.post(f"/knock/{q(room)}", {"reason": "it is cold"}).ok()
    seen = bob.sync_until(since[bob], room_in("knock", room))
    alice.sync_until(since[alice], room_in("join", room))
    members(alice, room)
    act(alice, room, "invite", bob).ok()
    bob.sync_until(seen["next_batch"], room_in("invite", room))
    bob.join(room)
    bob.get(f"/rooms/{q(room)}/messages", dir="b").ok()


@scenario(KNOCK, ACT, branch="knock twice, take it back, be refused, be banned",
          prepare=knocking_room)  # fmt: skip
def knocks_in_vain(cast: Cast, room: str) -> None:
    alice, bob, carol, dave = (cast[n] for n in ("alice", "bob", "carol", "dave"))
    for user in (bob, bob, carol, dave, alice):
        user.post(f"/knock/{q(room)}")
    bob.post(f"/join/{q(room)}")
    act(bob, room, "leave").ok()
    act(alice, room, "kick", carol, reason="no").ok()
    act(alice, room, "ban", dave).ok()
    for user in (carol, dave):
        user.get("/sync", timeout=0).ok()
        user.post(f"/knock/{q(room)}")
    members(alice, room)


@scenario(KNOCK, branch="where nobody may knock; by alias", prepare=public_room)
def knocks_at_open_doors(cast: Cast, room: str, alias: str) -> None:
    for target in (room, alias, "!unknown:test.local", "#unknown:test.local", "nonsense"):
        cast["bob"].post(f"/knock/{q(target)}", {"reason": "?"})


@scenario(FORGET, ACT, branch="after leaving, while in, twice, then back again",
          prepare=public_room)  # fmt: skip
def forgets(cast: Cast, room: str, **rest: Any) -> None:
    bob = cast["bob"]
    path = f"/rooms/{q(room)}/forget"
    bob.post(path)
    bob.join(room)
    bob.post(path)
    act(bob, room, "leave").ok()
    for _ in range(2):
        bob.post(path)
    bob.get(f"/rooms/{q(room)}/messages", dir="b")
    bob.get(f"/rooms/{q(room)}/state")
    bob.get("/sync", timeout=0, filter='{"room":{"include_leave":true}}').ok()
    bob.join(room)
    bob.get(f"/rooms/{q(room)}/messages", dir="b").ok()
    bob.post("/rooms/!unknown:test.local/forget")


@scenario(FORGET_ONCE, ACT, branch="a declined invitation, in a transaction", prepare=private_room)
def forgets_invitations(cast: Cast, room: str) -> None:
    alice, bob = cast["alice"], cast["bob"]
    act(alice, room, "invite", bob).ok()
    act(bob, room, "leave").ok()
    for _ in range(2):
        bob.put(f"/rooms/{q(room)}/forget/txn", {})
    bob.get("/sync", timeout=0, filter='{"room":{"include_leave":true}}').ok()


@scenario(JOIN, branch="restricted: members of an allowed room, others, the invited",
          prepare=restricted_rooms)  # fmt: skip
def joins_restricted_rooms(cast: Cast, rooms: list[str], **rest: Any) -> None:
    alice, bob, carol = cast["alice"], cast["bob"], cast["carol"]
    for room in rooms:
        for user in (bob, carol):
            user.post(f"/join/{q(room)}")
        alice.get(f"/rooms/{q(room)}/state/m.room.member/{q(bob.user_id)}")
        act(alice, room, "invite", carol).ok()
        carol.post(f"/join/{q(room)}").ok()
        members(alice, room)


@scenario(JOIN, KNOCK, branch="knock_restricted: knocking; the club is left meanwhile",
          prepare=restricted_rooms)  # fmt: skip
def knocks_at_restricted_rooms(cast: Cast, club: str, rooms: list[str]) -> None:
    alice, bob, carol = cast["alice"], cast["bob"], cast["carol"]
    carol.post(f"/knock/{q(rooms[2])}", {"reason": "hm"}).ok()
    carol.post(f"/knock/{q(rooms[1])}")
    act(bob, club, "leave").ok()
    bob.post(f"/join/{q(rooms[2])}")
    bob.post(f"/knock/{q(rooms[2])}").ok()
    members(alice, rooms[2])


@scenario(JOIN, ACT, branch="leave and come back, and what is seen of the time between",
          prepare=public_room)  # fmt: skip
def comes_back(cast: Cast, room: str, **rest: Any) -> None:
    alice, bob = cast["alice"], cast["bob"]
    bob.join(room)
    since = bob.since()
    act(bob, room, "leave").ok()
    alice.say(room, "while bob is away")
    bob.join(room)
    bob.sync_until(since, room_in("join", room))
    bob.get(f"/rooms/{q(room)}/messages", dir="b").ok()
    bob.get("/joined_rooms").ok()


@scenario(PUT_STATE, branch="memberships as state events", prepare=shared_room)
def puts_memberships(cast: Cast, room: str) -> None:
    alice, mod, bob, dave = (cast[n] for n in ("alice", "mod", "bob", "dave"))
    path = f"/rooms/{q(room)}/state/m.room.member"
    for who, whom, content in (
        (mod, dave, {"membership": "invite", "reason": "as state"}),
        (dave, dave, {"membership": "join", "displayname": "D", "org.example": 1}),
        (dave, dave, {"membership": "join", "displayname": "D2", "avatar_url": "mxc://t/x"}),
        (dave, dave, {"membership": "join", "displayname": "D2", "avatar_url": "mxc://t/x"}),
        (bob, dave, {"membership": "leave"}),
        (mod, bob, {"membership": "ban"}),
        (mod, bob, {"membership": "leave"}),
        (dave, dave, {"membership": "leave"}),
        (alice, dave, {"membership": "join"}),
        (alice, alice, {"membership": "nonsense"}),
        (alice, alice, {"membership": "join", "displayname": 1}),
    ):
        who.put(f"{path}/{q(whom.user_id)}", content)
    members(alice, room)


@scenario(JOIN, branch="several users at the same time", prepare=public_room, rows=False)
def joins_at_once(cast: Cast, room: str, alias: str) -> None:
    users = [cast.user(f"user{n}") for n in range(5)]
    for one in cast.at_once(*(partial(user.post, f"/join/{q(alias)}") for user in users)):
        one.ok()
    cast["alice"].get(f"/rooms/{q(room)}/joined_members").ok()


@scenario(ACT, branch="one membership changed by many at the same time", prepare=private_room,
          rows=False)  # fmt: skip
def invites_at_once(cast: Cast, room: str) -> None:
    alice, users = cast["alice"], [cast[name] for name in ("bob", "carol", "dave")]
    cast.at_once(*(partial(act, alice, room, "invite", user) for user in users))
    cast.at_once(*(partial(user.post, f"/join/{q(room)}") for user in users))
    alice.get(f"/rooms/{q(room)}/joined_members").ok()


@scenario(JOIN, ACT, branch="guests: where they may come in and where not", prepare=guest_rooms)
def admits_guests(cast: Cast, rooms: list[str]) -> None:
    guest = cast.nobody("guest")
    guest.quiet = True
    guest.register_guest()
    guest.quiet = False
    for room in rooms:
        guest.post(f"/join/{q(room)}")
        guest.send(room, "m.room.message", {"msgtype": "m.text", "body": "x"}, "t")
        act(guest, room, "invite", cast["alice"])
    guest.get("/joined_rooms").ok()


@scenario(ACT, branch="actions that do not exist, bodies that are wrong", prepare=shared_room)
def acts_wrongly(cast: Cast, room: str) -> None:
    alice = cast["alice"]
    act(alice, room, "nonsense", cast["bob"])
    bodies: list[Any] = [[], "x", {"user_id": []}, {"user_id": ""}, {}]
    for action in ("invite", "kick", "ban", "unban"):
        for body in bodies:
            alice.post(f"/rooms/{q(room)}/{action}", body)
    bodies = [{"reason": 1}, {"reason": None}, []]
    for body in bodies:
        cast["carol"].post(f"/rooms/{q(room)}/leave", body)
