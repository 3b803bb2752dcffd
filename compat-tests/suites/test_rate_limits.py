# SPDX-License-Identifier: Apache-2.0
"""Rate limits: as many are let in, and refusals say the same after the same pause."""

from dataclasses import dataclass

import pytest

from aksono_compat.account_phases import start_phase
from aksono_compat.answers import differences, view
from aksono_compat.client import Answer
from aksono_compat.limit_phases import LIMIT_PHASES
from aksono_compat.pair import open_pair
from aksono_compat.postgres import Cluster
from aksono_compat.steps import Steps
from aksono_compat.world import World

# Two starts for each limit.
pytestmark = pytest.mark.full

_PAUSE = 0.45  # Synapse waits for half a second before it refuses


@dataclass
class Limited:
    """What each server did, phase after phase."""

    a: list[Steps]
    b: list[Steps]


@pytest.fixture(scope="module")
def limited(cluster: Cluster, world: World, kind_b: str) -> Limited:
    done = Limited([], [])
    with open_pair(cluster, world, kind_b) as pair:
        for phase in LIMIT_PHASES:
            for twin, kept in ((pair.a, done.a), (pair.b, done.b)):
                start_phase(twin, phase)
                kept.append(Steps(twin, phase.name))
                phase.script(kept[-1])
        pair.stop()
    return done


def _refusal(answer: Answer, seconds: float) -> dict[str, object]:
    seen = view(answer)
    wait = answer.json.get("retry_after_ms", 0) if isinstance(answer.json, dict) else 0
    header = int(answer.headers.get("Retry-After", 0))
    body = {**answer.json, "retry_after_ms": "<...>"}
    rounded = header == -(-wait // 1000)
    return {**seen, "body": body, "Retry-After": rounded, "paused": seconds >= _PAUSE}


def test_the_same_is_let_in(limited: Limited) -> None:
    lines = []
    for a, b in zip(limited.a, limited.b, strict=True):
        for step, answer in a.answers.items():
            other = b.answers[step]
            if (answer.status, other.status) == (429, 429):
                pair = _refusal(answer, a.seconds[step]), _refusal(other, b.seconds[step])
                lines += [f"{step}: {line}" for line in differences(*pair)]
            elif answer.status != other.status or answer.status >= 400:
                lines += [f"{step}: {line}" for line in _unlike(answer, other)]
    if lines:
        pytest.fail("\n".join(lines), pytrace=False)


def _unlike(answer: Answer, other: Answer) -> list[str]:
    seen = [view(one) for one in (answer, other)]
    for one in seen:
        if isinstance(one["body"], dict):
            one["body"].pop("session", None)
    return differences(seen[0], seen[1])


def test_refusals_name_the_same_time(limited: Limited) -> None:
    lines = []
    for a, b in zip(limited.a, limited.b, strict=True):
        for step, answer in a.answers.items():
            pair = answer, b.answers[step]
            if any(one.status != 429 for one in pair):
                continue
            waits = [one.json["retry_after_ms"] for one in pair]
            if abs(waits[0] - waits[1]) > 2500:
                lines.append(f"{step}: {waits}")
    if lines:
        pytest.fail("\n".join(lines), pytrace=False)
