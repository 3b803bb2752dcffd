# SPDX-License-Identifier: Apache-2.0
"""Dehydrated devices: one that waits on the server for messages while no real device is there."""

from typing import Any

from .cast import Actor, Cast
from .key_signing import device_keys, one_time_keys
from .model import scenario

DEVICE = "/_matrix/client/unstable/org.matrix.msc3814.v1/dehydrated_device"
EVENTS = f"{DEVICE}/{{device_id}}/events"


def _asleep(cast: Cast, alice: Actor, name: str) -> dict[str, Any]:
    """What is put for a device that sleeps."""
    sleeper = cast.nobody()
    sleeper.user_id, sleeper.device_id = alice.user_id, name
    return {
        "device_id": name,
        "device_data": {"algorithm": "org.example.v1", "account": "pickled"},
        "initial_device_display_name": "asleep",
        "device_keys": device_keys(sleeper),
        "one_time_keys": one_time_keys(sleeper, "AAAA"),
        "fallback_keys": one_time_keys(sleeper, "FALL", fallback=True),
    }


@scenario(
    f"PUT {DEVICE}",
    f"GET {DEVICE}",
    f"DELETE {DEVICE}",
    branch="put, looked at, replaced, deleted",
    profile="experiments",
)
def puts_a_device_to_sleep(cast: Cast) -> None:
    alice = cast.user("alice")
    alice.get(DEVICE)
    for name in ("SLEEPER", "SECOND"):
        alice.put(DEVICE, _asleep(cast, alice, name))
        alice.get(DEVICE)
        alice.post("/keys/query", {"device_keys": {alice.user_id: []}})
    for _ in range(2):
        alice.delete(DEVICE)
    alice.get(DEVICE)


@scenario(
    f"POST {EVENTS}",
    f"PUT {DEVICE}",
    branch="messages that came meanwhile are read page by page",
    profile="experiments",
)
def wakes_a_device(cast: Cast) -> None:
    alice, bob = cast.users("alice", "bob")
    alice.put(DEVICE, _asleep(cast, alice, "SLEEPER")).ok()
    for number in range(3):
        path = f"/sendToDevice/org.example.note/{number}"
        bob.put(path, {"messages": {alice.user_id: {"SLEEPER": {"n": number}}}})
    events = f"{DEVICE}/SLEEPER/events"
    page = alice.post(events, {}).ok()
    alice.post(events, {"next_batch": page["next_batch"]})
    for device in (alice.device_id, "NONE"):
        alice.post(f"{DEVICE}/{device}/events", {})
    bob.post(events, {})


@scenario(f"PUT {DEVICE}", branch="without data, keys or id", profile="experiments")
def refuses_sleepers(cast: Cast) -> None:
    alice = cast.user("alice")
    whole = _asleep(cast, alice, "SLEEPER")
    for missing in ("device_data", "device_keys", "device_id", "one_time_keys", "fallback_keys"):
        alice.put(DEVICE, {name: part for name, part in whole.items() if name != missing})
    alice.put(DEVICE, {})
    alice.get(DEVICE)
