# SPDX-License-Identifier: Apache-2.0
"""An answer on its way through a damaging proxy."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..replaying.routes import place_of


@dataclass
class Told:
    """An answer, and what it answers. Whatever is changed here reaches the client."""

    method: str
    target: str
    who: str  # the Authorization header
    status: int
    headers: dict[str, str]
    body: bytes
    cut: int = 0  # bytes that are promised, and not sent
    hurt: bool = False  # whether something was changed

    @property
    def where(self) -> str:
        return place_of(self.method, self.target).where

    @property
    def json(self) -> Any:
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def tell(self, value: Any) -> None:
        """Another body."""
        body = json.dumps(value, ensure_ascii=False).encode()
        self.say(body)

    def say(self, body: bytes) -> None:
        self.hurt = self.hurt or body != self.body
        self.body = body


# Gets every answer, in order; `memory` is empty at the beginning of each run.
Change = Callable[[Told, dict[str, Any]], None]


@dataclass(frozen=True)
class Damage:
    """What is done to answers, and how it must be named."""

    name: str
    change: Change = field(repr=False)
    kind: str  # of the class of differences; "" : must not be found
    where: str
    path: str = ""  # of the class; * and ? are patterns
    follow: tuple[str, ...] = ()  # other routes where it shows as well

    def __str__(self) -> str:
        return self.name.replace(" ", "_")
