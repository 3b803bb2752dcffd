# SPDX-License-Identifier: Apache-2.0
"""HTTP as bytes, for what no client library would send."""

import contextlib
import json
import socket
import time
from collections.abc import Iterable
from urllib.parse import urlsplit

from requests.structures import CaseInsensitiveDict

from .client import Answer

CLOSED = 0


def _connected(url: str, wait: float) -> socket.socket:
    host = urlsplit(url)
    return socket.create_connection((host.hostname, host.port or 80), timeout=wait)


def exchange(url: str, parts: Iterable[bytes], *, pause: float = 0, wait: float = 3) -> Answer:
    """Sends the parts, `pause` seconds apart, and reads one answer; status CLOSED when none comes.

    A server may answer, or hang up, before it has read everything.
    """
    received = b""
    with _connected(url, wait) as connection:
        with contextlib.suppress(OSError):
            for part in parts:
                connection.sendall(part)
                if pause:
                    time.sleep(pause)
        with contextlib.suppress(OSError):
            while not _is_complete(received):
                block = connection.recv(65536)
                if not block:
                    break
                received += block
    return _parsed(received)


def hang_up(url: str, part: bytes) -> None:
    """Sends a part of a request and resets the connection."""
    with _connected(url, 10) as connection:
        linger = b"\x01\0\0\0\0\0\0\0"
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        with contextlib.suppress(OSError):
            connection.sendall(part)


def request_bytes(
    method: str, path: str, body: bytes | None, headers: dict[str, str | bytes]
) -> bytes:
    """One HTTP/1.1 request; header values go out as they are."""
    lines = [f"{method} {path} HTTP/1.1".encode(), b"Host: test.local"]
    if body is not None:
        headers = {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}
    for name, value in headers.items():
        lines.append(
            name.encode() + b": " + (value if isinstance(value, bytes) else value.encode())
        )
    return b"\r\n".join([*lines, b"", b""]) + (body or b"")


def _head(received: bytes) -> tuple[list[bytes], bytes] | None:
    head, mark, body = received.partition(b"\r\n\r\n")
    return (head.split(b"\r\n"), body) if mark else None


def _headers(lines: list[bytes]) -> CaseInsensitiveDict[str]:
    headers: CaseInsensitiveDict[str] = CaseInsensitiveDict()
    for line in lines[1:]:
        name, _, value = line.decode("latin-1").partition(":")
        headers[name] = value.strip()
    return headers


def _is_complete(received: bytes) -> bool:
    split = _head(received)
    if split is None:
        return False
    lines, body = split
    headers = _headers(lines)
    if lines[0].split(b" ")[1:2] == [b"100"]:
        return _is_complete(body)
    if headers.get("Transfer-Encoding", "").lower() == "chunked":
        return body.endswith(b"0\r\n\r\n")
    return len(body) >= int(headers.get("Content-Length", "1000000000"))


def _parsed(received: bytes) -> Answer:
    split = _head(received)
    if split is None:
        return Answer(CLOSED, CaseInsensitiveDict(), received, None)
    lines, body = split
    status = lines[0].split(b" ")[1:2]
    if status == [b"100"]:
        return _parsed(body)
    headers = _headers(lines)
    if headers.get("Transfer-Encoding", "").lower() == "chunked":
        body = _dechunked(body)
    try:
        parsed = json.loads(body)
    except ValueError:
        parsed = None
    return Answer(int(status[0]) if status else CLOSED, headers, body, parsed)


def _dechunked(body: bytes) -> bytes:
    whole = b""
    while body:
        size, _, rest = body.partition(b"\r\n")
        length = int(size or b"0", 16)
        whole += rest[:length]
        body = rest[length + 2 :] if length else b""
    return whole
