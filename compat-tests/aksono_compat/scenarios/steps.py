# SPDX-License-Identifier: Apache-2.0
"""What a transcript consists of."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass

from ..client import Answer


@dataclass
class Step:
    """One request and its answer; steps at the same place of both transcripts are compared."""

    name: str  # "alice: PUT /rooms/…"
    method: str
    path: str  # without query
    answer: Answer
    # Lists in the answer whose order says nothing beyond what the comparison knows anyway.
    unordered: bool = False
    lane: int = 0  # which of the things done at once it belongs to
    asked: float = 0.0  # seconds since 1970
    ended: float = 0.0


# Which of the things done at once the thread is about.
LANE = ContextVar("lane", default=0)
