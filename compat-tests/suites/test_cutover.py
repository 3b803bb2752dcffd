# SPDX-License-Identifier: Apache-2.0
"""Clients in mid-conversation over Synapse, the server under test, and Synapse.

The control arm has Synapse in the middle: whatever is lost with another server must be lost there.
"""

import copy
from dataclasses import replace
from pathlib import Path

import pytest

from aksono_compat.clients.talker import Diary, Sent
from aksono_compat.cutover import Passage, pass_over
from aksono_compat.pair import Twin
from aksono_compat.postgres import Cluster
from aksono_compat.world import World

pytestmark = pytest.mark.timeout(600)
TmpFactory = pytest.TempPathFactory


def _passage(cluster: Cluster, world: World, middle: str, folder: Path) -> Passage:
    own = replace(world, demo=copy.deepcopy(world.demo))
    twin = Twin(cluster, own, "synapse", folder)
    try:
        return pass_over(twin, middle)
    finally:
        twin.close()


@pytest.fixture(scope="module")
def control(cluster: Cluster, world: World, tmp_path_factory: TmpFactory) -> Passage:
    return _passage(cluster, world, "synapse", tmp_path_factory.mktemp("control") / "site")


@pytest.fixture(scope="module")
def passage(cluster: Cluster, world: World, kind_b: str, tmp_path_factory: TmpFactory) -> Passage:
    return _passage(cluster, world, kind_b, tmp_path_factory.mktemp("cutover") / "site")


@pytest.mark.full
def test_losses_are_among_those_of_synapse(control: Passage, passage: Passage) -> None:
    more = passage.losses() - control.losses()
    if more:
        told = [f"{kind}: {passage.examples()[kind][:5]}" for kind in sorted(more)]
        pytest.fail("\n".join(told), pytrace=False)


@pytest.mark.full
def test_nothing_is_lost_doubled_or_reordered(passage: Passage) -> None:
    assert passage.examples() == {}


@pytest.mark.full
def test_there_was_a_conversation_over_all_servers(passage: Passage) -> None:
    """Else the rest would prove nothing: messages before, between and after, and cut ones."""
    for diary in passage.diaries:
        assert sum(bool(sent.event_id) for sent in diary.sent) >= 18
        assert diary.failures > 0
    assert any(sent.attempts > 1 for diary in passage.diaries for sent in diary.sent)


@pytest.mark.full
def test_the_last_synapse_has_nothing_to_complain_about(control: Passage, passage: Passage) -> None:
    def errors(one: Passage) -> set[tuple[str, str, str]]:
        return {problem.shape for problem in one.problems if problem.level != "WARNING"}

    assert errors(passage) - errors(control) == set()


@pytest.mark.full
def test_figures(
    control: Passage, passage: Passage, kind_b: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Printed, not judged: downtime is the machine's as much as the server's."""
    with capsys.disabled():
        print(f"\n{control.report('control')}\n{passage.report(kind_b)}")
    assert [switch.to for switch in passage.switches][1:] == ["synapse"]


# What a passage tells must be found when it is there.


def _made(history: list[str], seen: list[str], sent: list[Sent]) -> Passage:
    diary = Diary("@a", sent, {"!r": [(one, f"text {one}") for one in seen]})
    return Passage("!r", [diary], [(one, f"text {one}") for one in history])


_SENT = [Sent("one", "$1", 1), Sent("two", "$2", 2), Sent("three", "", 1)]


@pytest.mark.parametrize(
    ("history", "seen", "kinds"),
    [
        (["$1", "$2"], ["$1", "$2"], set()),
        (["$1"], ["$1", "$2"], {"lost: acknowledged, not in the history"}),
        (["$1", "$2"], ["$1"], {"lost: acknowledged, not in a sync"}),
        (["$1", "$2"], ["$1", "$2", "$1"], {"doubled: the syncs"}),
        (["$1", "$2", "$2"], ["$1", "$2"], {"doubled: the history"}),
        (["$1", "$2"], ["$2", "$1"], {"reordered: syncs"}),
        (["$2", "$1"], ["$2", "$1"], {"reordered: a sender's messages in the history"}),
    ],
)
def test_losses_are_found(history: list[str], seen: list[str], kinds: set[str]) -> None:
    assert kinds <= _made(history, seen, _SENT).losses()
    assert bool(kinds) == bool(_made(history, seen, _SENT).losses())


def test_the_order_of_the_stream_is_one_too() -> None:
    passage = _made(["$1", "$2"], ["$2", "$1"], [Sent("one", "$1", 1)])
    passage.stream = ["$2", "$1"]
    assert passage.losses() == set()


def test_a_client_that_cannot_go_on_is_a_loss() -> None:
    passage = _made(["$1", "$2"], ["$1", "$2"], _SENT)
    passage.diaries[0].refused.append("GET /sync: 400 Invalid stream token")
    passage.diaries[0].gaps = 1
    assert passage.losses() == {"refused: a client cannot go on", "lost: a timeline cut short"}
