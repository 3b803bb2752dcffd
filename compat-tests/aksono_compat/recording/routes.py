# SPDX-License-Identifier: Apache-2.0
"""Which route a path belongs to, and which of its segments are parameters.

routes.tsv lists the endpoints of Synapse. Paths are given as segments, still percent-encoded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from .format import Surface

_SURFACES: tuple[tuple[str, Surface], ...] = (
    ("/_matrix/federation/", "federation"),
    ("/_matrix/key/", "federation"),
    ("/_synapse/admin/", "admin"),
    ("/_matrix/client/", "client"),
    ("/_matrix/media/", "client"),
    ("/.well-known/matrix/client", "client"),
    ("/.well-known/matrix/server", "federation"),
)


@dataclass(frozen=True)
class Route:
    """A path of the API: "/_matrix/client/v3/rooms/{room_id}/state", and the parameters' names.

    `names` has one entry for each segment: the parameter's name, or "" for a literal.
    """

    path: str
    names: tuple[str, ...]


@dataclass
class _Node:
    literals: dict[str, _Node] = field(default_factory=dict)
    parameters: dict[str, _Node] = field(default_factory=dict)
    route: Route | None = None
    tree: bool = False  # everything below belongs to the route


def surface(path: str) -> Surface:
    """Which of the APIs a path belongs to."""
    for prefix, name in _SURFACES:
        if path.startswith(prefix):
            return name
    return "other"


def find_route(path: str) -> Route | None:
    """The route of a path without query; None for one that is not known."""
    return _find(_tree(), path.split("/"), 0)


@cache
def literals() -> frozenset[str]:
    """Every literal segment of all routes."""
    return frozenset(
        segment
        for path in _paths()
        for segment in path.rstrip("/").split("/")
        if not segment.startswith("{")
    )


def _find(node: _Node, segments: list[str], at: int) -> Route | None:
    if at == len(segments):
        return node.route
    child = node.literals.get(segments[at])
    found = _find(child, segments, at + 1) if child else None
    for name, child in node.parameters.items():
        if found is None and _fits(name, segments[at]):
            found = _find(child, segments, at + 1)
    if found is None and node.tree:
        found = node.route
    return found


def _fits(name: str, segment: str) -> bool:
    """Rooms and sessions of room keys look alike; only state keys may be empty."""
    if name == "room_id":
        return segment.startswith(("!", "%21"))
    return bool(segment) or name == "state_key"


@cache
def _tree() -> _Node:
    root = _Node()
    for path in _paths():
        node = root
        segments = path.split("/")
        names = tuple(part[1:-1] if part.startswith("{") else "" for part in segments)
        for segment, name in zip(segments, names, strict=True):
            if name == "any":
                break
            children = node.parameters if name else node.literals
            node = children.setdefault(name or segment, _Node())
        node.route = Route(path, names)
        node.tree = path.endswith("{any}")
    return root


@cache
def _paths() -> tuple[str, ...]:
    lines = (Path(__file__).parent / "routes.tsv").read_text().splitlines()
    found = []
    for line in lines:
        if not line.startswith("#"):
            _, path, versions = line.split("\t")
            found += [re.sub(r"\*", version, path, count=1) for version in versions.split()]
    return tuple(found)
