# SPDX-License-Identifier: Apache-2.0
"""State events: names, power, join rules, visibility, encryption, aliases, server ACLs."""

from functools import partial
from typing import Any

from ..client import Answer, q
from .cast import Actor, Cast
from .model import scenario
from .waits import event_in

PUT = "PUT /_matrix/client/*/rooms/{room_id}/state/{event_type}/{state_key}"
PUT_PLAIN = "PUT /_matrix/client/*/rooms/{room_id}/state/{event_type}"
STATE = "GET /_matrix/client/*/rooms/{room_id}/state"
GET = "GET /_matrix/client/*/rooms/{room_id}/state/{event_type}/{state_key}"


def shared_room(cast: Cast) -> dict[str, Any]:
    """Alice 100, mod 50, bob 0; dave is outside."""
    alice, mod, bob, _ = cast.users("alice", "mod", "bob", "dave")
    power = {"users": {alice.user_id: 100, mod.user_id: 50}}
    room = alice.create_room(mod, bob, room_version="11", power_level_content_override=power)
    return {"room": room}


def versions(cast: Cast) -> dict[str, Any]:
    alice, bob = cast.users("alice", "bob")
    rooms = [alice.create_room(bob, room_version=one) for one in ("1", "5", "9", "10", "11", "12")]
    return {"rooms": rooms}


def aliased_room(cast: Cast) -> dict[str, Any]:
    alice, bob = cast.users("alice", "bob")
    name = cast.localpart("room")
    room = alice.create_room(bob, room_alias_name=name)
    other = alice.create_room(room_alias_name=f"{name}-other")
    return {"room": room, "other": other, "alias": f"#{name}:{cast.server_name}"}


def put(user: Actor, room: str, kind: str, content: Any, key: str = "") -> Answer:
    return user.put(f"/rooms/{q(room)}/state/{q(kind)}/{q(key)}", content)


def look(user: Actor, room: str) -> None:
    user.unordered = True
    user.get(f"/rooms/{q(room)}/state").ok()
    user.unordered = False
    user.get(f"/rooms/{q(room)}/messages", dir="b", limit=20).ok()


@scenario(PUT, "GET /_matrix/client/*/sync", branch="name, topic and avatar reach the other member",
          prepare=shared_room)  # fmt: skip
def names_a_room(cast: Cast, room: str) -> None:
    alice, bob = cast["alice"], cast["bob"]
    since = bob.since()
    rich = {"m.text": [{"body": "rich"}, {"body": "<b>rich</b>", "mimetype": "text/html"}]}
    put(alice, room, "m.room.name", {"name": "Tea 🍵"}).ok()
    put(alice, room, "m.room.topic", {"topic": "plain", "m.topic": rich}).ok()
    last = put(alice, room, "m.room.avatar", {"url": "mxc://test.local/x", "info": {}}).ok()
    bob.sync_until(since, event_in(room, last["event_id"]))
    for kind in ("m.room.name", "m.room.topic", "m.room.avatar"):
        bob.get(f"/rooms/{q(room)}/state/{kind}/").ok()


@scenario(PUT, branch="the same content again is no new event", prepare=shared_room)
def repeats_state(cast: Cast, room: str) -> None:
    alice, mod = cast["alice"], cast["mod"]
    for user, content in (
        (alice, {"name": "a", "x": [1, 2]}),
        (alice, {"x": [1, 2], "name": "a"}),
        (mod, {"name": "a", "x": [1, 2]}),
        (alice, {"name": "a", "x": [2, 1]}),
        (alice, {"name": "a", "x": [1, 2]}),
        (alice, {"name": ""}),
        (alice, {"name": ""}),
    ):
        put(user, room, "m.room.name", content).ok()
    look(cast["bob"], room)


