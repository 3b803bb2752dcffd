# SPDX-License-Identifier: Apache-2.0
"""Finds the messages in one direction of an HTTP/1 connection, without touching a byte."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

LARGEST_HEAD = 128 * 1024
_LONGEST_CHUNK_LINE = 4096


class FramingError(Exception):
    """Bytes that are no HTTP/1 that we follow; the connection goes on, unrecorded."""


class Shape(Enum):
    """How the end of a body is told."""

    NONE = auto()
    LENGTH = auto()
    CHUNKED = auto()
    CLOSE = auto()  # it ends with the connection
    OPAQUE = auto()  # no longer HTTP: CONNECT, websockets


@dataclass
class Head:
    """The head of a message: the words of its first line, and its headers in their order."""

    first: tuple[str, str, str]
    headers: list[tuple[str, str]]

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name]


class Framer:
    """Cuts a stream of bytes into messages.

    `on_head` answers how the body is framed; `on_data` gets the body as it comes, chunks unpacked;
    `on_end` follows each message.
    """

    def __init__(
        self,
        on_head: Callable[[Head], tuple[Shape, int]],
        on_data: Callable[[bytes], None],
        on_end: Callable[[], None],
    ) -> None:
        self._on_head, self._on_data, self._on_end = on_head, on_data, on_end
        self._buffer = bytearray()
        self._step = self._head
        self._left = 0

    def feed(self, data: bytes) -> None:
        """The next bytes; FramingError when they cannot be followed."""
        self._buffer += data
        while self._buffer and self._step():
            pass

    def close(self) -> None:
        """The connection has ended: so has a body that lasts until then."""
        if self._step == self._until_close:
            self._ended()

    def _head(self) -> bool:
        while self._buffer.startswith(b"\r\n"):  # RFC 9112, 2.2: ignored before a message
            del self._buffer[:2]
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self._buffer) > LARGEST_HEAD:
                raise FramingError("the head is too long")
            return False
        head = _parse_head(bytes(self._buffer[:end]))
        del self._buffer[: end + 4]
        shape, self._left = self._on_head(head)
        if shape is Shape.NONE or (shape is Shape.LENGTH and self._left == 0):
            self._ended()
        else:
            self._step = {
                Shape.LENGTH: self._length,
                Shape.CHUNKED: self._chunk_line,
                Shape.CLOSE: self._until_close,
            }.get(shape, self._opaque)
        return True

    def _ended(self) -> None:
        self._step = self._head
        self._on_end()

    def _length(self) -> bool:
        self._take()
        if self._left == 0:
            self._ended()
        return True

    def _take(self) -> None:
        part = bytes(self._buffer[: self._left])
        del self._buffer[: self._left]
        self._left -= len(part)
        self._on_data(part)

    def _line(self) -> bytes | None:
        end = self._buffer.find(b"\r\n")
        if end < 0:
            if len(self._buffer) > _LONGEST_CHUNK_LINE:
                raise FramingError("a line of the chunked body is too long")
            return None
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 2]
        return line

    def _chunk_line(self) -> bool:
        line = self._line()
        if line is None:
            return False
        try:
            self._left = int(line.split(b";")[0].strip(), 16)
        except ValueError:
            raise FramingError("a chunk without a size") from None
        self._step = self._chunk if self._left else self._trailer
        return True

    def _chunk(self) -> bool:
        self._take()
        if self._left == 0:
            self._step = self._chunk_end
        return True

    def _chunk_end(self) -> bool:
        line = self._line()
        if line:
            raise FramingError("a chunk longer than its size")
        if line is not None:
            self._step = self._chunk_line
        return line is not None

    def _trailer(self) -> bool:
        line = self._line()
        if line == b"":
            self._ended()
        return line is not None

    def _until_close(self) -> bool:
        self._on_data(bytes(self._buffer))
        self._buffer.clear()
        return False

    def _opaque(self) -> bool:
        self._buffer.clear()
        return False


def _parse_head(data: bytes) -> Head:
    lines = data.decode("latin-1").split("\r\n")
    words = lines[0].split(" ", 2)
    if len(words) < 2:
        raise FramingError("no HTTP/1 message")
    headers = []
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if not colon:
            raise FramingError("a header without a name")
        headers.append((name.strip(), value.strip()))
    return Head((words[0], words[1], words[2] if len(words) > 2 else ""), headers)


def request_shape(head: Head) -> tuple[Shape, int]:
    """RFC 9112, 6.3: how long the body of a request is."""
    if not head.first[2].startswith("HTTP/1."):
        raise FramingError("no HTTP/1 request")
    if head.first[0] == "CONNECT":
        return Shape.OPAQUE, 0
    framed = _framed(head)
    return framed if framed else (Shape.NONE, 0)


def answer_shape(head: Head, method: str, status: int) -> tuple[Shape, int]:
    """RFC 9112, 6.3: how long the body of an answer is."""
    if not head.first[0].startswith("HTTP/1."):
        raise FramingError("no HTTP/1 answer")
    if status == 101:
        return Shape.OPAQUE, 0
    if method == "HEAD" or status < 200 or status in (204, 304):
        return Shape.NONE, 0
    framed = _framed(head)
    return framed if framed else (Shape.CLOSE, 0)


def _framed(head: Head) -> tuple[Shape, int] | None:
    codings = ",".join(head.all("transfer-encoding")).lower()
    if codings:
        if codings.split(",")[-1].strip() != "chunked":
            return Shape.CLOSE, 0
        return Shape.CHUNKED, 0
    lengths = {value.strip() for value in ",".join(head.all("content-length")).split(",")} - {""}
    if not lengths:
        return None
    if len(lengths) > 1 or not (length := lengths.pop()).isascii() or not length.isdigit():
        raise FramingError("a content length that is none")
    return Shape.LENGTH, int(length)
