# SPDX-License-Identifier: Apache-2.0
"""Records what clients of this package send, without a proxy: written scripts become recordings."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import urlencode

from ..client import V3, Answer, Client
from ..recording.format import (
    Body,
    End,
    Exchange,
    Header,
    Surface,
    end_line,
    exchange_line,
    header_line,
)
from ..recording.routes import surface
from ..reporting.files import write_private


class Tape:
    """A recording in memory. Times are those of the clients."""

    def __init__(self, server_name: str) -> None:
        self._began = time.time()
        self.header = Header("tape", int(self._began * 1000), server_name, "", "scenario", True)
        self.exchanges: list[Exchange] = []
        self._lock = threading.Lock()
        self._count = 0

    def take(self, client: Client, call: dict[str, Any], answer: Answer, at: float) -> None:
        """Keeps one request and its answer."""
        path = call["path"] if call["path"].startswith("/_") else V3 + call["path"]
        query = urlencode(call["params"] or {})
        target = path + ("?" if query and "?" not in path else "&" if query else "") + query
        headers = dict(call["headers"] or {})
        session = client.token or ""
        kind: Surface = surface(path.partition("?")[0])
        with self._lock:
            self._count += 1
            exchange = Exchange(
                self._count, at - self._began, time.time() - at, session, client.user_id, kind,
                call["method"], target, headers, _body(call["content"], call["body"]),
                answer.status, dict(answer.headers), _answer(answer),
            )  # fmt: skip
            self.exchanges.append(exchange)

    def write(self, path: Path) -> None:
        """As a recording; it holds working tokens."""
        lines = [header_line(self.header), *map(exchange_line, self.exchanges)]
        lines.append(end_line(End(len(self.exchanges), 0, "stopped")))
        write_private(path, "\n".join(lines) + "\n")


def _body(content: Any, body: bytes | None) -> Body:
    if content is not None:
        return Body("json", content)
    return Body("bytes", _base64(body)) if body is not None else Body()


def _answer(answer: Answer) -> Body:
    if answer.json is not None:
        return Body("json", answer.json)
    return Body("bytes", _base64(answer.body)) if answer.body else Body()


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


@contextmanager
def taping(server_name: str) -> Iterator[Tape]:
    """Everything that any Client sends meanwhile is on the tape."""
    tape = Tape(server_name)
    plain = Client.request

    def request(
        self: Client,
        method: str,
        path: str,
        content: Any = None,
        *,
        params: dict[str, Any] | None = None,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        timeout: float = 60,
    ) -> Answer:
        at = time.time()
        answer = plain(
            self, method, path, content, params=params, body=body, headers=headers, timeout=timeout
        )
        call = {"method": method, "path": path, "content": content, "params": params}
        tape.take(self, {**call, "body": body, "headers": headers}, answer, at)
        return answer

    with mock.patch.object(Client, "request", request):
        yield tape
