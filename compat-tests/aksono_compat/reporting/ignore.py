# SPDX-License-Identifier: Apache-2.0
"""Differences that are known: an admin's ignore file, and the reviewed list of this package.

    [[ignore]]
    kind = "value"                           # or a list of kinds
    where = "GET /_matrix/client/*/sync"     # the route or table
    path = "*.unread_notifications.*"        # place in the answer, or the columns
    reason = "counts differ while pushes are rotated"
    until = 2026-12-31                       # the last day on which this holds

Patterns know * and ?; nothing else is special. `id = "0a1b2c3d4e"` names one class. At least one of
them, a reason and a last day are required. intended.toml holds the same under [[class]], without
`until`; it speaks of Aksono, and so only counts when B is Aksono.
"""

from __future__ import annotations

import fnmatch
import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from .classes import KINDS, worst_first
from .result import DifferenceClass, Result

INTENDED = Path(__file__).parent.parent / "intended.toml"

_PATTERNS = ("id", "kind", "where", "path")
_NOTE = "ignore file "


class IgnoreError(Exception):
    """An ignore file that cannot be used; the text says which entry and why."""


@dataclass(frozen=True)
class Entry:
    """What one entry of an ignore file says."""

    name: str  # "ignore.toml, entry 3"
    patterns: dict[str, tuple[str, ...]]
    reason: str
    until: date | None = None

    def matches(self, found: DifferenceClass) -> bool:
        return all(
            any(_matches(getattr(found, field), pattern) for pattern in patterns)
            for field, patterns in self.patterns.items()
        )

    def expired(self, today: date) -> bool:
        return self.until is not None and self.until < today

    def described(self) -> str:
        return ", ".join(
            f"{field} {' or '.join(patterns)}" for field, patterns in self.patterns.items()
        )


def _matches(text: str, pattern: str) -> bool:
    return fnmatch.fnmatchcase(text, pattern.replace("[", "[[]"))


def read(path: Path | str) -> list[Entry]:
    """The entries of an admin's file."""
    path = Path(path)
    content = _parsed(path)
    unknown = content.keys() - {"ignore"}
    if unknown:
        raise IgnoreError(f"{path}: unknown: {', '.join(sorted(unknown))} (entries are [[ignore]])")
    return _entries(path, content.get("ignore", []), needs_until=True)


def read_intended(path: Path = INTENDED) -> list[Entry]:
    """The reviewed list. Its other tables belong to the suites."""
    return _entries(path, _parsed(path).get("class", []), needs_until=False)


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text())
    except OSError as error:
        raise IgnoreError(f"{path}: {error.strerror}") from None
    except ValueError as error:
        raise IgnoreError(f"{path}: not TOML: {error}") from None


def _entries(path: Path, tables: Any, *, needs_until: bool) -> list[Entry]:
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise IgnoreError(f"{path}: entries are written [[ignore]], in double brackets")
    return [
        _entry(f"{path}, entry {number}", table, needs_until)
        for number, table in enumerate(tables, 1)
    ]


def _entry(name: str, table: dict[str, Any], needs_until: bool) -> Entry:
    allowed = {*_PATTERNS, "reason"} | ({"until"} if needs_until else set())
    if unknown := table.keys() - allowed:
        raise IgnoreError(f"{name}: unknown: {', '.join(sorted(unknown))}")
    reason = table.get("reason")
    if not isinstance(reason, str) or not reason.strip():
        raise IgnoreError(f"{name}: a reason is required")
    patterns = {field: _texts(name, field, table[field]) for field in _PATTERNS if field in table}
    if all(not text.strip("*?") for texts in patterns.values() for text in texts):
        raise IgnoreError(f"{name}: would ignore everything: name an id, kind, where or path")
    for kind in patterns.get("kind", ()):
        if not any(_matches(known, kind) for known in KINDS):
            raise IgnoreError(f"{name}: no kind is called {kind!r}; kinds: {', '.join(KINDS)}")
    until = _date(name, table.get("until")) if needs_until else None
    return Entry(name, patterns, reason.strip(), until)


def _texts(name: str, field: str, value: Any) -> tuple[str, ...]:
    texts = value if isinstance(value, list) else [value]
    if not texts or not all(isinstance(text, str) and text for text in texts):
        raise IgnoreError(f"{name}: {field} must be a text or a list of texts")
    return tuple(texts)


def _date(name: str, value: Any) -> date:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise IgnoreError(f"{name}: until: {value!r} is no date (2026-12-31)") from None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    raise IgnoreError(f"{name}: `until` is required: the last day on which it is ignored")


def apply(result: Result, entries: list[Entry], today: date | None = None) -> None:
    """Marks what the entries and the reviewed list name, and notes what is wrong with entries.

    May be done again with other entries.
    """
    today = today or date.today()
    result.notes = [note for note in result.notes if not note.startswith(_NOTE)]
    intended = read_intended() if result.b.kind == "aksono" else []
    live = [entry for entry in entries if not entry.expired(today)]
    used: set[str] = set()
    for found in result.classes:
        found.ignored = found.until = ""
        for entry in (*live, *intended):
            if entry.matches(found):
                used.add(entry.name)
                if not found.ignored:
                    found.ignored = entry.reason
                    found.until = entry.until.isoformat() if entry.until else ""
    result.classes = worst_first(result.classes)
    result.notes += [note for entry in entries if (note := _note(entry, today, used))]


def _note(entry: Entry, today: date, used: set[str]) -> str:
    if entry.expired(today):
        return f"{_NOTE}{entry.name}: ended on {entry.until}, ignores nothing ({entry.described()})"
    if entry.name not in used:
        return f"{_NOTE}{entry.name}: matches nothing ({entry.described()})"
    return ""
