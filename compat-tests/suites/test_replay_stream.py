# SPDX-License-Identifier: Apache-2.0
"""/sync over time: what is lost, doubled, late or reordered is found however answers are cut."""

import json
import random
import time
from typing import Any

import pytest

from aksono_compat.replaying.bindings import Bindings
from aksono_compat.replaying.compare import Comparer
from aksono_compat.replaying.reply import Reply
from aksono_compat.replaying.sync_stream import SyncStream

WHERE = "GET /_matrix/client/*/sync"
ROOM = {0: "!" + "x" * 43, 1: "!" + "y" * 43}


def _event(side: int, number: int) -> dict[str, Any]:
    return {
        "type": "m.room.message",
        "sender": "@alice:test.local",
        "event_id": f"${'xy'[side] * 40}{number:03}",
        "origin_server_ts": int(time.time() * 1000),
        "content": {"body": f"message {number}"},
        "unsigned": {"age": number},
    }


def _answer(side: int, numbers: list[int], at: float, **more: Any) -> Reply:
    body: dict[str, Any] = {"next_batch": f"s{side}_{len(numbers)}_1", **more}
    if numbers:
        events = [_event(side, number) for number in numbers]
        timeline = {"events": events, "limited": False, "prev_batch": "s1_1_1"}
        body["rooms"] = {"join": {ROOM[side]: {"timeline": timeline, "summary": {}}}}
    return Reply(200, {}, json.dumps(body).encode(), asked=at, ended=at + 0.01)


class _Run:
    """Two cuts of the same messages, fed to a stream."""

    def __init__(self, cut_a: list[list[int]], cut_b: list[list[int]]) -> None:
        bindings = self.bindings = Bindings()
        began = (time.time() - 60) * 1000
        bindings.meet("room", ROOM[0], ROOM[1])
        self.stream = SyncStream(bindings, Comparer(bindings, began, began))
        self.kinds: list[str] = []
        # Every message is acknowledged long before the first sync.
        numbers = {number for answer in [*cut_a, *cut_b] for number in answer}
        self.acknowledged = tuple(
            {str(_event(side, number)["event_id"]): 0.0 for number in numbers} for side in (0, 1)
        )
        for number in sorted(numbers):
            ids = [_event(side, number)["event_id"] for side in (0, 1)]
            assert bindings.meet("event", *ids)
        longest = max(len(cut_a), len(cut_b))
        for at in range(longest):
            sides = [
                _answer(side, cut[at] if at < len(cut) else [], time.time() - 50 + at)
                for side, cut in enumerate((cut_a, cut_b))
            ]
            found = self.stream.feed(at + 1, sides[0], sides[1], WHERE, "alice")
            self.kinds += [one.kind for one in found]

    def finish(self, *, late: bool = False) -> list[str]:
        times = self.acknowledged if late else ({}, {})
        found = self.stream.finish((times[0], times[1]))
        return [*self.kinds, *(one.difference.kind for one in found)]


def _cut(numbers: list[int], draw: random.Random) -> list[list[int]]:
    answers: list[list[int]] = [[] for _ in range(10)]
    places = sorted(draw.randrange(10) for _ in numbers)
    for number, place in zip(numbers, places, strict=True):
        answers[place].append(number)
    return answers


@pytest.mark.parametrize("seed", range(20))
def test_the_cut_means_nothing(seed: int) -> None:
    draw = random.Random(seed)
    numbers = list(range(12))
    assert _Run(_cut(numbers, draw), _cut(numbers, draw)).finish() == []


@pytest.mark.parametrize("seed", range(20))
def test_damage_is_found(seed: int) -> None:
    draw = random.Random(seed)
    numbers = list(range(12))
    one = draw.randrange(11)
    lost = [number for number in numbers if number != one]
    doubled = sorted([*numbers, one])
    swapped = [*numbers[:one], one + 1, one, *numbers[one + 2 :]]
    cut = _cut(numbers, draw)
    assert _Run(cut, _cut(lost, draw)).finish() == ["event lost"]
    assert _Run(_cut(lost, draw), cut).finish() == ["extra"]
    whole = [[number] for number in numbers]
    assert "event doubled" in _Run(whole, [[n] for n in doubled]).finish()
    assert "order" in _Run(whole, [[n] for n in swapped]).finish()


def test_late_is_what_came_after_an_answer_that_should_have_told_it() -> None:
    assert _Run([[1], [], [2]], [[], [], [1, 2]]).finish(late=True) == ["late"]
    assert _Run([[], [1], [2]], [[], [], [1, 2]]).finish(late=True) == []


def test_the_rest_of_an_answer_is_compared_whatever_the_cut() -> None:
    run = _Run([[1], [2]], [[1, 2], []])
    assert run.stream.uneven == 2
    a = _answer(0, [3], time.time(), device_one_time_keys_count={"signed_curve25519": 5})
    b = _answer(1, [3, 4], time.time(), device_one_time_keys_count={"signed_curve25519": 4})
    assert [one.kind for one in run.stream.feed(9, a, b, WHERE, "alice")] == ["value"]
    a = _answer(0, [5], time.time(), device_one_time_keys_count={})
    b = _answer(1, [5, 6], time.time())
    assert [one.kind for one in run.stream.feed(10, a, b, WHERE, "alice")] == ["missing"]


def test_a_damaged_event_is_found_in_answers_cut_differently() -> None:
    run = _Run([[1], [2]], [[1], [2]])
    a = _answer(0, [2], time.time())
    b = _answer(1, [2, 3], time.time())
    b.json["rooms"]["join"][ROOM[1]]["timeline"]["events"][0]["content"]["body"] = "other"
    found = run.stream.feed(9, a, b, WHERE, "alice")
    assert [one.kind for one in found] == ["value"]


