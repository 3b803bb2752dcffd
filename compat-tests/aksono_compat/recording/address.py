# SPDX-License-Identifier: Apache-2.0
"""Where the recorder listens, and where the server is."""

from __future__ import annotations

import asyncio
import os
import ssl
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

_BACKLOG = 4096


@dataclass(frozen=True)
class Address:
    """A TCP address, or the path of a Unix socket; `tls` for upstreams alone."""

    host: str = ""
    port: int = 0
    path: str = ""
    tls: bool = False

    def __str__(self) -> str:
        if self.path:
            return f"unix:{self.path}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https://' if self.tls else ''}{host}:{self.port}"

    async def connect(self, protocol: asyncio.Protocol) -> asyncio.Transport:
        """Opens a connection for `protocol`; OSError when it is refused."""
        loop = asyncio.get_running_loop()
        if self.path:
            transport, _ = await loop.create_unix_connection(lambda: protocol, self.path)
            return transport
        context = ssl.create_default_context() if self.tls else None
        transport, _ = await loop.create_connection(
            lambda: protocol, self.host, self.port, ssl=context
        )
        return transport

    async def listen(self, make: Callable[[], asyncio.Protocol]) -> asyncio.Server:
        """A server that does not serve yet; `make` is called for each connection."""
        loop = asyncio.get_running_loop()
        if self.path:
            _remove_old_socket(Path(self.path))
            return await loop.create_unix_server(
                make, self.path, backlog=_BACKLOG, start_serving=False
            )
        return await loop.create_server(
            make, self.host, self.port, backlog=_BACKLOG, start_serving=False
        )


def parse_listen(text: str) -> Address:
    """HOST:PORT, :PORT (the loopback interface), PORT or unix:PATH; ValueError otherwise."""
    if text.startswith("unix:"):
        return Address(path=text[5:])
    host, _, port = text.rpartition(":")
    return Address(host.strip("[]") or "127.0.0.1", _port(port, text))


def parse_upstream(text: str) -> Address:
    """http://HOST:PORT, https://…, unix:PATH; ValueError otherwise."""
    if text.startswith("unix:"):
        return Address(path=text[5:])
    parts = urlsplit(text if "://" in text else f"http://{text}")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{text!r}: expected http://HOST:PORT, https://HOST or unix:PATH")
    if parts.path not in ("", "/") or parts.query or parts.username:
        raise ValueError(f"{text!r}: an upstream has no path, query or user: paths are passed on")
    tls = parts.scheme == "https"
    return Address(parts.hostname, parts.port or (443 if tls else 80), tls=tls)


def _port(text: str, whole: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise ValueError(f"{whole!r}: expected HOST:PORT or unix:PATH")
    return int(text)


def _remove_old_socket(path: Path) -> None:
    """What a recorder that was killed has left; never anything but a socket."""
    try:
        if stat.S_ISSOCK(os.lstat(path).st_mode):
            path.unlink()
    except FileNotFoundError:
        return
