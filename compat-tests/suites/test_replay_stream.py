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


@pytest.mark.parametrize("racing", [False, True])
def test_counts_count_when_they_stay(racing: bool) -> None:
    """Servers sum them up in the background: a moment's count says nothing, the last one does."""
    wrong = [_counted(0, 3, 1), _counted(1, 2, 1)]
    right = [_counted(0, 4, 2), _counted(1, 4, 2)]
    for answers, kinds in (
        ([wrong, right], []),
        ([wrong], ["value"]),
        ([right, wrong], ["value"]),
        ([wrong, right, wrong], ["value"]),
    ):
        run = _Run([], [])
        for number, (a, b) in enumerate(answers, 1):
            assert run.stream.feed(number, a, b, WHERE, "alice", racing=racing) == []
        assert run.finish() == kinds


def test_counts_are_compared_however_answers_are_cut() -> None:
    for count, kinds in ((4, []), (5, ["value"])):
        run = _Run([[1, 2], []], [[1, 2], []])
        run.stream.feed(3, _counted(0, 4, 3), _answer(1, [], time.time()), WHERE, "alice")
        run.stream.feed(4, _answer(0, [], time.time()), _counted(1, count, 3), WHERE, "alice")
        assert [kind for kind in run.finish() if kind == "value"] == kinds


def test_how_many_members_there_are_counts_at_once_when_nothing_was_written() -> None:
    def summed(side: int, count: int) -> Reply:
        reply = _answer(side, [1], time.time())
        reply.json["rooms"]["join"][ROOM[side]]["summary"] = {"m.joined_member_count": count}
        return Reply(200, {}, json.dumps(reply.json).encode(), asked=reply.asked, ended=reply.ended)

    for racing, kinds in ((False, ["value"]), (True, [])):
        run = _Run([], [])
        found = run.stream.feed(1, summed(0, 3), summed(1, 2), WHERE, "alice", racing=racing)
        assert [one.kind for one in found] == kinds
        run.stream.feed(2, summed(0, 2), summed(1, 2), WHERE, "alice", racing=racing)
        assert run.finish() == []


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


def _topic(side: int, number: int) -> dict[str, Any]:
    event = _event(side, 900 + number)
    return {**event, "type": "m.room.topic", "state_key": "", "content": {"topic": f"{number}"}}


def _member(side: int, name: str) -> dict[str, Any]:
    event = _event(side, 950)
    content = {"membership": "join", "displayname": name}
    return {**event, "type": "m.room.member", "state_key": f"@{name}:x", "content": content}


def _stated(side: int, state: list[dict[str, Any]], numbers: list[int], section: str = "join",
            *, limited: bool = False) -> Reply:  # fmt: skip
    """An answer that tells state beside the timeline."""
    events = [_event(side, number) for number in numbers]
    room: dict[str, Any] = {"timeline": {"events": events, "limited": limited}}
    if state:
        room["state"] = {"events": state}
    rooms = {section: {ROOM[side]: room}} if state or numbers else {}
    now = time.time()
    body = {"next_batch": f"s{side}_5_1", "rooms": rooms}
    return Reply(200, {}, json.dumps(body).encode(), asked=now, ended=now)


def _fed(answers: list[tuple[Reply, Reply]], *, racing: bool) -> list[str]:
    """Kinds and places of what is found."""
    run = _Run([[1], [2], [3]], [[1], [2], [3]])
    found = []
    for number, (a, b) in enumerate(answers, 10):
        found += run.stream.feed(number, a, b, WHERE, "alice", racing=racing)
    found += [one.difference for one in run.stream.finish(({}, {}))]
    return [f"{one.kind} {'.'.join(map(str, one.path[3:]))}" for one in found]


STATE = "state.events.0"


def test_state_that_is_never_told_is_missing() -> None:
    answers = [(_stated(0, [_topic(0, 1)], [4]), _stated(1, [], [4]))]
    for racing in (False, True):
        assert _fed(answers, racing=racing) == [f"missing {STATE}"]
    swapped = [(_stated(0, [], [4]), _stated(1, [_topic(1, 1)], [4]))]
    for racing in (False, True):
        assert _fed(swapped, racing=racing) == [f"extra {STATE}"]


def test_state_told_in_another_answer_is_not_missing() -> None:
    told, nothing = [_stated(side, [_topic(side, 1)], []) for side in (0, 1)], []
    for side in (0, 1):
        nothing.append(_stated(side, [], []))
    assert _fed([(told[0], nothing[1]), (nothing[0], told[1])], racing=True) == []
    assert _fed([(nothing[0], told[1]), (told[0], nothing[1])], racing=True) == []


def test_state_that_the_other_server_told_in_its_timeline_is_not_missing() -> None:
    later = _stated(1, [], [4])
    room = later.json["rooms"]["join"][ROOM[1]]
    room["timeline"]["events"].insert(0, _topic(1, 1))
    later = Reply(200, {}, json.dumps(later.json).encode(), asked=later.asked, ended=later.ended)
    first = _stated(0, [_topic(0, 1)], [4], limited=True)
    found = _fed([(first, later)], racing=True)
    assert [one for one in found if "state" in one or "timeline.events" in one] == []


