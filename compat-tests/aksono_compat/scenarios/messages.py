# SPDX-License-Identifier: Apache-2.0
"""Sending: texts, edits, reactions, replies, threads, mentions, transactions, redactions."""

from functools import partial
from typing import Any

from ..client import q
from .cast import Actor, Cast
from .model import scenario
from .waits import event_in

SEND = "PUT /_matrix/client/*/rooms/{room_id}/send/{event_type}/{txn_id}"
POST_SEND = "POST /_matrix/client/*/rooms/{room_id}/send/{event_type}"
REDACT = "POST /_matrix/client/*/rooms/{room_id}/redact/{event_id}"
REDACT_ONCE = "PUT /_matrix/client/*/rooms/{room_id}/redact/{event_id}/{txn_id}"
EVENT = "GET /_matrix/client/*/rooms/{room_id}/event/{event_id}"
MESSAGES = "GET /_matrix/client/*/rooms/{room_id}/messages"
CONTEXT = "GET /_matrix/client/*/rooms/{room_id}/context/{event_id}"
SYNC = "GET /_matrix/client/*/sync"


def shared_room(cast: Cast) -> dict[str, Any]:
    alice, bob = cast.users("alice", "bob")
    return {"room": alice.create_room(bob)}


def mute(room: str, *users: Actor) -> None:
    """Whether a redacted message has been added up before differs between two runs; of this room
    the users hear nothing."""
    for user in users:
        user.put(f"/pushrules/global/room/{q(room)}", {"actions": []}).ok()


def muted_room(cast: Cast) -> dict[str, Any]:
    room: str = shared_room(cast)["room"]
    mute(room, cast["alice"], cast["bob"])
    return {"room": room}


def muted_moderated_room(cast: Cast) -> dict[str, Any]:
    room: str = moderated_room(cast)["room"]
    mute(room, cast["alice"], cast["bob"], cast["carol"])
    return {"room": room}


def rooms_of_versions(cast: Cast) -> dict[str, Any]:
    alice, bob = cast.users("alice", "bob")
    versions = ("1", "3", "6", "11", "12")
    rooms = [alice.create_room(bob, room_version=one) for one in versions]
    for room in rooms:
        mute(room, alice, bob)
    return {"rooms": rooms}


def moderated_room(cast: Cast) -> dict[str, Any]:
    """Bob may redact and alice may do all; carol may do little."""
    alice, bob, carol = cast.users("alice", "bob", "carol")
    power = {
        "users": {alice.user_id: 100, bob.user_id: 50},
        "events": {"org.example.high": 75, "m.reaction": 1},
    }
    room = alice.create_room(bob, carol, power_level_content_override=power, room_version="11")
    alice.put(f"/rooms/{q(room)}/state/m.room.topic", {"topic": "calm"}).ok()
    return {"room": room}


def members_of_all_kinds(cast: Cast) -> dict[str, Any]:
    alice, joined, left, banned, invited = cast.users("alice", "joined", "left", "banned", "guest")
    cast.user("stranger")
    room = alice.create_room(joined, left, banned)
    left.post(f"/rooms/{q(room)}/leave").ok()
    alice.post(f"/rooms/{q(room)}/ban", {"user_id": banned.user_id}).ok()
    alice.post(f"/rooms/{q(room)}/invite", {"user_id": invited.user_id}).ok()
    return {"room": room}


def text(body: str, **extra: Any) -> dict[str, Any]:
    return {"msgtype": "m.text", "body": body, **extra}


def relation(kind: str, event_id: str, **extra: Any) -> dict[str, Any]:
    return {"m.relates_to": {"rel_type": kind, "event_id": event_id, **extra}}


def edit(event_id: str, body: str) -> dict[str, Any]:
    return text(f"* {body}", **relation("m.replace", event_id), **{"m.new_content": text(body)})


def look(user: Actor, room: str, *events: str) -> None:
    """What a user sees of a room and of single events in it."""
    user.get(f"/rooms/{q(room)}/messages", dir="b", limit=20).ok()
    for event in events:
        user.get(f"/rooms/{q(room)}/event/{q(event)}")


@scenario(SEND, SYNC, branch="a text reaches the sender and the other member", prepare=shared_room)
def sends_a_text(cast: Cast, room: str) -> None:
    alice, bob = cast["alice"], cast["bob"]
    since = [bob.since(), alice.since()]
    event = alice.say(room, "Grüße, 世界 👋\n\tzwei Zeilen")
    for user, token in zip((bob, alice), since, strict=True):
        user.sync_until(token, event_in(room, event))
    look(bob, room, event)


