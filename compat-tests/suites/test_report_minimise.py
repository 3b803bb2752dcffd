# SPDX-License-Identifier: Apache-2.0
"""Lists of exchanges become short, in a bound of runs; used values keep their giver."""

from collections.abc import Callable

import pytest

from aksono_compat.recording.format import Body, Exchange
from aksono_compat.reporting.minimise import dependencies, minimise


def exchange(
    number: int, target: str, *, gives: object = None, content: object = None, session: str = "t1"
) -> Exchange:
    return Exchange(
        number=number, at=float(number), took=0.1, session=session, user_id="@alice:test.local",
        surface="client", method="PUT", target=target,
        body=Body("json", content) if content is not None else Body(),
        status=200, answer=Body("json", gives if gives is not None else {}),
    )  # fmt: skip


def conversation(others: int = 200) -> list[Exchange]:
    """A room is made and talked in, among much else; the last request differs."""
    noise = [exchange(10 + n, f"/noise/{n}", session=f"t{n % 7}") for n in range(others)]
    made = exchange(1, "/createRoom", gives={"room_id": "!Tea:test.local"})
    said = exchange(
        5000, "/rooms/%21Tea%3Atest.local/send/m.room.message/1", gives={"event_id": "$Said"}
    )
    asked = exchange(9000, "/rooms/%21Tea%3Atest.local/context/%24Said")
    return [*noise[: others // 2], made, *noise[others // 2 :], said, asked]


def needs(*numbers: int) -> Callable[[list[Exchange]], bool]:
    """A difference that shows when all of these are there."""
    return lambda exchanges: set(numbers) <= {one.number for one in exchanges}


def numbers(exchanges: list[Exchange]) -> list[int]:
    return [one.number for one in exchanges]


def test_used_values_keep_their_giver() -> None:
    made, said, asked = (one for one in conversation(0))
    assert dependencies([made, said, asked]) == [set(), {0}, {0, 1}]


@pytest.mark.parametrize(
    ("target", "content", "session"),
    [
        ("/x?since=s1_2", None, "t"),
        ("/x?filter=%7B%22since%22%3A%22s1_2%22%7D", None, "t"),
        ("/x", {"a": [{"b": "s1_2"}]}, "t"),
        ("/x", {"s1_2": 1}, "t"),
        ("/x", None, "s1_2"),
    ],
)
def test_values_are_found_wherever_they_are_used(
    target: str, content: object, session: str
) -> None:
    giver = exchange(1, "/sync", gives={"next_batch": "s1_2", "type": "m.room.message"})
    user = exchange(2, target, content=content, session=session)
    assert dependencies([giver, user]) == [set(), {0}]


def test_words_and_users_are_no_values() -> None:
    giver = exchange(1, "/sync", gives={"type": "m.room.message", "sender": "@bob:test.local"})
    user = exchange(2, "/send/m.room.message", content={"user_id": "@bob:test.local"})
    assert dependencies([giver, user]) == [set(), set()]


def test_what_a_client_made_up_needs_no_giver() -> None:
    first = exchange(1, "/send/txn77", gives={"echo": "txn77"})
    assert dependencies([first, exchange(2, "/send/txn77")]) == [set(), set()]


def test_the_difference_needs_only_what_it_uses() -> None:
    minimal = minimise(conversation(), needs(1, 5000, 9000))
    assert numbers(minimal.exchanges) == [1, 5000, 9000]
    assert minimal.reproduced
    assert minimal.finished
    assert minimal.runs <= 5


def test_a_hidden_cause_is_found() -> None:
    minimal = minimise(conversation(), needs(9000, 77, 133), runs=200)
    assert numbers(minimal.exchanges) == [77, 133, 9000]
    assert minimal.finished


def test_a_giver_that_is_not_needed_goes_at_the_end() -> None:
    minimal = minimise(conversation(), needs(9000))
    assert numbers(minimal.exchanges) == [9000]


def test_the_order_stays_and_the_divergence_is_last() -> None:
    seen: list[list[int]] = []

    def diverges(exchanges: list[Exchange]) -> bool:
        seen.append(numbers(exchanges))
        return {60, 9000} <= set(seen[-1])

    minimise(conversation(), diverges)
    order = numbers(conversation())
    assert all(one == [n for n in order if n in one] and one[-1] == 9000 for one in seen)
    assert len({tuple(one) for one in seen}) == len(seen)


def test_runs_are_bounded() -> None:
    calls = 0

    def diverges(exchanges: list[Exchange]) -> bool:
        nonlocal calls
        calls += 1
        return {77, 133, 9000} <= set(numbers(exchanges))

    told: list[tuple[int, int]] = []
    minimal = minimise(
        conversation(), diverges, runs=8, told=lambda done, most: told.append((done, most))
    )
    assert calls == minimal.runs == 8
    assert told[-1] == (8, 8)
    assert minimal.reproduced
    assert not minimal.finished
    assert {77, 133, 9000} <= set(numbers(minimal.exchanges))
    assert len(minimal.exchanges) < 203


def test_time_is_bounded() -> None:
    minimal = minimise(conversation(), needs(9000), seconds=-1)
    assert (minimal.runs, minimal.reproduced, minimal.finished) == (0, False, False)


def test_what_does_not_come_again_is_told() -> None:
    minimal = minimise(conversation(), lambda exchanges: False)
    assert not minimal.reproduced
    assert len(minimal.exchanges) == 203


def test_one_exchange_stays() -> None:
    minimal = minimise([exchange(1, "/versions")], lambda exchanges: True)
    assert numbers(minimal.exchanges) == [1]
    assert minimal.finished
