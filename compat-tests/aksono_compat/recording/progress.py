# SPDX-License-Identifier: Apache-2.0
"""Says on standard error how far things are, when they take longer than two seconds."""

from __future__ import annotations

import sys
import time
from typing import TextIO

_QUIET = 2.0
_ON_TERMINAL, _IN_LOG = 0.5, 30.0


class Progress:
    """One line that is rewritten on a terminal; now and then a line in a log."""

    def __init__(self, what: str, stream: TextIO | None = None) -> None:
        self._what = what
        self._stream = stream or sys.stderr
        self._terminal = self._stream.isatty()
        self._began = self._last = time.monotonic()
        self._shown = False

    def update(self, text: str) -> None:
        """Shows `text` when it is time to."""
        now = time.monotonic()
        pause = _ON_TERMINAL if self._terminal else _IN_LOG
        if now < self._began + _QUIET or (self._shown and now < self._last + pause):
            return
        self._last, self._shown = now, True
        line = f"{self._what}: {text}, {_duration(now - self._began)}"
        start, end = ("\r\x1b[K", "") if self._terminal else ("", "\n")
        print(f"{start}{line}", end=end, file=self._stream, flush=True)

    def close(self) -> None:
        """Leaves the line for good."""
        if self._shown and self._terminal:
            print(file=self._stream)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
