# SPDX-License-Identifier: Apache-2.0
"""Asks the upstream who it is, before the recording begins."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from .address import Address
from .http_framing import Framer, FramingError, Head, Shape, answer_shape

_TIMEOUT = 5.0


@dataclass
class Upstream:
    """What a server says of itself; empty where it says nothing."""

    server_name: str = ""
    server: str = ""


class _Get(asyncio.Protocol):
    """One GET; `done` is set to (head, body), or to an OSError."""

    def __init__(self, path: str, host: str) -> None:
        self.done: asyncio.Future[tuple[Head, bytes]] = asyncio.get_running_loop().create_future()
        self._request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        self._head = Head(("", "", ""), [])
        self._body = b""
        self._framer = Framer(self._on_head, self._on_data, self._on_end)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        transport.write(self._request.encode())

    def data_received(self, data: bytes) -> None:
        try:
            self._framer.feed(data)
        except FramingError as error:
            self._fail(OSError(f"what answers there is no HTTP server: {error}"))

    def connection_lost(self, error: Exception | None) -> None:
        self._framer.close()
        self._fail(OSError("the connection was closed without an answer"))

    def _on_head(self, head: Head) -> tuple[Shape, int]:
        self._head = head
        status = int(head.first[1]) if head.first[1].isdigit() else 0
        return answer_shape(head, "GET", status)

    def _on_data(self, data: bytes) -> None:
        self._body += data

    def _on_end(self) -> None:
        if not self.done.done():
            self.done.set_result((self._head, self._body))

    def _fail(self, error: OSError) -> None:
        if not self.done.done():
            self.done.set_exception(error)


async def ask(address: Address) -> Upstream:
    """OSError when nothing that speaks HTTP answers there."""
    found = Upstream()
    head, _ = await _get(address, "/_matrix/client/versions")
    found.server = next(iter(head.all("server")), "")
    head, body = await _get(address, "/_matrix/key/v2/server")
    name = _json(body).get("server_name")
    if head.first[1] == "200" and isinstance(name, str):
        found.server_name = name
    return found


async def _get(address: Address, path: str) -> tuple[Head, bytes]:
    get = _Get(path, address.host or "localhost")
    try:
        async with asyncio.timeout(_TIMEOUT):
            transport = await address.connect(get)
            try:
                return await get.done
            finally:
                transport.close()
    except TimeoutError:
        raise OSError(f"no answer within {_TIMEOUT:.0f} seconds") from None


def _json(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return parsed if isinstance(parsed, dict) else {}
