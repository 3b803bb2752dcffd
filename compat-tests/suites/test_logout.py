# SPDX-License-Identifier: Apache-2.0
"""Logging out of devices that have keys, messages, pushers and rooms: the same rows are left."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from aksono_compat.account_script import named
from aksono_compat.answers import differences, view
from aksono_compat.client import Answer
from aksono_compat.device_script import PUPPETS, DeviceWorld, log_out
from aksono_compat.pair import Twin, open_pair
from aksono_compat.postgres import Cluster
from aksono_compat.rows import Changes, Difference, Side, diff
from aksono_compat.rules import load_rules
from aksono_compat.snapshot import take_snapshot
from aksono_compat.steps import Steps
from aksono_compat.world import World


@dataclass
class LoggedOut:
    """Answers and databases of both servers, servers stopped."""

    answers: tuple[dict[str, Answer], dict[str, Answer]]
    a: Side
    b: Side


_OPTIONS = {"experimental_features": {"msc3814_enabled": True}}


@pytest.fixture(scope="module")
def logged_out(
    cluster: Cluster, world: World, kind_b: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LoggedOut]:
    own = replace(world, demo=copy.deepcopy(world.demo))
    maker = Twin(cluster, own, "synapse", tmp_path_factory.mktemp("devices") / "site", **_OPTIONS)
    try:
        maker.server.start()
        devices = DeviceWorld(maker)
        devices.write()
        maker.settle()
        maker.server.stop()
    finally:
        maker.close()
    with cluster.session(maker.database) as cursor:
        cursor.execute(PUPPETS)
    with open_pair(cluster, replace(own, database=maker.database), kind_b, **_OPTIONS) as pair:
        pair.both(Twin.settle)
        for twin in (pair.a, pair.b):
            twin.before = take_snapshot(twin.cluster, twin.database)

        def run(twin: Twin) -> dict[str, Answer]:
            steps = Steps(twin, "logout")
            log_out(steps, devices.tokens)
            return steps.answers

        answers = pair.both(run)
        pair.both(Twin.settle)
        pair.stop()
        yield LoggedOut(answers, pair.a.side(), pair.b.side())


# Two Synapses differ in these as well: which rows its loop over device changes finds one by one,
# and in which order the database gives it the devices of a user.
_CHANCE = {
    "device_lists_changes_in_room": "converted_to_destinations",
    "device_lists_changes_converted_stream_position": "room_id",
}


def _by_chance(one: Difference) -> bool:
    if one.table == "(order of the device lists stream)":
        return True
    column = _CHANCE.get(one.table)
    if column is None or not one.row_a or not one.row_b:
        return False
    return {**one.row_a, column: None} == {**one.row_b, column: None}


def test_answers_are_the_same(logged_out: LoggedOut) -> None:
    rules = load_rules()
    names = [Changes(side, rules).names for side in (logged_out.a, logged_out.b)]
    lines = []
    for step, answer in logged_out.answers[0].items():
        other = logged_out.answers[1][step]
        seen = (
            view(answer, lambda body: named(names[0].replace(body))),
            view(other, lambda body: named(names[1].replace(body))),
        )
        lines += [f"{step}: {line}" for line in differences(*seen)]
    if lines:
        pytest.fail("\n".join(lines), pytrace=False)


def test_rows_are_the_same(logged_out: LoggedOut) -> None:
    found = diff(logged_out.a, logged_out.b)
    lines = [str(one) for one in found if not _by_chance(one)]
    if lines:
        pytest.fail("\n".join(lines), pytrace=False)
