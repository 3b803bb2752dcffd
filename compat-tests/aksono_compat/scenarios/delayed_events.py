# SPDX-License-Identifier: Apache-2.0
"""Delayed events (MSC4140): scheduled, restarted, cancelled, sent before time."""

from typing import Any

from ..client import Answer, q
from .cast import Actor, Cast
from .model import scenario
from .waits import Until, wait_for

DELAYED = "/_matrix/client/unstable/org.matrix.msc4140/delayed_events"
LIST = f"GET {DELAYED}"
ONE = f"GET {DELAYED}/{{delay_id}}"
UPDATE = f"POST {DELAYED}/{{delay_id}}"
SEND = "PUT /_matrix/client/*/rooms/{room_id}/send/{event_type}/{txn_id}"
PUT_STATE = "PUT /_matrix/client/*/rooms/{room_id}/state/{event_type}/{state_key}"
HOUR = 3_600_000


def shared_room(cast: Cast) -> dict[str, Any]:
    alice, bob = cast.users("alice", "bob")
    power = {"users": {alice.user_id: 100, bob.user_id: 50}}
    return {"room": alice.create_room(bob, power_level_content_override=power, room_version="11")}


def delay(user: Actor, room: str, milliseconds: Any, txn: str = "t", body: str = "late") -> Answer:
    path = f"/rooms/{q(room)}/send/m.room.message/{txn}"
    query = f"org.matrix.msc4140.delay={milliseconds}"
    return user.put(f"{path}?{query}", {"msgtype": "m.text", "body": body})


def delay_state(user: Actor, room: str, milliseconds: int, name: str) -> Answer:
    path = f"/rooms/{q(room)}/state/m.room.name/"
    return user.put(f"{path}?org.matrix.msc4140.delay={milliseconds}", {"name": name})


def says(room: str, body: str) -> Until:
    def arrived(seen: Any) -> bool:
        there = seen.get("rooms", {}).get("join", {}).get(room, {}).get("timeline", {})
        return body in [event["content"].get("body") for event in there.get("events", [])]

    return arrived


def names(room: str, name: str) -> Until:
    def arrived(seen: Any) -> bool:
        there = seen.get("rooms", {}).get("join", {}).get(room, {}).get("timeline", {})
        return name in [event["content"].get("name") for event in there.get("events", [])]

    return arrived


def _wait_for_the_end(user: Actor) -> None:
    """Until none of the user's events waits any more."""
    user.quiet = True
    wait_for(lambda: user.get(DELAYED).ok()["delayed_events"], lambda waiting: not waiting, 40)
    user.quiet = False


@scenario(SEND, LIST, branch="a message comes in its time",
          profile="extended", prepare=shared_room)  # fmt: skip
def sends_later(cast: Cast, room: str) -> None:
    alice, bob = cast["alice"], cast["bob"]
    alice.get(DELAYED).ok()
    since = bob.since()
    delay(alice, room, 1500).ok()
    bob.sync_until(since, says(room, "late"))
    alice.get(DELAYED).ok()


@scenario(LIST, ONE, branch="those that wait, one's own alone",
          profile="extended", prepare=shared_room)  # fmt: skip
def lists_delayed_events(cast: Cast, room: str) -> None:
    alice, bob = cast["alice"], cast["bob"]
    alice.get(DELAYED).ok()
    made = [delay(alice, room, HOUR, f"t{n}").ok()["delay_id"] for n in range(2)]
    delay_state(alice, room, 2 * HOUR, "later").ok()
    for user in (alice, bob):
        user.get(DELAYED)
        user.get(f"{DELAYED}/{made[0]}")
    alice.get(f"{DELAYED}/unknown")
    cast.nobody().get(f"{DELAYED}/{made[0]}")


@scenario(
    UPDATE, f"{UPDATE}/cancel", LIST, branch="cancel", profile="extended", prepare=shared_room
)
def cancels(cast: Cast, room: str) -> None:
    alice, bob = cast["alice"], cast["bob"]
    alice.get(DELAYED).ok()
    made = [delay(alice, room, HOUR, f"t{n}").ok()["delay_id"] for n in range(2)]
    bob.post(f"{DELAYED}/{made[0]}", {"action": "cancel"})
    delay(alice, room, HOUR, "t0")
    for _ in range(2):
        alice.post(f"{DELAYED}/{made[0]}", {"action": "cancel"})
        alice.post(f"{DELAYED}/{made[1]}/cancel")
    alice.get(DELAYED).ok()


