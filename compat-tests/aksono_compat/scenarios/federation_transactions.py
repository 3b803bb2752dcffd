# SPDX-License-Identifier: Apache-2.0
"""Transactions of other servers: events, good and bad, and what is told besides."""

from typing import Any

from ..client import q
from ..event_checks import Json
from ..peer_keys import signing_key
from ..peer_rooms import PeerRoom, now_ms
from .acting_peer import FEDERATION
from .cast import Actor, Cast
from .key_signing import cross_signing_key
from .model import scenario
from .peer_rooms_ready import closed_room, prepare_room, shared_room
from .waits import event_in, type_in, wait_for

SEND = f"PUT {FEDERATION}/v1/send/{{transaction_id}}"
TEXT = "m.room.message"


def _text(body: str) -> Json:
    return {"msgtype": "m.text", "body": body}


def _last(actor: Actor, room: PeerRoom, limit: int = 5) -> None:
    actor.get(f"/rooms/{q(room.room_id)}/messages", dir="b", limit=limit)


def _final(cast: Cast, room: PeerRoom, sender: str = "pia") -> None:
    """A good message at the end; when it is seen, what came before has been judged."""
    alice = cast["alice"]
    alice.quiet = True
    since = alice.since()
    message = room.add(TEXT, _text("the last"), cast.peer.user(sender))
    cast.peer.transact([message]).ok()
    alice.sync_until(since, event_in(room.room_id, room.newest))
    alice.quiet = False


@scenario(SEND, branch="a message, which users see", prepare=shared_room, profile="federation")
def takes_a_message(cast: Cast, room: Json) -> None:
    alice, peer = cast["alice"], cast.peer
    known = peer.room(room)
    since = alice.since()
    peer.transact([known.add(TEXT, _text("hello"), peer.user("pia"))]).ok()
    alice.sync_until(since, event_in(known.room_id, known.newest))
    alice.get(f"/rooms/{q(known.room_id)}/event/{q(known.newest)}")


@scenario(
    f"{SEND}/", branch="with a slash: several events, a state among them", prepare=shared_room,
    profile="federation",
)  # fmt: skip
def takes_several_events(cast: Cast, room: Json) -> None:
    alice, peer = cast["alice"], cast.peer
    known, pia = peer.room(room), peer.user("pia")
    since = alice.since()
    member = {"membership": "join", "displayname": "Pia"}
    events = [
        known.add(TEXT, _text("one"), pia),
        known.add("m.room.member", member, pia, pia),
        known.add(TEXT, _text("two"), pia),
    ]
    peer.put("/v1/send/several/", peer.transaction(events, [])).ok()
    alice.sync_until(since, event_in(known.room_id, known.newest))
    _last(alice, known)
    alice.get(f"/rooms/{q(known.room_id)}/state/m.room.member/{q(pia)}")


@scenario(SEND, branch="the same transaction twice", prepare=shared_room, profile="federation")
def takes_a_transaction_once(cast: Cast, room: Json) -> None:
    peer = cast.peer
    known = peer.room(room)
    events = [known.add(TEXT, _text("once"), peer.user("pia"))]
    content = peer.transaction(events, [])
    for _ in range(2):
        peer.put("/v1/send/same", content)
    peer.put("/v1/send/another", content)
    peer.put("/v1/send/same", peer.transaction([], []))
    _final(cast, known)
    _last(cast["alice"], known)


@scenario(
    SEND, branch="signed by another key, by nobody, by another server", prepare=shared_room,
    profile="federation",
)  # fmt: skip
def refuses_wrong_signatures(cast: Cast, room: Json) -> None:
    peer = cast.peer
    known, pia = peer.room(room), peer.user("pia")
    events = []
    for n, wrong in enumerate(({}, {peer.name: {peer.key_id: "A" * 86}}, {"x": {"ed25519:x": ""}})):
        event, _ = known.make(TEXT, _text(f"wrong {n}"), pia)
        events.append({**event, "signatures": wrong})
    own, peer.key = peer.key, signing_key("nobody", "peer")
    events.append(known.make(TEXT, _text("by another key"), pia)[0])
    peer.key = own
    events.append(known.make(TEXT, _text("of alice"), cast["alice"].user_id)[0])
    for event in events:
        peer.transact([event])
    _final(cast, known)
    _last(cast["alice"], known)