@scenario(SEND, EVENT, branch="events of any type, nested, empty, encrypted", prepare=shared_room)
def sends_any_type(cast: Cast, room: str) -> None:
    alice, bob = cast["alice"], cast["bob"]
    nested = {"a": [1, {"b": None, "c": [[], {}]}], "n": -(2**53) + 1, "t": True, "": ""}
    secret = {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "x" * 200, "session_id": "s"}
    wishes: list[tuple[str, dict[str, Any]]] = [
        ("org.example.nested", nested),
        ("org.example.empty", {}),
        ("m.room.encrypted", secret),
        ("m.sticker", {"body": "cat", "url": "mxc://test.local/cat", "info": {}}),
        ("type with spaces/and a slash", {"x": 1}),
        ("m.room.message", {"msgtype": "m.image", "body": "i", "url": "mxc://test.local/i"}),
    ]
    events = [alice.send(room, kind, body, f"t{n}") for n, (kind, body) in enumerate(wishes)]
    look(bob, room, *(one.ok()["event_id"] for one in events))


@scenario(SEND, branch="a transaction id means one event, per device and path", prepare=shared_room)
def sends_once_per_transaction(cast: Cast, room: str) -> None:
    alice, bob = cast["alice"], cast["bob"]
    phone = cast.again(alice, "PHONE")
    for user in (alice, alice, phone, bob):
        user.send(room, "m.room.message", text("once"), "one").ok()
    alice.send(room, "m.room.message", text("other content, same transaction"), "one").ok()
    alice.send(room, "org.example.other", {"x": 1}, "one").ok()
    alice.send(room, "m.room.message", text("another"), "two").ok()
    since = phone.get("/sync", timeout=0).ok()
    alice.get("/sync", timeout=0).ok()
    assert since["next_batch"]
    look(bob, room)


@scenario(POST_SEND, MESSAGES, branch="two equal requests are two events", prepare=shared_room)
def posts_twice(cast: Cast, room: str) -> None:
    alice = cast["alice"]
    for _ in range(2):
        alice.post(f"/rooms/{q(room)}/send/m.room.message", text("again")).ok()
    look(cast["bob"], room)


@scenario(SEND, EVENT, MESSAGES, branch="edits: the newest counts, only the author's own",
          prepare=shared_room)  # fmt: skip
def edits(cast: Cast, room: str) -> None:
    alice, bob = cast["alice"], cast["bob"]
    since = bob.since()
    event = alice.say(room, "first")
    for body in ("second", "third"):
        last = alice.send(room, "m.room.message", edit(event, body)).ok()["event_id"]
    bob.send(room, "m.room.message", edit(event, "not mine")).ok()
    bob.sync_until(since, event_in(room, event))
    look(bob, room, event, last)
    alice.post(f"/rooms/{q(room)}/redact/{q(last)}").ok()
    look(bob, room, event, last)


@scenario(SEND, EVENT, CONTEXT, branch="reactions, each once per user and key", prepare=shared_room)
def reacts(cast: Cast, room: str) -> None:
    alice, bob = cast["alice"], cast["bob"]
    event = alice.say(room, "nice?")
    for user, key in ((alice, "👍"), (bob, "👍"), (bob, "👍"), (bob, "🎉"), (bob, "")):
        user.send(room, "m.reaction", relation("m.annotation", event, key=key))
    bob.send(room, "m.reaction", relation("m.annotation", event))
    bob.send(room, "m.reaction", relation("m.annotation", "$unknown", key="👍"))
    bob.get(f"/rooms/{q(room)}/context/{q(event)}").ok()
    look(alice, room, event)


@scenario(SEND, MESSAGES, branch="replies", prepare=shared_room)
def replies(cast: Cast, room: str) -> None:
    alice, bob = cast["alice"], cast["bob"]
    event = alice.say(room, "question")
    reply = {"m.relates_to": {"m.in_reply_to": {"event_id": event}}}
    answer = bob.send(room, "m.room.message", text("> question\n\nanswer", **reply)).ok()
    unknown = {"m.relates_to": {"m.in_reply_to": {"event_id": "$unknown"}}}
    alice.send(room, "m.room.message", text("what?", **unknown)).ok()
    look(alice, room, event, answer["event_id"])


