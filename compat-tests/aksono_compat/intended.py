# SPDX-License-Identifier: Apache-2.0
"""The reviewed list of answers in which Aksono differs from Synapse on purpose."""

import fnmatch
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("intended.toml")


@cache
def _entries() -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = tomllib.loads(FILE.read_text())["difference"]
    for entry in entries:
        if not entry.get("reason"):
            raise ValueError(f"intended.toml: no reason given for {entry}")
    return entries


def intended(name: str, synapse: int) -> tuple[int, str] | None:
    """Status and errcode that Aksono gives where Synapse answers `synapse` to request `name`."""
    for entry in _entries():
        if entry["synapse"] == synapse and any(
            fnmatch.fnmatchcase(name, pattern) for pattern in entry["requests"]
        ):
            return entry["status"], entry["errcode"]
    return None
