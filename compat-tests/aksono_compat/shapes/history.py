# SPDX-License-Identifier: Apache-2.0
"""The history of the schema as data: the oldest shape, and what each file changed."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from .observe import Moment
from .patches import Json, merge_patch

# What a catalogue says of a database besides its shape.
_HEAD = ("schema_version", "compat_version", "made_by", "applied_deltas")


def shape(moment: Moment) -> Json:
    return {name: value for name, value in moment.shape.items() if name not in _HEAD}


def steps(moments: list[Moment]) -> dict[str, Json]:
    """What each file did, by its name, in order."""
    return {b.file: _step(a, b) for a, b in pairwise(moments)}


def _step(before: Moment, after: Moment) -> Json:
    step: Json = {}
    if patch := merge_patch(shape(before), shape(after)):
        step["shape"] = patch
    if queue := _queue_changes(before.queue, after.queue):
        step["queue"] = queue
    if tasks := [task for task in after.tasks if task not in before.tasks]:
        step["tasks"] = tasks
    return step


def _queue_changes(before: Json, after: Json) -> Json:
    """Rows of background_updates that came, or came anew, and null for those that went."""
    old = {name: _row(row) for name, row in before.items()}
    new = {name: _row(row) for name, row in after.items()}
    found: dict[str, Any] = {name: row for name, row in new.items() if old.get(name) != row}
    found.update({name: None for name in old if name not in new})
    return dict(sorted(found.items(), key=lambda item: _order(item[0], item[1])))


def _row(row: Json) -> Json:
    kept = {"progress": row["progress_json"], "after": row["depends_on"]}
    return {
        **{name: value for name, value in kept.items() if value not in (None, "{}")},
        # A column that came late.
        "ordering": row.get("ordering", 0),
    }


def _order(name: str, row: Json | None) -> tuple[int, str]:
    return (row["ordering"] if row else -1, name)


def merged(history: Json, moments: list[Moment], since: int) -> Json:
    """`history` with the files of version `since` and up as these moments show them."""
    old = {file: step for file, step in history["deltas"].items() if version_of(file) < since}
    new = {file: step for file, step in steps(moments).items() if version_of(file) >= since}
    return {**history, "deltas": {**old, **new}}


def version_of(file: str) -> int:
    """Of "94/01_redactions_recheck.sql"."""
    return int(file.split("/")[0])