@scenario(PUT_PLAIN, PUT, GET, branch="keys: none, empty, odd, of users", prepare=shared_room)
def uses_state_keys(cast: Cast, room: str) -> None:
    alice, mod, bob = cast["alice"], cast["mod"], cast["bob"]
    path = f"/rooms/{q(room)}/state/org.example.keyed"
    alice.put(path, {"key": "none"}).ok()
    for key in ("", "text", "with/slash", "ü ", "x" * 255, "x" * 256, "_under"):
        put(alice, room, "org.example.keyed", {"key": key[:9]}, key)
        alice.get(f"{path}/{q(key)}")
    for whom in (alice, mod, bob):
        put(mod, room, "org.example.keyed", {"by": "mod"}, whom.user_id)
    put(bob, room, "org.example.keyed", {"by": "bob"}, bob.user_id)
    put(mod, room, "org.example.keyed", {"by": "mod"}, "@nonsense")
    look(bob, room)


@scenario(PUT, branch="without power, by no member, in no room", prepare=shared_room)
def lacks_power_for_state(cast: Cast, room: str) -> None:
    for name in ("bob", "dave", "mod"):
        for kind in ("m.room.name", "m.room.power_levels", "m.room.tombstone", "org.example.any"):
            put(cast[name], room, kind, {"by": name})
    put(cast["alice"], "!unknown:test.local", "m.room.name", {"name": "x"})
    put(cast.nobody(), room, "m.room.name", {"name": "x"})
    look(cast["alice"], room)


@scenario(PUT, branch="power levels: up to one's own, of the mighty, of equals",
          prepare=shared_room)  # fmt: skip
def changes_power(cast: Cast, room: str) -> None:
    alice, mod, bob = cast["alice"], cast["mod"], cast["bob"]
    now = alice.get(f"/rooms/{q(room)}/state/m.room.power_levels/").ok()
    now["events"]["m.room.power_levels"] = 50
    put(alice, room, "m.room.power_levels", now).ok()
    # Bob stays as mighty as the one who asks; each change has one thing wrong: Synapse looks at
    # them in any order.
    users = {**now["users"], bob.user_id: 50}
    for change in (
        {"users": users},
        {"users": {**users, bob.user_id: 51}},
        {"users": {**users, alice.user_id: 50}},
        {"users": {**users, mod.user_id: 0}},
        {"users": users, "ban": 60},
        {"users": users, "events": {**now["events"], "m.room.name": 0}},
        {"users": users, "events": {**now["events"], "m.room.name": 60}},
    ):
        put(mod, room, "m.room.power_levels", {**now, **change})
    look(bob, room)


@scenario(PUT, branch="power levels of wrong types, by room version", prepare=versions)
def sets_wrong_power(cast: Cast, rooms: list[str]) -> None:
    alice, bob = cast["alice"], cast["bob"]
    for room in rooms:
        now = alice.get(f"/rooms/{q(room)}/state/m.room.power_levels/").ok()
        wrongs: list[dict[str, Any]] = [
            *({"ban": "50"}, {"ban": 50.5}, {"ban": "x"}, {"ban": None}, {"events": []}),
            *({"users": "x"}, {"users_default": 2**60}, {"events": {"x": "1"}}),
            {"users": {**now.get("users", {}), "no user": 5}},
            {"users": {**now.get("users", {}), bob.user_id: "50"}},
            {"users": {**now.get("users", {}), alice.user_id: 100}},
            {"notifications": {"room": "x"}},
        ]
        for wrong in wrongs:
            put(alice, room, "m.room.power_levels", {**now, **wrong})


@scenario(PUT, branch="what the levels of types and defaults allow afterwards",
          prepare=shared_room)  # fmt: skip
