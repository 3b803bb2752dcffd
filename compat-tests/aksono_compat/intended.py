# SPDX-License-Identifier: Apache-2.0
"""The reviewed list of answers in which Aksono differs from Synapse on purpose."""

from __future__ import annotations

import fnmatch
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from .client import Answer

FILE = Path(__file__).with_name("intended.toml")


@cache
def _entries(kind: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = tomllib.loads(FILE.read_text())[kind]
    for entry in entries:
        if not entry.get("reason"):
            raise ValueError(f"intended.toml: no reason given for {entry}")
    return entries


def is_intended(line: str) -> bool:
    """Whether a line of a report tells of a difference that is on purpose."""
    patterns = (_escaped(entry["pattern"]) for entry in _entries("line"))
    return any(fnmatch.fnmatchcase(line, pattern) for pattern in patterns)


def _escaped(pattern: str) -> str:
    """Only `*` and `?` are special: reports are full of brackets."""
    return pattern.replace("[", "[[]")


def intended(name: str) -> Intended | None:
    """What Aksono answers to the request of this name, if it differs from Synapse on purpose."""
    for entry in _entries("difference"):
        if any(fnmatch.fnmatchcase(name, _escaped(pattern)) for pattern in entry["requests"]):
            return Intended(entry["status"], entry["errcode"], tuple(entry["synapse"]))
    return None


@dataclass(frozen=True)
class Intended:
    """Aksono's status and errcode, and the statuses that Synapse answers."""

    status: int
    errcode: str
    synapse: tuple[int, ...]

    def judge(self, answer: Answer) -> list[str]:
        """What is wrong with Aksono's answer."""
        errcode = answer.json.get("errcode") if isinstance(answer.json, dict) else None
        if (answer.status, errcode) == (self.status, self.errcode):
            return []
        return [f"expected {self.status} {self.errcode}, got {answer.status} {errcode}"]

    def judge_synapse(self, answer: Answer) -> list[str]:
        """Whether Synapse still answers what the list says."""
        if answer.status in self.synapse:
            return []
        return [f"intended.toml expects one of {self.synapse} of Synapse, not {answer.status}"]
