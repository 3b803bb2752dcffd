# SPDX-License-Identifier: Apache-2.0
"""Groups single differences into classes: the same kind at the same place is one thing to look at.

A place is a route or table (`where`) and a path in it. A path given as parts is made general:
indexes become [*], keys that servers or clients make up become <id>. A path given as text is taken
as it is, but for its indexes.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from bisect import insort
from collections.abc import Sequence
from typing import Any, get_args

from .result import DifferenceClass, Example, Kind, Result, Severity
from .text import json_safe

Path = str | Sequence[str | int]

KINDS: tuple[Kind, ...] = get_args(Kind)
# What clients can live with. Everything else is an error.
WARNINGS: frozenset[Kind] = frozenset(("late", "error text", "header"))
# Kinds whose class is what became of what: 200 -> 500 and 500 -> 400 are two stories.
TRANSITIONS: frozenset[Kind] = frozenset(("status", "errcode"))

EXAMPLES = 3
MANY = 1000  # so many classes; those beyond have one example each
MAX_EXAMPLE = 16 * 1024  # characters of JSON, for each side

_INDEX = re.compile(r"\[\d+\]")
_KEY_ID = re.compile(r"^((?:signed_)?(?:ed|curve)25519):.+", re.DOTALL)
_MADE_UP = re.compile(
    r"""[!$@\#].+                               # ids of rooms, events, users; aliases
    |\{\{.+\}\}                                  # placeholders of a recording
    |[A-Z]{10}                                  # devices
    |[0-9]{4,}                                  # times, numbers
    |[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F-]{22}
    |[0-9a-f]{32,}
    |[A-Za-z0-9+/_-]{43}=?                      # hashes, keys
    |(?=.*[0-9])(?=.*[A-Z])[A-Za-z0-9+/=_~-]{16,}
    """,
    re.VERBOSE | re.DOTALL,
)


def general_path(path: Path) -> str:
    """The path without what is this occurrence's own."""
    if isinstance(path, str):
        return _INDEX.sub("[*]", path)
    text = ""
    for part in path:
        if isinstance(part, int):
            text += "[*]"
        else:
            text += ("." if text else "") + _general_key(part)
    return text


def _general_key(key: str) -> str:
    if prefixed := _KEY_ID.match(key):
        return f"{prefixed[1]}:<id>"
    return "<id>" if _MADE_UP.fullmatch(key) else key


def class_id(kind: Kind, where: str, path: str) -> str:
    """The same in every run, so that people can talk about it."""
    text = "\0".join((kind, where, path)).encode("utf-8", "backslashreplace")
    return hashlib.sha256(text).hexdigest()[:10]


def severity_of(kind: Kind) -> Severity:
    return "warning" if kind in WARNINGS else "error"


def of_rows(found: DifferenceClass) -> bool:
    """Whether it was found in the databases, not in answers."""
    return found.kind.startswith("row ") or found.where.startswith(("table ", "order "))


def worst_first(classes: list[DifferenceClass]) -> list[DifferenceClass]:
    """Ignored ones come last."""
    ranks = {kind: rank for rank, kind in enumerate(KINDS)}
    return sorted(
        classes,
        key=lambda one: (bool(one.ignored), ranks[one.kind], -one.count, one.where, one.path),
    )


class Classes:
    """Collects differences; may be used by several threads."""

    def __init__(self, examples: int = EXAMPLES) -> None:
        self._examples = examples
        self._classes: dict[str, DifferenceClass] = {}
        self._numbers: dict[str, set[int]] = {}
        self._lock = threading.Lock()

    def add(self, kind: Kind, where: str, path: Path, example: Example) -> DifferenceClass:
        """Counts one difference and says which class it belongs to."""
        place = _transition(example) if kind in TRANSITIONS else general_path(path)
        name = class_id(kind, where, place)
        with self._lock:
            found = self._classes.get(name)
            if found is None:
                found = DifferenceClass(name, kind, where, place, severity=severity_of(kind))
                self._classes[name] = found
                self._numbers[name] = set()
            found.count += 1
            if example.number:
                self._numbers[name].add(example.number)
            self._keep(found.examples, example)
        return found

    def _keep(self, kept: list[Example], example: Example) -> None:
        """Those of the earliest exchanges, whichever was compared first."""
        most = self._examples if len(self._classes) <= MANY else 1
        if len(kept) < most or example.number < kept[-1].number:
            insort(kept, _bounded(example), key=lambda one: one.number)
            del kept[max(most, len(kept) - 1) :]

    def __len__(self) -> int:
        return len(self._classes)

    def listed(self) -> list[DifferenceClass]:
        """All classes so far, worst first."""
        with self._lock:
            for name, found in self._classes.items():
                found.numbers = sorted(self._numbers[name])
            return worst_first(list(self._classes.values()))


def add_unbuilt(result: Result) -> None:
    """Routes that B does not know are differences too, also when they were only counted."""
    told = {found.where for found in result.classes if found.kind == "unbuilt"}
    for where, route in result.routes.items():
        if route.unbuilt and where not in told:
            name = class_id("unbuilt", where, "")
            result.classes.append(DifferenceClass(name, "unbuilt", where, "", route.unbuilt))


def _transition(example: Example) -> str:
    before, after = ("none" if side is None else str(side) for side in (example.a, example.b))
    return f"{before[:60]} -> {after[:60]}"


def _bounded(example: Example) -> Example:
    """The example with values that are JSON and not too large for a report."""
    sides = (_bounded_value(example.a), _bounded_value(example.b))
    return Example(example.number, example.request, example.path, *sides)


def _bounded_value(value: Any) -> Any:
    value = json_safe(value)
    text = value if isinstance(value, str) else json.dumps(value)
    if len(text) <= MAX_EXAMPLE:
        return value
    return f"{text[:MAX_EXAMPLE]}… (cut: {len(text):,} characters)"
