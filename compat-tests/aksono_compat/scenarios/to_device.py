# SPDX-License-Identifier: Apache-2.0
"""Messages to devices: once per transaction, until they are acknowledged, in their order."""

from typing import Any

from ..client import Answer, q
from .cast import Actor, Cast
from .model import scenario

SEND = "PUT /_matrix/client/*/sendToDevice/{message_type}/{txn_id}"
SYNC = "GET /_matrix/client/*/sync"


def _put(sender: Actor, txn: str, messages: Any, kind: str = "org.example.note") -> Answer:
    return sender.put(f"/sendToDevice/{q(kind)}/{txn}", {"messages": messages})


@scenario(SEND, SYNC, branch="to one device, to all, until the next sync says they arrived")
def delivers_to_devices(cast: Cast) -> None:
    alice, bob = cast.users("alice", "bob")
    phone = cast.again(bob, "PHONE")
    began = {one.name: one.since() for one in (bob, phone)}
    _put(alice, "1", {bob.user_id: {"PHONE": {"n": 1}}}).ok()
    _put(alice, "2", {bob.user_id: {"*": {"n": 2}}}).ok()
    _put(bob, "1", {bob.user_id: {"*": {"n": 3}}}).ok()
    for one in (bob, phone):
        seen = one.sync_until(began[one.name], lambda seen: "n': 3" in str(seen))
        # Not acknowledged yet: the same once more.
        one.get("/sync", since=began[one.name], timeout=0)
        one.get("/sync", since=seen["next_batch"], timeout=0)
        one.get("/sync", since=began[one.name], timeout=0)


@scenario(SEND, branch="a transaction that is repeated is delivered once")
def delivers_once(cast: Cast) -> None:
    alice, bob = cast.users("alice", "bob")
    phone = cast.again(bob, "PHONE")
    since = phone.since()
    for _ in range(2):
        _put(alice, "same", {bob.user_id: {"PHONE": {"n": 1}}}).ok()
    _put(alice, "other", {bob.user_id: {"PHONE": {"n": 2}}}).ok()
    phone.sync_until(since, lambda seen: "n': 2" in str(seen))


@scenario(SEND, branch="devices and users that there are not, and bodies of wrong types")
def delivers_to_nobody(cast: Cast) -> None:
    alice, bob = cast.users("alice", "bob")
    bodies: list[Any] = [
        {bob.user_id: {"NONE": {"n": 1}}},
        {cast.user_id("unknown"): {"*": {"n": 1}}},
        {"no user": {"*": {}}},
        {bob.user_id: "x"},
        {bob.user_id: {"*": "x"}},
        {},
        [],
    ]
    for number, body in enumerate(bodies):
        _put(alice, str(number), body)
    alice.put("/sendToDevice/org.example.note/none", {})
    bob.get("/sync", timeout=0)


def full_inbox(cast: Cast) -> dict[str, Any]:
    alice, bob = cast.users("alice", "bob")
    cast.again(bob, "PHONE")
    for number in range(105):
        _put(alice, str(number), {bob.user_id: {"PHONE": {"n": number}}}).ok()
    return {}


@scenario(SYNC, branch="more messages to a device than fit into one sync", prepare=full_inbox)
def delivers_in_portions(cast: Cast) -> None:
    phone = cast["bob on PHONE"]
    since = phone.get("/sync", timeout=0).ok()["next_batch"]
    for _ in range(2):
        since = phone.get("/sync", since=since, timeout=0).ok()["next_batch"]


@scenario(SEND, SYNC, branch="a new token of the same device finds them, a new device does not")
def keeps_the_inbox_of_a_device(cast: Cast) -> None:
    alice, bob = cast.users("alice", "bob")
    tv = cast.again(bob, "TV")
    cast.again(bob, "PHONE")
    _put(alice, "1", {bob.user_id: {"PHONE": {"n": 1}, "TV": {"n": 1}}}).ok()
    cast.again(bob, "PHONE").get("/sync", timeout=0)
    cast.again(bob, "PAD").get("/sync", timeout=0)
    tv.post("/logout").ok()
    cast.again(bob, "TV").get("/sync", timeout=0)
