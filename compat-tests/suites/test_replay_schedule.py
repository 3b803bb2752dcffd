# SPDX-License-Identifier: Apache-2.0
"""Order and overlap of a replay, and how long polls are played at another speed."""

import asyncio
import random

import pytest

from aksono_compat.recording.format import Body, Exchange
from aksono_compat.replaying.judge import racing
from aksono_compat.replaying.polls import LONGEST_MS, last_looks, played
from aksono_compat.replaying.schedule import Progress, make_schedule

INFINITE = float("inf")


def _exchange(
    number: int, at: float, took: float, session: str = "a", method: str = "GET", target: str = "/x"
) -> Exchange:
    return Exchange(number, at, took, session, "", "client", method, target, status=200)


def _drawn(seed: int, count: int = 120) -> list[Exchange]:
    draw = random.Random(seed)
    exchanges = []
    for number in range(count):
        method = draw.choice(["GET", "GET", "PUT"])
        times = draw.uniform(0, 20), draw.choice([0.01, 0.3, 4.0])
        exchanges.append(_exchange(number, *times, draw.choice("abcd"), method))
    return sorted(exchanges, key=lambda one: one.at + one.took)


def _run(exchanges: list[Exchange], seed: int, **options: bool) -> list[tuple[str, Exchange]]:
    """Plays a schedule with answers that take any time; what began and ended, in order."""
    schedule = make_schedule(exchanges, **options)
    log: list[tuple[str, Exchange]] = []
    draw = random.Random(seed)

    async def play() -> None:
        progress = Progress(schedule)

        async def one(slot):  # type: ignore[no-untyped-def]
            await progress.wait(slot)
            log.append(("began", slot.exchange))
            await asyncio.sleep(draw.uniform(0, 0.002))
            log.append(("ended", slot.exchange))
            progress.done(slot.index)

        await asyncio.wait_for(asyncio.gather(*map(one, schedule.slots)), 200)

    asyncio.run(play())
    assert len(log) == 2 * len(exchanges)
    return log


def _is_kept(log: list[tuple[str, Exchange]], first: Exchange, second: Exchange) -> bool:
    return log.index(("ended", first)) < log.index(("began", second))


@pytest.mark.parametrize("seed", range(8))
def test_what_was_over_before_is_over_before(seed: int) -> None:
    exchanges = _drawn(seed)
    log = _run(exchanges, seed, everybody=True)
    for first in exchanges:
        for second in exchanges:
            if first.at + first.took <= second.at:
                assert _is_kept(log, first, second)


@pytest.mark.parametrize("seed", range(8))
def test_sessions_keep_their_order(seed: int) -> None:
    exchanges = _drawn(seed)
    log = _run(exchanges, seed, everybody=False)
    for first in exchanges:
        for second in exchanges:
            if first.session == second.session and first.at + first.took <= second.at:
                assert _is_kept(log, first, second)


@pytest.mark.parametrize("seed", range(8))
def test_writes_come_one_after_the_other(seed: int) -> None:
    exchanges = _drawn(seed)
    log = _run(exchanges, seed, everybody=True, one_writer=True)
    writes = [(what, one.number) for what, one in log if one.method == "PUT"]
    order = sorted((one for one in exchanges if one.method == "PUT"), key=lambda one: one.at)
    assert writes == [(what, one.number) for one in order for what in ("began", "ended")]


def test_what_overlapped_overlaps_again() -> None:
    poll = _exchange(1, 0.0, 5.0, "a", target="/sync")
    write = _exchange(2, 1.0, 0.5, "b", "PUT")
    log = _run([write, poll], 0, everybody=True, one_writer=True)
    assert log.index(("began", poll)) < log.index(("ended", write))
    assert log[:2] == [("began", poll), ("began", write)]


def test_a_request_waits_for_the_answer_that_first_gave_a_value() -> None:
    event = "$" + "A" * 43
    giver = _exchange(1, 0.0, 1.0, "a")
    giver.answer = Body("json", {"chunk": [{"event_id": event}]})
    user = _exchange(2, 0.5, 1.0, "b", target=f"/event/{event}")
    schedule = make_schedule([giver, user], everybody=False)
    assert [slot.after for slot in schedule.slots] == [[], [0]]


def test_reads_that_race_with_writes() -> None:
    exchanges = [
        _exchange(1, 0.0, 1.0),
        _exchange(2, 2.0, 1.0, method="PUT"),
        _exchange(3, 2.5, 2.0),
        _exchange(4, 2.9, 0.05),
        _exchange(5, 3.0, 1.0),
        _exchange(6, 1.0, 9.0),
    ]
    assert racing(exchanges) == {2, 3, 5}


SYNC = "/_matrix/client/v3/sync?since=s1&timeout=30000"


def test_polls_that_brought_nothing_do_not_wait() -> None:
    empty = _exchange(1, 0, 30.0, target=SYNC)
    assert played(empty, 1.0).target == SYNC
    assert played(empty, 10.0).target == SYNC.replace("30000", "3000")
    assert played(empty, INFINITE).target == SYNC.replace("30000", "0")


def test_polls_that_brought_news_wait_for_them() -> None:
    woken = _exchange(1, 0, 2.0, target=SYNC)
    assert played(woken, 1.0).target == SYNC
    assert played(woken, INFINITE).target == SYNC.replace("30000", str(LONGEST_MS))
    assert played(woken, INFINITE, news=False).target == SYNC.replace("30000", "0")
    assert played(woken, INFINITE, 60).patience == 60 + LONGEST_MS / 1000


def test_other_requests_stay_as_they_are() -> None:
    for target in ("/_matrix/client/v3/rooms/!a:b/typing/@a:b?timeout=30000", SYNC[:-14]):
        assert played(_exchange(1, 0, 2.0, target=target), INFINITE).target == target


def test_everybody_looks_once_more_at_the_end() -> None:
    first, second = _exchange(1, 0, 2.0, target=SYNC), _exchange(2, 3, 2.0, target=SYNC)
    first.answer, second.answer = (Body("json", {"next_batch": f"s{n}_1"}) for n in (7, 8))
    other = _exchange(3, 1, 1.0, "b", target=SYNC)
    looks = last_looks([first, second, other, _exchange(4, 0, 1)])
    assert [look.target for look in looks] == ["/_matrix/client/v3/sync?since=s8_1&timeout=0"]
    assert (looks[0].number, looks[0].at) == (5, 6.0)
