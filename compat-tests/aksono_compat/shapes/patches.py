# SPDX-License-Identifier: Apache-2.0
"""Differences of two shapes as JSON merge patches (RFC 7386)."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def merge_patch(before: Json, after: Json) -> Json:
    """What makes `after` out of `before`; new members come in the order of `after`."""
    patch: Json = {name: None for name in before if name not in after}
    for name, value in after.items():
        old = before.get(name)
        if name not in before or not (isinstance(old, dict) and isinstance(value, dict)):
            if name not in before or old != value:
                patch[name] = value
        elif inner := merge_patch(old, value):
            patch[name] = inner
    return patch


def apply_patch(before: Json, patch: Json) -> Json:
    """A copy of `before` with the changes of `patch`; names keep their order."""
    after = dict(before)
    for name, value in patch.items():
        if value is None:
            after.pop(name, None)
        elif isinstance(value, dict):
            old = after.get(name)
            after[name] = apply_patch(old if isinstance(old, dict) else {}, value)
        else:
            after[name] = value
    return after


def same(a: Any, b: Any) -> bool:
    """Equal, members in the same order too."""
    if isinstance(a, dict) and isinstance(b, dict):
        return list(a) == list(b) and all(same(a[name], b[name]) for name in a)
    return bool(a == b)
