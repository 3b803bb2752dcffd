# SPDX-License-Identifier: Apache-2.0
"""Account data of users and rooms, tags, ignored users."""

from functools import partial
from typing import Any

from ..client import q
from .cast import Actor, Cast
from .model import scenario
from .waits import event_in, type_in

PATH = "/_matrix/client/*/user/{user_id}"
DATA = f"{PATH}/account_data/{{account_data_type}}"
ROOM_DATA = f"{PATH}/rooms/{{room_id}}/account_data/{{account_data_type}}"
TAGS = f"{PATH}/rooms/{{room_id}}/tags"
TAG = f"{TAGS}/{{tag}}"
SYNC = "GET /_matrix/client/*/sync"


def shared_room(cast: Cast) -> dict[str, Any]:
    alice, bob = cast.users("alice", "bob")
    return {"room": alice.create_room(bob)}


def stored(cast: Cast) -> dict[str, Any]:
    """Account data and tags that are there already, and a token from before."""
    alice, bob = cast.users("alice", "bob")
    room = alice.create_room(bob)
    start = alice.since()
    alice.put(data(alice, "org.example.kept"), {"a": [1, None]}).ok()
    alice.put(data(alice, "m.direct"), {bob.user_id: [room]}).ok()
    alice.put(data(alice, "org.example.emptied"), {"x": 1}).ok()
    alice.put(data(alice, "org.example.emptied"), {}).ok()
    alice.put(data(alice, "org.example.room", room), {"r": 1}).ok()
    alice.put(f"{tags(alice, room)}/m.favourite", {"order": 0.25}).ok()
    alice.put(f"{tags(alice, room)}/u.gone", {}).ok()
    alice.delete(f"{tags(alice, room)}/u.gone").ok()
    return {"room": room, "start": start}


def data(user: Actor, kind: str, room: str = "") -> str:
    middle = f"rooms/{q(room)}/" if room else ""
    return f"/user/{q(user.user_id)}/{middle}account_data/{q(kind)}"


def tags(user: Actor, room: str) -> str:
    return f"/user/{q(user.user_id)}/rooms/{q(room)}/tags"


@scenario(f"GET {DATA}", f"GET {ROOM_DATA}", SYNC, branch="what is there", prepare=stored)
def reads_account_data(cast: Cast, room: str, start: str) -> None:
    alice, bob = cast["alice"], cast["bob"]
    for kind in ("org.example.kept", "m.direct", "org.example.emptied", "none", "m.push_rules"):
        alice.get(data(alice, kind))
        bob.get(data(alice, kind))
    for kind in ("org.example.room", "org.example.kept", "m.tag", "m.fully_read"):
        alice.get(data(alice, kind, room))
        bob.get(data(alice, kind, room))
    alice.get("/sync", timeout=0).ok()
    alice.get("/sync", timeout=0, since=start).ok()


@scenario(f"PUT {DATA}", f"GET {DATA}", SYNC, branch="set, replaced, emptied; other devices see it")
def sets_account_data(cast: Cast) -> None:
    alice = cast.user("alice")
    phone = cast.again(alice, "PHONE")
    since = phone.since()
    for content in ({"a": 1}, {"b": {"c": [True]}}, {"b": {"c": [True]}}, {}):
        alice.put(data(alice, "org.example.own"), content).ok()
        seen = phone.sync_until(since, type_in("account_data", "org.example.own"))
        since = seen["next_batch"]
        phone.get(data(alice, "org.example.own"))
    phone.get("/sync", timeout=0).ok()


@scenario(f"PUT {ROOM_DATA}", f"GET {ROOM_DATA}", SYNC, branch="set, replaced, of foreign rooms",
          prepare=shared_room)  # fmt: skip
def sets_room_account_data(cast: Cast, room: str) -> None:
    alice, bob = cast["alice"], cast["bob"]
    since = alice.since()
    for content in ({"a": 1}, {"b": 2}, {}):
        alice.put(data(alice, "org.example.own", room), content).ok()
        arrived = type_in("account_data", "org.example.own", room)
        since = alice.sync_until(since, arrived)["next_batch"]
    bob.get(data(bob, "org.example.own", room))
    for other in ("!unknown:test.local", "no room"):
        alice.put(data(alice, "org.example.own", other), {"x": 1})


@scenario(f"PUT {DATA}", f"PUT {ROOM_DATA}", branch="of others, reserved types, wrong bodies",
          prepare=shared_room)  # fmt: skip