def room_of_three(cast: Cast) -> dict[str, Any]:
    """The latecomer is notified of nothing: counts in threads depend on when they are added up."""
    alice, bob, latecomer = cast.users("alice", "bob", "latecomer")
    room = alice.create_room(bob, latecomer)
    mute(room, latecomer)
    return {"room": room}


@scenario(SEND, SYNC, EVENT, branch="threads: count, latest event, own part", prepare=room_of_three)
def threads(cast: Cast, room: str) -> None:
    alice, bob, latecomer = cast["alice"], cast["bob"], cast["latecomer"]
    since = latecomer.since()
    root = alice.say(room, "root")
    inside = [alice.say(room, f"in {n}", **relation("m.thread", root)) for n in range(3)]
    latecomer.sync_until(since, event_in(room, root))
    look(latecomer, room, root)
    for user in (bob, latecomer):
        user.say(room, "me too", **relation("m.thread", root))
    alice.send(room, "m.room.message", edit(inside[0], "edited")).ok()
    for user in (bob, latecomer):
        look(user, room, root, inside[0])
    for other in (inside[0], "$unknown"):
        alice.send(room, "m.room.message", text("astray", **relation("m.thread", other)))
    look(alice, room, root, inside[0])


@scenario(SEND, EVENT, branch="relations of odd shapes", prepare=shared_room)
def relates_oddly(cast: Cast, room: str) -> None:
    alice = cast["alice"]
    event = alice.say(room, "x")
    odd: list[Any] = [
        *("text", [], {}, None, 1),
        {"rel_type": "m.replace"},
        {"event_id": event},
        {"rel_type": 1, "event_id": event},
        {"rel_type": "m.thread", "event_id": 1},
        {"rel_type": "org.example.own", "event_id": event, "extra": [1]},
        {"rel_type": "m.annotation", "event_id": event, "key": 1},
        {"m.in_reply_to": "text"},
        {"m.in_reply_to": {"event_id": 1}},
    ]
    for one in odd:
        alice.send(room, "m.room.message", text("odd", **{"m.relates_to": one}))
    look(alice, room, event)


@scenario(SEND, SYNC, branch="mentions: users, the room, and without power for it",
          prepare=moderated_room)  # fmt: skip
def mentions(cast: Cast, room: str) -> None:
    alice, bob, carol = cast["alice"], cast["bob"], cast["carol"]
    since = bob.since()
    alice.say(room, "hey bob", **{"m.mentions": {"user_ids": [bob.user_id]}})
    alice.say(room, "all", **{"m.mentions": {"room": True}})
    carol.say(room, "all", **{"m.mentions": {"room": True}})
    carol.say(room, f"{bob.user_id} by name only", **{"m.mentions": {}})
    last = carol.say(room, f"{cast.localpart('bob')} in the old way")
    bob.sync_until(since, event_in(room, last))
    odd: list[Any] = ["x", [], {"user_ids": "x"}, {"room": "yes"}]
    for one in odd:
        carol.send(room, "m.room.message", text("odd", **{"m.mentions": one}))


@scenario(REDACT, SYNC, EVENT, branch="one's own message, with a reason", prepare=shared_room)
def redacts(cast: Cast, room: str) -> None:
    alice, bob = cast["alice"], cast["bob"]
    cast.count_clear(lambda: alice.say(room, "tick"))
    event = alice.say(room, "oops", **{"m.mentions": {"user_ids": [bob.user_id]}})
    since = bob.since()
    path = f"/rooms/{q(room)}/redact/{q(event)}"
    redaction = alice.post(path, {"reason": "typo"}).ok()["event_id"]
    bob.sync_until(since, event_in(room, redaction))
    look(bob, room, event, redaction)
    bob.get("/sync", timeout=0).ok()


@scenario(REDACT, branch="others' messages: moderators may, members may not",
          prepare=muted_moderated_room)  # fmt: skip
def redacts_others(cast: Cast, room: str) -> None:
    events = {name: cast[name].say(room, f"by {name}") for name in ("alice", "bob", "carol")}
    for who, whose in (("carol", "alice"), ("bob", "carol"), ("bob", "alice"), ("alice", "bob")):
        cast[who].post(f"/rooms/{q(room)}/redact/{q(events[whose])}", {"reason": whose})
    look(cast["carol"], room, *events.values())


