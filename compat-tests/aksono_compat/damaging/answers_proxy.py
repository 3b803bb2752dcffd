# SPDX-License-Identifier: Apache-2.0
"""An HTTP proxy in front of a server that damages answers on their way."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from .told import Change, Told

_HOP = frozenset(("connection", "keep-alive", "transfer-encoding", "content-length"))


class AnswersProxy:
    """Stands before `upstream`; `changes` are done to every answer, one after the other."""

    def __init__(self, upstream: str) -> None:
        parts = urlsplit(upstream)
        self._upstream = (str(parts.hostname), int(parts.port or 80))
        self._changes: list[tuple[str, Change, dict[str, Any]]] = []
        self._lock = threading.Lock()
        self.hurt: dict[str, int] = {}  # by name of the damage: how many answers it changed
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def damage(self, *changes: tuple[str, Change]) -> None:
        """From now on these are done, and no others."""
        with self._lock:
            self._changes = [(name, change, {}) for name, change in changes]
            self.hurt = {name: 0 for name, _ in changes}

    @contextmanager
    def running(self) -> Iterator[AnswersProxy]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            thread.join(5)
            self._server.server_close()

    def ask(self, method: str, target: str, headers: dict[str, str], body: bytes | None) -> Told:
        """The answer as a client is to see it."""
        connection = http.client.HTTPConnection(*self._upstream, timeout=90)
        try:
            sent = {name: value for name, value in headers.items() if name.lower() not in _HOP}
            connection.request(method, target, body, sent)
            answer = connection.getresponse()
            kept = {name: value for name, value in answer.getheaders() if name.lower() not in _HOP}
            told = Told(
                method, target, headers.get("Authorization", ""), answer.status, kept,
                answer.read(),
            )  # fmt: skip
        finally:
            connection.close()
        with self._lock:
            self._hurt(told)
        return told

    def _hurt(self, told: Told) -> None:
        for name, change, memory in self._changes:
            told.hurt = False
            before = told.status, dict(told.headers), told.cut
            change(told, memory)
            if told.hurt or before != (told.status, told.headers, told.cut):
                self.hurt[name] += 1

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                size = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(size) if size else None
                told = proxy.ask(self.command, self.path, dict(self.headers.items()), body)
                self.send_response_only(told.status)
                for name, value in told.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(told.body) + told.cut))
                self.end_headers()
                self.wfile.write(told.body)

            do_POST = do_PUT = do_DELETE = do_OPTIONS = do_GET  # noqa: N815

            def log_message(self, *_: Any) -> None:
                pass

        return Handler
