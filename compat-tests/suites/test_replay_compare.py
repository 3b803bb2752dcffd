# SPDX-License-Identifier: Apache-2.0
"""Comparing answers: what differs by nature is bound, everything else is found."""

import copy
import json
import random
import time
from typing import Any

import pytest

from aksono_compat.replaying.bindings import Bindings
from aksono_compat.replaying.compare import Comparer, Difference
from aksono_compat.replaying.reply import Reply

SYNC = "GET /_matrix/client/*/sync"


def _reply(body: Any, status: int = 200, **headers: str) -> Reply:
    return Reply(
        status,
        {
            "content-type": "application/json",
            **{k.replace("_", "-"): v for k, v in headers.items()},
        },
        json.dumps(body).encode(),
        asked=time.time(),
        ended=time.time(),
    )


def _compare(a: Any, b: Any, where: str = "", bindings: Bindings | None = None) -> list[Difference]:
    began = (time.time() - 10) * 1000
    comparer = Comparer(bindings or Bindings(), began, began)
    sides = [body if isinstance(body, Reply) else _reply(body) for body in (a, b)]
    return comparer.answers(sides[0], sides[1], where)


def _kinds(a: Any, b: Any, where: str = "", bindings: Bindings | None = None) -> list[str]:
    return [found.kind for found in _compare(a, b, where, bindings)]


def _id(letter: str, number: int) -> str:
    return "$" + letter * 40 + f"{number:03}"


def _event(letter: str, number: int, body: str = "hello", **more: Any) -> dict[str, Any]:
    return {
        "type": "m.room.message",
        "sender": "@alice:test.local",
        "event_id": _id(letter, number),
        "origin_server_ts": int(time.time() * 1000) - number,
        "content": {"body": body, "n": number},
        "unsigned": {"age": 5 * number},
        **more,
    }


def _sync(letter: str, events: list[dict[str, Any]]) -> dict[str, Any]:
    room = "!" + letter * 43
    return {
        "next_batch": f"s{ord(letter)}_1_2_3",
        "rooms": {
            "join": {
                room: {
                    "timeline": {"events": events, "limited": False, "prev_batch": "s1_1_1_1"},
                    "state": {"events": []},
                    "unread_notifications": {"notification_count": 2},
                }
            }
        },
    }


def test_made_up_values_are_alike() -> None:
    a, b = (_sync(letter, [_event(letter, n) for n in range(3)]) for letter in "xy")
    assert _compare(a, b, SYNC) == []


def test_made_up_values_must_be_the_same_next_time() -> None:
    bindings = Bindings()
    first = [{"event_id": _id(letter, 1)} for letter in "xy"]
    second = [{"event_id": _id(letter, 2)} for letter in "xy"]
    assert _kinds(first[0], first[1], bindings=bindings) == []
    assert _kinds(second[0], second[1], bindings=bindings) == []
    assert _kinds(first[0], second[1], bindings=bindings) == ["value"]


@pytest.mark.parametrize("seed", range(40))
def test_any_damage_is_found(seed: int) -> None:
    """A random leaf is changed, retyped, lost or doubled."""
    draw = random.Random(seed)
    a, b = (_sync(letter, [_event(letter, n) for n in range(3)]) for letter in "xy")
    bindings = Bindings()
    assert _compare(a, copy.deepcopy(b), SYNC, bindings) == []
    path = draw.choice(list(_paths(b)))
    holder = b
    for key in path[:-1]:
        holder = holder[key]
    how = draw.choice(["change", "retype", "lose"])
    if how == "lose":
        del holder[path[-1]]
    else:
        old = holder[path[-1]]
        holder[path[-1]] = _changed(old) if how == "change" else [old]
    if how == "change" and path[-1] in ("age", "origin_server_ts", "next_batch", "prev_batch"):
        return  # a later time or another position is no damage
    assert _compare(a, b, SYNC, bindings) != [], (how, path)


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Any:
    if isinstance(value, dict):
        for key, part in value.items():
            yield (*path, key)
            yield from _paths(part, (*path, key))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield (*path, number)
            yield from _paths(part, (*path, number))


