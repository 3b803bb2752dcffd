# SPDX-License-Identifier: Apache-2.0
"""With `retention` enabled, messages that have outlived their room's policy are not shown."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from aksono_compat.answers import differences, view
from aksono_compat.client import Answer, q
from aksono_compat.pair import Pair, Twin, open_pair, prepared_world
from aksono_compat.postgres import Cluster
from aksono_compat.world import World

# Rooms, and what they ask for; `tea` asks for nothing.
POLICIES: dict[str, dict[str, Any]] = {
    "tea": {},
    "bulk0": {"max_lifetime": 1000},
    "bulk1": {"max_lifetime": 10**13},
    "bulk2": {"min_lifetime": 1},
    "public": {"max_lifetime": 1000},
}
CONFIGURATIONS: dict[str, dict[str, Any]] = {
    "rooms": {"enabled": True},
    "default": {"enabled": True, "default_policy": {"min_lifetime": "1s", "max_lifetime": "1s"}},
    "bounds": {"enabled": True, "allowed_lifetime_min": "1d", "allowed_lifetime_max": "1d"},
    "off": {"enabled": False, "default_policy": {"min_lifetime": "1s", "max_lifetime": "1s"}},
}


@pytest.fixture(scope="module")
def retained(cluster: Cluster, world: World) -> World:
    """The world, with policies in some rooms, one of them taken back."""
    return prepared_world(cluster, world, _set_policies)


def _set_policies(twin: Twin) -> dict[str, Any]:
    alice, rooms = twin.client("alice"), twin.world.demo.rooms
    for label, content in [*POLICIES.items(), ("public", {})]:
        if content or label == "public":
            alice.put(f"/rooms/{q(rooms[label])}/state/m.room.retention/", content).ok()
    # So that everything is older than a second.
    time.sleep(1.1)
    return {}


@pytest.fixture(scope="module", params=CONFIGURATIONS)
def pair(
    cluster: Cluster, retained: World, kind_b: str, request: pytest.FixtureRequest
) -> Iterator[Pair]:
    options = CONFIGURATIONS[request.param]
    with open_pair(cluster, retained, kind_b, retention=options) as servers:
        yield servers


def _look(twin: Twin, label: str) -> dict[str, Answer]:
    demo, alice = twin.world.demo, twin.client("alice")
    room = demo.rooms[label]
    content = {"room": {"rooms": [room], "timeline": {"limit": 100}}}
    answers = {
        "messages": alice.get(f"/rooms/{q(room)}/messages", dir="b", limit=100),
        "sync": alice.get("/sync", timeout=0, filter=json.dumps(content)),
        "state": alice.get(f"/rooms/{q(room)}/state"),
    }
    if label == "tea":
        for name in ("first", "root", "edited"):
            event = q(demo.events[name])
            answers[f"event {name}"] = alice.get(f"/rooms/{q(room)}/event/{event}")
            answers[f"context {name}"] = alice.get(f"/rooms/{q(room)}/context/{event}", limit=6)
    return answers


@pytest.mark.parametrize("label", POLICIES)
def test_answers_are_the_same(pair: Pair, label: str) -> None:
    a, b = pair.both(lambda twin: _look(twin, label))
    lines = []
    for name, answer in a.items():
        views = [view(one, unordered=name == "state") for one in (answer, b[name])]
        lines += [f"{name}: {line}" for line in differences(*views)]
    assert lines == []
