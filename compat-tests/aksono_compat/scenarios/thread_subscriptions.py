# SPDX-License-Identifier: Apache-2.0
"""Subscriptions to threads: by hand, by having taken part, and what is told of them."""

from typing import Any

from ..client import q
from .cast import Cast
from .model import scenario

SUBSCRIPTION = (
    "/_matrix/client/unstable/io.element.msc4306/rooms/{room_id}/thread/{thread_root_id}"
    "/subscription"
)
CHANGES = "/_matrix/client/unstable/io.element.msc4308/thread_subscriptions"
SLIDING = "/_matrix/client/unstable/org.matrix.simplified_msc3575/sync"


def thread(cast: Cast) -> dict[str, Any]:
    alice, bob, _ = cast.users("alice", "bob", "stranger")
    room = alice.create_room(bob)
    root = alice.say(room, "root")
    relation = {"rel_type": "m.thread", "event_id": root}
    reply = bob.say(room, "reply", **{"m.relates_to": relation})
    return {"room": room, "root": root, "reply": reply}


def _path(room: str, root: str) -> str:
    return SUBSCRIPTION.format(room_id=q(room), thread_root_id=q(root))


@scenario(
    f"PUT {SUBSCRIPTION}",
    f"GET {SUBSCRIPTION}",
    f"DELETE {SUBSCRIPTION}",
    branch="by hand, and taken back",
    prepare=thread,
    profile="experiments",
)
def subscribes_to_threads(cast: Cast, room: str, root: str, reply: str) -> None:
    alice, stranger = cast["alice"], cast["stranger"]
    path = _path(room, root)
    alice.get(path)
    for _ in range(2):
        alice.put(path, {})
        alice.get(path)
    for _ in range(2):
        alice.delete(path)
        alice.get(path)
    for method in ("GET", "PUT", "DELETE"):
        stranger.request(method, path, {})
        alice.request(method, _path(room, "$unknown"), {})


@scenario(
    f"PUT {SUBSCRIPTION}",
    branch="because of an event; not after having taken it back",
    prepare=thread,
    profile="experiments",
)
def subscribes_by_taking_part(cast: Cast, room: str, root: str, reply: str) -> None:
    bob = cast["bob"]
    path = _path(room, root)
    for cause in (reply, root, "$unknown", 1):
        bob.put(path, {"automatic": cause})
        bob.get(path)
    bob.delete(path)
    bob.put(path, {"automatic": reply})
    bob.get(path)
    bob.put(path, {})
    bob.put(_path(room, reply), {})
    bob.get(path)


@scenario(
    f"GET {CHANGES}",
    f"PUT {SUBSCRIPTION}",
    branch="told page by page, and by sliding sync",
    prepare=thread,
    profile="experiments",
)
def tells_of_subscriptions(cast: Cast, room: str, root: str, reply: str) -> None:
    alice = cast["alice"]
    alice.get(CHANGES, dir="b")
    roots = [root, *(alice.say(room, f"root {number}") for number in range(2))]
    for one in roots:
        alice.put(_path(room, one), {}).ok()
    alice.delete(_path(room, roots[0])).ok()
    page = alice.get(CHANGES, dir="b", limit=2).ok()
    if "end" in page:
        alice.request("GET", CHANGES, params={"dir": "b", "limit": 2, "from": page["end"]})
    alice.get(CHANGES, dir="f")
    wish = {"extensions": {"io.element.msc4308.thread_subscriptions": {"enabled": True}}}
    alice.request("POST", SLIDING, wish, params={"timeout": 0})
    for wrong in ("x", "0", "-1"):
        alice.get(CHANGES, dir="b", limit=wrong)
    alice.get(CHANGES)
