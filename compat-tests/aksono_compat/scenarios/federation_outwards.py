# SPDX-License-Identifier: Apache-2.0
"""What a server asks of others, and tells them, for its users."""

from ..client import q
from ..event_checks import Json
from .acting_peer import FEDERATION
from .cast import Cast
from .key_signing import device_keys
from .model import scenario
from .peer_rooms_ready import shared_room
from .waits import room_in

NOT_YET = "Aksono neither asks other servers nor tells them anything yet"
ROOM = "/_matrix/client/*/rooms/{room_id}"


@scenario(
    "POST /_matrix/client/*/join/{room_identifier}",
    branch="a room of another server, named by id and by alias", profile="federation",
    differs=NOT_YET,
)  # fmt: skip
def joins_elsewhere(cast: Cast) -> None:
    alice, bob = cast.users("alice", "bob")
    peer = cast.peer
    room = peer.host("otto")
    alias = f"#hall:{peer.name}"
    told = {"room_id": room.room_id, "servers": [peer.name]}
    peer.answers["GET", f"{FEDERATION}/v1/query/directory"] = (200, told)
    since = alice.since()
    alice.request("POST", f"/join/{q(room.room_id)}?via={q(peer.name)}", {}).ok()
    alice.sync_until(since, room_in("join", room.room_id))
    bob.post(f"/join/{q(alias)}").ok()
    alice.unordered = True
    alice.get(f"/rooms/{q(room.room_id)}/state")


@scenario(
    "PUT /_matrix/client/*/rooms/{room_id}/send/{event_type}/{txn_id}",
    branch="the servers of a room are told of a message", prepare=shared_room,
    profile="federation", differs=NOT_YET,
)  # fmt: skip
def tells_of_messages(cast: Cast, room: Json) -> None:
    said = cast["alice"].say(room["room_id"], "hello there")
    cast.peer.hears("it", lambda event: bool(event["content"].get("body") == "hello there"))
    cast.peer.get(f"/v1/event/{q(said)}")


@scenario(
    f"POST {ROOM}/{{membership_action}}",
    branch="a user of another server, who turns it down or cannot be asked",
    prepare=shared_room, profile="federation", differs=NOT_YET,
)  # fmt: skip
def invites_elsewhere(cast: Cast, room: Json) -> None:
    alice, peer = cast["alice"], cast.peer
    path = f"/rooms/{q(room['room_id'])}/invite"
    alice.post(path, {"user_id": peer.user("paul")}).ok()
    alice.get(f"/rooms/{q(room['room_id'])}/state/m.room.member/{q(peer.user('paul'))}")
    other = cast.peer_named("other")
    refusal: Json = {"errcode": "M_FORBIDDEN", "error": "not him"}
    other.refusals["invite"] = (403, refusal)
    alice.post(path, {"user_id": other.user("pat")})


@scenario(
    "PUT /_matrix/client/*/rooms/{room_id}/typing/{user_id}",
    f"POST {ROOM}/receipt/{{receipt_type}}/{{event_id}}",
    branch="the servers of a room are told", prepare=shared_room, profile="federation",
    differs=NOT_YET,
)  # fmt: skip
def tells_of_typing_and_receipts(cast: Cast, room: Json) -> None:
    alice, peer, path = cast["alice"], cast.peer, f"/rooms/{q(room['room_id'])}"
    alice.put(f"{path}/typing/{q(alice.user_id)}", {"typing": True, "timeout": 30000}).ok()
    peer.hears_edu("m.typing")
    alice.post(f"{path}/receipt/m.read/{q(room['newest'])}").ok()
    peer.hears_edu("m.receipt")


@scenario(
    "PUT /_matrix/client/*/sendToDevice/{message_type}/{txn_id}",
    branch="to a device of another server", profile="federation", differs=NOT_YET,
)  # fmt: skip
def sends_to_devices_elsewhere(cast: Cast) -> None:
    alice, peer = cast.user("alice"), cast.peer
    wish = {"messages": {peer.user("pia"): {"PIAPHONE": {"text": "psst"}}}}
    alice.put("/sendToDevice/org.example.note/one", wish).ok()
    told = peer.wait_for_edu("m.direct_to_device")
    assert told["content"]["messages"] == wish["messages"]


@scenario(
    "POST /_matrix/client/*/keys/query", "POST /_matrix/client/*/keys/claim",
    branch="of users of another server", profile="federation", differs=NOT_YET,
)  # fmt: skip
def asks_for_keys_elsewhere(cast: Cast) -> None:
    alice, peer = cast.again(cast.user("alice"), "PHONE"), cast.peer
    pia = peer.user("pia")
    keys = {**device_keys(alice), "user_id": pia}
    told: Json = {"device_keys": {pia: {"PHONE": keys}}}
    peer.answers["POST", f"{FEDERATION}/v1/user/keys/query"] = (200, told)
    key = {"signed_curve25519:AAAA": {"key": "AAAA", "signatures": {}}}
    given = {"one_time_keys": {pia: {"PHONE": key}}}
    peer.answers["POST", f"{FEDERATION}/v1/user/keys/claim"] = (200, given)
    alice.post("/keys/query", {"device_keys": {pia: []}})
    alice.post("/keys/claim", {"one_time_keys": {pia: {"PHONE": "signed_curve25519"}}})


@scenario(
    "GET /_matrix/client/*/profile/{user_id}",
    "GET /_matrix/client/*/directory/room/{room_alias}",
    branch="of another server", profile="federation", differs=NOT_YET,
)  # fmt: skip
def looks_up_elsewhere(cast: Cast) -> None:
    alice, peer = cast.user("alice"), cast.peer
    query = f"{FEDERATION}/v1/query"
    peer.answers["GET", f"{query}/profile"] = (200, {"displayname": "Pia", "avatar_url": None})
    told: Json = {"room_id": f"!hall:{peer.name}", "servers": [peer.name]}
    peer.answers["GET", f"{query}/directory"] = (200, told)
    alice.get(f"/profile/{q(peer.user('pia'))}")
    alice.get(f"/directory/room/{q(f'#hall:{peer.name}')}")
    refusal: Json = {"errcode": "M_NOT_FOUND", "error": "none"}
    peer.answers["GET", f"{query}/profile"] = (404, refusal)
    peer.answers["GET", f"{query}/directory"] = (404, refusal)
    alice.get(f"/profile/{q(peer.user('paul'))}")
    alice.get(f"/directory/room/{q(f'#none:{peer.name}')}")
