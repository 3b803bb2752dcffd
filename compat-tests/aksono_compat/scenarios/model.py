# SPDX-License-Identifier: Apache-2.0
"""What a scenario is, and how the modules of this package declare theirs.

A scenario is a function that talks to one server through its cast. It runs on Synapse and on the
server under test, each on a clone of one database, and the answers and the rows must be the same.
What has to be there beforehand is made by its `prepare` function, on real Synapse, before the
database is cloned; so a scenario needs nothing built but what it is about.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from .cast import Cast

Prepare = Callable[[Cast], dict[str, Any]]
Act = Callable[..., None]


@dataclass(frozen=True)
class Scenario:
    """One conversation and what it covers."""

    area: str  # the module
    name: str  # the function
    routes: tuple[str, ...]  # as `aksono --list-routes` names them: "GET /_matrix/client/*/sync"
    branch: (
        str  # which behaviour of these routes, in words; no two scenarios share routes and branch
    )
    act: Act
    prepare: Prepare | None = None
    profile: str = "default"  # the configuration, see profiles.py
    # Rows are not compared where servers may order them as they like (concurrent requests).
    rows: bool = True
    # A known difference that is not mended yet; the scenario must fail because of it.
    differs: str = ""

    @property
    def id(self) -> str:
        return f"{self.area}/{self.name}"


def scenario(
    *routes: str,
    branch: str,
    prepare: Prepare | None = None,
    profile: str = "default",
    rows: bool = True,
    differs: str = "",
) -> Callable[[Act], Act]:
    """Declares a function `act(cast, **prepared)`: keyword arguments are what `prepare` returned.

    It raises AssertionError where it cannot go on (`Answer.ok()` does). It asserts nothing about
    answers that are compared anyway.
    """

    def declare(act: Act) -> Act:
        area = act.__module__.rpartition(".")[2]
        act.scenario = Scenario(  # type: ignore[attr-defined]
            area, act.__name__, routes, branch, act, prepare, profile, rows, differs
        )
        return act

    return declare


def all_scenarios() -> list[Scenario]:
    """Of every module of this package, in the order of modules and of functions in them."""
    found = list(_declared())
    names = [one.name for one in found]  # also of the users: no two areas share one
    covers = [(one.routes, one.branch) for one in found]
    for one in found:
        if names.count(one.name) > 1 or covers.count((one.routes, one.branch)) > 1:
            raise ValueError(f"{one.id}: declared twice, or covers what another one covers")
        if not one.routes or not one.branch:
            raise ValueError(f"{one.id}: names no route or no branch")
    return found


def _declared() -> Iterator[Scenario]:
    package = importlib.import_module(__package__)
    for module in sorted(info.name for info in pkgutil.iter_modules(package.__path__)):
        for value in vars(importlib.import_module(f"{__package__}.{module}")).values():
            declared = getattr(value, "scenario", None)
            if isinstance(declared, Scenario) and declared.area == module:
                yield declared