@scenario(
    SEND, branch="whose content was changed: it comes redacted", prepare=shared_room,
    profile="federation",
)  # fmt: skip
def redacts_changed_events(cast: Cast, room: Json) -> None:
    peer = cast.peer
    known = peer.room(room)
    event, _ = known.make(TEXT, _text("right"), peer.user("pia"))
    peer.transact([{**event, "content": _text("changed")}])
    known.take(event)
    _final(cast, known)
    _last(cast["alice"], known)


@scenario(
    SEND, branch="that the sender may not send: power, membership, wrong auth events",
    prepare=shared_room, profile="federation",
)  # fmt: skip
def rejects_events(cast: Cast, room: Json) -> None:
    peer = cast.peer
    known, pia = peer.room(room), peer.user("pia")
    events = [
        known.make("m.room.name", {"name": "mine"}, pia, "")[0],
        known.make("m.room.power_levels", {"users": {pia: 100}}, pia, "")[0],
        known.make(TEXT, _text("not joined"), peer.user("paul"))[0],
        known.make("m.room.member", {"membership": "ban"}, pia, cast["alice"].user_id)[0],
        known.make(TEXT, _text("no auth events"), pia, auth_events=[])[0],
    ]
    for event in events:
        peer.transact([event])
    _final(cast, known)
    _last(cast["alice"], known, 10)
    cast["alice"].get(f"/rooms/{q(known.room_id)}/state/m.room.power_levels")


def _banned(cast: Cast) -> Json:
    """pia is banned, and does not know it; paul of the same server is in."""
    known = prepare_room(cast)
    paul = cast.peer.enter(known.room_id, "paul")
    content = {"user_id": cast.peer.user("pia")}
    cast["alice"].post(f"/rooms/{q(known.room_id)}/ban", content).ok()
    return {"room": paul.as_json()}


@scenario(SEND, branch="by who was banned since: not shown", prepare=_banned, profile="federation")
def fails_softly(cast: Cast, room: Json) -> None:
    alice, peer = cast["alice"], cast.peer
    known = peer.room(room)
    message, made = known.make(TEXT, _text("I do not know of the ban"), peer.user("pia"))
    peer.transact([message])
    _final(cast, known, "paul")
    _last(alice, known, 4)
    alice.get(f"/rooms/{q(known.room_id)}/event/{q(made)}")
    peer.get(f"/v1/event/{q(made)}")


@scenario(
    SEND, branch="events of rooms that the server is not in, or the peer is not",
    prepare=closed_room, profile="federation",
)  # fmt: skip
def refuses_events_of_other_rooms(cast: Cast, room_id: str, event_id: str) -> None:
    peer = cast.peer
    far = peer.host("otto")
    peer.transact([far.make(TEXT, _text("hello"), peer.user("otto"))[0]])
    near = PeerRoom(peer.sign, room_id, 11)
    near.newest, near.depth = event_id, 10
    peer.transact([near.make(TEXT, _text("let me in"), peer.user("pia"))[0]])
    _last(cast["alice"], near, 3)


@scenario(SEND, branch="bodies that are no transaction", profile="federation")
def refuses_bad_transactions(cast: Cast) -> None:
    peer = cast.peer
    right = peer.transaction([], [])
    wrong: list[Any] = [
        {**right, "pdus": {}}, {**right, "edus": {}}, {**right, "pdus": [1]},
        {**right, "edus": [1]}, {**right, "pdus": [{}]}, {**right, "edus": [{}]},
        {**right, "pdus": [{"room_id": "!x:y"}]}, {"pdus": []}, {**right, "pdus": [{}] * 51},
        {**right, "edus": [{"edu_type": "x", "content": {}}] * 101}, [], right,
    ]  # fmt: skip
    for number, content in enumerate(wrong):
        peer.put(f"/v1/send/bad{number}", content)


