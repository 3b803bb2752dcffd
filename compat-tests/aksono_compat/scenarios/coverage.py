# SPDX-License-Identifier: Apache-2.0
"""Writes the route table of docs/compatibility.md from the outcomes of the scenario suite.

    python -m aksono_compat.scenarios.coverage OUTCOMES.json docs/compatibility.md

OUTCOMES.json is what `pytest --outcomes FILE suites/test_scenarios.py` leaves.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from .model import Scenario, all_scenarios
from .routes import Route, route_table

BEGIN, END = "<!-- routes: generated -->", "<!-- routes: end -->"
_TEST = re.compile(r"::test_(?:answers|rows)\[(?P<id>[^\]]+)\]$")


def verdicts(outcomes: dict[str, str]) -> dict[str, str]:
    """Scenario id -> alike, differs or not built."""
    found: dict[str, str] = {}
    words = {"passed": "alike", "xfailed": "not built"}
    rank = ["alike", "not built", "differs"]
    for test, outcome in outcomes.items():
        match = _TEST.search(test)
        if match:
            word = words.get(outcome, "differs")
            found[match["id"]] = max(found.get(match["id"], "alike"), word, key=rank.index)
    return found


def route_verdict(route: Route, covering: list[Scenario], found: dict[str, str]) -> str:
    """What the scenarios of a route say of it."""
    words = {found.get(one.id, "not run") for one in covering}
    if not route.built:
        return "not built"
    if not covering:
        return "no scenario"
    named = {one.differs for one in covering if one.differs}
    if named:
        return "differs: " + "; ".join(sorted(named))
    return next((word for word in ("differs", "not run") if word in words), "alike")


def table(outcomes: dict[str, str]) -> str:
    """The generated part: counts, then one row for each route."""
    found = verdicts(outcomes)
    scenarios = all_scenarios()
    rows = []
    counts: dict[str, int] = {}
    for route in route_table():
        covering = [one for one in scenarios if route.name in one.routes]
        word = route_verdict(route, covering, found)
        kind = word.partition(":")[0]
        counts[kind] = counts.get(kind, 0) + 1
        names = ", ".join(one.id for one in covering) or "none"
        rows.append(f"| {route.method} | `{route.path}` | {word} | {names} |")
    summary = ", ".join(f"{counts[kind]} {kind}" for kind in sorted(counts))
    head = ["| method | path | Aksono | scenarios |", "| --- | --- | --- | --- |"]
    return "\n".join(
        [f"{len(rows)} routes: {summary}. {len(scenarios)} scenarios.", "", *head, *rows]
    )


def insert(page: str, generated: str) -> str:
    """The page with its generated part replaced."""
    before, mark, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not mark or not end:
        raise ValueError(f"the page has no {BEGIN} … {END}")
    return f"{before}{BEGIN}\n{generated}\n{END}{after}"


def main() -> None:
    outcomes, page = map(Path, sys.argv[1:3])
    page.write_text(insert(page.read_text(), table(json.loads(outcomes.read_text()))))


if __name__ == "__main__":
    main()