def test_to_device_messages_and_account_data() -> None:
    def news(side: int, keys: list[int], data: int) -> Reply:
        return _answer(
            side, [], time.time(),
            to_device={"events": [{"type": "m.x", "content": {"n": n}} for n in keys]},
            account_data={"events": [{"type": "m.direct", "content": {"n": data}}]},
        )  # fmt: skip

    run = _Run([], [])
    assert run.stream.feed(1, news(0, [1, 2], 1), news(1, [1], 2), WHERE, "alice") == []
    assert run.stream.feed(2, news(0, [], 2), news(1, [2], 2), WHERE, "alice") == []
    assert run.finish() == []
    run = _Run([], [])
    run.stream.feed(1, news(0, [1, 2], 1), news(1, [1], 2), WHERE, "alice")
    assert sorted(run.finish()) == ["event lost", "value"]


def _counted(side: int, count: int, number: int) -> Reply:
    reply = _answer(side, [number], time.time())
    room = reply.json["rooms"]["join"][ROOM[side]]
    room["unread_notifications"] = {"notification_count": count}
    reply.body = json.dumps(reply.json).encode()
    return reply


def test_counts_that_raced_with_writes_count_when_they_stay() -> None:
    run = _Run([], [])
    answers = [_counted(0, 3, 1), _counted(1, 2, 1)]
    assert [one.kind for one in run.stream.feed(1, answers[0], answers[1], WHERE, "alice")] == [
        "value"
    ]
    run = _Run([], [])
    assert run.stream.feed(1, answers[0], answers[1], WHERE, "alice", racing=True) == []
    equal = [_counted(0, 4, 2), _counted(1, 4, 2)]
    assert run.stream.feed(2, equal[0], equal[1], WHERE, "alice", racing=True) == []
    assert run.finish() == []
    run = _Run([], [])
    assert run.stream.feed(1, answers[0], answers[1], WHERE, "alice", racing=True) == []
    assert run.finish() == ["value"]


def test_who_types_is_told_by_both() -> None:
    def typing(side: int, *users: str) -> Reply:
        reply = _answer(side, [1], time.time())
        event = {"type": "m.typing", "content": {"user_ids": list(users)}}
        reply.json["rooms"]["join"][ROOM[side]]["ephemeral"] = {"events": [event]}
        reply.body = json.dumps(reply.json).encode()
        return reply

    run = _Run([], [])
    assert run.stream.feed(1, typing(0, "@a:x"), typing(1), WHERE, "alice") == []
    assert run.stream.feed(2, typing(0), typing(1, "@a:x"), WHERE, "alice") == []
    assert run.finish() == []
    run = _Run([], [])
    for number in (1, 2, 3):
        assert run.stream.feed(number, typing(0, "@a:x"), typing(1), WHERE, "alice") == []
    assert run.finish() == ["missing"]


def _limited(side: int, numbers: list[int]) -> Reply:
    reply = _answer(side, numbers, time.time())
    reply.json["rooms"]["join"][ROOM[side]]["timeline"]["limited"] = True
    reply.body = json.dumps(reply.json).encode()
    return reply


def test_what_lies_in_an_announced_gap_is_not_lost() -> None:
    run = _Run([[1, 2, 3, 4, 5], []], [[1], []])
    run.stream.feed(3, _answer(0, [], time.time()), _limited(1, [4, 5]), WHERE, "alice")
    assert run.finish() == []
    run = _Run([[1, 2, 3, 4, 5], []], [[1], []])
    run.stream.feed(3, _answer(0, [], time.time()), _limited(1, [2, 3, 4]), WHERE, "alice")
    assert run.finish() == ["event lost"]


def _sliding(side: int, numbers: list[int], **extensions: Any) -> Reply:
    events = [_event(side, number) for number in numbers]
    room = {"timeline": events, "num_live": len(events), "bump_stamp": 7, "name": "x"}
    body = {"pos": f"{side}/s1_2", "lists": {}, "rooms": {ROOM[side]: room} if events else {}}
    body["extensions"] = extensions
    now = time.time()
    return Reply(200, {}, json.dumps(body).encode(), asked=now, ended=now)


def test_sliding_sync_is_a_stream_as_well() -> None:
    where = "POST /_matrix/client/unstable/org.matrix.simplified_msc3575/sync"
    for cut_b, kinds in (
        ([[1, 2], [3]], []),
        ([[1], [2, 3]], []),
        ([[1], [3]], ["event lost"]),
        ([[1, 2], [2, 3]], ["event doubled"]),
    ):
        run = _Run([[1, 2], [3]], [[1, 2], [3]])
        stream = SyncStream(run.bindings, Comparer(run.bindings, 0, 0))
        for number, (a, b) in enumerate(zip([[1, 2], [3]], cut_b, strict=True), 1):
            assert stream.feed(number, _sliding(0, a), _sliding(1, b), where, "alice") == []
        assert [one.difference.kind for one in stream.finish(({}, {}))] == kinds


def test_extensions_of_sliding_sync_are_news() -> None:
    where = "POST /_matrix/client/unstable/org.matrix.simplified_msc3575/sync"
    message = {"type": "m.x", "content": {"n": 1}}
    told = {"to_device": {"next_batch": "5", "events": [message]}}
    run = _Run([], [])
    stream = SyncStream(run.bindings, Comparer(run.bindings, 0, 0))
    assert stream.feed(1, _sliding(0, [], **told), _sliding(1, []), where, "alice") == []
    assert [one.difference.kind for one in stream.finish(({}, {}))] == ["event lost"]
