# SPDX-License-Identifier: Apache-2.0
"""Configurations of accounts that are not the usual ones: the same answers, the same rows."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from aksono_compat.account_phases import PHASES, Phase, start_phase
from aksono_compat.account_script import named
from aksono_compat.answers import differences, view
from aksono_compat.client import Answer, Client
from aksono_compat.intended import intended
from aksono_compat.pair import Twin, open_pair
from aksono_compat.postgres import Cluster
from aksono_compat.rows import Side, diff
from aksono_compat.snapshot import take_snapshot
from aksono_compat.steps import Steps
from aksono_compat.world import World


@dataclass
class Phased:
    """Answers and databases of both servers after all phases, servers stopped."""

    answers: tuple[dict[str, Answer], dict[str, Answer]]
    a: Side
    b: Side


def _rounded(body: Any) -> Any:
    """Lifetimes that are left, up to ten seconds."""
    seen = named(body)
    if isinstance(seen, dict) and isinstance(seen.get("expires_in_ms"), int):
        seen["expires_in_ms"] = math.ceil(seen["expires_in_ms"] / 10_000) * 10_000
    return seen


def _run(phase: Phase, twin: Twin) -> dict[str, Answer]:
    steps = Steps(twin, phase.name)
    phase.script(steps)
    return steps.answers


@pytest.fixture(scope="module")
def phased(cluster: Cluster, world: World, kind_b: str) -> Iterator[Phased]:
    with open_pair(cluster, world, kind_b) as pair:
        # What a first start writes of itself is no part of this.
        pair.both(Twin.settle)
        for twin in (pair.a, pair.b):
            twin.before = take_snapshot(twin.cluster, twin.database)
        answers: tuple[dict[str, Answer], dict[str, Answer]] = ({}, {})
        for phase in PHASES:
            for twin in (pair.a, pair.b):
                start_phase(twin, phase)
            found = pair.both(partial(_run, phase))
            answers[0].update(found[0])
            answers[1].update(found[1])
        pair.both(Twin.settle)
        pair.stop()
        yield Phased(answers, pair.a.side(), pair.b.side())


def test_answers_are_the_same(phased: Phased, kind_b: str) -> None:
    lines = []
    for step, answer in phased.answers[0].items():
        other = phased.answers[1][step]
        expected = intended(step) if kind_b == "aksono" else None
        if expected:
            wrong = expected.judge(other)
        else:
            wrong = differences(view(answer, _rounded), view(other, _rounded))
        lines += [f"{step}: {line}" for line in wrong]
    if lines:
        pytest.fail("\n".join(lines), pytrace=False)


def test_rows_are_the_same(phased: Phased) -> None:
    lines = [str(one) for one in diff(phased.a, phased.b)]
    if lines:
        pytest.fail("\n".join(lines), pytrace=False)


def test_guests_have_no_lifetime(
    cluster: Cluster, world: World, kind_b: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    directory = tmp_path_factory.mktemp("guests") / "site"
    twin = Twin(cluster, world, kind_b, directory, session_lifetime="10h")
    try:
        twin.server.start()
        refused = Client(twin.url).post("/register?kind=guest")
        with cluster.session(twin.database) as cursor:
            cursor.execute("SELECT count(*) FROM users WHERE is_guest = 1")
            guests = cursor.fetchone()
        made = 2 if kind_b == "synapse" else 1
        assert (refused.status, guests) == (500 if kind_b == "synapse" else 403, (made,))
    finally:
        twin.close()
