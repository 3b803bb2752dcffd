# SPDX-License-Identifier: Apache-2.0
"""Real clients in mid-conversation, encrypted, over Synapse, the server under test, and Synapse.

The control arm has Synapse in the middle: whatever is lost with another server must be lost there.
"""

import copy
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from aksono_compat.clients.program import SealedDiary
from aksono_compat.clients.talker import Sent
from aksono_compat.encrypted import CASTS, SealedPassage, furnish, pass_over
from aksono_compat.pair import Twin, prepared_world
from aksono_compat.postgres import Cluster
from aksono_compat.scenarios.routes import unbuilt_routes
from aksono_compat.world import World

pytestmark = pytest.mark.timeout(1800)
TmpFactory = pytest.TempPathFactory
# What devices need to find each other and to hand on their keys.
NEEDED = (
    "POST /_matrix/client/*/keys/claim",
    "POST /_matrix/client/*/keys/query",
    "POST /_matrix/client/*/keys/upload",
    "PUT /_matrix/client/*/sendToDevice/{message_type}/{txn_id}",
)


@dataclass
class Arms:
    cast: str
    control: SealedPassage
    tested: SealedPassage


@pytest.fixture(scope="module")
def furnished(cluster: Cluster, world: World) -> World:
    return prepared_world(cluster, world, furnish)


@pytest.fixture(scope="module", params=sorted(CASTS))
def arms(
    request: pytest.FixtureRequest, cluster: Cluster, furnished: World, kind_b: str,
    tmp_path_factory: TmpFactory,
) -> Arms:  # fmt: skip
    cast = str(request.param)
    passages = [
        _passage(cluster, furnished, kind, cast, tmp_path_factory.mktemp(kind))
        for kind in ("synapse", kind_b)
    ]
    return Arms(cast, *passages)


def _passage(cluster: Cluster, world: World, middle: str, cast: str, folder: Path) -> SealedPassage:
    own = replace(world, demo=copy.deepcopy(world.demo))
    twin = Twin(cluster, own, "synapse", folder / "site")
    try:
        return pass_over(twin, middle, CASTS[cast], folder)
    finally:
        twin.close()
        cluster.drop(twin.database)


@pytest.fixture
def needs_encryption(request: pytest.FixtureRequest, kind_b: str) -> None:
    """What is not built yet is told by the server itself: building it turns these tests on."""
    missing = unbuilt_routes() & set(NEEDED) if kind_b == "aksono" else set()
    if missing:
        reason = f"not built: {', '.join(sorted(missing))}"
        request.applymarker(pytest.mark.xfail(strict=True, reason=reason))


def _told(passage: SealedPassage, kinds: set[str]) -> str:
    return "\n".join(f"{kind}: {passage.examples()[kind][:5]}" for kind in sorted(kinds))


@pytest.mark.full
def test_the_control_loses_nothing(arms: Arms) -> None:
    """Else the clients themselves do, and the rest would prove nothing."""
    if arms.control.losses():
        pytest.fail(_told(arms.control, arms.control.losses()), pytrace=False)


@pytest.mark.full
@pytest.mark.usefixtures("needs_encryption")
def test_no_more_is_lost_than_by_synapse(arms: Arms) -> None:
    more = arms.tested.losses() - arms.control.losses()
    if more:
        pytest.fail(_told(arms.tested, more), pytrace=False)


@pytest.mark.full
@pytest.mark.usefixtures("needs_encryption")
def test_all_said_and_read_over_all_servers(arms: Arms) -> None:
    """Messages before, between and after, cut ones, and a device that came in between."""
    for diary in arms.tested.sealed():
        assert sum(bool(sent.event_id) for sent in diary.sent) >= 18
        assert diary.failures > 0
        assert len(diary.read) >= 18
    assert any(diary.newcomer for diary in arms.tested.diaries)
    assert any(diary.starts > 1 for diary in arms.tested.sealed())


@pytest.mark.full
def test_the_last_synapse_has_nothing_to_complain_about(arms: Arms) -> None:
    def errors(one: SealedPassage) -> set[tuple[str, str, str]]:
        return {problem.shape for problem in one.problems if problem.level != "WARNING"}

    assert errors(arms.tested) - errors(arms.control) == set()


@pytest.mark.full
def test_figures(arms: Arms, kind_b: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Printed, not judged: downtime is the machine's as much as the server's."""
    with capsys.disabled():
        print(f"\n{arms.control.report(f'{arms.cast}, control')}")
        print(arms.tested.report(f"{arms.cast}, {kind_b}"))
        if arms.tested.stuck:
            print(f"  {arms.tested.stuck}")
    assert arms.control.switches


# What a passage tells must be found when it is there.

_WRONG = "wrong: another text than was said"


def _made(**changes: object) -> SealedPassage:
    sent = [Sent("one", "$1", 1), Sent("two", "$2", 1)]
    talks = SealedDiary("@a", sent)
    for diary in (talks, reads := SealedDiary("@b", newcomer=bool(changes.pop("newcomer", False)))):
        diary.seen = {"!r": [("$1", ""), ("$2", "")]}
        diary.read = {"$1": "one", "$2": "two"}
        diary.senders = {"$1": "@a", "$2": "@a"}
    for name, value in changes.items():
        setattr(reads, name, value)
    return SealedPassage("!r", [talks, reads], [("$1", "x"), ("$2", "y")])


@pytest.mark.parametrize(
    ("changes", "kinds"),
    [
        ({}, set()),
        ({"read": {"$1": "one"}}, {"lost: cannot be read"}),
        ({"read": {"$1": "one"}, "newcomer": True}, {"lost: cannot be read"}),
        ({"read": {"$2": "two"}, "newcomer": True}, set()),
        ({"read": {}, "newcomer": True}, {"lost: a newcomer reads nothing"}),
        ({"read": {"$1": "one", "$2": "one"}}, {"doubled: a text", _WRONG}),
        ({"plain": ["$1"]}, {"open: a message without encryption"}),
        ({"seen": {"!r": [("$1", "")]}}, {"lost: acknowledged, not in a sync"}),
        ({"seen": {"!r": [("$2", "")]}, "newcomer": True}, set()),
    ],
)  # fmt: skip
def test_losses_are_found(changes: dict[str, object], kinds: set[str]) -> None:
    assert _made(**changes).losses() == kinds


def test_a_conversation_that_does_not_go_on_is_a_loss() -> None:
    passage = _made()
    passage.stuck = "refused: POST /keys/upload: 404"
    assert passage.losses() == {"stuck: the conversation does not go on"}
