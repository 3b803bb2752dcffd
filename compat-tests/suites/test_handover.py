# SPDX-License-Identifier: Apache-2.0
"""A database goes from Synapse to the server under test and back, and no client notices."""

import copy
from dataclasses import replace
from pathlib import Path

import pytest

from aksono_compat.handover_script import Account, Handover
from aksono_compat.pair import Twin
from aksono_compat.postgres import Cluster
from aksono_compat.world import World

TmpFactory = pytest.TempPathFactory


def _live(cluster: Cluster, world: World, middle: str, directory: Path) -> Account:
    own = replace(world, demo=copy.deepcopy(world.demo))
    twin = Twin(cluster, own, "synapse", directory)
    try:
        return Handover(twin, middle).run()
    finally:
        twin.close()


@pytest.fixture(scope="module")
def control(cluster: Cluster, world: World, tmp_path_factory: TmpFactory) -> Account:
    """Synapse all the time."""
    return _live(cluster, world, "synapse", tmp_path_factory.mktemp("control") / "site")


@pytest.fixture(scope="module")
def account(cluster: Cluster, world: World, kind_b: str, tmp_path_factory: TmpFactory) -> Account:
    return _live(cluster, world, kind_b, tmp_path_factory.mktemp("handover") / "site")


def test_clients_see_what_they_would_have_seen(control: Account, account: Account) -> None:
    different = [
        f"{what}:\n  control {control.seen[what]}\n  handover {account.seen[what]}"
        for what in control.seen
        if control.seen[what] != account.seen[what]
    ]
    if different:
        pytest.fail("\n".join(different), pytrace=False)


def test_nothing_is_lost_or_seen_twice(account: Account) -> None:
    seen = account.seen
    for part, before in (("middle", "first"), ("last", "middle")):
        assert seen[f"{part}: bob goes on"] == []
        assert seen[f"{part}: alice sees nothing twice"] == []
        assert seen[f"{part}: retry of txn of {before}"] is True
        assert f"news of {before}" in seen[f"{part}: page back"]
        assert f"alice in the {before} part" in seen[f"{part}: bob from an old token"]
    for part in ("first", "middle", "last"):
        assert seen[f"{part}: woken in time"] is True
        assert seen[f"{part}: news"] == [f"news of {part}"]


def test_the_last_synapse_has_nothing_to_complain_about(control: Account, account: Account) -> None:
    assert [problem for problem in account.problems if problem.level != "WARNING"] == []
    warnings = {problem.shape for problem in account.problems}
    assert warnings == {problem.shape for problem in control.problems}
