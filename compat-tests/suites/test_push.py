# SPDX-License-Identifier: Apache-2.0
"""Stored push rules: both servers notify of the same events, in the same words."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aksono_compat.pair import Pair, Twin
from aksono_compat.postgres import Cluster
from aksono_compat.world import World


def _match(key: str, pattern: Any) -> dict[str, Any]:
    return {"kind": "event_match", "key": key, "pattern": pattern}


def _is(key: str, value: Any) -> dict[str, Any]:
    return {"kind": "event_property_is", "key": key, "value": value}


def _contains(key: str, value: Any) -> dict[str, Any]:
    return {"kind": "event_property_contains", "key": key, "value": value}


def _count(text: str) -> dict[str, Any]:
    return {"kind": "room_member_count", "is": text}


def _bodies(*texts: Any) -> list[dict[str, Any]]:
    return [{"body": text} for text in texts]


# Each condition with contents of events that are held against it.
CASES: list[tuple[dict[str, Any], list[dict[str, Any]]]] = [
    (_match("content.body", "cake"), _bodies("Cake!", "cupcake", "a cake_", "", None, 5)),
    (_match("content.body", "c?ke"), _bodies("c_ke", "c\nke", "xc ke", "cake")),
    (_match("content.body", "c*e"), _bodies("czz yye x", "c\ne", "ace")),
    (_match("content.body", ""), _bodies("", "x")),
    (_match("content.body", "?"), _bodies("!", "ab", "a b", "日本", "\n")),
    (_match("content.body", "äö"), _bodies("ÄÖ", "日äö日", "xäöx", "äö.")),
    (_match("content.body", "ς?"), _bodies("Σx", "\u03c3xy")),
    (_match("content.body", "ß"), _bodies("ẞ", "ss")),
    (_match("content.body", "!"), _bodies("a!b", "a")),
    (_match("content.body", "(x)"), _bodies("(X)y", "x")),
    (_match("content.x", "ΟΔΟΣ"), [{"x": "οδος"}, {"x": "οδοσ"}]),
    (_match("content.x", "a*b"), [{"x": "AxxB"}, {"x": "a\nb"}, {"x": "xab"}]),
    (_match("content.a\\.b", "x"), [{"a.b": "x"}, {"a": {"b": "x"}}]),
    (_match("content.a.b", "x"), [{"a.b": "x"}, {"a": {"b": "x"}}]),
    (_match("content.n", "5"), [{"n": 5}, {"n": "5"}]),
    (_match("content.n", 5), [{"n": 5}, {"n": "5"}]),
    (_match("sender", "@alice:*"), [{}]),
    (_match("user_id", "*"), [{}]),
    (_match("room_id", "!*"), [{}]),
    (_match("state_key", "*"), [{}]),
    (
        {"kind": "event_match", "key": "content.u", "pattern_type": "user_id"},
        [{"u": "@BOB:test.local"}],
    ),
    (_is("content.n", 5), [{"n": 5}, {"n": "5"}, {"n": True}]),
    (_is("content.t", True), [{"t": True}, {"t": 1}, {"t": "true"}]),
    (_is("content.z", None), [{"z": None}, {}, {"z": 0}]),
    (_is("content.z", 1.5), [{"z": 1}, {}]),
    (_contains("content.l", "x"), [{"l": ["x"]}, {"l": "x"}, {"l": [["x"]]}, {"l": [{}, "x"]}]),
    (_contains("content.l", 1), [{"l": [1]}, {"l": [True]}, {"l": []}]),
    ({"kind": "contains_display_name"}, _bodies("Bob", "bobby", "hello bob.")),
    ({"kind": "sender_notification_permission", "key": "room"}, [{}]),
    ({"kind": "sender_notification_permission", "key": "other"}, [{}]),
    ({"kind": "unknown"}, [{}]),
    ({"kind": "room_member_count"}, [{}]),
]

CASES += [(_count(text), [{}]) for text in ("2", ">1", "> 1", "<1000", "=>1", ">=01", "+3", "x")]

# What rules do, for events of their own.
ACTIONS: list[list[Any]] = [
    [],
    ["notify"],
    ["dont_notify"],
    ["coalesce", {"set_tweak": "highlight"}],
    ["dont_notify", "notify"],
    ["notify", {"set_tweak": "highlight", "value": False}],
    ["notify", {"set_tweak": "sound", "value": "default"}, {"set_tweak": "highlight"}],
    ["notify", {"set_tweak": "highlight"}, {"set_tweak": "sound", "value": "default"}],
    ["notify", {"set_tweak": "highlight", "value": "false"}],
    ["notify", {"value": "é\u2028", "set_tweak": "sound", "zz": {"b": 1, "a": [2.5]}, "aa": None}],
    ["notify", {"set_tweak": "sound", "value": None}],
]


def _rules() -> list[tuple[str, list[dict[str, Any]], list[Any], list[dict[str, Any]]]]:
    """Event type, conditions, actions and contents; one override rule for each type."""
    rules = []
    for number, (condition, contents) in enumerate(CASES):
        actions = ["notify", {"set_tweak": "sound", "value": f"case {number}"}]
        rules.append((f"test.condition.{number}", [condition], actions, contents))
    for number, actions in enumerate(ACTIONS):
        rules.append((f"test.actions.{number}", [], actions, [{}]))
    return rules


def _store_rules(twin: Twin) -> None:
    user = twin.world.demo.users["bob"]["user_id"]
    with twin.cluster.session(twin.database) as cursor:
        for number, (kind, conditions, actions, _) in enumerate(_rules()):
            cursor.execute(
                "INSERT INTO push_rules (id, user_name, rule_id, priority_class, priority,"
                " conditions, actions) VALUES (%s, %s, %s, 5, %s, %s, %s)",
                (
                    900_000 + number,
                    user,
                    f"global/override/{kind}",
                    1000 - number,
                    json.dumps([_match("type", kind), *conditions]),
                    json.dumps(actions),
                ),
            )


@pytest.fixture(scope="module")
def ruled(cluster: Cluster, world: World, kind_b: str) -> Iterator[Pair]:
    """A pair whose databases had the rules before the servers started."""
    with tempfile.TemporaryDirectory(prefix="aksono-push-") as directory:
        twins = [
            Twin(cluster, world, kind, Path(directory) / name)
            for name, kind in (("a", "synapse"), ("b", kind_b))
        ]
        try:
            for twin in twins:
                _store_rules(twin)
                twin.server.start()
            yield Pair(*twins)
        finally:
            for twin in twins:
                twin.close()


def _notified(twin: Twin) -> dict[str, list[Any]]:
    """Sends every content; what event_push_actions has for each."""
    alice, room = twin.client("alice"), twin.world.demo.rooms["tea"]
    sent = {}
    for kind, _, _, contents in _rules():
        for content in contents:
            event = alice.send(room, kind, content).ok()["event_id"]
            sent[f"{kind} {json.dumps(content, ensure_ascii=False)}"] = event
    with twin.cluster.session(twin.database) as cursor:
        cursor.execute(
            "SELECT event_id, user_id, actions, notif, highlight, unread, thread_id, profile_tag"
            " FROM event_push_actions ORDER BY user_id"
        )
        rows = cursor.fetchall()
    return {name: [row[1:] for row in rows if row[0] == event] for name, event in sent.items()}


def test_the_same_events_notify(ruled: Pair) -> None:
    seen = ruled.both(_notified)
    lines = [
        f"{name}: {rows} | {seen[1][name]}"
        for name, rows in seen[0].items()
        if rows != seen[1][name]
    ]
    if lines:
        pytest.fail("\n".join(lines), pytrace=False)


def test_rules_are_shown_alike(ruled: Pair) -> None:
    a, b = ruled.both(lambda twin: twin.client("bob").get("/pushrules/").ok())
    assert a == b
