# SPDX-License-Identifier: Apache-2.0
"""Scripts for the worst classes of a comparison: each trial is a replay on fresh clones."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from ..recording.format import Exchange
from ..reporting.repro import reproduce_worst
from ..reporting.result import DifferenceClass
from .clones import Choice, Home
from .comparison import Comparison

CLASSES = 5
RUNS = 30
SECONDS = 300.0  # for each class


def make_scripts(
    comparison: Comparison,
    home: Home,
    servers: tuple[Choice, Choice],
    folder: Path,
    say: Callable[[str], None],
) -> None:
    """Writes `folder`/NNN.py, and names them in the result."""

    def diverges(found: DifferenceClass, exchanges: list[Exchange]) -> bool:
        shown = comparison.again(home, *servers, exchanges)
        return found.id in {one.id for one in shown}

    def told(found: DifferenceClass, runs: int, most: int) -> None:
        say(f"{found.kind} at {found.where}: run {runs} of at most {most} for a short script")

    result = comparison.result
    result.notes += reproduce_worst(
        result, comparison.plan.source.exchanges, diverges, folder,
        most=CLASSES, runs=RUNS, seconds=SECONDS, told=told,
    )  # fmt: skip


def hand_out(made: Path, folder: Path) -> None:
    """Moves what was made, if anything was, to where it was asked for."""
    if made.is_dir():
        folder.mkdir(mode=0o700, exist_ok=True)
        for script in sorted(made.glob("*.py")):
            shutil.move(script, folder / script.name)