def sets_account_data_wrongly(cast: Cast, room: str) -> None:
    alice, bob = cast["alice"], cast["bob"]
    for kind in ("m.push_rules", "m.fully_read", "m.tag", "x" * 300):
        alice.put(data(alice, kind), {"x": 1})
        alice.put(data(alice, kind, room), {"x": 1})
    alice.put(data(bob, "org.example.own"), {"x": 1})
    alice.put(data(bob, "org.example.own", room), {"x": 1})
    bodies: list[Any] = [[], "x", 1, None]
    for body in bodies:
        alice.put(data(alice, "org.example.odd"), body)
    alice.put(data(alice, "org.example.float"), {"x": 1.5, "big": 2**60})
    alice.get(data(alice, "org.example.float"))


@scenario(f"PUT {DATA}", SYNC, branch="m.direct and unknown users", prepare=shared_room)
def marks_direct_chats(cast: Cast, room: str) -> None:
    alice, bob = cast["alice"], cast["bob"]
    since = alice.since()
    alice.put(data(alice, "m.direct"), {bob.user_id: [room], "no user": "nonsense"}).ok()
    alice.sync_until(since, type_in("account_data", "m.direct"))


@scenario(f"PUT {DATA}", SYNC, branch="ignored users are not heard", prepare=shared_room)
def ignores_users(cast: Cast, room: str) -> None:
    alice, bob = cast["alice"], cast["bob"]
    bob.say(room, "before")
    since = alice.since()
    alice.put(data(alice, "m.ignored_user_list"), {"ignored_users": {bob.user_id: {}}}).ok()
    bob.say(room, "unheard")
    own = alice.say(room, "own")
    alice.sync_until(since, event_in(room, own))
    alice.get("/sync", timeout=0).ok()
    alice.get(f"/rooms/{q(room)}/messages", dir="b").ok()
    alice.put(data(alice, "m.ignored_user_list"), {"ignored_users": {}}).ok()
    alice.get("/sync", timeout=0).ok()
    wrongs: list[Any] = [{}, {"ignored_users": []}, {"ignored_users": {"no user": 1}}]
    for wrong in wrongs:
        alice.put(data(alice, "m.ignored_user_list"), wrong)


@scenario(f"PUT {TAG}", f"GET {TAGS}", f"DELETE {TAG}", SYNC, branch="set, replaced, removed",
          prepare=shared_room)  # fmt: skip
def tags_rooms(cast: Cast, room: str) -> None:
    alice, bob = cast["alice"], cast["bob"]
    path = tags(alice, room)
    since = alice.since()
    alice.get(path).ok()
    for tag, content in (("m.favourite", {"order": 0.5}), ("u.work", {}), ("m.favourite", {})):
        alice.put(f"{path}/{tag}", content).ok()
        since = alice.sync_until(since, type_in("account_data", "m.tag", room))["next_batch"]
    alice.get(path).ok()
    for tag in ("u.work", "u.work", "u.never"):
        alice.delete(f"{path}/{tag}")
    alice.get(path).ok()
    alice.get("/sync", timeout=0).ok()
    bob.get(tags(bob, room))


@scenario(f"PUT {TAG}", branch="odd contents and names, others' tags, foreign rooms",
          prepare=shared_room)  # fmt: skip
def tags_oddly(cast: Cast, room: str) -> None:
    alice, bob = cast["alice"], cast["bob"]
    path = tags(alice, room)
    contents: list[Any] = [{"order": "x"}, {"order": 7}, {"order": -1}, {"x": [1]}, [], "x"]
    for content in contents:
        alice.put(f"{path}/u.odd", content)
    for tag in ("x" * 256, q("ü/é"), "m.unknown", "%20"):
        alice.put(f"{path}/{tag}", {})
    alice.put(f"{tags(bob, room)}/u.mine", {})
    alice.get(tags(bob, room))
    alice.delete(f"{tags(bob, room)}/u.mine")
    for other in ("!unknown:test.local", "no room"):
        alice.put(f"{tags(alice, other)}/u.x", {})
        alice.get(tags(alice, other))


@scenario(f"PUT {TAG}", f"PUT {DATA}", branch="many at the same time", prepare=shared_room,
          rows=False)  # fmt: skip
def sets_many_at_once(cast: Cast, room: str) -> None:
    alice = cast["alice"]
    # Of several first tags of a room Synapse loses some, and says that all went well.
    alice.put(f"{tags(alice, room)}/u.first", {"order": 1}).ok()
    acts = [partial(alice.put, f"{tags(alice, room)}/u.{n}", {"order": n / 4}) for n in range(4)]
    acts += [partial(alice.put, data(alice, f"org.example.{n}"), {"n": n}) for n in range(4)]
    cast.at_once(*acts)
    alice.get(tags(alice, room)).ok()
    alice.get("/sync", timeout=0).ok()