def sets_levels_of_types(cast: Cast, room: str) -> None:
    alice, bob = cast["alice"], cast["bob"]
    now = alice.get(f"/rooms/{q(room)}/state/m.room.power_levels/").ok()
    for change in (
        {"events": {"m.room.topic": 0}, "state_default": 50},
        {"events": {}, "state_default": 0},
        {"events": {}, "events_default": 10},
        {"events": {}, "users_default": 10, "events_default": 10},
    ):
        put(alice, room, "m.room.power_levels", {**now, **change}).ok()
        put(bob, room, "m.room.topic", {"topic": str(sorted(change))})
        bob.send(room, "m.room.message", {"msgtype": "m.text", "body": "x"}, str(sorted(change)))


@scenario(PUT, "POST /_matrix/client/*/join/{room_identifier}", branch="join rules open and close",
          prepare=shared_room)  # fmt: skip
def changes_join_rules(cast: Cast, room: str) -> None:
    alice, dave = cast["alice"], cast["dave"]
    rules: list[Any] = ["public", "invite", "private", "knock", "nonsense", 1, None, "restricted"]
    for one in rules:
        put(alice, room, "m.room.join_rules", {"join_rule": one})
        dave.post(f"/join/{q(room)}")
        dave.post(f"/rooms/{q(room)}/leave")
    look(alice, room)


@scenario(PUT, branch="history visibility: what a late member reads", prepare=shared_room)
def changes_visibility(cast: Cast, room: str) -> None:
    alice, dave = cast["alice"], cast["dave"]
    kinds: list[Any] = ["joined", "invited", "shared", "world_readable", "nonsense", 1]
    for one in kinds:
        put(alice, room, "m.room.history_visibility", {"history_visibility": one})
        alice.say(room, f"said when {one}")
    dave.get(f"/rooms/{q(room)}/messages", dir="b", limit=30)
    alice.post(f"/rooms/{q(room)}/invite", {"user_id": dave.user_id}).ok()
    dave.join(room)
    dave.get(f"/rooms/{q(room)}/messages", dir="b", limit=30).ok()


@scenario(PUT, branch="encryption: on, other settings, off", prepare=shared_room)
def encrypts(cast: Cast, room: str) -> None:
    alice, bob = cast["alice"], cast["bob"]
    since = bob.since()
    on = {"algorithm": "m.megolm.v1.aes-sha2"}
    contents: list[Any] = [on, {**on, "rotation_period_msgs": 5}, {"algorithm": 1}, {}]
    for content in contents:
        put(alice, room, "m.room.encryption", content)
    put(bob, room, "m.room.encryption", on)
    bob.get("/sync", since=since, timeout=0).ok()
    look(bob, room)


@scenario(PUT, branch="server ACLs, also such that shut oneself out", prepare=shared_room)
def sets_server_acls(cast: Cast, room: str) -> None:
    alice = cast["alice"]
    acls: list[Any] = [
        {"allow": ["*"], "deny": ["bad.invalid", "*.bad.invalid"], "allow_ip_literals": False},
        {"allow": ["*"], "deny": ["test.local"]},
        {"allow": ["other.invalid"]},
        {"allow": []},
        {"allow": "x", "deny": 1},
        {},
    ]
    for acl in acls:
        put(alice, room, "m.room.server_acl", acl)
    alice.say(room, "still here")
    look(alice, room)


@scenario(PUT, branch="canonical aliases: own, alternative, foreign, unknown, wrong",
          prepare=aliased_room)  # fmt: skip
def sets_canonical_aliases(cast: Cast, room: str, alias: str, **rest: Any) -> None:
    alice, bob = cast["alice"], cast["bob"]
    foreign = alias.replace(":", "-other:")
    contents: list[Any] = [
        *({"alias": alias}, {"alias": foreign}, {"alias": "#unknown:test.local"}, {"alias": ""}),
        *({"alias": alias, "alt_aliases": [alias]}, {"alt_aliases": [foreign]}),
        *({"alias": "nonsense"}, {"alias": 1}, {"alt_aliases": "x"}, {"alt_aliases": [1]}),
        {"alias": None, "alt_aliases": []},
        {},
    ]
    for content in contents:
        put(alice, room, "m.room.canonical_alias", content)
    put(bob, room, "m.room.canonical_alias", {"alias": alias})
    put(alice, room, "m.room.aliases", {"aliases": [alias]}, "test.local")
    look(bob, room)


