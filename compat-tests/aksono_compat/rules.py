# SPDX-License-Identifier: Apache-2.0
"""Reads rules.toml: which columns differ by nature between two servers, and how."""

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from .config import SERVER_NAME

RULES_FILE = Path(__file__).with_name("rules.toml")


@dataclass(frozen=True)
class Source:
    """Where ids of a kind are introduced, and the columns that say which one it is."""

    table: str
    column: str
    label: tuple[str, ...]
    order_by: str


@dataclass(frozen=True)
class IdKind:
    """Values that a server makes up. New ones are named after the row that introduces them."""

    kind: str
    sources: tuple[Source, ...]
    # Only values of this form are made up by the server; others stay as they are.
    pattern: re.Pattern[str] | None
    # Such values are recognised inside every text, not only in columns that name the kind.
    everywhere: bool
    # Numbers that grow: positions between two ids are named too, and their order is compared.
    stream: bool
    # How labels begin whose entries, where they stand together, come in any order.
    any_order: tuple[str, ...] = ()


@dataclass(frozen=True)
class ColumnRule:
    """How the values of one column (or of one path in a JSON column) are compared."""

    how: str
    argument: str = ""


@dataclass
class Rules:
    """The reviewed rules."""

    ids: list[IdKind] = field(default_factory=list)
    columns: dict[str, ColumnRule] = field(default_factory=dict)
    paths: dict[str, dict[str, ColumnRule]] = field(default_factory=dict)
    sequences: dict[str, str] = field(default_factory=dict)
    server_name: str = SERVER_NAME

    def column(self, table: str, column: str) -> ColumnRule | None:
        return self.columns.get(f"{table}.{column}")


HOWS = frozenset({"ms", "s", "event_ms", "id", "form", "json", "event_hash", "event_signature"}) | {
    "set",
    "references",
    "follower",
}


def _rule(text: str) -> ColumnRule:
    how, _, argument = text.partition(":")
    if how not in HOWS:
        raise ValueError(f"rules.toml: unknown way to compare: {text}")
    return ColumnRule(how, argument)


def _source(entry: dict[str, Any]) -> Source:
    table, _, column = entry["column"].partition(".")
    return Source(table, column, tuple(entry.get("label", ())), entry.get("order_by", column))


def _id_kind(entry: dict[str, Any]) -> IdKind:
    pattern = entry.get("pattern")
    return IdKind(
        kind=entry["kind"],
        sources=tuple(map(_source, entry["sources"])),
        pattern=re.compile(pattern) if pattern else None,
        everywhere=entry.get("everywhere", False),
        stream=entry.get("stream", False),
        any_order=tuple(entry.get("any_order", ())),
    )


@cache
def load_rules(file: Path = RULES_FILE, server_name: str = SERVER_NAME) -> Rules:
    """The rules; every entry must give its reason. They are written for the test server's name."""
    data = tomllib.loads(file.read_text())
    for entry in data["id"]:
        if "pattern" in entry:
            names = re.escape(SERVER_NAME), re.escape(server_name)
            entry["pattern"] = entry["pattern"].replace(*names)
    rules = Rules(sequences=data.get("sequences", {}), server_name=server_name)
    for entry in [*data["id"], *data["column"]]:
        if not entry.get("reason"):
            raise ValueError(f"rules.toml: no reason given for {entry}")
    rules.ids = [_id_kind(entry) for entry in data["id"]]
    for entry in data["column"]:
        for name in entry["names"]:
            column, _, path = name.partition(" ")
            if path:
                rules.paths.setdefault(column, {})[path] = _rule(entry["as"])
            else:
                rules.columns[column] = _rule(entry["as"])
    return rules