@scenario(
    UPDATE, f"{UPDATE}/send", LIST, branch="send now", profile="extended", prepare=shared_room
)
def sends_before_time(cast: Cast, room: str) -> None:
    alice, bob = cast["alice"], cast["bob"]
    alice.get(DELAYED).ok()
    since = bob.since()
    made = [delay(alice, room, HOUR, f"t{n}", f"b{n}").ok()["delay_id"] for n in range(2)]
    alice.post(f"{DELAYED}/{made[0]}", {"action": "send"}).ok()
    since = bob.sync_until(since, says(room, "b0"))["next_batch"]
    alice.post(f"{DELAYED}/{made[1]}/send").ok()
    bob.sync_until(since, says(room, "b1"))
    alice.post(f"{DELAYED}/{made[1]}/send")
    alice.get(DELAYED).ok()


@scenario(UPDATE, f"{UPDATE}/restart", branch="restart; unknown ids and actions",
          profile="extended", prepare=shared_room)  # fmt: skip
def restarts(cast: Cast, room: str) -> None:
    alice = cast["alice"]
    alice.get(DELAYED).ok()
    made = delay(alice, room, HOUR).ok()["delay_id"]
    alice.post(f"{DELAYED}/{made}", {"action": "restart"})
    alice.post(f"{DELAYED}/{made}/restart")
    for action in ("nonsense", "", 1, None):
        alice.post(f"{DELAYED}/{made}", {"action": action})
    bodies: list[Any] = [{}, []]
    for body in bodies:
        alice.post(f"{DELAYED}/{made}", body)
    for action in ("restart", "send", "cancel"):
        alice.post(f"{DELAYED}/unknown", {"action": action})
        alice.post(f"{DELAYED}/unknown/{action}")


@scenario(PUT_STATE, LIST, branch="state comes in its time, unless others change it before",
          profile="extended", prepare=shared_room)  # fmt: skip
def sets_state_later(cast: Cast, room: str) -> None:
    alice, bob = cast["alice"], cast["bob"]
    alice.get(DELAYED).ok()
    since = bob.since()
    delay_state(alice, room, 1500, "in time").ok()
    bob.sync_until(since, names(room, "in time"))
    delay_state(alice, room, HOUR, "too late").ok()
    bob.put(f"/rooms/{q(room)}/state/m.room.name/", {"name": "by bob"}).ok()
    _wait_for_the_end(alice)
    alice.get(DELAYED).ok()
    alice.get(f"/rooms/{q(room)}/state/m.room.name").ok()


@scenario(SEND, LIST, branch="delays that are wrong or too long, no members",
          profile="extended", prepare=shared_room)  # fmt: skip
def delays_wrongly(cast: Cast, room: str) -> None:
    alice = cast["alice"]
    alice.get(DELAYED).ok()
    for n, wrong in enumerate((0, -1, "x", "", 25 * HOUR, 1.5)):
        delay(alice, room, wrong, f"t{n}")
    delay(alice, "!unknown:test.local", HOUR)
    delay(cast.user("stranger"), room, HOUR)
    cast["stranger"].get(DELAYED)


@scenario(SEND, LIST, branch="who left cannot speak when the time comes",
          profile="extended", prepare=shared_room)  # fmt: skip
def leaves_before_time(cast: Cast, room: str) -> None:
    alice, bob = cast["alice"], cast["bob"]
    alice.get(DELAYED).ok()
    delay(bob, room, 8000).ok()
    bob.post(f"/rooms/{q(room)}/leave").ok()
    _wait_for_the_end(bob)
    bob.get(DELAYED).ok()
    alice.get(f"/rooms/{q(room)}/messages", dir="b", limit=2).ok()


@scenario(SEND, UPDATE, branch="not switched on", prepare=shared_room)
def has_no_delays(cast: Cast, room: str) -> None:
    alice = cast["alice"]
    delay(alice, room, HOUR)
    alice.get(DELAYED)
    alice.post(f"{DELAYED}/unknown", {"action": "cancel"})
