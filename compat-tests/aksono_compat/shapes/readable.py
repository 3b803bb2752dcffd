# SPDX-License-Identifier: Apache-2.0
"""JSON as the catalogue's files have it: what fits on a line of 100 columns stands on one."""

from __future__ import annotations

import json
from typing import Any

_WIDTH = 100


def readable(value: Any) -> str:
    return _lines(value, 0, 0) + "\n"


def _lines(value: Any, indent: int, used: int) -> str:
    line: str = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or (indent and used + len(line) <= _WIDTH):
        return line
    parts = []
    members = value.items() if isinstance(value, dict) else ((None, part) for part in value)
    for name, part in members:
        label = "" if name is None else json.dumps(name, ensure_ascii=False) + ": "
        parts.append(" " * (indent + 1) + label + _lines(part, indent + 1, indent + 1 + len(label)))
    lines = "\n" + ",\n".join(parts) + "\n" + " " * indent
    return f"{{{lines}}}" if isinstance(value, dict) else f"[{lines}]"
