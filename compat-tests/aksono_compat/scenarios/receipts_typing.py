# SPDX-License-Identifier: Apache-2.0
"""Read receipts, read markers, unread counts that they clear, and who is typing."""

from functools import partial
from typing import Any

from ..client import q
from .cast import Actor, Cast
from .model import scenario
from .waits import Until, event_in, type_in

RECEIPT = "POST /_matrix/client/*/rooms/{room_id}/receipt/{receipt_type}/{event_id}"
MARKERS = "POST /_matrix/client/*/rooms/{room_id}/read_markers"
TYPING = "PUT /_matrix/client/*/rooms/{room_id}/typing/{user_id}"
SYNC = "GET /_matrix/client/*/sync"


def spoken_room(cast: Cast) -> dict[str, Any]:
    """Alice said five things, in the middle a thread of two; bob and carol listen."""
    alice, bob, carol = cast.users("alice", "bob", "carol")
    alone = cast.user("stranger").create_room()
    room = alice.create_room(bob, carol)
    events = [alice.say(room, f"message {n}") for n in range(3)]
    thread = {"m.relates_to": {"rel_type": "m.thread", "event_id": events[0]}}
    events += [alice.say(room, f"in the thread {n}", **thread) for n in range(2)]
    mention = {"m.mentions": {"user_ids": [bob.user_id]}}
    events += [alice.say(room, f"hey {n}", **mention) for n in range(2)]
    return {"room": room, "events": events, "alone": alone}


def count_clear(cast: Cast, alone: str) -> None:
    """What bob has to count stays as it is, but for what is done; the stranger talks meanwhile."""

    def talk() -> None:
        stranger = cast["stranger"]
        stranger.quiet = True
        stranger.say(alone, "tick")
        stranger.quiet = False

    cast.count_clear(talk)


def receipt(user: Actor, room: str, event: str, kind: str = "m.read", **content: Any) -> None:
    user.post(f"/rooms/{q(room)}/receipt/{kind}/{q(event)}", content)


def type_of(user: Actor, room: str, typing: bool, timeout: int = 30_000) -> None:
    content = {"typing": typing, **({"timeout": timeout} if typing else {})}
    user.put(f"/rooms/{q(room)}/typing/{q(user.user_id)}", content).ok()


def typists(room: str, *users: str) -> Until:
    """The room says that exactly these users type."""

    def arrived(seen: Any) -> bool:
        there = seen.get("rooms", {}).get("join", {}).get(room, {}).get("ephemeral", {})
        typing = [e["content"] for e in there.get("events", []) if e["type"] == "m.typing"]
        return any(sorted(content["user_ids"]) == sorted(users) for content in typing)

    return arrived


def ephemeral(room: str, kind: str) -> Until:
    return type_in("ephemeral", kind, room)


@scenario(RECEIPT, SYNC, branch="a public receipt reaches all", prepare=spoken_room)
def reads_publicly(cast: Cast, room: str, events: list[str], alone: str) -> None:
    count_clear(cast, alone)
    bob = cast["bob"]
    since = {name: cast[name].since() for name in ("alice", "bob", "carol")}
    receipt(bob, room, events[1])
    for name, token in since.items():
        cast[name].sync_until(token, ephemeral(room, "m.receipt"))
    cast["alice"].get("/sync", timeout=0).ok()
    bob.get("/sync", timeout=0).ok()


@scenario(RECEIPT, SYNC, branch="a private receipt reaches oneself alone", prepare=spoken_room)
def reads_privately(cast: Cast, room: str, events: list[str], alone: str) -> None:
    count_clear(cast, alone)
    alice, bob = cast["alice"], cast["bob"]
    phone = cast.again(bob, "PHONE")
    since = {user: user.since() for user in (alice, phone)}
    receipt(bob, room, events[1], "m.read.private")
    phone.sync_until(since[phone], ephemeral(room, "m.receipt"))
    last = alice.say(room, "afterwards")
    alice.sync_until(since[alice], event_in(room, last))
    for user in (alice, bob):
        user.get("/sync", timeout=0).ok()


