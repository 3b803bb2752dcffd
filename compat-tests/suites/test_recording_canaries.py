# SPDX-License-Identifier: Apache-2.0
"""Traffic of a real server: nothing of it is changed, and none of its secrets is recorded."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import pytest
from requests.structures import CaseInsensitiveDict

from aksono_compat.answers import differences, view
from aksono_compat.client import V3, Answer
from aksono_compat.demo import Demo
from aksono_compat.pair import Twin
from aksono_compat.postgres import Cluster
from aksono_compat.read_requests import (
    Read,
    account,
    bad_sync,
    events,
    filters,
    messages,
    profiles,
    push_rules,
    state,
    sync_initial,
)
from aksono_compat.recording.canaries import Nest, found_in, leaks
from aksono_compat.recording.canary_traffic import Traffic
from aksono_compat.recording.format import Exchange
from aksono_compat.recording.http_framing import Framer, answer_shape
from aksono_compat.recording.keys import Keys
from aksono_compat.recording.process import RecorderProcess
from aksono_compat.recording.reader import Recording
from aksono_compat.world import World


@pytest.fixture(scope="module")
def twin(
    cluster: Cluster, world: World, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Twin]:
    options = {
        "experimental_features": {
            "msc3814_enabled": True, "msc4140_enabled": True, "msc4133_enabled": True,
        },
        "max_event_delay_duration": "1h",
        "login_via_existing_session": {"enabled": True},
        "server_notices": {"system_mxid_localpart": "notices"},
        "x_forwarded": True,
    }  # fmt: skip
    directory = tmp_path_factory.mktemp("recorded") / "a"
    twin = Twin(cluster, world, "synapse", directory, **options)
    twin.server.start()
    yield twin
    twin.close()


def recorded(
    twin: Twin, directory: Path, *options: str
) -> tuple[Nest, Traffic, bytes, list[Exchange], Keys]:
    """The traffic through a recorder, and what came of it."""
    nest = Nest()
    out = directory / "traffic.jsonl"
    recorder = RecorderProcess(out, *options, upstream=twin.url)
    with recorder:
        traffic = Traffic(recorder.url, twin.url, nest)
        traffic.send_all()
    recording = Recording(out)
    exchanges = list(recording.exchanges())
    assert recording.incomplete == ""
    assert "not recorded" not in recorder.log
    return nest, traffic, out.read_bytes(), exchanges, Keys.load(out)


def of(exchanges: list[Exchange], method: str, part: str) -> list[Exchange]:
    found = [one for one in exchanges if one.method == method and part in one.target]
    assert found, f"no {method} {part}"
    return found


def test_no_canary_gets_out(twin: Twin, tmp_path: Path) -> None:
    nest, traffic, data, exchanges, keys = recorded(twin, tmp_path)
    assert leaks(data, {**nest.secrets, **nest.contents}) == []
    assert b"203.0.113.77" not in data
    assert b"aksono-compat" not in data.replace(b'"tool": "aksono-', b"")
    assert len(nest.secrets) > 100
    assert len(nest.contents) > 70
    check_structure(traffic, exchanges, keys)


def test_secrets_are_replaced_even_with_content(twin: Twin, tmp_path: Path) -> None:
    nest, traffic, data, _, _ = recorded(twin, tmp_path, "--include-content")
    assert leaks(data, nest.secrets) == []
    assert traffic.plain.encode() in data
    kept = [canary for canary in nest.contents if found_in(data, canary)]
    assert len(kept) > len(nest.contents) / 2


def check_structure(traffic: Traffic, exchanges: list[Exchange], keys: Keys) -> None:
    """What a replay needs is there."""
    alice, token = traffic.alice, keys.token(traffic.alice.token or "")
    said = of(exchanges, "PUT", "/send/m.room.message/")[0]
    assert said.session == token
    assert said.user_id == alice.user_id
    assert said.headers["Authorization"] == f"Bearer {token}"
    assert said.body.value == {"msgtype": "m.text", "body": keys.placeholder("text", traffic.plain)}
    assert said.answer.value == {"event_id": traffic.event}
    in_query = of(exchanges, "GET", f"access_token={token}")[0]
    assert (in_query.session, in_query.user_id) == (token, alice.user_id)
    guest = [one for one in exchanges if one.user_id == traffic.guest]
    assert [one.target for one in guest] == ["/_matrix/client/v3/account/whoami"]
    login = next(
        one
        for one in of(exchanges, "POST", "/v3/login")
        if one.status == 200 and one.target.endswith("/login")
    )
    assert login.answer.value["access_token"] == token
    assert login.body.value["password"] == keys.placeholder("password", traffic.password)
    room = f"/rooms/{quote(traffic.room, safe='')}"
    read = of(exchanges, "GET", f"{room}/messages?dir=b")[0].answer.value["chunk"]
    assert any(
        event["content"].get("body") == keys.placeholder("text", traffic.plain)
        or event["event_id"] == traffic.event
        for event in read
    )
    assert {event["type"] for event in read} > {"m.room.message", "m.reaction", "m.room.encrypted"}
    federation = [one for one in exchanges if one.surface == "federation" and one.method == "PUT"]
    assert {one.session for one in federation} == {"a.example"}
    upload = of(exchanges, "POST", "/media/v3/upload")[0]
    assert upload.body.kind == "omitted"
    assert upload.body.value["size"] > 20
    download = of(exchanges, "GET", "/media/download/")[0]
    assert download.answer.value == upload.body.value
    synced = of(exchanges, "GET", "/sync")[0].answer.value
    assert synced["next_batch"].startswith("s")
    uploaded = of(exchanges, "POST", "/keys/upload")[0].body.value
    assert set(uploaded["one_time_keys"]) == {f"signed_curve25519:AAAA{n}" for n in range(3)}
    assert [one.number for one in exchanges] == sorted(one.number for one in exchanges)


_ROOTS = ("/", "/.well-known/matrix/client")
GROUPS = (account, profiles, filters, push_rules, sync_initial, bad_sync, state, messages, events)
_DATE = re.compile(rb"\r\nDate: [^\r]*")


def raw(url: str, sent: bytes) -> bytes:
    """Everything that comes back on a connection of its own."""
    port = urlsplit(url).port or 0
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(sent)
        received = b""
        while more := connection.recv(1 << 16):
            received += more
    return received


def parsed(received: bytes) -> Answer:
    """The answer, for a comparison as JSON: Synapse gives ages, and sets in any order."""
    body = bytearray()
    framer = Framer(lambda head: answer_shape(head, "GET", 200), body.extend, lambda: None)
    framer.feed(received)
    try:
        value = json.loads(body)
    except ValueError:
        value = None
    return Answer(int(received.split(b" ", 2)[1]), CaseInsensitiveDict(), bytes(body), value)


def request_of(one: Read, demo: Demo) -> bytes:
    path = one.path if one.path.startswith("/_") or one.path in _ROOTS else V3 + one.path
    path += "?" + urlencode(one.params) if one.params else ""
    lines = [f"{one.method} {path} HTTP/1.1", "Host: test.local", "Connection: close"]
    token = demo.users[one.user]["token"] if one.user else one.token
    lines += [] if token is None else [f"Authorization: Bearer {token}"]
    body = b"" if one.content is None else json.dumps(one.content).encode()
    lines += [f"Content-Length: {len(body)}"] if body else []
    return "\r\n".join([*lines, "", ""]).encode() + body


def test_answers_are_the_same_bytes_with_and_without_the_recorder(
    twin: Twin, tmp_path: Path
) -> None:
    demo = twin.world.demo
    reads = [one for group in GROUPS for one in group(demo)]
    with RecorderProcess(tmp_path / "r", upstream=twin.url) as recorder:
        for one in reads:
            sent = request_of(one, demo)
            direct, passed = raw(twin.url, sent), raw(recorder.url, sent)
            heads = [
                _DATE.sub(b"", answer.partition(b"\r\n\r\n")[0]) for answer in (direct, passed)
            ]
            assert heads[0] == heads[1], one.name
            if _DATE.sub(b"", direct) != _DATE.sub(b"", passed):
                assert one.method == "GET"
                seen = [
                    view(parsed(answer), unordered=one.unordered) for answer in (direct, passed)
                ]
                assert differences(*seen) == [], one.name
    exchanges = list(Recording(tmp_path / "r").exchanges())
    assert len(exchanges) == len(reads) > 150
    assert all(one.status for one in exchanges)
