# SPDX-License-Identifier: Apache-2.0
"""Fixtures: one PostgreSQL cluster and one demo world, cloned for every pair of servers."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from aksono_compat.config import RATE_LIMITS, SHARED_SECRET, Site
from aksono_compat.pair import Pair, open_pair
from aksono_compat.postgres import Cluster
from aksono_compat.replaying.clones import Home
from aksono_compat.world import World, make_world


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--b",
        choices=("aksono", "synapse"),
        default=os.environ.get("AKSONO_B", "aksono"),
        help="the server that is compared with Synapse; synapse: the control, no difference at all",
    )
    parser.addoption("--outcomes", type=Path, help="write the outcome of every test, as JSON")


class Outcomes:
    """Collects how tests end: passed, failed, xfailed, skipped or error."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._outcomes: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call":
            word = "xfailed" if hasattr(report, "wasxfail") else report.outcome
            self._outcomes[report.nodeid] = word
        elif report.outcome != "passed":
            self._outcomes[report.nodeid] = "error" if report.failed else report.outcome

    def pytest_sessionfinish(self) -> None:
        self._file.write_text(json.dumps(self._outcomes, indent=1, sort_keys=True))


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--outcomes"):
        config.pluginmanager.register(Outcomes(config.getoption("--outcomes")))


@pytest.fixture(scope="session")
def kind_b(request: pytest.FixtureRequest) -> str:
    return str(request.config.getoption("--b"))


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    with Cluster() as running:
        yield running


@pytest.fixture(scope="session")
def world(cluster: Cluster) -> World:
    return make_world(cluster)


@pytest.fixture(scope="module")
def pair(cluster: Cluster, world: World, kind_b: str) -> Iterator[Pair]:
    """Synapse and the server under test, both on clones of the world; one pair for a suite."""
    with open_pair(cluster, world, kind_b) as servers:
        yield servers


@pytest.fixture(scope="module")
def home(cluster: Cluster, world: World, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """What replays make their clones of: the world."""
    return Home(
        cluster,
        world,
        lambda folder, port, args: Site(folder, port, args, dict(RATE_LIMITS)),
        tmp_path_factory.mktemp("replay"),
        shared_secret=SHARED_SECRET,
    )