@scenario(REDACT, branch="twice, a redaction, unknown events, wrong reasons", prepare=muted_room)
def redacts_oddly(cast: Cast, room: str) -> None:
    alice = cast["alice"]
    event = alice.say(room, "x")
    path = f"/rooms/{q(room)}/redact"
    redaction = alice.post(f"{path}/{q(event)}").ok()["event_id"]
    for target in (event, redaction, "$unknown", "no-event-id"):
        alice.post(f"{path}/{q(target)}")
    reasons: list[Any] = [None, 1, {}, "x" * 2000]
    for reason in reasons:
        alice.post(f"{path}/{q(alice.say(room, 'y'))}", {"reason": reason})
    look(cast["bob"], room, event, redaction)


@scenario(REDACT_ONCE, branch="the same transaction again", prepare=muted_room)
def redacts_once_per_transaction(cast: Cast, room: str) -> None:
    alice = cast["alice"]
    events = [alice.say(room, "x") for _ in range(2)]
    for event, txn in ((events[0], "t"), (events[0], "t"), (events[1], "t"), (events[0], "u")):
        alice.put(f"/rooms/{q(room)}/redact/{q(event)}/{txn}", {"reason": "gone"})
    look(alice, room, *events)


@scenario(REDACT_ONCE, EVENT, branch="a reaction, an answer in a thread, and its root",
          prepare=muted_room)  # fmt: skip
def redacts_relations(cast: Cast, room: str) -> None:
    alice, bob = cast["alice"], cast["bob"]
    root = alice.say(room, "root")
    inside = [bob.say(room, f"in {n}", **relation("m.thread", root)) for n in range(2)]
    heart = bob.send(room, "m.reaction", relation("m.annotation", root, key="♥")).ok()["event_id"]
    for txn, event in (("heart", heart), ("inside", inside[1])):
        bob.put(f"/rooms/{q(room)}/redact/{q(event)}/{txn}", {}).ok()
        look(alice, room, root, event)
    bob.send(room, "m.reaction", relation("m.annotation", root, key="♥"))
    alice.put(f"/rooms/{q(room)}/redact/{q(root)}/root", {}).ok()
    look(bob, room, root, *inside)


@scenario(REDACT, "GET /_matrix/client/*/rooms/{room_id}/state",
          branch="state keeps what its type keeps", prepare=moderated_room)  # fmt: skip
def redacts_state(cast: Cast, room: str) -> None:
    alice = cast["alice"]
    alice.unordered = True
    state = alice.get(f"/rooms/{q(room)}/state").ok()
    alice.unordered = False
    kinds = ("m.room.topic", "m.room.power_levels", "m.room.join_rules", "m.room.create")
    own = {e["type"]: e["event_id"] for e in state if e["type"] in kinds}
    for kind in sorted(own):
        alice.post(f"/rooms/{q(room)}/redact/{q(own[kind])}")
    members = [e for e in state if e["type"] == "m.room.member"]
    for event in sorted(members, key=lambda one: str(one["state_key"])):
        alice.post(f"/rooms/{q(room)}/redact/{q(event['event_id'])}")
    alice.unordered = True
    alice.get(f"/rooms/{q(room)}/state").ok()


@scenario(SEND, REDACT, EVENT, branch="rooms of every kind of version", prepare=rooms_of_versions)
def speaks_in_every_version(cast: Cast, rooms: list[str]) -> None:
    alice, bob = cast["alice"], cast["bob"]
    for room in rooms:
        event = bob.say(room, "hello")
        redaction = alice.post(f"/rooms/{q(room)}/redact/{q(event)}", {"reason": "r"})
        look(bob, room, event, redaction.ok()["event_id"])


@scenario(SEND, branch="numbers beyond canonical JSON, by room version", prepare=rooms_of_versions)
def sends_odd_numbers(cast: Cast, rooms: list[str]) -> None:
    numbers: list[Any] = [1.5, 2**53 - 1, 2**53, -(2**53), 1e10, -0.0]
    for room in (rooms[0], rooms[2], rooms[-1]):
        for number in numbers:
            cast["alice"].send(room, "org.example.number", {"n": number})


