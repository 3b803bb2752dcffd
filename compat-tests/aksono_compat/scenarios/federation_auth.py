# SPDX-License-Identifier: Apache-2.0
"""Who asks: requests of servers without, or with a wrong, proof; and servers that are denied."""

from ..client import q
from ..event_checks import Json
from ..peer import header_of
from ..peer_keys import signing_key
from .acting_peer import FEDERATION
from .cast import Cast
from .model import scenario
from .peer_rooms_ready import prepare_room, shared_room

EVENT = f"GET {FEDERATION}/v1/event/{{event_id}}"
STATE_IDS = f"GET {FEDERATION}/v1/state_ids/{{room_id}}"
SEND = f"PUT {FEDERATION}/v1/send/{{transaction_id}}"


@scenario(EVENT, branch="without proof, or half of it", prepare=shared_room, profile="federation")
def wants_a_proof(cast: Cast, room: Json) -> None:
    peer = cast.peer
    path = f"{FEDERATION}/v1/event/{q(room['newest'])}"
    proof = peer.proof(peer.home, "GET", path)
    parts = [{k: v for k, v in proof.items() if k != left_out} for left_out in proof]
    headers = ["", "Bearer x", "X-Matrix", "X-Matrix nonsense", *map(header_of, parts)]
    for header in headers:
        peer.request(peer.home, "GET", path, None, header)


@scenario(EVENT, branch="how the proof is written", prepare=shared_room, profile="federation")
def reads_proofs(cast: Cast, room: Json) -> None:
    peer = cast.peer
    path = f"{FEDERATION}/v1/event/{q(room['newest'])}"
    proof = peer.proof(peer.home, "GET", path)
    plain = header_of(proof)
    bare = "X-Matrix " + ",".join(f"{k}={v}" for k, v in proof.items())
    for header in (plain, plain.replace(",", ", "), plain.replace("X-Matrix", "x-matrix"), bare):
        peer.request(peer.home, "GET", path, None, header)
    upper = plain.replace("origin=", "Origin=").replace("sig=", "SIG=")
    peer.request(peer.home, "GET", path, None, upper)
    peer.request(peer.home, "GET", path, None, plain + ',more="1"')


@scenario(
    EVENT,
    branch="another key, another name of the key, another destination, origin or path",
    prepare=shared_room,
    profile="federation",
)
def refuses_wrong_proofs(cast: Cast, room: Json) -> None:
    peer, other = cast.peer, cast.peer_named("other")
    path = f"{FEDERATION}/v1/event/{q(room['newest'])}"
    right = peer.proof(peer.home, "GET", path)
    wrong = [
        peer.proof(peer.home, "GET", path, key=signing_key("x")),
        peer.proof(peer.home, "GET", path, key=signing_key("x", "unheard")),
        {**right, "key": "ed25519:unheard"},
        {**right, "key": "nonsense"},
        {**right, "sig": "AAAA"},
        {**right, "sig": "§"},
        peer.proof("elsewhere.invalid", "GET", path),
        {**right, "destination": "elsewhere.invalid"},
        {**right, "origin": other.name},
        {**right, "origin": cast.server_name},
        {**right, "origin": "no server"},
        peer.proof(peer.home, "GET", path + "x"),
        peer.proof(peer.home, "PUT", path),
    ]
    for proof in wrong:
        header = header_of(proof).encode("utf-8").decode("latin-1")
        peer.request(peer.home, "GET", path, None, header)


@scenario(SEND, branch="a body that was not signed", profile="federation")
def refuses_changed_bodies(cast: Cast) -> None:
    peer = cast.peer
    path = f"{FEDERATION}/v1/send/one"
    content = peer.transaction([], [])
    header = peer.authorization(peer.home, "PUT", path, content)
    peer.request(peer.home, "PUT", path, {**content, "more": 1}, header)
    peer.request(peer.home, "PUT", path, None, header)
    peer.request(peer.home, "PUT", path, content, peer.authorization(peer.home, "PUT", path))
    peer.request(peer.home, "PUT", path, content, header)


@scenario(SEND, branch="in the name of another server", profile="federation")
def refuses_another_origin(cast: Cast) -> None:
    peer = cast.peer
    path = f"{FEDERATION}/v1/send/one"
    for origin in ("elsewhere.invalid", cast.server_name, None):
        content = {**peer.transaction([], []), "origin": origin}
        peer.request(peer.home, "PUT", path, content)


def _denied(cast: Cast) -> Json:
    room = prepare_room(cast)
    address = cast.peer.name.partition(":")[0]
    content = {"allow": ["*"], "deny": [address]}
    cast["alice"].state(room.room_id, "m.room.server_acl", content)
    return {"room": room.as_json()}


def _no_addresses(cast: Cast) -> Json:
    room = prepare_room(cast)
    content = {"allow": ["*"], "allow_ip_literals": False}
    cast["alice"].state(room.room_id, "m.room.server_acl", content)
    return {"room": room.as_json()}


@scenario(
    STATE_IDS, EVENT, SEND, branch="a server that the room denies", prepare=_denied,
    profile="federation",
)  # fmt: skip
def denies_a_server(cast: Cast, room: Json) -> None:
    peer = cast.peer
    known = peer.room(room)
    path = q(known.room_id)
    peer.get(f"/v1/state_ids/{path}", event_id=known.newest)
    peer.get(f"/v1/event/{q(known.newest)}")
    peer.get(f"/v1/make_join/{path}/{q(peer.user('paul'))}", ver=11)
    peer.get(f"/v1/backfill/{path}", v=known.newest, limit=5)
    message, _ = known.make("m.room.message", {"body": "hello"}, peer.user("pia"))
    peer.transact([message])
    peer.tell("m.typing", {"room_id": known.room_id, "user_id": peer.user("pia"), "typing": True})
    path = f"/rooms/{q(known.room_id)}/messages"
    cast["alice"].get(path, dir="b", limit=3)


@scenario(
    STATE_IDS,
    branch="servers that are no more than an address are denied",
    prepare=_no_addresses,
    profile="federation",
)
def denies_addresses(cast: Cast, room: Json) -> None:
    peer = cast.peer
    known = peer.room(room)
    peer.get(f"/v1/state_ids/{q(known.room_id)}", event_id=known.newest)


@scenario(f"GET {FEDERATION}/v1/version", branch="anyone may ask", profile="federation")
def tells_servers_its_version(cast: Cast) -> None:
    peer = cast.peer
    peer.request(peer.home, "GET", "/v1/version", None, "")
    peer.get("/v1/version")
