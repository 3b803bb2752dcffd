# SPDX-License-Identifier: Apache-2.0
"""Progress on stderr: how far, how many, how long still."""

from __future__ import annotations

import sys
import time
from typing import TextIO

PATIENCE = 2.0  # seconds before anything is said
EVERY = {True: 1.0, False: 15.0}  # on a terminal, and into a file


class Ticker:
    """Prints one line now and then. Quiet runs stay silent."""

    def __init__(self, title: str, total: int, out: TextIO | None = None) -> None:
        self._title = title
        self._total = total
        self._out = out or sys.stderr
        self._terminal = self._out.isatty()
        self._began = time.monotonic()
        self._told = self._began
        self._shown = False

    def tell(self, done: int, more: str = "") -> None:
        """`done` of the total; says something only when it is time for it."""
        now = time.monotonic()
        patience = PATIENCE if not self._shown else EVERY[self._terminal]
        if now - self._told < patience:
            return
        self._told = now
        self._shown = True
        self._print(self._line(done, now) + (f", {more}" if more else ""))

    def _line(self, done: int, now: float) -> str:
        line = f"{self._title}: {done} of {self._total}"
        if done and self._total:
            left = (now - self._began) / done * (self._total - done)
            line += f" ({100 * done // self._total}%), {_span(left)} left"
        return line

    def say(self, text: str) -> None:
        """Something worth a line of its own."""
        self._print(f"{self._title}: {text}")
        if self._terminal:
            print(file=self._out, flush=True)

    def close(self) -> None:
        if self._shown and self._terminal:
            print(file=self._out, flush=True)

    def _print(self, line: str) -> None:
        if self._terminal:
            print(f"\r\x1b[K{line[:150]}", end="", file=self._out, flush=True)
        else:
            print(line, file=self._out, flush=True)


def _span(seconds: float) -> str:
    minutes, rest = divmod(int(seconds) + 1, 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