def test_what_was_replaced_at_once_need_not_be_told_by_both() -> None:
    """One server told the topic twice, the other one when it had changed for the second time."""
    both = (_stated(0, [_topic(0, 2)], [5]), _stated(1, [_topic(1, 2)], [5]))
    only_a = (_stated(0, [_topic(0, 1)], [4]), _stated(1, [], [4]))
    assert _fed([only_a, both], racing=True) == []
    # When nothing was written meanwhile, both had to tell the same.
    assert _fed([only_a, both], racing=False) == [f"missing {STATE}"]
    stuck = (_stated(0, [_topic(0, 2)], [5]), _stated(1, [_topic(1, 1)], [5]))
    assert set(_fed([stuck], racing=True)) == {f"missing {STATE}", f"extra {STATE}"}


def test_members_follow_from_who_is_shown() -> None:
    """With lazily loaded members, a gap leaves out who said nothing behind it."""
    alone = (_stated(0, [_member(0, "dora")], [4]), _stated(1, [], [4]))
    assert _fed([alone], racing=True) == [f"missing {STATE}"]
    behind = (_stated(0, [_member(0, "dora")], [3, 4]), _stated(1, [], [4], limited=True))
    assert [one for one in _fed([behind], racing=True) if "state" in one] == []


def _invited(side: int, *types: str, name: str = "tea") -> Reply:
    events = [
        {"type": kind, "state_key": "", "sender": "@alice:x", "content": {"name": name}}
        for kind in types
    ]
    room = {"invite_state": {"events": events}}
    body = {"next_batch": "s5_5", "rooms": {"invite": {ROOM[side]: room}} if types else {}}
    now = time.time()
    return Reply(200, {}, json.dumps(body).encode(), asked=now, ended=now)


@pytest.mark.parametrize("racing", [False, True])
def test_what_an_invitation_tells_of_its_room(racing: bool) -> None:
    kinds = ("m.room.name", "m.room.create")
    whole, part = (_invited(0, *kinds), _invited(1, *kinds)), _invited(1, kinds[0])
    place = "invite_state.events.0"
    assert _fed([whole], racing=racing) == []
    assert _fed([(whole[0], part)], racing=racing) == [f"missing {place}"]
    assert _fed([(_invited(0, kinds[0]), whole[1])], racing=racing) == [f"extra {place}"]
    found = _fed([(whole[0], _invited(1, *kinds, name="other"))], racing=racing)
    assert [one.split()[0] for one in found] != []
    nothing = [_invited(side) for side in (0, 1)]
    assert _fed([(whole[0], nothing[1]), (nothing[0], whole[1])], racing=True) == []


def _slid(side: int, room: dict[str, Any]) -> Reply:
    now = time.time()
    body = {"pos": f"{side}/s1_2", "lists": {}, "rooms": {ROOM[side]: room}, "extensions": {}}
    return Reply(200, {}, json.dumps(body).encode(), asked=now, ended=now)


def test_an_invitation_may_be_accepted_before_a_server_tells_of_it() -> None:
    name = {"type": "m.room.name", "state_key": "", "sender": "@a:x", "content": {"name": "x"}}
    invited = _slid(0, {"invite_state": [name]})
    joined = [_slid(side, {"timeline": [_event(side, 1)]}) for side in (0, 1)]
    found = _fed([(invited, joined[1]), (joined[0], joined[1])], racing=True)
    assert [one for one in found if "invite_state" in one] == []
    # Both told of the invitation, but one of them nothing of its room.
    bare = _invited(1, "m.room.name")
    bare = Reply(200, {}, bare.body.replace(b"m.room.name", b"m.room.topic"), asked=1, ended=2)
    found = _fed([(_invited(0, "m.room.name"), bare)], racing=True)
    assert "missing invite_state.events.0" in found
    rooms = {"invite": {ROOM[1]: {"invite_state": {"events": list[Any]()}}}}
    body = {"next_batch": "s5_5", "rooms": rooms}
    empty = Reply(200, {}, json.dumps(body).encode(), asked=1, ended=2)
    found = _fed([(_invited(0, "m.room.name"), empty)], racing=True)
    assert found == ["missing invite_state.events.0"]


@pytest.mark.parametrize("racing", [False, True])
def test_how_sliding_sync_counts_live_events_follows_from_the_cut(racing: bool) -> None:
    def answer(side: int, live: int) -> Reply:
        return _slid(side, {"timeline": [_event(side, 1)], "num_live": live})

    run = _Run([[1], []], [[1], []])
    where = "POST /_matrix/client/unstable/org.matrix.simplified_msc3575/sync"
    began = (time.time() - 60) * 1000
    stream = SyncStream(run.bindings, Comparer(run.bindings, began, began))
    assert stream.feed(1, answer(0, 1), answer(1, 8), where, "alice", racing=racing) == []
    found = stream.feed(2, answer(0, 1), answer(1, 8), where, "alice", racing=racing)
    assert [one.kind for one in found] == ([] if racing else ["value"])
