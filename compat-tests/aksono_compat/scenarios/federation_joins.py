# SPDX-License-Identifier: Apache-2.0
"""Users of other servers join, knock, leave; users of this one are invited."""

from typing import Any

from ..client import q
from ..event_checks import Json
from .acting_peer import FEDERATION, ActingPeer
from .cast import Actor, Cast
from .model import scenario
from .peer_rooms_ready import prepare_room, shared_room
from .waits import room_in

V1, V2 = f"{FEDERATION}/v1", f"{FEDERATION}/v2"
MAKE_JOIN = f"GET {V1}/make_join/{{room_id}}/{{user_id}}"
MAKE_LEAVE = f"GET {V1}/make_leave/{{room_id}}/{{user_id}}"
MAKE_KNOCK = f"GET {V1}/make_knock/{{room_id}}/{{user_id}}"
ROOM_EVENT = "{room_id}/{event_id}"
JOIN_1, JOIN_2 = f"PUT {V1}/send_join/{ROOM_EVENT}", f"PUT {V2}/send_join/{ROOM_EVENT}"
LEAVE_1, LEAVE_2 = f"PUT {V1}/send_leave/{ROOM_EVENT}", f"PUT {V2}/send_leave/{ROOM_EVENT}"
KNOCK = f"PUT {V1}/send_knock/{ROOM_EVENT}"
INVITE_1, INVITE_2 = f"PUT {V1}/invite/{ROOM_EVENT}", f"PUT {V2}/invite/{ROOM_EVENT}"


def _public(cast: Cast) -> Json:
    return {"room": cast.user("alice").create_room(preset="public_chat", name="Square")}


def _knocking(cast: Cast) -> Json:
    state = [{"type": "m.room.join_rules", "state_key": "", "content": {"join_rule": "knock"}}]
    return {"room": cast.user("alice").create_room(name="Door", initial_state=state)}


def _doors(cast: Cast) -> Json:
    """A room with a door, one without, one of a version that has none."""
    made = _knocking(cast)
    alice = cast["alice"]
    return {**made, "closed": alice.create_room(), "old": alice.create_room(room_version="6")}


def _members(actor: Actor, room: str) -> None:
    actor.unordered = True
    actor.get(f"/rooms/{q(room)}/members").ok()
    actor.unordered = False


@scenario(MAKE_JOIN, JOIN_2, branch="a public room", prepare=_public, profile="federation")
def lets_a_server_in(cast: Cast, room: str) -> None:
    alice, peer = cast["alice"], cast.peer
    since = alice.since()
    event, made = peer.membership(room, "pia", "join")
    peer.put(f"/v2/send_join/{q(room)}/{q(made)}", event).ok()
    alice.sync_until(since, room_in("join", room))
    _members(alice, room)


@scenario(JOIN_1, branch="in the old way", prepare=_public, profile="federation")
def lets_a_server_in_by_v1(cast: Cast, room: str) -> None:
    event, made = cast.peer.membership(room, "pia", "join")
    cast.peer.put(f"/v1/send_join/{q(room)}/{q(made)}", event).ok()
    _members(cast["alice"], room)


@scenario(
    JOIN_2, branch="without the members of the state (omit_members)", prepare=_public,
    profile="federation",
)  # fmt: skip
def lets_a_server_in_with_less_state(cast: Cast, room: str) -> None:
    event, made = cast.peer.membership(room, "pia", "join")
    path = f"/v2/send_join/{q(room)}/{q(made)}"
    cast.peer.put(f"{path}?omit_members=true", event).ok()
    cast.peer.put(path, event)


@scenario(
    MAKE_JOIN, JOIN_2, branch="the other users of a server, and one who is in already",
    prepare=shared_room, profile="federation",
)  # fmt: skip
def lets_more_users_in(cast: Cast, room: Json) -> None:
    peer, room_id = cast.peer, room["room_id"]
    for name in ("paul", "pia"):
        event, made = peer.membership(room_id, name, "join")
        peer.put(f"/v2/send_join/{q(room_id)}/{q(made)}", event).ok()
    _members(cast["alice"], room_id)