def _changed(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return value[:-1] + ("q" if value[-1] != "q" else "r")
    if isinstance(value, list):
        return [*value, {"event_id": _id("z", 9)}]
    return {**value, "more": 1}


def test_types_are_never_hidden() -> None:
    for a, b in ((1, 1.0), (1, True), (0, False), (1, "1"), ({}, []), (None, 0), ("", None)):
        assert _kinds({"x": a}, {"x": b}) == ["type"], (a, b)


def test_lists_without_order_are_laid_side_by_side() -> None:
    a = {"state": {"events": [_event("x", 1), _event("x", 2)]}}
    b = {"state": {"events": [_event("y", 2), _event("y", 1)]}}
    assert _compare(a, b, SYNC) == []
    b["state"]["events"].pop()
    assert _kinds(a, b, SYNC) == ["missing"]


def test_lists_with_order_keep_it() -> None:
    a, b = {"chunk": [{"n": 1}, {"n": 2}]}, {"chunk": [{"n": 2}, {"n": 1}]}
    assert _kinds(a, b, "GET /_matrix/client/*/rooms/{room_id}/messages") == ["order"]
    assert _kinds(a, b, "GET /_matrix/client/*/rooms/{room_id}/members") == []


def test_another_event_is_no_other_value() -> None:
    bindings = Bindings()
    events = [({"chunk": [_event("x", n)]}, {"chunk": [_event("y", n)]}) for n in (1, 2)]
    for a, b in events:
        assert _compare(a, b, bindings=bindings) == []
    assert _kinds(events[0][0], events[1][1], bindings=bindings) == ["missing", "extra"]


def test_keys_that_are_ids() -> None:
    a = {"joined": {"!" + "x" * 43: {"n": 1}, "!" + "v" * 43: {"n": 2}}}
    b = {"joined": {"!" + "w" * 43: {"n": 2}, "!" + "y" * 43: {"n": 1}}}
    assert _compare(a, b) == []
    b["joined"]["!" + "u" * 43] = {"n": 3}
    assert _kinds(a, b) == ["extra"]


def test_times_must_lie_in_the_run() -> None:
    now = int(time.time() * 1000)
    assert _kinds({"ts": now}, {"ts": now - 4000}) == []
    assert _kinds({"ts": now}, {"ts": now // 1000}) == ["value"]
    assert _kinds({"ts": now}, {"ts": now - 86_400_000}) == ["value"]
    assert _kinds({"ts": now - 86_400_000}, {"ts": now - 86_400_001}) == ["value"]
    assert _kinds({"expires_in_ms": 299_000}, {"expires_in_ms": 298_000}) == []
    assert _kinds({"expires_in_ms": 299_000}, {"expires_in_ms": 299}) == ["value"]
    assert _kinds({"age": 50_000_000}, {"age": 50_001_000}) == []
    assert _kinds({"age": 50_000_000}, {"age": 60_000_000}) == ["value"]
    slow = _reply({"age": 50_000_000})
    slow.asked -= 20
    assert _kinds(slow, {"age": 50_019_000}) == []
    assert _kinds(slow, {"age": 50_060_000}) == ["value"]


def test_refusals() -> None:
    a = _reply({"errcode": "M_FORBIDDEN", "error": "No"}, 403)
    assert _kinds(a, _reply({"errcode": "M_FORBIDDEN", "error": "no"}, 403)) == ["error text"]
    assert _kinds(a, _reply({"errcode": "M_UNKNOWN", "error": "No"}, 403)) == ["errcode"]
    assert _kinds(a, _reply({"errcode": "M_FORBIDDEN", "error": "No"}, 404)) == ["status"]
    assert _kinds(a, Reply(0, error="connection reset")) == ["crash"]


def test_ids_in_texts() -> None:
    bindings = Bindings()
    a, b = ({"error": f"Event {_id(letter, 1)} not found", "errcode": "M_X"} for letter in "xy")
    assert _kinds(_reply(a, 404), _reply(b, 404), bindings=bindings) == []
    b["error"] = b["error"].replace("001", "002")
    assert _kinds(_reply(a, 404), _reply(b, 404), bindings=bindings) == ["error text"]


def test_headers_that_clients_read() -> None:
    a = _reply({}, cache_control="no-store", server="Synapse")
    assert _kinds(a, _reply({}, server="Aksono", cache_control="no-store")) == []
    assert _kinds(a, _reply({})) == ["header"]


def test_signatures_of_what_is_new_may_differ_those_of_what_is_old_may_not() -> None:
    def signed(letter: str, when: int) -> dict[str, Any]:
        proof = {"test.local": {"ed25519:a": letter * 86}}
        return {"origin_server_ts": when, "signatures": proof, "hashes": {"sha256": letter * 43}}

    now = int(time.time() * 1000)
    assert _kinds(signed("x", now), signed("y", now)) == []
    old = now - 10**9
    assert _kinds(signed("x", old), signed("y", old)) == ["value", "value"]


def test_texts_and_bytes() -> None:
    plain = Reply(200, {}, b"\xff\x00a", ended=time.time())
    assert _kinds(plain, Reply(200, {}, b"\xff\x00a", ended=time.time())) == []
    assert _kinds(plain, Reply(200, {}, b"\xff\x00b", ended=time.time())) == ["value"]


def test_tasks_and_salted_passwords_are_made_up() -> None:
    one, other = (
        {"redact_id": letter * 16, "password_hash": f"$2b$04${letter}"} for letter in "xy"
    )
    bindings = Bindings()
    assert _kinds(one, other, bindings=bindings) == []
    # Each of them once: another one later is a difference.
    assert _kinds(one, {**other, "redact_id": "z" * 16}, bindings=bindings) == ["value"]
    assert _kinds({"password_hash": "x"}, {"password_hash": None}) == ["type"]


def test_when_a_key_was_asked_for() -> None:
    """Synapse tells it in an error; it is another time in every run."""
    text = "Failed to find any key to satisfy: _FetchKeyRequest(minimum_valid_until_ts={}, key='a')"
    bodies = [{"error": text.format(n)} for n in (1795472049076, 1795472049078)]
    assert _compare(_reply(bodies[0], 401), _reply(bodies[1], 401)) == []
    other = {"error": text.format("none")}
    assert _kinds(_reply(bodies[0], 401), _reply(other, 401)) == ["error text"]
