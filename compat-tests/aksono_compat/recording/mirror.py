# SPDX-License-Identifier: Apache-2.0
"""The other end of nginx's `mirror`: takes copies of requests, answers 204, records.

nginx sends the copy with the method, headers and body of the original. Its path is that of the
`proxy_pass` of the mirroring location, unless that says `$request_uri`; therefore X-Original-URI
and X-Original-Method, where they are set, count for more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

from .bodies import is_media
from .body_tap import BodyTap
from .capture import Captured
from .http_framing import Framer, FramingError, Head, Shape, request_shape
from .observer import Watch

_ANSWER = b"HTTP/1.1 204 No Content\r\n"
_BAD = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def original(head: Head) -> tuple[str, str]:
    """Method and target of the request that was mirrored."""
    method = next(iter(head.all("x-original-method")), head.first[0])
    return method, next(iter(head.all("x-original-uri")), head.first[1])


class MirrorConnection(asyncio.Protocol):
    """One connection of nginx."""

    def __init__(self, watch: Watch, on_end: Callable[[MirrorConnection], None]) -> None:
        self._watch = watch
        self._on_end = on_end
        self._transport: asyncio.Transport | None = None
        self._captured: Captured | None = None
        self._tap: BodyTap | None = None
        self._last = False
        self._framer = Framer(self._head, self._data, self._end)
        self.idle = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        try:
            self._framer.feed(data)
        except FramingError:
            self._watch.lost += 1
            if self._transport:
                self._transport.write(_BAD)
                self.close()

    def connection_lost(self, error: Exception | None) -> None:
        self._transport = None
        if self._tap:
            self._tap.abandon()
            self._watch.lost += 1
        self._on_end(self)

    def close(self) -> None:
        if self._transport:
            self._transport.close()

    def _head(self, head: Head) -> tuple[Shape, int]:
        shape = request_shape(head)
        method, target = original(head)
        closing = "close" in ",".join(head.all("connection")).lower()
        self._last = closing or head.first[2] == "HTTP/1.0"
        self.idle = False
        watch = self._watch
        if watch.recording and watch.wanted(target, head.headers):
            watch.number += 1
            self._captured = Captured(watch.number, watch.now(), 0, method, target, head.headers)
            media, _ = is_media(method, target.partition("?")[0])
            self._tap = BodyTap(watch.keys, watch.budget, keep=not media)
        if head.all("expect") and self._transport:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        return shape

    def _data(self, part: bytes) -> None:
        if self._tap:
            self._tap.add(part)

    def _end(self) -> None:
        if self._captured and self._tap:
            self._captured.body = self._tap.finish()
            self._watch.emit(self._captured)
        self._captured = self._tap = None
        self.idle = True
        if self._transport:
            self._transport.write(
                _ANSWER + (b"Connection: close\r\n\r\n" if self._last else b"\r\n")
            )
            if self._last:
                self.close()