@scenario(
    MAKE_JOIN, branch="versions that the asking server does not know, none named",
    prepare=_public, profile="federation",
)  # fmt: skip
def names_the_version(cast: Cast, room: str) -> None:
    peer = cast.peer
    path = f"/v1/make_join/{q(room)}/{q(peer.user('pia'))}"
    peer.get(path)
    peer.get(path, ver=["1", "2", "10"])
    peer.get(path, ver=["1", "11", "12"])


def _refusing(cast: Cast) -> Json:
    """Rooms that do not let in: by invitation, banned, not federated."""
    alice = cast.user("alice")
    private = alice.create_room()
    banned = alice.create_room(preset="public_chat")
    content = {"user_id": cast.peer.user("pia"), "reason": "noise"}
    alice.post(f"/rooms/{q(banned)}/ban", content).ok()
    lonely = alice.create_room(preset="public_chat", creation_content={"m.federate": False})
    return {
        "rooms": [private, banned, lonely],
        "open_room": alice.create_room(preset="public_chat"),
    }


@scenario(
    MAKE_JOIN, branch="rooms that do not let in, unknown rooms, users of other servers",
    prepare=_refusing, profile="federation",
)  # fmt: skip
def refuses_to_make_joins(cast: Cast, rooms: list[str], open_room: str) -> None:
    peer = cast.peer
    for room in (*rooms, "!none:test.local", "!none:elsewhere.invalid", "nonsense"):
        peer.get(f"/v1/make_join/{q(room)}/{q(peer.user('pia'))}", ver=11)
    for user in ("@x:elsewhere.invalid", cast["alice"].user_id, "nobody"):
        peer.get(f"/v1/make_join/{q(open_room)}/{q(user)}", ver=11)


def _wrong_joins(peer: ActingPeer, event: Json) -> list[Json]:
    """Each is signed anew, so that nothing else is wrong with it."""
    content = event["content"]
    wrong = [
        {**event, "type": "m.room.message"},
        {**event, "state_key": peer.user("paul")},
        {**event, "content": {**content, "membership": "leave"}},
        {**event, "room_id": "!none:test.local"},
        {**event, "prev_events": []},
        {**event, "auth_events": []},
        {**event, "sender": "@x:elsewhere.invalid", "state_key": "@x:elsewhere.invalid"},
    ]
    return [peer.sign(one)[0] for one in wrong]


@scenario(
    JOIN_1, JOIN_2, branch="events that are no such join", prepare=_public, profile="federation",
)  # fmt: skip
def refuses_wrong_joins(cast: Cast, room: str) -> None:
    peer = cast.peer
    event, made = peer.membership(room, "pia", "join")
    for version in ("v1", "v2"):
        path = f"/{version}/send_join/{q(room)}"
        for wrong in _wrong_joins(peer, event):
            _, wrong_id = peer.sign(wrong)
            peer.put(f"{path}/{q(wrong_id)}", wrong)
        peer.put(f"{path}/{q(made)}", {**event, "signatures": {}})
        peer.put(f"{path}/{q(made)}", {**event, "content": {**event["content"], "more": 1}})
        peer.put(f"{path}/{q(made)}", {})
        peer.put(f"/{version}/send_join/{q('!none:test.local')}/{q(made)}", event)
    peer.put(f"/v2/send_join/{q(room)}/%24wrong", event)
    _members(cast["alice"], room)


def _restricted(cast: Cast) -> Json:
    """A room for members of another one, which pia has joined."""
    club = prepare_room(cast)
    allow = [{"type": "m.room_membership", "room_id": club.room_id}]
    content = {"join_rule": "restricted", "allow": allow}
    state = [{"type": "m.room.join_rules", "state_key": "", "content": content}]
    return {"room": cast["alice"].create_room(initial_state=state)}


