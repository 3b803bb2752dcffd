# SPDX-License-Identifier: Apache-2.0
"""Names for the ids that a server made up during a run."""

import bisect
import hashlib
import itertools
import json
import re
from collections.abc import Iterator
from typing import Any

from .rules import IdKind, Rules, Source
from .snapshot import Row, Snapshot, Table

_WORD = re.compile(r"[$!]?[A-Za-z0-9_+/-]+(?::[A-Za-z0-9.-]+)?")


class Names:
    """What the new ids of one database are called; ids of the state before stay as they are.

    `given`: names that are known from elsewhere; they go before those that rows suggest.
    """

    def __init__(
        self,
        rules: Rules,
        before: Snapshot,
        after: Snapshot,
        given: dict[str, str] | None = None,
    ) -> None:
        self._rules = rules
        self._given = given or {}
        self._before = before
        self._after = after
        self._everywhere: dict[Any, str] = {}
        self._by_kind: dict[str, dict[Any, str]] = {}
        self._sorted: dict[str, list[Any]] = {}
        self._before_max: dict[str, int] = {}
        self.event_ms: dict[str, int] = {}
        self.room_versions: dict[str, int] = {}
        self.events: dict[str, dict[str, Any]] = {}
        self._first_events: dict[str, int | None] = {}
        self._old_events = {event_id for (event_id,) in _columns(before["event_json"], "event_id")}
        self._read_events()
        for kind in rules.ids:
            self._name_kind(kind)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Names) and (
            (self._by_kind, self._sorted, self.event_ms, self.room_versions)
            == (other._by_kind, other._sorted, other.event_ms, other.room_versions)
        )

    __hash__ = None  # type: ignore[assignment]

    def _read_events(self) -> None:
        for event_id, text in _columns(self._after["event_json"], "event_id", "json"):
            try:
                event = json.loads(text)
            except (ValueError, TypeError):
                event = None
            self.events[event_id] = event if isinstance(event, dict) else {}
        wanted = ("event_id", "room_id", "origin_server_ts", "stream_ordering")
        for event_id, room_id, ms, position in _columns(self._after["events"], *wanted):
            self.event_ms[event_id] = ms
            known = self._first_events.get(room_id)
            if known is None or (position is not None and position < known):
                self._first_events[room_id] = position
        for room_id, version in _columns(self._after["rooms"], "room_id", "room_version"):
            self.room_versions[room_id] = int(version) if str(version).isdigit() else 0

    def _name_kind(self, kind: IdKind) -> None:
        names: dict[Any, str] = {}
        old = {value for source in kind.sources for value in _values(self._before, source)}
        numbers = [value for value in old if isinstance(value, int)]
        self._before_max[kind.kind] = max(numbers, default=-1)
        self._by_kind[kind.kind] = names
        counts: dict[str, int] = {}
        for source in kind.sources:
            for value, row in self._introductions(source):
                if value is None or value in old or value in names:
                    continue
                if kind.pattern and not kind.pattern.fullmatch(str(value)):
                    continue
                label = " ".join(self._label(source, row))
                counts[label] = counts.get(label, 0) + 1
                names[value] = self._given.get(value) or f"<{kind.kind}: {label} #{counts[label]}>"
                if kind.everywhere:
                    self._everywhere[value] = names[value]
        if not kind.everywhere:
            self._sorted[kind.kind] = sorted(value for value in names if isinstance(value, int))

    def _introductions(self, source: Source) -> Iterator[tuple[Any, dict[str, Any]]]:
        """(id, row) in the order in which equal labels are numbered."""
        table = self._after[source.table]
        rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
        if source.order_by == "(first event)":
            rows.sort(key=lambda row: self._first_events.get(row["room_id"]) or 0)
        elif source.order_by != "(row)":
            rows.sort(key=lambda row: (row[source.order_by] is not None, row[source.order_by]))
        for row in rows:
            value = row[source.column]
            for part in value if isinstance(value, tuple) else (value,):
                yield part, row

    def _label(self, source: Source, row: dict[str, Any]) -> Iterator[str]:
        for column in source.label:
            if column == "(content)":
                content = json.dumps(
                    self.replace(self.events.get(row["event_id"], {}).get("content"))
                )
                content = _WORD.sub(self._later, content)
                yield hashlib.sha256(content.encode()).hexdigest()[:8]
            elif self._is_json(source.table, column) and row[column]:
                yield json.dumps(self.replace(json.loads(row[column])))
            elif isinstance(row[column], tuple):
                yield ",".join(str(self.replace(part)) for part in row[column])
            elif row[column] not in (None, ""):
                yield str(self.replace(row[column]))

    def _is_json(self, table: str, column: str) -> bool:
        rule = self._rules.column(table, column)
        return rule is not None and rule.how == "json"

    def replace(self, value: Any) -> Any:
        """`value`, a text or JSON, with every new id in it replaced by its name."""
        if isinstance(value, str):
            return _WORD.sub(self._word, value)
        if isinstance(value, list | tuple):
            return [self.replace(part) for part in value]
        if isinstance(value, dict):
            return {self.replace(key): self.replace(value[key]) for key in sorted(value)}
        return value

    def _word(self, match: re.Match[str]) -> str:
        word = match[0]
        if word in self._everywhere:
            return self._everywhere[word]
        head, colon, tail = word.partition(":")
        if head in self._everywhere:
            return self._everywhere[head] + word[len(head) :]
        if tail in self._everywhere:
            # `ed25519:DEVICEID`: the name of a device's key.
            return head + colon + self._everywhere[tail]
        parts = word.split("/")
        if len(parts) > 1 and parts[-1] in self._everywhere:
            return word[: -len(parts[-1])] + self._everywhere[parts[-1]]
        return word

    def _later(self, match: re.Match[str]) -> str:
        """A room that replaces another one begins with an event that names a later one."""
        word = match[0]
        return "<a later event>" if word in self.events and word not in self._old_events else word

    def name(self, kind: str, value: Any) -> Any:
        """The name of an id of `kind`, or of a position in that stream."""
        if value is None or value in self._by_kind[kind]:
            return self._by_kind[kind].get(value)
        new = self._sorted.get(kind, [])
        if not isinstance(value, int) or value <= self._before_max[kind] or not new:
            return value
        if not self._is_stream(kind):
            return f"<{kind} that nothing introduces>"
        at = bisect.bisect_right(new, value)
        return f"<after {self._by_kind[kind][new[at - 1]]}>" if at else value

    def followed(self, kind: str, value: Any) -> Any:
        """How far something has followed a stream: into the run, or not as far as that."""
        new = self._sorted[kind]
        return f"<in the new {kind}>" if new and new[0] <= value <= new[-1] else value

    def newest(self, kind: str, value: int) -> Any:
        """A sequence: named after the newest id that it has given, burnt ones left out."""
        new = self._sorted[kind]
        if not new or value < new[0]:
            return value if not new else f"<{kind} behind its table>"
        newest = new[bisect.bisect_right(new, value) - 1]
        if not self._is_stream(kind):
            # Which of several got the last id is chance; that the sequence is past all is not.
            return f"<newest {kind}>" if newest == new[-1] else self._by_kind[kind][newest]
        return self._by_kind[kind][newest]

    def _is_stream(self, kind: str) -> bool:
        return next(entry for entry in self._rules.ids if entry.kind == kind).stream

    def orders(self) -> Iterator[tuple[str, list[str]]]:
        """The names of each stream in the order of their ids."""
        for kind in self._rules.ids:
            if kind.stream:
                names = self._by_kind[kind.kind]
                entries = [names[value] for value in self._sorted[kind.kind]]
                yield kind.kind, list(sets_sorted(kind, entries))


def sets_sorted(kind: IdKind, entries: list[str]) -> Iterator[str]:
    """Entries of a stream; those that stand together and come in any order, in a known one."""

    def of_set(entry: str) -> str:
        label = entry.removeprefix(f"<{kind.kind}: ")
        return next((one for one in kind.any_order if label.startswith(f"{one} ")), "")

    for together, run in itertools.groupby(entries, of_set):
        found = list(run)
        yield from sorted(found) if together else found


def _columns(table: Table, *names: str) -> Iterator[Row]:
    places = [table.columns.index(name) for name in names]
    for row in table.rows:
        yield tuple(row[place] for place in places)


def _values(snapshot: Snapshot, source: Source) -> Iterator[Any]:
    for (value,) in _columns(snapshot[source.table], source.column):
        yield from value if isinstance(value, tuple) else (value,)