@scenario(RECEIPT, SYNC, branch="receipts of threads, of main, unthreaded", prepare=spoken_room)
def reads_up_to_threads(cast: Cast, room: str, events: list[str], alone: str) -> None:
    count_clear(cast, alone)
    bob = cast["bob"]
    counts = '{"room":{"timeline":{"unread_thread_notifications":true}}}'
    for event, content in (
        (events[3], {"thread_id": events[0]}),
        (events[1], {"thread_id": "main"}),
        (events[3], {"thread_id": "main"}),
        (events[1], {"thread_id": events[0]}),
        (events[4], {"thread_id": events[0]}),
        (events[5], {}),
        (events[6], {"thread_id": ""}),
        (events[6], {"thread_id": 1}),
        (events[6], {"thread_id": "$unknown"}),
    ):
        receipt(bob, room, event, **content)
        bob.get("/sync", timeout=0, filter=counts).ok()


@scenario(RECEIPT, SYNC, branch="counts of messages and mentions go down", prepare=spoken_room)
def clears_counts(cast: Cast, room: str, events: list[str], alone: str) -> None:
    count_clear(cast, alone)
    bob, carol = cast["bob"], cast["carol"]
    for event in (events[1], events[5], events[6]):
        receipt(bob, room, event)
        receipt(carol, room, event, "m.read.private")
        for user in (bob, carol):
            user.get("/sync", timeout=0).ok()
    since = bob.since()
    said = bob.say(room, "one's own message clears as well")
    bob.sync_until(since, event_in(room, said))
    again = cast["alice"].say(room, "and one more")
    bob.sync_until(since, event_in(room, again))


@scenario(RECEIPT, branch="back to an older event, the same event twice", prepare=spoken_room)
def reads_backwards(cast: Cast, room: str, events: list[str], alone: str) -> None:
    count_clear(cast, alone)
    bob = cast["bob"]
    for event in (events[5], events[1], events[5], events[6]):
        receipt(bob, room, event)
    receipt(bob, room, events[2], "m.read.private")
    bob.get("/sync", timeout=0).ok()


@scenario(RECEIPT, branch="unknown events, types and rooms, no members", prepare=spoken_room)
def reads_wrongly(cast: Cast, room: str, events: list[str], alone: str) -> None:
    count_clear(cast, alone)
    bob, stranger = cast["bob"], cast["stranger"]
    for event in ("$unknown", "no event"):
        receipt(bob, room, event)
    for kind in ("m.unknown", "m.read.public"):
        receipt(bob, room, events[0], kind)
    for who in (stranger, cast.nobody()):
        receipt(who, room, events[0])
    receipt(bob, "!unknown:test.local", events[0])
    bob.get("/sync", timeout=0).ok()


@scenario(RECEIPT, branch="m.fully_read as a receipt type", prepare=spoken_room)
def reads_fully_by_receipt(cast: Cast, room: str, events: list[str], alone: str) -> None:
    count_clear(cast, alone)
    bob = cast["bob"]
    since = bob.since()
    receipt(bob, room, events[2], "m.fully_read")
    bob.sync_until(since, type_in("account_data", "m.fully_read", room))
    receipt(bob, room, events[1], "m.fully_read")
    bob.get(f"/user/{q(bob.user_id)}/rooms/{q(room)}/account_data/m.fully_read")


@scenario(MARKERS, SYNC, branch="fully read, with read and with private", prepare=spoken_room)
def sets_markers(cast: Cast, room: str, events: list[str], alone: str) -> None:
    count_clear(cast, alone)
    alice, bob = cast["alice"], cast["bob"]
    since = {user: user.since() for user in (alice, bob)}
    # One after the other: those of one request are written in any order.
    for wish in (
        {"m.fully_read": events[1], "m.read": events[1]},
        {"m.fully_read": events[2], "m.read.private": events[5]},
    ):
        bob.post(f"/rooms/{q(room)}/read_markers", wish).ok()
    bob.sync_until(since[bob], type_in("account_data", "m.fully_read", room))
    alice.sync_until(since[alice], ephemeral(room, "m.receipt"))
    bob.get("/sync", timeout=0).ok()


