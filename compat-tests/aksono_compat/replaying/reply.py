# SPDX-License-Identifier: Apache-2.0
"""What one server answered to one request of a replay."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import Any

from ..recording.format import Body, Exchange


@dataclass
class Reply:
    """An answer, or why there is none (`error`; then status is 0)."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)  # names in lower case
    body: bytes = b""
    error: str = ""
    asked: float = 0.0  # seconds since 1970
    ended: float = 0.0

    def __post_init__(self) -> None:
        try:
            self.json: Any = json.loads(self.body) if self.body else None
            self.is_json = bool(self.body)
        except (ValueError, RecursionError):
            self.json, self.is_json = None, False

    @property
    def content(self) -> Any:
        """The body as it is compared: JSON, text, or bytes."""
        if self.is_json:
            return self.json
        try:
            return self.body.decode()
        except UnicodeDecodeError:
            return {"bytes": len(self.body), "base64": base64.b64encode(self.body).decode()}

    @property
    def took_ms(self) -> float:
        return (self.ended - self.asked) * 1000 if self.asked else 0.0

    @property
    def errcode(self) -> str | None:
        """The Matrix error code of a refusal."""
        code = self.json.get("errcode") if isinstance(self.json, dict) else None
        return code if isinstance(code, str) else None


def recorded(exchange: Exchange, began: int) -> Reply:
    """The answer in the recording; `began`: milliseconds since 1970."""
    start = began / 1000 + exchange.at
    return Reply(
        exchange.status,
        {name.lower(): value for name, value in exchange.answer_headers.items()},
        _content(exchange.answer),
        asked=start,
        ended=start + exchange.took,
    )


def _content(body: Body) -> bytes:
    try:
        return body.content() or b""
    except (ValueError, TypeError):
        return b""
