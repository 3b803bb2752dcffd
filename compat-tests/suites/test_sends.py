# SPDX-License-Identifier: Apache-2.0
"""Odd sends, good and bad, leave the same answers and the same rows on both servers."""

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from aksono_compat.answers import differences, view
from aksono_compat.client import Answer
from aksono_compat.pair import Pair, Twin
from aksono_compat.postgres import Cluster
from aksono_compat.rows import Changes, Side, diff
from aksono_compat.rules import load_rules
from aksono_compat.send_script import SendScript, mark_users, numbers_as_written
from aksono_compat.world import World

PRETENDED = re.compile(r"\$[A-Za-z]{43}")


@dataclass
class Sent:
    """Answers and databases of both servers after the script, servers stopped."""

    pair: Pair
    answers: tuple[dict[str, Answer], dict[str, Answer]]
    a: Side
    b: Side


@pytest.fixture(scope="module")
def sent(cluster: Cluster, world: World, kind_b: str) -> Iterator[Sent]:
    with tempfile.TemporaryDirectory(prefix="aksono-sends-") as directory:
        pair = Pair(
            Twin(cluster, world, "synapse", Path(directory) / "a"),
            Twin(cluster, world, kind_b, Path(directory) / "b"),
        )
        try:
            for twin in (pair.a, pair.b):
                mark_users(cluster, twin.database)
            pair.a.server.start()
            pair.b.server.start()
            scripts = {twin.database: SendScript(twin) for twin in (pair.a, pair.b)}
            pair.both(lambda twin: scripts[twin.database].run())
            pair.stop()
            pair.a.server.start()
            pair.b.server.start()
            pair.both(lambda twin: scripts[twin.database].run_after_restart())
            answers = scripts[pair.a.database].answers, scripts[pair.b.database].answers
            pair.both(Twin.settle)
            pair.stop()
            yield Sent(pair, answers, pair.a.side(), pair.b.side())
        finally:
            pair.a.close()
            pair.b.close()


def test_answers_are_the_same(sent: Sent, kind_b: str) -> None:
    rules = load_rules()
    names_a, names_b = (Changes(side, rules).names for side in (sent.a, sent.b))
    lines = []
    for step, a in sent.answers[0].items():
        b = sent.answers[1][step]
        if step == "frank sends":
            # Nobody has this event: he is only to believe that it was sent.
            wrong = [] if all(PRETENDED.fullmatch(x.json["event_id"]) for x in (a, b)) else [step]
        elif kind_b == "aksono" and a.status == 500:
            refused = 400 <= b.status < 500 and "errcode" in b.json
            wrong = [] if refused else [f"no clean refusal: {b.status} {b.text[:200]}"]
        else:
            wrong = differences(view(a, names_a.replace), view(b, names_b.replace))
        lines += [f"{step}: {line}" for line in wrong]
    if lines:
        pytest.fail("\n".join(lines), pytrace=False)


def test_numbers_are_written_alike(sent: Sent) -> None:
    a, b = (numbers_as_written(twin.cluster, twin.database) for twin in (sent.pair.a, sent.pair.b))
    assert a == b
    assert len(a) > 100


def test_rows_are_the_same(sent: Sent) -> None:
    found = diff(sent.a, sent.b)
    if found:
        pytest.fail("\n".join(map(str, found)), pytrace=False)
