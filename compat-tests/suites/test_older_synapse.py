# SPDX-License-Identifier: Apache-2.0
"""With rollback_floor set, a database goes to that older Synapse, and clients go on.

The control arm is the newest Synapse in the place of the server under test: what is lost on the
way to an older release must be lost there too.
"""

import copy
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from aksono_compat.downgrade import Account, Downgrade, furnish
from aksono_compat.pair import Twin, prepared_world
from aksono_compat.postgres import Cluster
from aksono_compat.releases import python_of
from aksono_compat.world import World

pytestmark = [pytest.mark.full, pytest.mark.timeout(900)]
TmpFactory = pytest.TempPathFactory
RELEASES = ("1.157.1", "1.140.0", "1.127.1")
# How many numbers a stream token of the release has.
FIELDS = {"1.157.1": 13, "1.140.0": 11, "1.127.1": 10}
# The first release that knows rooms of version 12.
KNOWS_HALL = ("1.157.1", "1.140.0")


@dataclass
class Arms:
    release: str
    control: Account
    tested: Account


@pytest.fixture(scope="module")
def furnished(cluster: Cluster, world: World) -> World:
    return prepared_world(cluster, world, furnish)


# Of tokens that Synapse 1.163.2 makes: it knows no floor.
NEWEST_FIELDS = 14


@pytest.fixture(scope="module", params=RELEASES)
def arms(
    request: pytest.FixtureRequest, cluster: Cluster, furnished: World, kind_b: str,
    tmp_path_factory: TmpFactory,
) -> Arms:  # fmt: skip
    release = str(request.param)
    accounts = [
        _run(cluster, furnished, writer, release, tmp_path_factory.mktemp(writer) / "site")
        for writer in ("synapse", kind_b)
    ]
    return Arms(release, *accounts)


def _run(cluster: Cluster, world: World, writer: str, release: str, folder: Path) -> Account:
    own = replace(world, demo=copy.deepcopy(world.demo))
    twin = Twin(cluster, own, writer, folder, rollback_floor=release)
    try:
        return Downgrade(twin, writer, python_of(release)).run()
    finally:
        twin.close()
        cluster.drop(twin.database)


def _told(account: Account, names: set[str]) -> str:
    return "\n".join(
        f"{name}: not {account.losses[name][0]}, but {account.losses[name][1]}"
        for name in sorted(names)
    )


def test_no_more_is_lost_than_by_synapse(arms: Arms) -> None:
    more = set(arms.tested.losses) - set(arms.control.losses)
    if more:
        pytest.fail(_told(arms.tested, more), pytrace=False)


def test_both_arms_were_asked_the_same(arms: Arms) -> None:
    """A fact that was never looked at is not one that held."""
    missing = set(arms.control.facts) - set(arms.tested.facts)
    assert not missing


def test_under_a_floor_only_rooms_of_an_unknown_version_are_lost(arms: Arms, kind_b: str) -> None:
    losses = set(arms.tested.losses)
    if kind_b == "synapse":
        # It knows no floor: the second one loses what the first one does.
        losses -= set(arms.control.losses)
    if arms.release not in KNOWS_HALL:
        losses = {name for name in losses if "hall" not in name}
    if losses:
        pytest.fail(_told(arms.tested, losses), pytrace=False)


def test_tokens_are_those_of_the_floor(arms: Arms, kind_b: str) -> None:
    fields = NEWEST_FIELDS if kind_b == "synapse" else FIELDS[arms.release]
    assert {len(token.split("_")) for token in arms.tested.handed.values()} == {fields}


def test_synapse_itself_loses_what_clients_hold(arms: Arms) -> None:
    """Else the subset would prove nothing."""
    assert "older: the token of alice" in arms.control.losses


def test_the_older_release_complains_of_nothing_else(arms: Arms) -> None:
    assert arms.tested.errors() - arms.control.errors() == set()


def test_figures(arms: Arms, kind_b: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Printed, not judged: downtime is the machine's as much as the server's."""
    with capsys.disabled():
        print(f"\n{arms.control.report(f'{arms.release}, control')}")
        print(arms.tested.report(f"{arms.release}, {kind_b}"))
    assert len(arms.tested.gaps) == 3
