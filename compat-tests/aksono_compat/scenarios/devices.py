# SPDX-License-Identifier: Apache-2.0
"""Devices: looked at, named, deleted, and what others are told."""

from typing import Any

from ..client import q
from .cast import Cast
from .confirm import confirmed
from .model import scenario

DEVICES = "/_matrix/client/*/devices"
DEVICE = f"{DEVICES}/{{device_id}}"
DELETE_MANY = "POST /_matrix/client/*/delete_devices"


@scenario(f"GET {DEVICES}", f"GET {DEVICE}", branch="one's own devices, and those one has not")
def looks_at_devices(cast: Cast) -> None:
    alice, bob = cast.users("alice", "bob")
    cast.again(alice, "PHONE")
    cast.again(bob, "BOBPHONE")
    alice.get("/devices")
    for device in (alice.device_id, "PHONE", "BOBPHONE", "unknown", "x" * 600):
        alice.get(f"/devices/{q(device)}")
    cast.nobody().get("/devices")


@scenario(f"PUT {DEVICE}", f"GET {DEVICE}", branch="a device is renamed")
def renames_devices(cast: Cast) -> None:
    alice = cast.user("alice")
    cast.again(alice, "PHONE")
    names: list[Any] = ["Alice's phone", "", None, "x" * 100, "x" * 101, 1]
    for name in names:
        alice.put("/devices/PHONE", {"display_name": name})
        alice.get("/devices/PHONE")
    alice.put("/devices/PHONE", {})
    alice.put("/devices/unknown", {"display_name": "x"})
    alice.get("/devices/PHONE")


@scenario(f"DELETE {DEVICE}", branch="the session of the device ends")
def deletes_a_device(cast: Cast) -> None:
    alice = cast.user("alice")
    phone = cast.again(alice, "PHONE")
    confirmed(alice, "DELETE", "/devices/PHONE", {}).ok()
    phone.get("/account/whoami")
    alice.get("/devices")
    confirmed(alice, "DELETE", "/devices/PHONE", {})


@scenario(f"DELETE {DEVICE}", branch="one's own device; and not another user's")
def deletes_its_own_device(cast: Cast) -> None:
    alice, bob = cast.users("alice", "bob")
    phone = cast.again(alice, "PHONE")
    confirmed(bob, "DELETE", "/devices/PHONE", {})
    phone.get("/account/whoami")
    confirmed(phone, "DELETE", "/devices/PHONE", {})
    phone.get("/account/whoami")


@scenario(DELETE_MANY, branch="several at once, with some that there are not")
def deletes_several_devices(cast: Cast) -> None:
    alice = cast.user("alice")
    for name in ("PHONE", "PAD", "TV"):
        cast.again(alice, name)
    confirmed(alice, "POST", "/delete_devices", {"devices": ["PHONE", "PAD", "unknown"]}).ok()
    alice.get("/devices")
    confirmed(alice, "POST", "/delete_devices", {"devices": []})
    alice.post("/delete_devices", {})
    alice.post("/delete_devices", {"devices": "TV"})


def friends(cast: Cast) -> dict[str, Any]:
    alice, bob, _ = cast.users("alice", "bob", "carol")
    alice.create_room(bob)
    return {}


@scenario(
    f"PUT {DEVICE}", branch="who shares a room is told of a new device and name", prepare=friends
)
def tells_friends_of_devices(cast: Cast) -> None:
    alice, bob, carol = cast["alice"], cast["bob"], cast["carol"]
    for change in (None, "Alice's phone"):
        since, nothing = bob.since(), carol.since()
        if change is None:
            cast.again(alice, "PHONE")
        else:
            alice.put("/devices/PHONE", {"display_name": change}).ok()
        bob.sync_until(since, lambda seen: "changed" in seen.get("device_lists", {}))
        carol.get("/sync", since=nothing, timeout=0)