@scenario(
    MAKE_JOIN, JOIN_2, branch="a room for the members of another room", prepare=_restricted,
    profile="federation",
)  # fmt: skip
def lets_members_of_another_room_in(cast: Cast, room: str) -> None:
    peer = cast.peer
    event, made = peer.membership(room, "pia", "join")
    peer.put(f"/v2/send_join/{q(room)}/{q(made)}", event).ok()
    peer.get(f"/v1/make_join/{q(room)}/{q(peer.user('paul'))}", ver=11)
    _members(cast["alice"], room)


@scenario(MAKE_KNOCK, KNOCK, branch="a room with a door", prepare=_knocking, profile="federation")
def takes_a_knock(cast: Cast, room: str) -> None:
    alice, peer = cast["alice"], cast.peer
    since = alice.since()
    event, made = peer.membership(room, "pia", "knock")
    peer.unordered = True
    peer.put(f"/v1/send_knock/{q(room)}/{q(made)}", event).ok()
    alice.sync_until(since, room_in("join", room))
    _members(alice, room)


@scenario(
    MAKE_KNOCK, KNOCK, branch="rooms without a door, versions without knocking, wrong events",
    prepare=_doors, profile="federation",
)  # fmt: skip
def refuses_knocks(cast: Cast, room: str, closed: str, old: str) -> None:
    alice, peer = cast["alice"], cast.peer
    for wanted in (closed, old, "!none:test.local"):
        peer.get(f"/v1/make_knock/{q(wanted)}/{q(peer.user('pia'))}", ver=[6, 11])
    peer.get(f"/v1/make_knock/{q(room)}/{q(peer.user('pia'))}", ver=7)
    peer.get(f"/v1/make_knock/{q(room)}/{q('@x:elsewhere.invalid')}", ver=11)
    event, made = peer.membership(room, "pia", "knock")
    for wrong in _wrong_joins(peer, event):
        _, wrong_id = peer.sign(wrong)
        peer.put(f"/v1/send_knock/{q(room)}/{q(wrong_id)}", wrong)
    peer.put(f"/v1/send_knock/{q(room)}/{q(made)}", {})
    _members(alice, room)


@scenario(
    MAKE_LEAVE, LEAVE_2, branch="who has joined leaves", prepare=shared_room, profile="federation"
)
def lets_a_server_out(cast: Cast, room: Json) -> None:
    alice, peer, room_id = cast["alice"], cast.peer, room["room_id"]
    since = alice.since()
    event, made = peer.membership(room_id, "pia", "leave")
    peer.put(f"/v2/send_leave/{q(room_id)}/{q(made)}", event).ok()
    alice.sync_until(since, room_in("join", room_id))
    _members(alice, room_id)
    peer.get(f"/v1/state_ids/{q(room_id)}", event_id=made)


@scenario(LEAVE_1, branch="in the old way", prepare=shared_room, profile="federation")
def lets_a_server_out_by_v1(cast: Cast, room: Json) -> None:
    event, made = cast.peer.membership(room["room_id"], "pia", "leave")
    cast.peer.put(f"/v1/send_leave/{q(room['room_id'])}/{q(made)}", event).ok()
    _members(cast["alice"], room["room_id"])


@scenario(
    MAKE_LEAVE, LEAVE_2, LEAVE_1, branch="who is not in, unknown rooms, wrong events",
    prepare=shared_room, profile="federation",
)  # fmt: skip
def refuses_leaves(cast: Cast, room: Json) -> None:
    peer, room_id = cast.peer, room["room_id"]
    peer.get(f"/v1/make_leave/{q(room_id)}/{q(peer.user('paul'))}")
    peer.get(f"/v1/make_leave/{q('!none:test.local')}/{q(peer.user('pia'))}")
    peer.get(f"/v1/make_leave/{q(room_id)}/{q('@x:elsewhere.invalid')}")
    event, made = peer.membership(room_id, "pia", "leave")
    for version in ("v1", "v2"):
        path = f"/{version}/send_leave/{q(room_id)}"
        for wrong in _wrong_joins(peer, event):
            if wrong["content"].get("membership") == "leave" and wrong["prev_events"]:
                _, wrong_id = peer.sign(wrong)
                peer.put(f"{path}/{q(wrong_id)}", wrong)
        peer.put(f"{path}/{q(made)}", {**event, "signatures": {}})
        peer.put(f"{path}/{q(made)}", {})


