# SPDX-License-Identifier: Apache-2.0
"""Turns a row into a form in which the rows of two servers can be compared."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import event_checks
from .naming import Names
from .rules import ColumnRule, Rules
from .snapshot import SEQUENCES, Row, Table

# The form of `hashes` as JSON.
_HASHES = re.compile(r'\{"sha256": "[A-Za-z0-9+/]{43}"\}').fullmatch
# The stream that a row of stream_positions or federation_stream_position is about.
_STREAMS = {
    "events": "events stream",
    "receipts": "receipts stream",
    "account_data": "account data stream",
    "device_lists_stream": "device lists stream",
    "push_rules_stream": "push rules stream",
    "caches": "cache stream",
}


@dataclass(frozen=True)
class Window:
    """Milliseconds since 1970 between which a run took place."""

    began: int
    ended: int

    def holds(self, ms: object) -> bool:
        return isinstance(ms, int) and self.began - 2000 <= ms <= self.ended + 2000


class Canonical:
    """Canonical rows of one database: ids named, times recognised, JSON parsed."""

    def __init__(self, rules: Rules, names: Names, window: Window) -> None:
        self._rules = rules
        self._names = names
        self._window = window

    def row(self, table: str, layout: Table, row: Row) -> dict[str, Any]:
        """Column -> comparable JSON value."""
        values = dict(zip(layout.columns, row, strict=True))
        if table == SEQUENCES:
            return self._sequence(values)
        return {column: self._column(table, column, values) for column in layout.columns}

    def _sequence(self, values: dict[str, Any]) -> dict[str, Any]:
        kind = self._rules.sequences.get(values["name"])
        if kind and values["last_value"] is not None:
            return {**values, "last_value": self._names.newest(kind, values["last_value"])}
        return values

    def _column(self, table: str, column: str, values: Mapping[str, Any]) -> Any:
        value = values[column]
        rule = self._rules.column(table, column)
        if rule is None or value is None:
            return self._plain(value)
        if rule.how == "json":
            return self._json(f"{table}.{column}", value, values)
        return self._ruled(rule, value, values, {})

    def _plain(self, value: Any) -> Any:
        if isinstance(value, bytes):
            return {"bytes": value.hex()}
        return self._names.replace(value)

    def _ruled(
        self, rule: ColumnRule, value: Any, row: Mapping[str, Any], event: dict[str, Any]
    ) -> Any:
        match rule.how:
            case "ms" if isinstance(value, int):
                lifetimes = [int(part) for part in (rule.argument or "0").split(",")]
                fitting = (one for one in lifetimes if self._window.holds(value - one))
                return next((f"<ms +{one}>" for one in fitting), value)
            case "set" if isinstance(value, list):
                return sorted((self._names.replace(part) for part in value), key=json.dumps)
            case "references" if isinstance(value, list):
                parts = [self._reference(part, row) for part in value]
                return sorted(parts, key=json.dumps)
            case "ms" if isinstance(value, str) and value.isdigit():
                return "<ms as text>" if self._window.holds(int(value)) else value
            case "s" if isinstance(value, int) and self._window.holds(value * 1000):
                return "<s>"
            case "event_ms" if value == self._names.event_ms.get(row["event_id"]):
                return "<time of the event>" if self._window.holds(value) else value
            case "form" if isinstance(value, str) and re.fullmatch(rule.argument, value):
                return "<random>"
            case "follower":
                return self._names.followed(rule.argument, value)
            case "id":
                return self._id(rule.argument, value, row)
            case "event_hash" if event_checks.is_hashed(event):
                return "<valid>"
            case "event_hash" if _was_redacted(row) and _HASHES(json.dumps(value)):
                return "<of what it was before it was redacted>"
            case "event_signature" if self._is_signed(event, row):
                signers = sorted(event["signatures"])
                others = signers != [self._rules.server_name]
                return ["<valid>", *signers] if others else "<valid>"
        return self._plain(value)

    def _id(self, kind: str, value: Any, row: Mapping[str, Any]) -> Any:
        if kind == "(stream of the row)":
            kind = _STREAMS.get(row.get("stream_name") or row.get("type") or "", "")
            if not kind:
                return value
        return self._names.name(kind, value)

    def _reference(self, part: Any, row: Mapping[str, Any]) -> Any:
        """An event id, or in room versions 1 and 2 a pair of id and hash."""
        if isinstance(part, list) and len(part) == 2:
            version = self._names.room_versions.get(row["room_id"], 0)
            event = self._names.events.get(part[0], {})
            if event_checks.is_reference_hash(part[1], event, version):
                return [self._names.replace(part[0]), "<valid>"]
        return self._names.replace(part)

    def _is_signed(self, event: dict[str, Any], row: Mapping[str, Any]) -> bool:
        version = self._names.room_versions.get(row["room_id"], 0)
        return event_checks.is_signed(event, row["event_id"], version, self._rules.server_name)

    def _json(self, name: str, text: Any, row: Mapping[str, Any]) -> Any:
        try:
            parsed = json.loads(text)
        except (ValueError, TypeError):
            return {"not JSON": self._plain(text)}
        paths = self._rules.paths.get(name, {})
        event = parsed if isinstance(parsed, dict) else {}
        found = {
            path: self._ruled(rule, value, row, event)
            for path, rule in paths.items()
            if (value := _at(parsed, path)) is not None
        }
        for path, value in found.items():
            _put(parsed, path, value)
        return {"json": self._names.replace(parsed)}


def _was_redacted(row: Mapping[str, Any]) -> bool:
    """Whether it came with content of another hash, and so without any."""
    return json.loads(row.get("internal_metadata") or "{}").get("redacted") is True


def _at(parsed: Any, path: str) -> Any:
    for key in path.split("."):
        if not isinstance(parsed, dict):
            return None
        parsed = parsed.get(key)
    return parsed


def _put(parsed: Any, path: str, value: Any) -> None:
    *parents, last = path.split(".")
    for key in parents:
        parsed = parsed[key]
    parsed[last] = value