@scenario(PUT, branch="types with rules of their own, by room version", prepare=versions)
def sets_types_with_rules(cast: Cast, rooms: list[str]) -> None:
    alice = cast["alice"]
    for room in rooms:
        put(alice, room, "m.room.aliases", {"aliases": []}, "test.local")
        put(alice, room, "m.room.member", {"membership": "join"}, "")
        put(alice, room, "m.room.third_party_invite", {"display_name": "x"}, "token")
        alice.unordered = True
        alice.get(f"/rooms/{q(room)}/state").ok()


@scenario(PUT, branch="tombstones, pins, widgets, calls, retention", prepare=shared_room)
def sets_well_known_types(cast: Cast, room: str) -> None:
    alice, bob = cast["alice"], cast["bob"]
    event = alice.say(room, "pin me")
    for kind, content in (
        ("m.room.pinned_events", {"pinned": [event]}),
        ("m.room.guest_access", {"guest_access": "can_join"}),
        ("im.vector.modular.widgets", {"type": "x", "url": "https://x.invalid"}),
        ("m.room.retention", {"max_lifetime": 86400000}),
        ("m.room.retention", {"max_lifetime": "x"}),
        ("m.space.child", {"via": ["test.local"]}),
        ("m.room.tombstone", {"body": "moved", "replacement_room": "!new:test.local"}),
    ):
        put(alice, room, kind, content, "key" if kind.startswith("im.") else "")
    bob.say(room, "after the tombstone")
    look(bob, room)


@scenario(PUT, branch="contents that are no objects, too large, with floats", prepare=shared_room)
def sets_wrong_contents(cast: Cast, room: str) -> None:
    alice = cast["alice"]
    contents: list[Any] = [[], "x", 1, {"n": 1.5}, {"n": 2**60}, {"x": "x" * 66_000}]
    for content in contents:
        put(alice, room, "org.example.any", content)
    alice.get(f"/rooms/{q(room)}/state/org.example.any/")


@scenario(PUT, GET, branch="one's own display name in one room", prepare=shared_room)
def renames_in_one_room(cast: Cast, room: str) -> None:
    bob = cast["bob"]
    for name in ("Bobby", "", None):
        put(bob, room, "m.room.member", {"membership": "join", "displayname": name}, bob.user_id)
        bob.get(f"/rooms/{q(room)}/state/m.room.member/{q(bob.user_id)}")
    bob.get(f"/rooms/{q(room)}/joined_members").ok()


@scenario(PUT, STATE, branch="several keys at the same time", prepare=shared_room, rows=False)
def sets_state_at_once(cast: Cast, room: str) -> None:
    alice = cast["alice"]
    acts = [partial(put, alice, room, "org.example.n", {"n": n}, str(n)) for n in range(6)]
    for one in cast.at_once(*acts):
        one.ok()
    alice.unordered = True
    alice.get(f"/rooms/{q(room)}/state").ok()


@scenario(PUT, GET, branch="one key by two users at the same time", prepare=shared_room, rows=False)
def fights_for_state(cast: Cast, room: str) -> None:
    users = [cast["alice"], cast["mod"]]
    acts = [partial(put, user, room, "m.room.topic", {"topic": user.name}) for user in users * 2]
    cast.at_once(*acts)
    users[0].quiet = True
    seen = users[0].get(f"/rooms/{q(room)}/state/m.room.topic/").ok()
    assert seen["topic"] in ("alice", "mod")
    users[0].quiet = False
    put(users[0], room, "m.room.topic", {"topic": "peace"}).ok()
    users[1].get(f"/rooms/{q(room)}/state/m.room.topic/").ok()
