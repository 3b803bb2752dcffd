# SPDX-License-Identifier: Apache-2.0
"""The recording: JSON lines, one exchange (a request with its answer) each.

The first line is the header, the last the end mark; a file without end mark was cut off. Exchanges
stand in the order in which their answers were complete, `number` counts requests in the order in
which they came. Secrets, and the content of messages unless the recorder was told to keep it, are
placeholders (see scrub.py); placeholders of equal values are equal.
"""

from __future__ import annotations

import base64
import json
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

FORMAT = "aksono-recording"
VERSION = 1

Surface = Literal["client", "federation", "admin", "other"]


class RecordingError(Exception):
    """A file that is no recording, or one that this release cannot read; the text says why."""


@dataclass
class Header:
    """What is known before the first request."""

    tool: str  # release of the tool that wrote it
    began: int  # milliseconds since 1970
    server_name: str  # of the recorded homeserver; empty: unknown (access logs)
    server: str  # its `Server:` header
    source: str  # "proxy", "mirror", "har", "nginx", "caddy", "scenario"
    content_included: bool = False
    sample: str = "1/1"  # users recorded / of how many


@dataclass
class Body:
    """A request's or answer's body.

    kind: none; json (value: parsed); text (value: str); bytes (value: base64);
    omitted (value: {"size": bytes, "sha256": hex}: too large, or media).
    """

    kind: Literal["none", "json", "text", "bytes", "omitted"] = "none"
    value: Any = None

    def content(self) -> bytes | None:
        """What to send; None when there is no body, or it was not kept."""
        if self.kind == "json":
            return json.dumps(self.value, ensure_ascii=False).encode()
        if self.kind == "text":
            return str(self.value).encode()
        return base64.b64decode(self.value) if self.kind == "bytes" else None


@dataclass
class Exchange:
    """One request and what was answered."""

    number: int
    at: float  # seconds since the recording began
    took: float  # seconds until the whole answer was there
    session: str  # who asks: the placeholder of the access token, a server name, or "" for nobody
    user_id: str  # whom the token belongs to, when the recorder knows; else ""
    surface: Surface
    method: str
    target: str  # path and query as sent, with placeholders
    headers: dict[str, str] = field(default_factory=dict)  # those that shape the answer
    body: Body = field(default_factory=Body)
    status: int = 0  # 0: no answer was recorded, or the connection was closed without one
    answer_headers: dict[str, str] = field(default_factory=dict)
    answer: Body = field(default_factory=Body)


@dataclass
class End:
    """The end mark."""

    exchanges: int
    dropped: int  # requests that were not recorded: limits, a full disk
    reason: str  # "stopped", "time", "size", "upstream"


def header_line(header: Header) -> str:
    return json.dumps({"format": FORMAT, "version": VERSION, **asdict(header)}, ensure_ascii=False)


def exchange_line(exchange: Exchange) -> str:
    # Not asdict(), which copies every value of a body.
    plain = {**vars(exchange), "body": vars(exchange.body), "answer": vars(exchange.answer)}
    return json.dumps(plain, ensure_ascii=False)


def end_line(end: End) -> str:
    return json.dumps({"end": asdict(end)})
