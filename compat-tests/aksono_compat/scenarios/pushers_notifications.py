# SPDX-License-Identifier: Apache-2.0
"""Pushers, and the list of what one was notified of."""

from typing import Any

from ..client import q
from .cast import Cast
from .model import scenario

PUSHERS = "GET /_matrix/client/*/pushers"
SET = "POST /_matrix/client/*/pushers/set"
REMOVE = "GET /_matrix/client/*/pushers/remove"
NOTIFICATIONS = "GET /_matrix/client/*/notifications"


def _pusher(key: str, **changes: Any) -> dict[str, Any]:
    return {
        "kind": "http",
        "app_id": "org.example.app",
        "app_display_name": "App",
        "device_display_name": "Phone",
        "profile_tag": "tag",
        "pushkey": key,
        "lang": "en",
        "data": {"url": "https://push.invalid/_matrix/push/v1/notify", "format": "event_id_only"},
        **changes,
    }


@scenario(SET, PUSHERS, branch="set, changed and deleted")
def sets_pushers(cast: Cast) -> None:
    alice = cast.user("alice")
    alice.get("/pushers")
    for one in (_pusher("one"), _pusher("two"), _pusher("one", lang="de")):
        alice.post("/pushers/set", one)
        alice.get("/pushers")
    for _ in range(2):
        alice.post("/pushers/set", {"kind": None, "app_id": "org.example.app", "pushkey": "one"})
        alice.get("/pushers")


@scenario(SET, PUSHERS, branch="another user of the same device takes the key over, or does not")
def takes_pushers_over(cast: Cast) -> None:
    alice, bob, carol = cast.users("alice", "bob", "carol")
    key = cast.localpart("key")
    alice.post("/pushers/set", _pusher(key)).ok()
    bob.post("/pushers/set", _pusher(key, append=True)).ok()
    for one in (alice, bob):
        one.get("/pushers")
    carol.post("/pushers/set", _pusher(key)).ok()
    for one in (alice, bob, carol):
        one.get("/pushers")


@scenario(SET, branch="fields that are missing, addresses that are not for pushing")
def refuses_pushers(cast: Cast) -> None:
    alice = cast.user("alice")
    whole = _pusher("one")
    for missing in whole:
        alice.post("/pushers/set", {name: part for name, part in whole.items() if name != missing})
    urls: list[Any] = ["https://push.invalid/other", "no address", "", None, 1]
    for url in urls:
        alice.post("/pushers/set", {**whole, "data": {"url": url}})
    for wrong in (
        {"kind": "email"},
        {"kind": "unknown"},
        {"app_id": "x" * 65},
        {"pushkey": "x" * 513},
    ):
        alice.post("/pushers/set", {**whole, **wrong})
    alice.get("/pushers")


@scenario(PUSHERS, SET, branch="they end with the session that made them")
def ends_pushers(cast: Cast) -> None:
    alice = cast.user("alice")
    phone = cast.again(alice, "PHONE")
    phone.post("/pushers/set", _pusher(cast.localpart("key"))).ok()
    alice.get("/pushers")
    phone.post("/logout").ok()
    alice.get("/pushers")


@scenario(REMOVE, branch="a link that nobody was sent")
def follows_no_link(cast: Cast) -> None:
    alice, nobody = cast.user("alice"), cast.nobody()
    path = "/_matrix/client/unstable/pushers/remove"
    for client in (alice, nobody):
        client.get(path, app_id="m.email", pushkey="a@example.org")
        client.get(path)


def noisy_room(cast: Cast) -> dict[str, Any]:
    alice, bob = cast.users("alice", "bob")
    room = alice.create_room(bob)
    events = [alice.say(room, f"message {number}") for number in range(4)]
    mention = {"m.mentions": {"user_ids": [bob.user_id]}}
    events.append(alice.say(room, "you", **mention))
    alice.send(room, "m.room.message", {"msgtype": "m.notice", "body": "quiet"}).ok()
    return {"room": room, "events": events}


@scenario(NOTIFICATIONS, branch="page by page, highlights only", prepare=noisy_room)
def lists_notifications(cast: Cast, room: str, events: list[str]) -> None:
    alice, bob = cast["alice"], cast["bob"]
    whole = bob.get("/notifications").ok()
    page = bob.get("/notifications", limit=2).ok()
    bob.request("GET", "/notifications", params={"limit": 2, "from": page["next_token"]})
    bob.get("/notifications", only="highlight")
    bob.get("/notifications", only="unknown")
    bob.get("/notifications", limit="x")
    alice.get("/notifications")
    assert whole["notifications"]


@scenario(NOTIFICATIONS, branch="what was read is said to be read", prepare=noisy_room)
def lists_read_notifications(cast: Cast, room: str, events: list[str]) -> None:
    bob = cast["bob"]
    bob.post(f"/rooms/{q(room)}/receipt/m.read/{q(events[2])}").ok()
    bob.get("/notifications")