@scenario(
    SEND, branch="events that are missing in between are fetched", prepare=shared_room,
    profile="federation",
)  # fmt: skip
def asks_for_what_is_missing(cast: Cast, room: Json) -> None:
    alice, peer = cast["alice"], cast.peer
    known, pia = peer.room(room), peer.user("pia")
    peer.rooms[known.room_id] = known
    since = alice.since()
    for n in range(3):
        known.add(TEXT, _text(f"kept back {n}"), pia)
    peer.transact([known.add(TEXT, _text("sent"), pia)]).ok()
    alice.sync_until(since, event_in(known.room_id, known.newest))
    _last(alice, known, 6)


@scenario(
    SEND, branch="a fork: two events after one, and one after both", prepare=shared_room,
    profile="federation",
)  # fmt: skip
def takes_a_fork(cast: Cast, room: Json) -> None:
    alice, peer = cast["alice"], cast.peer
    known, pia = peer.room(room), peer.user("pia")
    since = alice.since()
    both = [known.make(TEXT, _text(side), pia) for side in ("left", "right")]
    for event, _ in both:
        peer.transact([event])
    depth = both[0][0]["depth"] + 1
    after, made = known.make(
        TEXT, _text("after both"), pia, prev_events=[one for _, one in both], depth=depth
    )
    peer.transact([after]).ok()
    alice.sync_until(since, event_in(known.room_id, made))
    _last(alice, known, 4)
    peer.get(f"/v1/state_ids/{q(known.room_id)}", event_id=made)


def _typing(room: Json, user: str, typing: bool) -> Json:
    return {"room_id": room["room_id"], "user_id": user, "typing": typing}


@scenario(SEND, branch="EDU m.typing", prepare=shared_room, profile="federation")
def hears_typing(cast: Cast, room: Json) -> None:
    alice, peer = cast["alice"], cast.peer
    since = alice.since()
    room_id, pia = room["room_id"], peer.user("pia")
    peer.tell("m.typing", _typing(room, pia, True)).ok()
    seen = alice.sync_until(since, type_in("ephemeral", "m.typing", room_id))
    peer.tell("m.typing", _typing(room, pia, False)).ok()
    alice.sync_until(seen["next_batch"], type_in("ephemeral", "m.typing", room_id))
    wrong: list[Json] = [
        _typing(room, "@x:elsewhere.invalid", True), _typing(room, peer.user("paul"), True),
        _typing({"room_id": "!none:x"}, pia, True), {"room_id": room_id}, {},
    ]  # fmt: skip
    for content in wrong:
        peer.tell("m.typing", content)


def _receipt(room: str, user: str, event_id: str, kind: str = "m.read") -> Json:
    return {room: {kind: {user: {"data": {"ts": now_ms()}, "event_ids": [event_id]}}}}


@scenario(SEND, branch="EDU m.receipt", prepare=shared_room, profile="federation")
def hears_receipts(cast: Cast, room: Json) -> None:
    alice, peer = cast["alice"], cast.peer
    room_id, pia = room["room_id"], peer.user("pia")
    since = alice.since()
    wrong: list[Json] = [
        _receipt(room_id, "@x:elsewhere.invalid", room["newest"]),
        _receipt("!none:x", pia, room["newest"]),
        {room_id: {"m.read": {pia: {}}}}, {room_id: "x"}, {},
    ]  # fmt: skip
    for content in wrong:
        peer.tell("m.receipt", content)
    peer.tell("m.receipt", _receipt(room_id, pia, room["newest"])).ok()
    alice.sync_until(since, type_in("ephemeral", "m.receipt", room_id))