def _inviting(cast: Cast) -> Json:
    """alice's room, to which pia is invited."""
    alice = cast.user("alice")
    room = alice.create_room()
    alice.post(f"/rooms/{q(room)}/invite", {"user_id": cast.peer.user("pia")}).ok()
    return {"room": room}


@scenario(
    MAKE_LEAVE, LEAVE_2, branch="an invitation is turned down by the other server",
    prepare=_inviting, profile="federation",
)  # fmt: skip
def takes_a_refused_invitation(cast: Cast, room: str) -> None:
    alice, peer = cast["alice"], cast.peer
    event, made = peer.membership(room, "pia", "leave")
    peer.put(f"/v2/send_leave/{q(room)}/{q(made)}", event).ok()
    _members(alice, room)


def _invited(cast: Cast) -> Json:
    """A user of the server, and the peer's room to which that user is not invited yet."""
    alice = cast.user("alice")
    room = cast.peer.host("otto", "invite")
    return {"user": alice.user_id, "room": room.as_json()}


def _invitation(cast: Cast, kept: Json, user: str) -> tuple[Json, str]:
    room = cast.peer.room(kept)
    return room.make("m.room.member", {"membership": "invite"}, cast.peer.user("otto"), user)


def _stripped(cast: Cast, kept: Json) -> list[Json]:
    room = cast.peer.room(kept)
    keys = ("type", "state_key", "content", "sender")
    return [{key: event[key] for key in keys} for event in room.state_events()]


@scenario(INVITE_2, branch="a user is invited, and sees it", prepare=_invited, profile="federation")
def takes_an_invitation(cast: Cast, user: str, room: Json) -> None:
    alice, peer = cast["alice"], cast.peer
    since = alice.since()
    event, made = _invitation(cast, room, user)
    body = {"event": event, "room_version": "11", "invite_room_state": _stripped(cast, room)}
    path = f"/v2/invite/{q(room['room_id'])}/{q(made)}"
    peer.put(path, body).ok()
    alice.sync_until(since, room_in("invite", room["room_id"]))
    peer.put(path, body)


@scenario(INVITE_1, branch="in the old way", prepare=_invited, profile="federation")
def takes_an_invitation_by_v1(cast: Cast, user: str, room: Json) -> None:
    event, made = _invitation(cast, room, user)
    event["unsigned"] = {"invite_room_state": _stripped(cast, room)}
    path = f"/v1/invite/{q(room['room_id'])}/{q(made)}"
    cast.peer.put(path, event)


@scenario(
    INVITE_2, branch="unknown and wrong users, versions, events that are no invitation",
    prepare=_invited, profile="federation",
)  # fmt: skip
def refuses_invitations(cast: Cast, user: str, room: Json) -> None:
    peer, base = cast.peer, f"/v2/invite/{q(room['room_id'])}"
    for wrong in (cast.user_id("unknown"), peer.user("pia"), "@x:elsewhere.invalid"):
        event, made = _invitation(cast, room, wrong)
        peer.put(f"{base}/{q(made)}", {"event": event, "room_version": "11"})
    event, made = _invitation(cast, room, user)
    bodies: list[Json] = [
        {"event": event, "room_version": "99"}, {"event": event}, {"room_version": "11"},
        {"event": {}, "room_version": "11"}, {},
        {"event": {**event, "signatures": {}}, "room_version": "11"},
        {"event": event, "room_version": "11", "invite_room_state": "x"},
    ]  # fmt: skip
    for body in bodies:
        peer.put(f"{base}/{q(made)}", body)
    message, made = peer.room(room).make("m.room.message", {}, peer.user("otto"))
    peer.put(f"{base}/{q(made)}", {"event": message, "room_version": "11"})
    peer.put(f"/v2/invite/{q('!other:x')}/{q(made)}", {"event": event, "room_version": "11"})
    cast["alice"].get("/sync", timeout=0)