@scenario(SEND, branch="redactions through send, as of room version 11", prepare=rooms_of_versions)
def sends_redactions(cast: Cast, rooms: list[str]) -> None:
    alice = cast["alice"]
    for room in rooms[-2:]:
        event = alice.say(room, "x")
        for content in ({"redacts": "$unknown"}, {"redacts": event}, {"redacts": event}):
            alice.send(room, "m.room.redaction", content)
        look(alice, room, event)


@scenario(SEND, branch="without the power that a type needs", prepare=moderated_room)
def lacks_power(cast: Cast, room: str) -> None:
    for name in ("carol", "bob", "alice"):
        cast[name].send(room, "org.example.high", {"by": name})
        cast[name].send(room, "m.reaction", {"by": name})
        cast[name].send(room, "m.room.message", text(name))


@scenario(SEND, branch="by who is not, no more or not yet in the room",
          prepare=members_of_all_kinds)  # fmt: skip
def is_no_member(cast: Cast, room: str) -> None:
    for name in ("left", "banned", "guest", "stranger", "joined"):
        cast[name].send(room, "m.room.message", text(name))
        cast[name].send("!unknown:test.local", "m.room.message", text(name))
        cast[name].send("no room id", "m.room.message", text(name))


@scenario(SEND, branch="state types through send", prepare=shared_room)
def sends_state_types(cast: Cast, room: str) -> None:
    alice = cast["alice"]
    for kind, content in (
        ("m.room.name", {"name": "not state"}),
        ("m.room.topic", {"topic": "not state"}),
        ("m.room.join_rules", {"join_rule": "public"}),
        ("m.room.encryption", {"algorithm": "x"}),
    ):
        alice.send(room, kind, content)
    alice.get(f"/rooms/{q(room)}/state/m.room.name")


@scenario(SEND, branch="events that are too large, or nearly", prepare=shared_room)
def sends_large_events(cast: Cast, room: str) -> None:
    alice = cast["alice"]
    for size in (60_000, 65_000, 65_536, 70_000):
        alice.send(room, "m.room.message", text("x" * size))
    for length in (255, 256):
        alice.send(room, "t" * length, {})
    alice.send(room, "m.room.message", text("x"), "x" * 300)


@scenario(SEND, branch="message contents of wrong types", prepare=shared_room)
def sends_wrong_contents(cast: Cast, room: str) -> None:
    alice = cast["alice"]
    for content in (
        {},
        {"msgtype": "m.text"},
        {"body": "x"},
        {"msgtype": 1, "body": 2},
        {"msgtype": "m.text", "body": None},
        {"msgtype": "m.text", "body": "x", "format": 1, "formatted_body": []},
    ):
        alice.send(room, "m.room.message", content)
    look(cast["bob"], room)


@scenario(SEND, MESSAGES, branch="many at the same time by two users", prepare=shared_room,
          rows=False)  # fmt: skip
def sends_at_once(cast: Cast, room: str) -> None:
    alice, bob = cast["alice"], cast["bob"]
    acts = [
        partial(user.send, room, "m.room.message", text(f"{user.name} {n}"), f"at-once-{n}")
        for n in range(5)
        for user in (alice, bob)
    ]
    events = [one.ok()["event_id"] for one in cast.at_once(*acts)]
    assert len(set(events)) == 10
    alice.unordered = True
    alice.get(f"/rooms/{q(room)}/messages", dir="b", limit=10).ok()
    assert alice.get(f"/rooms/{q(room)}/messages", dir="b", limit=50).status == 200


@scenario(SEND, MESSAGES, branch="one transaction several times at the same time",
          prepare=shared_room, rows=False)  # fmt: skip
def sends_one_transaction_at_once(cast: Cast, room: str) -> None:
    alice = cast["alice"]
    act = partial(alice.send, room, "m.room.message", text("only once"), "same")
    events = {one.ok()["event_id"] for one in cast.at_once(act, act, act, act)}
    assert len(events) == 1
    look(alice, room, *events)


@scenario(SEND, REDACT, EVENT, branch="several redactions at the same time",
          prepare=shared_room, rows=False)  # fmt: skip
def redacts_at_once(cast: Cast, room: str) -> None:
    alice = cast["alice"]
    events = [alice.say(room, f"x {n}") for n in range(3)]
    path = f"/rooms/{q(room)}/redact"
    cast.at_once(*(partial(alice.post, f"{path}/{q(event)}", {}) for event in events))
    for event in events:
        assert not alice.get(f"/rooms/{q(room)}/event/{q(event)}").ok()["content"]
