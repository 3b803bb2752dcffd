# SPDX-License-Identifier: Apache-2.0
"""A scripted server and what talks to a recorder in front of it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from aksono_compat.recording.format import Exchange
from aksono_compat.recording.reader import Recording

VERSIONS = b"/_matrix/client/versions"
OK = b"HTTP/1.1 200 OK\r\nServer: Script/1\r\nContent-Length: 2\r\n\r\n{}"

Act = Callable[[socket.socket], None]


class Script:
    """A server that does on each connection what it is told, and keeps what it was sent."""

    def __init__(self, address: str | tuple[str, int] = ("127.0.0.1", 0)) -> None:
        family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
        self._socket = socket.socket(family)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(address)
        self._socket.listen(64)
        self.received: list[bytes] = []
        self.ends: list[str] = []
        self.act: Act = self.answer(OK)
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        name = self._socket.getsockname()
        return f"unix:{name}" if isinstance(name, str) else f"http://127.0.0.1:{name[1]}"

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            head = connection.recv(200, socket.MSG_PEEK)
            probed = b"Connection: close" in head and (VERSIONS in head or b"/key/v2/" in head)
            (self.answer(OK, keep=False) if probed else self.act)(connection)

    def answer(self, data: bytes, *, keep: bool = True) -> Act:
        """Answers whatever comes with the same bytes, and reads until the end."""

        def act(connection: socket.socket) -> None:
            try:
                received = connection.recv(1 << 20)
                connection.sendall(data)
                while received:
                    if keep:
                        self.received.append(received)
                    received = connection.recv(1 << 20)
                self.ends.append("end")
            except ConnectionResetError:
                self.ends.append("reset")

        return act

    def close(self) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


@pytest.fixture
def script() -> Iterator[Script]:
    script = Script()
    yield script
    script.close()


def connect(url: str) -> socket.socket:
    if url.startswith("unix:"):
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(url[5:])
    else:
        connection = socket.create_connection(("127.0.0.1", urlsplit(url).port or 0))
    connection.settimeout(10)
    return connection


def talk(url: str, sent: bytes, size: int) -> bytes:
    """Sends, and reads that many bytes, or to the end."""
    with connect(url) as connection:
        connection.sendall(sent)
        return read(connection, size)


def read(connection: socket.socket, size: int) -> bytes:
    received = b""
    while len(received) < size and (more := connection.recv(1 << 20)):
        received += more
    return received


def request(path: str = "/_matrix/client/versions", *headers: str, method: str = "GET") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: a", *headers, "", ""]
    return "\r\n".join(lines).encode()


def exchanges(path: Path) -> list[Exchange]:
    recording = Recording(path)
    found = list(recording.exchanges())
    assert recording.incomplete == ""
    return found


def wait_for(true: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it does not come true"
        time.sleep(0.02)
