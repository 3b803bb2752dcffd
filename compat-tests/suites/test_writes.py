# SPDX-License-Identifier: Apache-2.0
"""The same scripted writes on both servers leave the same answers and the same rows."""

from dataclasses import dataclass

import pytest

from aksono_compat.aftermath import look, renamed
from aksono_compat.answers import differences, view
from aksono_compat.client import Answer
from aksono_compat.intended import intended, is_intended
from aksono_compat.pair import Pair, Twin
from aksono_compat.rows import Changes, Side, diff
from aksono_compat.rules import load_rules
from aksono_compat.write_script import WriteScript


@dataclass
class Written:
    """Answers and databases of both servers after the script, servers stopped."""

    answers: tuple[dict[str, Answer], dict[str, Answer]]
    # What clients see right after it, and when the push actions have been rotated.
    at_once: tuple[dict[str, Answer], dict[str, Answer]]
    at_rest: tuple[dict[str, Answer], dict[str, Answer]]
    a: Side
    b: Side


@pytest.fixture(scope="module")
def written(pair: Pair) -> Written:
    answers = pair.both(lambda twin: WriteScript(twin).run())
    at_once = pair.both(look)
    pair.both(Twin.settle)
    # Synapse's cache of unread counts outlives the rotation, which changes some of them.
    pair.stop()
    for twin in (pair.a, pair.b):
        twin.server.start()
    at_rest = pair.both(look)
    pair.both(Twin.settle)
    pair.stop()
    return Written(answers, at_once, at_rest, pair.a.side(), pair.b.side())


def test_answers_are_the_same(written: Written, kind_b: str) -> None:
    rules = load_rules()
    names_a, names_b = (Changes(side, rules).names for side in (written.a, written.b))
    lines = []
    for step, a in written.answers[0].items():
        b = written.answers[1][step]
        expected = intended(step) if kind_b == "aksono" else None
        if expected:
            wrong = expected.judge(b)
        else:
            wrong = differences(view(a, names_a.replace), view(b, names_b.replace))
        lines += [f"{step}: {line}" for line in wrong]
    if lines:
        pytest.fail("\n".join(lines), pytrace=False)


@pytest.mark.parametrize("when", ["at_once", "at_rest"])
def test_what_clients_see_is_the_same(written: Written, kind_b: str, when: str) -> None:
    rules = load_rules()
    names_a, names_b = (Changes(side, rules).names for side in (written.a, written.b))
    seen: tuple[dict[str, Answer], dict[str, Answer]] = getattr(written, when)
    lines = []
    for name, answer in seen[0].items():
        a = view(answer, lambda value: renamed(value, names_a.replace))
        b = view(seen[1][name], lambda value: renamed(value, names_b.replace))
        lines += [f"{name}: {line}" for line in differences(a, b)]
    if kind_b == "aksono":
        lines = [line for line in lines if not is_intended(line)]
    if lines:
        pytest.fail("\n".join(lines), pytrace=False)


def test_rows_are_the_same(written: Written) -> None:
    found = diff(written.a, written.b)
    if found:
        pytest.fail("\n".join(map(str, found)), pytrace=False)
