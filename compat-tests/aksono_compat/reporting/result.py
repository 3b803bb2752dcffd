# SPDX-License-Identifier: Apache-2.0
"""What a comparison found: plain data, the same for the terminal, JSON, JUnit and HTML."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

# What differs. Worst first: the order in which classes are listed.
Kind = Literal[
    "row lost",  # a row that A has and B lacks
    "row extra",
    "event lost",  # an event that a client of A was told of and the client of B never
    "event doubled",
    "crash",  # no answer at all, or a server that ended
    "status",
    "errcode",
    "missing",  # a path that only A's answer has
    "extra",
    "type",
    "value",
    "order",
    "row value",
    "unbuilt",  # B answered 404 M_UNRECOGNIZED where A knows the route
    "late",  # told in a later sync than on A
    "error text",
    "header",
]

Severity = Literal["error", "warning"]


@dataclass
class Example:
    """One occurrence, side by side. For rows: `request` is empty, `a` and `b` are the rows."""

    number: int  # of the exchange; 0 for rows
    request: str  # "PUT /_matrix/client/v3/rooms/!x/send/…"
    path: str  # where in the answer, or the columns
    a: Any
    b: Any


@dataclass
class DifferenceClass:
    """Differences of one kind at one place: the unit that people look at, ignore and count."""

    id: str  # stable over runs: a hash of kind, where and path
    kind: Kind
    where: str  # "GET /_matrix/client/v3/sync" (the route as declared), "table receipts_linearized"
    path: str  # with [*] for indexes and <id> for keys that servers make up
    count: int = 0
    numbers: list[int] = field(default_factory=list)  # of the exchanges that show it, ascending
    severity: Severity = "error"
    examples: list[Example] = field(default_factory=list)  # the first few
    repro: str = ""  # file of the script that reproduces the first one
    ignored: str = ""  # reason, when an ignore file or the reviewed list names it
    until: str = ""  # when the ignoring ends (ISO date); empty: an intended difference


@dataclass
class RouteCount:
    """How one route fared."""

    asked: int = 0
    alike: int = 0
    differ: int = 0
    unbuilt: int = 0  # B answered 404 M_UNRECOGNIZED where A knows the route
    skipped: int = 0  # not sent: writes in a read-only run, bodies that were not recorded


@dataclass
class Noise:
    """A value that differs between A and A as well, and was therefore not compared."""

    where: str
    path: str
    reason: str


@dataclass
class Party:
    """One of the two servers."""

    label: str  # "synapse 1.163.2", "aksono 0.1.0", or a URL
    kind: str  # "synapse", "aksono", "url"
    version: str = ""


@dataclass
class Databases:
    """What was compared of the rows at rest."""

    tables: int = 0
    rows: int = 0  # that either side added, changed or removed
    names: list[str] = field(default_factory=list)  # of the tables


@dataclass
class Result:
    """A whole comparison."""

    a: Party
    b: Party
    source: str  # the recording's or scenario's name
    began: int  # milliseconds since 1970
    took: float = 0.0
    seed: int = 0
    read_only: bool = True
    exchanges: int = 0  # in the recording
    compared: int = 0  # exchanges whose answers were compared
    incomplete: str = ""  # why the run ended early; what was compared stands
    routes: dict[str, RouteCount] = field(default_factory=dict)
    classes: list[DifferenceClass] = field(default_factory=list)
    noise: list[Noise] = field(default_factory=list)
    databases: Databases | None = None  # None: rows were not compared
    notes: list[str] = field(default_factory=list)
