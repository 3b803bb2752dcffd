# SPDX-License-Identifier: Apache-2.0
"""Reads a server's log: which warnings and errors did a run leave?"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_LINE = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} - (?P<logger>\S+) - \d+ - "
    r"(?P<level>WARNING|ERROR|CRITICAL) - (?P<request>.*?) - (?P<message>.*)$"
)
_VARIABLE = re.compile(r"[$!][\w-]{43}|\b[0-9a-f]{8,}\b|\d+(?:\.\d+)?|syt_\w+")


@dataclass(frozen=True)
class Problem:
    """One log line of level WARNING, ERROR or CRITICAL."""

    level: str
    logger: str
    message: str

    @property
    def shape(self) -> tuple[str, str, str]:
        """The line without numbers and ids, to compare the logs of two runs."""
        return self.level, self.logger, _VARIABLE.sub("N", self.message)


def problems(log: Path, offset: int = 0) -> Iterator[Problem]:
    """The problems that `log` tells of behind byte `offset`."""
    if not log.exists():
        return
    with log.open("rb") as file:
        file.seek(offset)
        for raw in file:
            match = _LINE.match(raw.decode("utf-8", "replace"))
            if match:
                yield Problem(match["level"], match["logger"], match["message"])
