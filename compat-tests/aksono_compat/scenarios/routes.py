# SPDX-License-Identifier: Apache-2.0
"""The route table, as `aksono --list-routes` prints it: what there is, and what is built."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from functools import cache

from ..client import full_path
from ..servers import Aksono

_LINE = re.compile(
    r"(?P<methods>[A-Z,]+|any)\s+(?P<handler>\S+)\s+(?P<path>/\S*)"
    r"(?:\s+\[(?P<versions>[^\]]*)\])?(?:\s+when .*\((?P<switch>on|off)\))?"
)
_PART = re.compile(r"\*|\{[^}]*\}")


@dataclass(frozen=True)
class Route:
    """One row of the table."""

    method: str
    path: str  # `*` stands for the versions of the API, `{name}` for one segment
    built: bool
    versions: tuple[str, ...] = ()  # what `*` may be
    off: bool = False  # the configuration does not have it

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    def matches(self, method: str, path: str) -> bool:
        return self.method == method and _pattern(self.path).fullmatch(path) is not None


@cache
def _pattern(path: str) -> re.Pattern[str]:
    parts = (re.escape(part) for part in _PART.split(path))
    return re.compile("[^/]*".join(parts))


@cache
def route_table() -> tuple[Route, ...]:
    """All routes; a row with several methods counts as several routes."""
    program = Aksono.build() / "bin" / "aksono"
    done = subprocess.run([program, "--list-routes"], capture_output=True, text=True, check=True)
    routes = []
    for line in done.stdout.splitlines():
        match = _LINE.match(line.strip())
        if match:
            for method in match["methods"].split(","):
                routes.append(
                    Route(
                        method,
                        match["path"],
                        match["handler"] != "-",
                        tuple((match["versions"] or "").split()),
                        match["switch"] == "off",
                    )
                )
    return tuple(routes)


@cache
def unbuilt_routes() -> frozenset[str]:
    return frozenset(route.name for route in route_table() if not route.built)


def route_of(method: str, path: str) -> Route | None:
    """The route that a client's request takes; one without wildcards is preferred."""
    full = full_path(path.partition("?")[0])
    found = [route for route in route_table() if route.matches(method, full)]
    return min(found, key=lambda route: len(_PART.findall(route.path)), default=None)
