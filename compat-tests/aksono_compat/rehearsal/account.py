# SPDX-License-Identifier: Apache-2.0
"""The account of a rehearsal: its steps, told as they happen, kept for the reports."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import TextIO


class StepError(Exception):
    """Why a step did not hold; what comes after it cannot be trusted and is not run."""


@dataclass
class Step:
    """One thing that must hold, how long it took to find out, and what was seen."""

    title: str
    ok: bool | None = None
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Something seen that a reader may want to know."""
        self.notes.append(text)

    def problem(self, text: str) -> None:
        """Something that must not be; the step goes on and fails at its end."""
        self.problems.append(text)

    def require(self, condition: bool, text: str) -> None:
        if not condition:
            raise StepError(text)


class Account:
    """Steps in order. A failed step ends the rehearsal; the account remains."""

    def __init__(self, title: str, out: TextIO | None = None) -> None:
        self.title = title
        self.facts: dict[str, str] = {}
        self.steps: list[Step] = []
        self.started = time.time()
        self._out = out or sys.stdout

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        step = Step(title)
        self.steps.append(step)
        began = time.monotonic()
        try:
            yield step
        except StepError as failure:
            step.problems.append(str(failure))
            raise
        except Exception as error:
            step.problems.append(f"{type(error).__name__}: {error}")
            raise StepError(str(error)) from error
        finally:
            step.seconds = time.monotonic() - began
            step.ok = not step.problems
            self._tell(step)
        if step.problems:
            raise StepError(step.problems[0])

    @property
    def ok(self) -> bool:
        return bool(self.steps) and all(step.ok for step in self.steps)

    @property
    def seconds(self) -> float:
        return sum(step.seconds for step in self.steps)

    def close(self) -> None:
        held = sum(1 for step in self.steps if step.ok)
        verdict = "Every step held" if self.ok else "NOT SAFE: a step did not hold"
        self._print(f"\n{verdict}: {held} of {len(self.steps)} steps, {self.seconds:.1f} s.")

    def as_json(self) -> dict[str, object]:
        return {
            "title": self.title,
            "ok": self.ok,
            "started_ts": int(self.started * 1000),
            "seconds": round(self.seconds, 3),
            "facts": self.facts,
            "steps": [{**asdict(step), "seconds": round(step.seconds, 3)} for step in self.steps],
        }

    def _tell(self, step: Step) -> None:
        mark = "ok  " if step.ok else "FAIL"
        self._print(f"[{mark}] {len(self.steps):2}. {step.title}  ({step.seconds:.2f} s)")
        for text in step.notes:
            self._print(f"           {text}")
        for text in step.problems:
            self._print(f"         ! {text}")

    def _print(self, text: str) -> None:
        print(text, file=self._out, flush=True)
