# SPDX-License-Identifier: Apache-2.0
"""Servers that federate in a network of their own, and the scripted peer beside them."""

import itertools
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest
import requests

from aksono_compat.client import Client, q
from aksono_compat.demo import device_keys
from aksono_compat.event_checks import Json
from aksono_compat.federation_pair import (
    AWAY,
    CLIENT_PORT,
    HOME,
    FederationPair,
    make_databases,
    name_of,
    open_federation,
)
from aksono_compat.netns import Namespace
from aksono_compat.peer import Peer
from aksono_compat.postgres import Cluster
from aksono_compat.servers import REPOSITORY, Synapse

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="network namespaces need root")


def _listen(address: str) -> socket.socket:
    return socket.create_server((address, CLIENT_PORT))


def test_two_networks_have_the_same_addresses() -> None:
    with Namespace() as one, Namespace() as other:
        sockets = [namespace.run(lambda: _listen(HOME)) for namespace in (one, other)]
        one.run(lambda: socket.create_connection((HOME, CLIENT_PORT)).close())
        with pytest.raises(OSError, match="refused"):
            one.run(lambda: socket.create_connection((AWAY, CLIENT_PORT)))
        with pytest.raises(OSError, match="refused"):
            socket.create_connection((HOME, CLIENT_PORT))
        with one.threads(2) as pool:
            asked = [pool.submit(socket.create_connection, (HOME, CLIENT_PORT)) for _ in range(4)]
            for future in asked:
                future.result().close()
        for one_socket in sockets:
            one_socket.close()


def test_there_is_no_way_out() -> None:
    with Namespace() as namespace, pytest.raises(OSError, match="unreachable"):
        namespace.run(lambda: socket.create_connection(("192.0.2.1", 80), 5))


def test_without_the_right_to_make_one() -> None:
    done = subprocess.run(
        ["setpriv", "--bounding-set", "-sys_admin", "--inh-caps", "-sys_admin", sys.executable,
         "-c", "import aksono_compat.netns as n; n.Namespace()"],
        capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY / "compat-tests")},
    )  # fmt: skip
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert "cannot make a network namespace: Operation not permitted (root is needed)" in last


@pytest.fixture(scope="module")
def pair(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FederationPair]:
    """Synapse twice."""
    databases = ("federated_home", "federated_away")
    make_databases(cluster, databases)
    folder = tmp_path_factory.mktemp("federation")
    with open_federation(
        cluster, databases, (Synapse, Synapse), folder, default_room_version="11"
    ) as pair:
        yield pair
    for database in databases:
        cluster.drop(database)


def _body(client: Client, room: str) -> set[str]:
    page = client.get(f"/rooms/{q(room)}/messages", dir="b", limit=50).ok()
    return {event["content"].get("body", "") for event in page["chunk"]}


def _until(what: str, client: Client, room: str, timeout: float = 30) -> None:
    deadline = time.monotonic() + timeout
    while what not in _body(client, room):
        assert time.monotonic() < deadline, f"{what} did not arrive"
        time.sleep(0.1)


@pytest.mark.full
def test_users_of_both_servers_talk(pair: FederationPair) -> None:
    alice, bob = pair.client(pair.home, "alice"), pair.client(pair.away, "bob")

    def talk() -> None:
        wish = {"preset": "public_chat", "invite": [bob.user_id]}
        room = alice.post("/createRoom", wish).ok()["room_id"]
        bob.request("POST", f"/join/{q(room)}?via={q(name_of(HOME))}", {}).ok()
        alice.say(room, "hello from home")
        _until("hello from home", bob, room)
        bob.say(room, "hello from away")
        _until("hello from away", alice, room)

    pair.run(talk)
    assert alice.user_id == f"@alice:{name_of(HOME)}"


@pytest.mark.full
def test_users_of_both_servers_look_each_other_up(pair: FederationPair) -> None:
    """Profile, directory, media, the past, keys, and the key server."""
    erin, frank = pair.client(pair.home, "erin"), pair.client(pair.away, "frank")

    def look() -> None:
        mine = f"/profile/{q(erin.user_id)}"
        erin.put(f"{mine}/displayname", {"displayname": "Erin E."}).ok()
        assert frank.get(mine).ok()["displayname"] == "Erin E."
        wish = {"preset": "public_chat", "room_alias_name": "hall"}
        room = erin.post("/createRoom", wish).ok()["room_id"]
        for number in range(25):
            erin.say(room, f"message {number}")
        alias = f"#hall:{name_of(HOME)}"
        assert frank.get(f"/directory/room/{q(alias)}").ok()["room_id"] == room
        frank.post(f"/join/{q(alias)}").ok()
        _until("message 0", frank, room)
        _exchange_keys(erin, frank)
        path, headers = "/_matrix/media/v3/upload", {"Content-Type": "text/plain"}
        uploaded = erin.request("POST", path, body=b"some words", headers=headers)
        uri = uploaded.ok()["content_uri"]
        media = frank.get(f"/_matrix/client/v1/media/download/{uri.removeprefix('mxc://')}")
        assert media.body == b"some words"
        asked = f"https://{name_of(HOME)}/_matrix/key/v2/query/{name_of(AWAY)}"
        told = requests.get(asked, verify=str(pair.authority.file), timeout=20).json()
        assert set(told["server_keys"][0]["signatures"]) == {name_of(HOME), name_of(AWAY)}

    pair.run(look)