@scenario(SEND, branch="EDU m.direct_to_device", prepare=shared_room, profile="federation")
def hears_to_device_messages(cast: Cast, room: Json) -> None:
    alice, peer = cast["alice"], cast.peer
    since = alice.since()
    whole: Json = {
        "sender": peer.user("pia"), "type": "org.example.note", "message_id": "one",
        "messages": {alice.user_id: {"*": {"text": "psst"}}},
    }  # fmt: skip
    peer.tell("m.direct_to_device", {**whole, "sender": "@x:elsewhere.invalid"})
    peer.tell("m.direct_to_device", {**whole, "messages": {peer.user("paul"): {"*": {}}}})
    peer.tell("m.direct_to_device", {"sender": peer.user("pia")})
    for _ in range(2):
        peer.tell("m.direct_to_device", whole).ok()
    seen = alice.sync_until(since, type_in("to_device", "org.example.note"))
    named = {alice.user_id: {alice.device_id: {"text": "to one"}, "NONE": {}}}
    peer.tell("m.direct_to_device", {**whole, "message_id": "two", "messages": named}).ok()
    alice.sync_until(seen["next_batch"], type_in("to_device", "org.example.note"))


@scenario(SEND, branch="EDU m.presence, where there is none", profile="federation")
def hears_of_presence(cast: Cast) -> None:
    peer = cast.peer
    push = {"user_id": peer.user("pia"), "presence": "online", "last_active_ago": 10}
    peer.tell("m.presence", {"push": [push]})
    peer.tell("m.presence", {"push": [{"user_id": "@x:elsewhere.invalid"}]})
    peer.tell("m.presence", {})
    peer.tell("org.example.unknown", {})


def _device(user: str, number: int, previous: list[int], **more: Any) -> Json:
    return {
        "user_id": user, "device_id": "PIAPHONE", "device_display_name": "phone",
        "stream_id": number, "prev_id": previous, **more,
    }  # fmt: skip


def _changed(user: str) -> Any:
    return lambda seen: user in seen.get("device_lists", {}).get("changed", [])


@scenario(SEND, branch="EDU m.device_list_update", prepare=shared_room, profile="federation")
def hears_of_devices(cast: Cast, room: Json) -> None:
    alice, peer = cast["alice"], cast.peer
    pia = peer.user("pia")
    keys = {"user_id": pia, "device_id": "PIAPHONE", "algorithms": [], "keys": {}}
    device = {"device_id": "PIAPHONE", "keys": keys, "device_display_name": "phone"}
    told = {"user_id": pia, "stream_id": 3, "devices": [device]}
    peer.answers["GET", f"{FEDERATION}/v1/user/devices/{q(pia)}"] = (200, told)
    since = alice.since()
    peer.tell("m.device_list_update", _device("@x:elsewhere.invalid", 1, []))
    peer.tell("m.device_list_update", {"user_id": pia})
    peer.tell("m.device_list_update", _device(pia, 3, [], keys=keys)).ok()
    alice.sync_until(since, _changed(pia))
    wait_for(lambda: peer.asked, lambda asked: any("/user/devices/" in path for _, path in asked))
    since = alice.since()
    peer.tell("m.device_list_update", _device(pia, 4, [3], deleted=True)).ok()
    alice.sync_until(since, _changed(pia))


@scenario(SEND, branch="EDU m.signing_key_update", prepare=shared_room, profile="federation")
def hears_of_signing_keys(cast: Cast, room: Json) -> None:
    alice, peer = cast["alice"], cast.peer
    pia = peer.user("pia")
    key = cross_signing_key(pia, "master")
    since = alice.since()
    peer.tell("m.signing_key_update", {"user_id": "@x:elsewhere.invalid", "master_key": key})
    peer.tell("m.signing_key_update", {"user_id": pia, "master_key": key}).ok()
    alice.sync_until(since, _changed(pia))
    alice.post("/keys/query", {"device_keys": {pia: []}})
