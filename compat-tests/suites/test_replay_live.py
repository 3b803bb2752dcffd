# SPDX-License-Identifier: Apache-2.0
"""Recorded traffic with writes, replayed on real servers: Synapse against itself shows nothing,
damage on the way shows."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests

from aksono_compat.chatter import Chatter
from aksono_compat.replaying.clones import Choice, Clone, Home, open_clones
from aksono_compat.replaying.comparison import Comparison, Plan, classes_of
from aksono_compat.replaying.match import Match, Rules
from aksono_compat.replaying.player import Pace
from aksono_compat.replaying.sessions import Sessions
from aksono_compat.replaying.source import Source
from aksono_compat.replaying.tape import taping

# Real servers at work for minutes; what of it is quick is in test_replay_match.py.
pytestmark = pytest.mark.full

SYNAPSE = Choice("synapse")
Damage = Callable[[str, Any], Any]


@pytest.fixture(scope="module")
def source(home: Home) -> Source:
    """People who wait for news while others act, as a recording."""
    clone = Clone(home, SYNAPSE, rows=False)
    try:
        clone.start()
        with taping("test.local") as tape:
            Chatter(clone.url, home.world.demo).run(2)
    finally:
        clone.remove()
    return Source("chatter", tape.header, tape.exchanges)


def _plan(source: Source, seed: int, **options: Any) -> Plan:
    said: list[str] = []
    pace = Pace(seed=seed)
    return Plan(source, **{"noise": False, "say": said.append, "pace": pace, **options})


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "seed", [1, *(pytest.param(seed, marks=pytest.mark.full) for seed in range(2, 11))]
)
def test_synapse_does_not_differ_from_itself(home: Home, source: Source, seed: int) -> None:
    plan = _plan(source, seed, read_only=False)
    result = Comparison(plan).on_clones(home, SYNAPSE, SYNAPSE)
    assert [(one.kind, one.where, one.path, one.examples) for one in result.classes] == []
    assert (result.incomplete, result.noise) == ("", [])
    assert result.compared == len(source.exchanges)
    assert result.databases is not None
    assert result.databases.rows > 100


def test_aksono_reads_alike(home: Home, source: Source, kind_b: str) -> None:
    """What is not built, it says so of; nothing else differs."""
    reads = [one for one in source.exchanges if "/createRoom" not in one.target]
    plan = _plan(Source("reads", source.header, reads), 0)
    result = Comparison(plan).on_clones(home, SYNAPSE, Choice(kind_b))
    assert [(one.kind, one.where, one.path, one.examples) for one in result.classes] == []
    assert result.read_only
    assert sum(count.skipped for count in result.routes.values()) > 20


@dataclass
class Damaged:
    """A host behind a proxy that damages answers."""

    url: str
    host: Clone

    def alive(self) -> bool:
        return self.host.alive()


@contextmanager
def damaging(host: Clone, damage: Damage) -> Iterator[Damaged]:
    session = requests.Session()
    session.trust_env = False

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(size) if size else None
            headers = {k: v for k, v in self.headers.items() if k.lower() != "host"}
            answer = requests.request(
                self.command, host.url + self.path, data=body, headers=headers, timeout=60
            )
            content = answer.content
            if answer.headers.get("Content-Type") == "application/json":
                content = json.dumps(damage(self.path, answer.json())).encode()
            self.send_response(answer.status_code)
            for name, value in answer.headers.items():
                if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Damaged(f"http://127.0.0.1:{server.server_address[1]}", host)
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()


def _rooms(answer: Any) -> list[Any]:
    return list(answer.get("rooms", {}).get("join", {}).values())


def _drop_a_message(path: str, answer: Any) -> Any:
    for room in _rooms(answer) if "/sync?" in path and "since=" in path else ():
        events = room["timeline"]["events"]
        room["timeline"]["events"] = [
            event for event in events if event["content"].get("body") != "alice says 1"
        ]
    return answer


def _double_a_message(path: str, answer: Any) -> Any:
    for room in _rooms(answer) if "/sync?" in path and "since=" in path else ():
        events = room["timeline"]["events"]
        room["timeline"]["events"] = [
            event
            for event in events
            for _ in range(2 if event["content"].get("body") == "carol says 1" else 1)
        ]
    return answer


def _another_body(path: str, answer: Any) -> Any:
    if "/event/" in path:
        answer["content"]["body"] = "something else"
    return answer


def _no_members(path: str, answer: Any) -> Any:
    if path.endswith("/joined_members"):
        answer["joined"].popitem()
    return answer


def _another_event(path: str, answer: Any) -> Any:
    """Every send is answered with the id of the first."""
    if "/send/m.room.message/" in path and "event_id" in answer:
        _another_event.first = getattr(_another_event, "first", answer["event_id"])  # type: ignore[attr-defined]
        answer["event_id"] = _another_event.first  # type: ignore[attr-defined]
    return answer


def _numbers_as_texts(path: str, answer: Any) -> Any:
    if "/messages" in path:
        for event in answer.get("chunk", ()):
            event["origin_server_ts"] = str(event["origin_server_ts"])
    return answer


ROOM = "/_matrix/client/*/rooms/{room_id}"


def _slow(damage: Damage, kind: str, route: str, method: str = "GET") -> Any:
    where = route if route.startswith(method) else f"{method} {route}"
    return pytest.param(damage, kind, where, marks=pytest.mark.full)


@pytest.mark.parametrize(
    ("damage", "kind", "where"),
    [
        (_drop_a_message, "event lost", "GET /_matrix/client/*/sync"),
        _slow(_double_a_message, "event doubled", "GET /_matrix/client/*/sync"),
        _slow(_another_body, "value", f"{ROOM}/event/{{event_id}}"),
        _slow(_no_members, "missing", f"{ROOM}/joined_members"),
        _slow(_another_event, "value", f"{ROOM}/send/{{event_type}}/{{txn_id}}", "PUT"),
        _slow(_numbers_as_texts, "type", f"{ROOM}/messages"),
    ],
)
def test_damage_is_found(home: Home, source: Source, damage: Damage, kind: str, where: str) -> None:
    with (
        open_clones(home, SYNAPSE, SYNAPSE, rows=False) as (a, b),
        damaging(b, damage) as damaged,
    ):
        rules = Rules(read_only=False, known=home.known_ids())
        sessions = Sessions(), Sessions()
        match = Match(source.header, source.exchanges, (a, damaged), sessions, rules)
        match.play()
        assert match.incomplete == ""
        found = {(one.kind, one.where) for one in classes_of(match.judge.tally.found)}
        assert (kind, where) in found


def test_a_server_that_dies_in_the_middle(home: Home, source: Source) -> None:
    """What was compared stands, and the result says that it is not all."""
    with open_clones(home, SYNAPSE, SYNAPSE, rows=False) as (a, b):
        rules = Rules(read_only=False, known=home.known_ids())
        match = Match(source.header, source.exchanges, (a, b), (Sessions(), Sessions()), rules)
        threading.Timer(3.0, b.server.kill).start()
        match.play()
    assert "server B ended" in match.incomplete
    assert 0 < match.judge.tally.compared < len(source.exchanges)
