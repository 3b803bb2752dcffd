# SPDX-License-Identifier: Apache-2.0
"""An exchange as it passed by, before anything was replaced. Never written down."""

from __future__ import annotations

from dataclasses import dataclass, field

Headers = list[tuple[str, str]]


@dataclass
class CapturedBody:
    """A body; `data` is None when it was too large, or media: then there is its hash alone."""

    data: bytes | None = b""
    size: int = 0
    digest: str = ""  # keyed, see keys.py


@dataclass
class Captured:
    """One request with its answer, if there was one (status 0: there was none)."""

    number: int
    at: float
    took: float
    method: str
    target: str  # bytes above 127 as Latin-1
    headers: Headers = field(default_factory=list)
    body: CapturedBody = field(default_factory=CapturedBody)
    status: int = 0
    answer_headers: Headers = field(default_factory=list)
    answer: CapturedBody = field(default_factory=CapturedBody)