def _ignoring(cast: Cast) -> Json:
    made = _invited(cast)
    alice = cast["alice"]
    path = f"/user/{q(alice.user_id)}/account_data/m.ignored_user_list"
    alice.put(path, {"ignored_users": {cast.peer.user("otto"): {}}}).ok()
    return made


@scenario(
    INVITE_2, branch="by someone whom the user ignores", prepare=_ignoring, profile="federation"
)
def takes_an_ignored_invitation(cast: Cast, user: str, room: Json) -> None:
    event, made = _invitation(cast, room, user)
    body = {"event": event, "room_version": "11", "invite_room_state": _stripped(cast, room)}
    cast.peer.put(f"/v2/invite/{q(room['room_id'])}/{q(made)}", body)
    cast["alice"].get("/sync", timeout=0)


@scenario(
    f"PUT {V1}/exchange_third_party_invite/{{room_id}}",
    branch="without an invitation of a third party to exchange", prepare=shared_room,
    profile="federation",
)  # fmt: skip
def exchanges_no_invitations(cast: Cast, room: Json) -> None:
    peer, room_id = cast.peer, room["room_id"]
    signed = {"mxid": peer.user("paul"), "token": "none", "signatures": {}}
    content: Json = {
        "membership": "invite",
        "third_party_invite": {"display_name": "p…", "signed": signed},
    }
    event: Json = {
        "type": "m.room.member", "room_id": room_id, "sender": cast["alice"].user_id,
        "state_key": peer.user("paul"), "content": content,
    }  # fmt: skip
    bodies: list[Any] = [
        event, {**event, "content": {"membership": "invite"}}, {**event, "sender": "nobody"},
        {**event, "state_key": cast.user_id("bob")}, {},
    ]  # fmt: skip
    for body in bodies:
        peer.put(f"/v1/exchange_third_party_invite/{q(room_id)}", body)
    peer.put(f"/v1/exchange_third_party_invite/{q('!none:test.local')}", event)


@scenario(
    f"POST {V1}/3pid/onbind", branch="addresses that nobody was invited by", prepare=_public,
    profile="federation",
)  # fmt: skip
def learns_of_bound_addresses(cast: Cast, room: str) -> None:
    peer, path = cast.peer, f"{V1}/3pid/onbind"
    user = cast["alice"].user_id
    signed = {"mxid": user, "token": "none", "signatures": {"id.invalid": {"ed25519:0": "A" * 86}}}
    invite = {
        "address": "a@b.invalid", "medium": "email", "mxid": user, "room_id": room,
        "sender": user, "signed": signed,
    }  # fmt: skip
    whole = {"address": "a@b.invalid", "medium": "email", "mxid": user, "invites": []}
    bodies: list[Any] = [
        whole, {**whole, "invites": [invite]}, {**whole, "invites": [{}]}, {"mxid": user}, {},
    ]  # fmt: skip
    for body in bodies:
        peer.request(peer.home, "POST", path, body, "")


@scenario(
    MAKE_JOIN, JOIN_2, branch="three servers at the same time", prepare=_public, rows=False,
    profile="federation",
)  # fmt: skip
def lets_servers_in_at_once(cast: Cast, room: str) -> None:
    peers = [cast.peer_named(name) for name in ("one", "two", "three")]
    templates = [peer.membership(room, "pia", "join") for peer in peers]

    def join(peer: ActingPeer, event: Json, made: str) -> int:
        return peer.put(f"/v2/send_join/{q(room)}/{q(made)}", event).status

    acts = [
        lambda peer=peer, event=event, made=made: join(peer, event, made)
        for peer, (event, made) in zip(peers, templates, strict=True)
    ]
    assert cast.at_once(*acts) == [200, 200, 200]
    _members(cast["alice"], room)
    cast.peer.get(f"/v1/make_join/{q(room)}/{q(cast.peer.user('pia'))}", ver=11)