@scenario(MARKERS, branch="all three in one request", prepare=spoken_room, rows=False)
def sets_all_markers(cast: Cast, room: str, events: list[str], **rest: Any) -> None:
    alice, bob = cast["alice"], cast["bob"]
    since = alice.since()
    kinds = ("m.fully_read", "m.read", "m.read.private")
    bob.post(f"/rooms/{q(room)}/read_markers", {kind: events[5] for kind in kinds}).ok()
    alice.sync_until(since, ephemeral(room, "m.receipt"))
    # Nothing that counts: what is unread is added up at a moment of the server's own.
    bob.get(f"/user/{q(bob.user_id)}/rooms/{q(room)}/account_data/m.fully_read").ok()


@scenario(MARKERS, branch="backwards, again, empty, wrong, by no member", prepare=spoken_room)
def sets_markers_oddly(cast: Cast, room: str, events: list[str], **rest: Any) -> None:
    bob = cast["bob"]
    path = f"/rooms/{q(room)}/read_markers"
    wishes: list[dict[str, Any]] = [
        *({"m.fully_read": events[n]} for n in (3, 1, 3)),
        *({}, {"m.fully_read": "$unknown"}, {"m.unknown": events[0]}),
        {"m.read": events[4], "m.fully_read": events[2]},
    ]
    for wish in wishes:
        bob.post(path, wish)
    for who in (cast["stranger"], cast.nobody()):
        who.post(path, {"m.fully_read": events[0]})
    bob.get(f"/user/{q(bob.user_id)}/rooms/{q(room)}/account_data/m.fully_read")


@scenario(RECEIPT, branch="of many users and of one user at the same time", prepare=spoken_room,
          rows=False)  # fmt: skip
def reads_at_once(cast: Cast, room: str, events: list[str], **rest: Any) -> None:
    users = [cast[name] for name in ("alice", "bob", "carol")]
    acts = [partial(receipt, user, room, events[-1]) for user in users]
    acts += [partial(receipt, users[1], room, events[-1], "m.read.private") for _ in range(3)]
    cast.at_once(*acts)
    # Alice said all of it, so she has nothing to count.
    users[0].get("/sync", timeout=0).ok()


@scenario(TYPING, SYNC, branch="begins, is joined by another, ends", prepare=spoken_room)
def types(cast: Cast, room: str, **rest: Any) -> None:
    alice, bob, carol = cast["alice"], cast["bob"], cast["carol"]
    since = carol.since()
    for user, typing, now in (
        (alice, True, [alice]),
        (bob, True, [alice, bob]),
        (alice, False, [bob]),
        (bob, False, []),
    ):
        type_of(user, room, typing)
        seen = carol.sync_until(since, typists(room, *(one.user_id for one in now)))
        since = seen["next_batch"]


@scenario(TYPING, SYNC, branch="runs out by itself", prepare=spoken_room)
def stops_typing_in_time(cast: Cast, room: str, **rest: Any) -> None:
    alice, bob = cast["alice"], cast["bob"]
    since = bob.since()
    type_of(alice, room, True, 2000)
    seen = bob.sync_until(since, typists(room, alice.user_id))
    bob.sync_until(seen["next_batch"], typists(room))


@scenario(TYPING, SYNC, branch="shown by an initial sync", prepare=spoken_room)
def types_during_an_initial_sync(cast: Cast, room: str, **rest: Any) -> None:
    type_of(cast["alice"], room, True)
    for name in ("bob", "alice"):
        cast[name].get("/sync", timeout=0).ok()
    type_of(cast["alice"], room, False)


@scenario(TYPING, branch="for others, by no member, in unknown rooms", prepare=spoken_room)
def types_wrongly(cast: Cast, room: str, **rest: Any) -> None:
    alice, bob, stranger = cast["alice"], cast["bob"], cast["stranger"]
    path = f"/rooms/{q(room)}/typing"
    for who, whose in ((alice, bob), (stranger, stranger), (stranger, alice)):
        who.put(f"{path}/{q(whose.user_id)}", {"typing": True})
    cast.nobody().put(f"{path}/{q(alice.user_id)}", {"typing": True})
    unknown = q("!unknown:test.local")
    alice.put(f"/rooms/{unknown}/typing/{q(alice.user_id)}", {"typing": True})
    alice.put(f"{path}/{q(alice.user_id)}", {"typing": False, "timeout": 1000})
