# SPDX-License-Identifier: Apache-2.0
"""Keys of servers: one's own, and those of others that one vouches for."""

from typing import Any

from ..client import Answer, q
from ..peer_rooms import now_ms
from .acting_peer import ActingPeer
from .cast import Cast
from .model import scenario

KEY = "/_matrix/key/v2"


def _ask(peer: ActingPeer, method: str, path: str, content: Any = None) -> Answer:
    """Nobody needs to say who asks."""
    return peer.request(peer.home, method, KEY + path, content, "")


@scenario(f"GET {KEY}/server", branch="the key in use", profile="federation")
def tells_its_key(cast: Cast) -> None:
    _ask(cast.peer, "GET", "/server")


@scenario(f"GET {KEY}/server/{{key_id}}", branch="named, or another", profile="federation")
def tells_its_key_by_name(cast: Cast) -> None:
    for name in ("ed25519:a_test", "ed25519:other", "nonsense"):
        _ask(cast.peer, "GET", f"/server/{q(name)}")


@scenario(f"GET {KEY}/query/{{server}}", branch="of a peer, asked twice", profile="federation")
def vouches_for_a_peer(cast: Cast) -> None:
    for _ in range(2):
        _ask(cast.peer, "GET", f"/query/{q(cast.peer.name)}")


@scenario(
    f"GET {KEY}/query/{{server}}",
    branch="of itself, of a server that does not answer, of no server",
    profile="federation",
)
def vouches_for_whom_it_can_ask(cast: Cast) -> None:
    for server in (cast.server_name, "127.1.1.1:9", "no server", "@x:y"):
        _ask(cast.peer, "GET", f"/query/{q(server)}")


@scenario(
    f"GET {KEY}/query/{{server}}/{{key_id}}", branch="one there is, and none", profile="federation"
)
def vouches_for_a_key(cast: Cast) -> None:
    peer = cast.peer
    for name in (peer.key_id, "ed25519:other"):
        _ask(peer, "GET", f"/query/{q(peer.name)}/{q(name)}")
    wish = f"?minimum_valid_until_ts={now_ms() + 3_600_000}"
    _ask(peer, "GET", f"/query/{q(peer.name)}/{q(peer.key_id)}{wish}")


@scenario(f"POST {KEY}/query", branch="several servers and keys", profile="federation")
def vouches_for_many(cast: Cast) -> None:
    peer, other = cast.peer, cast.peer_named("other")
    peer.unordered = True
    wish = {
        peer.name: {peer.key_id: {"minimum_valid_until_ts": now_ms()}, "ed25519:none": {}},
        other.name: {},
        cast.server_name: {"ed25519:a_test": {}},
    }
    _ask(peer, "POST", "/query", {"server_keys": wish})
    soon = {"minimum_valid_until_ts": now_ms() + 10_000}
    _ask(peer, "POST", "/query", {"server_keys": {peer.name: {peer.key_id: soon}}})


@scenario(f"POST {KEY}/query", branch="bodies that say nothing", profile="federation")
def refuses_queries_of_keys(cast: Cast) -> None:
    bodies: list[Any] = [
        {"server_keys": {}},
        {},
        {"server_keys": []},
        {"server_keys": {"no server": {}}},
        {"server_keys": {cast.peer.name: []}},
        [],
    ]
    for body in bodies:
        _ask(cast.peer, "POST", "/query", body)


@scenario(
    f"GET {KEY}/query/{{server}}",
    branch="a peer whose keys are signed by nobody, are another's, or have ended",
    profile="federation",
)
def believes_no_wrong_keys(cast: Cast) -> None:
    for label in ("unsigned", "renamed", "ended", "broken"):
        peer = cast.peer_named(label)
        told = peer.keys()
        if label == "unsigned":
            told["signatures"] = {}
        elif label == "renamed":
            told["server_name"] = "elsewhere.invalid"
        elif label == "ended":
            told = peer.keys(valid_ms=-1000)
        else:
            told = {"verify_keys": []}
        peer.answers["GET", f"{KEY}/server"] = (200, told)
        _ask(peer, "GET", f"/query/{q(peer.name)}")
