# SPDX-License-Identifier: Apache-2.0
"""Recorded traffic with writes, replayed on real servers: Synapse against itself shows nothing,
damage on the way shows."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from aksono_compat.chatter import Chatter
from aksono_compat.damaging.answers_proxy import AnswersProxy
from aksono_compat.damaging.told import Change, Told
from aksono_compat.replaying.clones import Choice, Clone, Home, open_clones
from aksono_compat.replaying.comparison import Comparison, Plan, classes_of
from aksono_compat.replaying.match import Match, Rules
from aksono_compat.replaying.player import Pace
from aksono_compat.replaying.sessions import Sessions
from aksono_compat.replaying.source import Source
from aksono_compat.replaying.tape import taping
from aksono_compat.reporting import ignore

# Real servers at work for minutes; what of it is quick is in test_replay_match.py.
pytestmark = pytest.mark.full

SYNAPSE = Choice("synapse")


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
@pytest.mark.parametrize("seed", range(1, 11))
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
    ignore.apply(result, [])
    counted = [one for one in result.classes if not one.ignored]
    assert [(one.kind, one.where, one.path, one.examples) for one in counted] == []
    assert result.read_only
    assert sum(count.skipped for count in result.routes.values()) > 20


@dataclass
class Damaged:
    """A host behind a proxy that damages answers."""

    url: str
    host: Clone

    def alive(self) -> bool:
        return self.host.alive()


def _on_json(change: Callable[[str, Any], None]) -> Change:
    """Changes every JSON answer in place; `change` gets the request's target as well."""

    def changed(told: Told, _: dict[str, Any]) -> None:
        body = told.json
        if body is not None:
            change(told.target, body)
            if body != told.json:
                told.tell(body)

    return changed


def _rooms(target: str, answer: Any) -> list[Any]:
    """Of an incremental sync."""
    if "/sync?" not in target or "since=" not in target:
        return []
    return list(answer.get("rooms", {}).get("join", {}).values())


@_on_json
def _drop_a_message(target: str, answer: Any) -> None:
    for room in _rooms(target, answer):
        events = room["timeline"]["events"]
        events[:] = [event for event in events if event["content"].get("body") != "alice says 1"]


@_on_json
def _double_a_message(target: str, answer: Any) -> None:
    for room in _rooms(target, answer):
        events = room["timeline"]["events"]
        events[:] = [
            event
            for event in events
            for _ in range(2 if event["content"].get("body") == "carol says 1" else 1)
        ]


@_on_json
def _another_body(target: str, answer: Any) -> None:
    if "/event/" in target:
        answer["content"]["body"] = "something else"


@_on_json
def _no_members(target: str, answer: Any) -> None:
    if target.endswith("/joined_members"):
        answer["joined"].popitem()


@_on_json
def _numbers_as_texts(target: str, answer: Any) -> None:
    if "/messages" in target:
        for event in answer.get("chunk", ()):
            event["origin_server_ts"] = str(event["origin_server_ts"])


def _another_event(told: Told, memory: dict[str, Any]) -> None:
    """Every send is answered with the id of the first."""
    if "/send/m.room.message/" in told.target and told.status == 200:
        told.tell({"event_id": memory.setdefault("first", told.json["event_id"])})


ROOM = "/_matrix/client/*/rooms/{room_id}"


@pytest.mark.parametrize(
    ("damage", "kind", "where"),
    [
        (_drop_a_message, "event lost", "GET /_matrix/client/*/sync"),
        (_double_a_message, "event doubled", "GET /_matrix/client/*/sync"),
        (_another_body, "value", f"GET {ROOM}/event/{{event_id}}"),
        (_no_members, "missing", f"GET {ROOM}/joined_members"),
        (_another_event, "value", f"PUT {ROOM}/send/{{event_type}}/{{txn_id}}"),
        (_numbers_as_texts, "type", f"GET {ROOM}/messages"),
    ],
)
def test_damage_is_found(home: Home, source: Source, damage: Change, kind: str, where: str) -> None:
    with (
        open_clones(home, SYNAPSE, SYNAPSE, rows=False) as (a, b),
        AnswersProxy(b.url).running() as proxy,
    ):
        proxy.damage((kind, damage))
        damaged = Damaged(proxy.url, b)
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

        def kill() -> None:
            while match.judge.tally.compared < 5:
                time.sleep(0.02)
            b.server.kill()

        threading.Thread(target=kill, daemon=True).start()
        match.play()
    assert "server B ended" in match.incomplete
    assert 0 < match.judge.tally.compared < len(source.exchanges)
