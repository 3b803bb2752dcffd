# SPDX-License-Identifier: Apache-2.0
"""Every scenario on Synapse and on the server under test: the same answers, the same rows.

A scenario that needs a route which is not built yet must fail with 404 M_UNRECOGNIZED on it.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from _pytest.mark import ParameterSet

from aksono_compat.intended import is_intended
from aksono_compat.postgres import Cluster
from aksono_compat.scenarios.model import Scenario, all_scenarios
from aksono_compat.scenarios.profiles import FEDERATED
from aksono_compat.scenarios.routes import unbuilt_routes
from aksono_compat.scenarios.stage import Stage, UnbuiltError, open_stage, unbuilt_step

# What the quick run plays, whose controls are known to hold; `--full` plays all. Other profiles
# than the default one need servers of their own and are left to it too.
QUICK = frozenset(
    (
        *("account_data_tags", "account_management", "admin_registration_tokens", "devices"),
        *("filters", "key_backup", "login_sessions", "messages"),
        *("profile_fields", "push_rules", "registration", "room_creation", "room_reads"),
        *("server_pages", "sync_basics"),
    )
)


def is_quick(scenario: Scenario) -> bool:
    return scenario.area in QUICK and scenario.profile == "default"


def with_marks(scenarios: list[Scenario]) -> list[ParameterSet]:
    return [pytest.param(one, id=one.id, marks=_marks(one)) for one in scenarios]


def _marks(scenario: Scenario) -> list[pytest.MarkDecorator]:
    marks = [] if is_quick(scenario) else [pytest.mark.full]
    if scenario.profile in FEDERATED and os.geteuid() != 0:
        marks.append(pytest.mark.skip(reason="network namespaces need root"))
    return marks


SCENARIOS = all_scenarios()


class KnownDifferenceError(Exception):
    """The difference that the scenario names."""


def needs_unbuilt(scenario: Scenario, kind_b: str) -> bool:
    return kind_b == "aksono" and any(route in unbuilt_routes() for route in scenario.routes)


def stage_of(scenario: Scenario, kind_b: str) -> tuple[str, bool]:
    """Two stages for each profile: one whose rows are compared, one for what is not built yet and
    for what may come in any order."""
    return scenario.profile, scenario.rows and not needs_unbuilt(scenario, kind_b)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Stage after stage, so that only one pair of servers is up at a time."""
    if "scenario" in metafunc.fixturenames:
        kind_b = metafunc.config.getoption("--b")
        scenarios = [one for one in SCENARIOS if one.rows or metafunc.function is test_answers]
        scenarios.sort(key=lambda one: stage_of(one, kind_b))
        metafunc.parametrize("scenario", with_marks(scenarios))


class Stages:
    """The stages, each of which is at its end when the next one opens."""

    def __init__(self, cluster: Cluster, kind_b: str, selected: list[Scenario]) -> None:
        self._cluster = cluster
        self._kind_b = kind_b
        self._selected = selected
        self._open: dict[tuple[str, bool], Stage] = {}
        self._exit = ExitStack()

    def __enter__(self) -> "Stages":
        return self

    def __exit__(self, *details: object) -> None:
        self._exit.close()

    def of(self, scenario: Scenario) -> Stage:
        key = stage_of(scenario, self._kind_b)
        if key not in self._open:
            self._end_all()
            stage = open_stage(self._cluster, self._kind_b, key[0], self.beside(scenario))
            self._open[key] = self._exit.enter_context(stage)
        return self._open[key]

    def _end_all(self) -> None:
        for (_, compared), stage in self._open.items():
            stage.end(compared)

    def opened(self) -> list[Stage]:
        """The stages whose rows are compared."""
        return [stage for (_, compared), stage in self._open.items() if compared]

    def beside(self, scenario: Scenario) -> list[Scenario]:
        """The selected scenarios that share a stage with this one."""
        key = stage_of(scenario, self._kind_b)
        return [one for one in self._selected if stage_of(one, self._kind_b) == key]


@pytest.fixture(scope="module")
def stages(request: pytest.FixtureRequest, cluster: Cluster, kind_b: str) -> Iterator[Stages]:
    chosen = {
        item.callspec.params["scenario"].id
        for item in request.session.items
        if hasattr(item, "callspec") and "scenario" in item.callspec.params
    }
    with Stages(cluster, kind_b, [one for one in SCENARIOS if one.id in chosen]) as opened:
        yield opened


def expect_failure(request: pytest.FixtureRequest, scenario: Scenario, kind_b: str) -> None:
    if needs_unbuilt(scenario, kind_b):
        missing = [route for route in scenario.routes if route in unbuilt_routes()]
        reason = f"not built: {', '.join(missing)}"
        request.applymarker(pytest.mark.xfail(strict=True, raises=UnbuiltError, reason=reason))
    elif scenario.differs and kind_b == "aksono":
        mark = pytest.mark.xfail(strict=True, raises=KnownDifferenceError, reason=scenario.differs)
        request.applymarker(mark)


def judge(scenario: Scenario, kind_b: str, lines: list[str]) -> None:
    if kind_b == "aksono":
        lines = [line for line in lines if not is_intended(line)]
    if lines and scenario.differs and kind_b == "aksono":
        raise KnownDifferenceError("\n".join(lines))
    if lines:
        pytest.fail("\n".join(lines), pytrace=False)


def test_answers(
    request: pytest.FixtureRequest, stages: Stages, kind_b: str, scenario: Scenario
) -> None:
    expect_failure(request, scenario, kind_b)
    played = stages.of(scenario).play(scenario)
    if needs_unbuilt(scenario, kind_b) and unbuilt_step(scenario, played, unbuilt_routes()):
        raise UnbuiltError(played.differences[0])
    judge(scenario, kind_b, played.differences)


def test_rows(
    request: pytest.FixtureRequest, stages: Stages, kind_b: str, scenario: Scenario
) -> None:
    expect_failure(request, scenario, kind_b)
    if needs_unbuilt(scenario, kind_b):
        raise UnbuiltError("what is not built leaves no rows to compare")
    stages.of(scenario).play(scenario)  # one that is broken ends here, and no other one
    found = stages.of(scenario).rows()
    judge(scenario, kind_b, found.get(scenario.id, []))


def test_rows_of_nobody(stages: Stages, kind_b: str) -> None:
    """Rows that no scenario accounts for are the same too."""
    found = []
    for stage in stages.opened():
        found += stage.rows().get("", [])
    if found:
        pytest.fail("\n".join(found), pytrace=False)