def _exchange_keys(one: Client, other: Client) -> None:
    one.post("/keys/upload", device_keys(one)).ok()
    found = other.post("/keys/query", {"device_keys": {one.user_id: []}}).ok()["device_keys"]
    assert list(found[one.user_id]) == [one.device_id]
    wish = {one.user_id: {one.device_id: "signed_curve25519"}}
    claimed = other.post("/keys/claim", {"one_time_keys": wish}).ok()["one_time_keys"]
    assert list(claimed[one.user_id]) == [one.device_id]


@pytest.mark.full
def test_users_of_both_servers_are_told_of_each_other(pair: FederationPair) -> None:
    """To-device messages, receipts, typing, and leaving."""
    gina, hugo = pair.client(pair.home, "gina"), pair.client(pair.away, "hugo")

    def tell() -> None:
        room = gina.post("/createRoom", {"preset": "public_chat"}).ok()["room_id"]
        hugo.post(f"/join/{q(room)}?via={q(name_of(HOME))}").ok()
        said = gina.say(room, "hello")
        _until("hello", hugo, room)
        hugo.post(f"/rooms/{q(room)}/receipt/m.read/{q(said)}").ok()
        _until_told(gina, room, "m.receipt")
        path = f"/rooms/{q(room)}/typing/{q(hugo.user_id)}"
        hugo.put(path, {"typing": True, "timeout": 30000}).ok()
        _until_told(gina, room, "m.typing")
        wish = {"messages": {gina.user_id: {"*": {"text": "psst"}}}}
        hugo.put("/sendToDevice/org.example.note/one", wish).ok()
        _until_told(gina, "", "org.example.note")
        hugo.post(f"/rooms/{q(room)}/leave").ok()
        member = f"/rooms/{q(room)}/state/m.room.member/{q(hugo.user_id)}"
        deadline = time.monotonic() + 30
        while gina.get(member).ok()["membership"] != "leave":
            assert time.monotonic() < deadline, "the other server did not tell of it"
            time.sleep(0.1)

    pair.run(tell)


def _until_told(client: Client, room: str, kind: str, timeout: float = 30) -> None:
    """Until a sync from the beginning has an event of this type, of a room or to the device."""
    deadline = time.monotonic() + timeout
    while True:
        seen = client.get("/sync", timeout=0).ok()
        part = seen["rooms"]["join"][room]["ephemeral"] if room else seen.get("to_device", {})
        if kind in {event["type"] for event in part.get("events", [])}:
            return
        assert time.monotonic() < deadline, f"{kind} did not arrive"
        time.sleep(0.1)


def _says(text: str) -> Callable[[Json], bool]:
    return lambda event: bool(event["content"].get("body") == text)


_numbers = itertools.count(3)


@pytest.fixture
def peer(pair: FederationPair) -> Iterator[Peer]:
    """Each with an address of its own: one that is gone is not asked again for a while."""
    address = f"127.1.0.{next(_numbers)}"
    peer = pair.run(
        lambda: Peer(name_of(address), *pair.authority.issue(address), pair.authority.file)
    )
    yield peer
    pair.run(peer.close)


@pytest.mark.full
def test_the_peer_joins_and_talks(pair: FederationPair, peer: Peer) -> None:
    carol = pair.client(pair.home, "carol")

    def talk() -> None:
        room = carol.post("/createRoom", {"preset": "public_chat"}).ok()["room_id"]
        pia = peer.user("pia")
        joined = peer.join(name_of(HOME), room, pia)
        assert carol.get(f"/rooms/{q(room)}/event/{q(joined.newest)}").ok()["sender"] == pia
        carol.say(room, "do you hear me?")
        joined.take(peer.wait_for(_says("do you hear me?")))
        content = {"msgtype": "m.text", "body": "loud and clear"}
        message = joined.add("m.room.message", content, pia)
        assert list(peer.send(name_of(HOME), [message]).values()) == [{}]
        _until("loud and clear", carol, room)

    pair.run(talk)


@pytest.mark.full
def test_a_room_of_the_peer_is_joined(pair: FederationPair, peer: Peer) -> None:
    dan = pair.client(pair.home, "dan")

    def talk() -> None:
        hosted = peer.host("otto")
        path = f"/join/{q(hosted.room_id)}?via={q(peer.name)}"
        assert dan.request("POST", path, {}).ok() == {"room_id": hosted.room_id}
        dan.say(hosted.room_id, "thank you")
        peer.wait_for(_says("thank you"))
        content = {"msgtype": "m.text", "body": "welcome"}
        message = hosted.add("m.room.message", content, peer.user("otto"))
        assert list(peer.send(name_of(HOME), [message]).values()) == [{}]
        _until("welcome", dan, hosted.room_id)

    pair.run(talk)


@pytest.mark.full
def test_who_is_not_trusted_gets_nothing(pair: FederationPair, peer: Peer) -> None:
    """The certificate is looked at, on both sides."""
    url = f"https://{name_of(HOME)}/_matrix/federation/v1/version"
    assert pair.run(lambda: requests.get(url, verify=str(pair.authority.file), timeout=20)).ok
    with pytest.raises(requests.exceptions.SSLError):
        pair.run(lambda: requests.get(url, timeout=20))
    answer = pair.run(lambda: peer.request(name_of(AWAY), "GET", "/v1/event/$nothing"))
    assert answer.status in (403, 404)
