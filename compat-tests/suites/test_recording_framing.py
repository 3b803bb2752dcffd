# SPDX-License-Identifier: Apache-2.0
"""Messages of HTTP/1 found in bytes, however the bytes are cut."""

from __future__ import annotations

import random
import time

import pytest

from aksono_compat.recording.address import Address, parse_listen, parse_upstream
from aksono_compat.recording.body_tap import BodyTap, Budget
from aksono_compat.recording.capture import Captured
from aksono_compat.recording.http_framing import (
    Framer,
    FramingError,
    Head,
    Shape,
    answer_shape,
    request_shape,
)  # fmt: skip
from aksono_compat.recording.keys import Keys
from aksono_compat.recording.observer import Observer, Watch

REQUESTS = (
    b"\r\nPOST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
    b"GET /b HTTP/1.1\r\n\r\n"
    b"PUT /c HTTP/1.1\r\ntransfer-ENCODING: gzip, Chunked\r\n\r\n"
    b"3\r\nabc\r\n000A;x=y\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n"
    b"HEAD /d HTTP/1.0\r\nContent-Length: 0\r\n\r\n"
)


def frame(pieces: list[bytes]) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    heads: list[Head] = []
    body = bytearray()

    def on_head(head: Head) -> tuple[Shape, int]:
        heads.append(head)
        return request_shape(head)

    def on_end() -> None:
        found.append((" ".join(heads[-1].first), bytes(body)))
        body.clear()

    framer = Framer(on_head, body.extend, on_end)
    for piece in pieces:
        framer.feed(piece)
    return found


EXPECTED = [
    ("POST /a HTTP/1.1", b"hello"),
    ("GET /b HTTP/1.1", b""),
    ("PUT /c HTTP/1.1", b"abc0123456789"),
    ("HEAD /d HTTP/1.0", b""),
]


def test_messages_in_one_piece_and_in_every_two() -> None:
    assert frame([REQUESTS]) == EXPECTED
    for cut in range(len(REQUESTS)):
        assert frame([REQUESTS[:cut], REQUESTS[cut:]]) == EXPECTED, cut
    assert frame([bytes([byte]) for byte in REQUESTS]) == EXPECTED


def test_messages_in_random_pieces() -> None:
    chance = random.Random(1)
    for _ in range(200):
        cuts = sorted(chance.sample(range(len(REQUESTS)), 9))
        pieces = [REQUESTS[a:b] for a, b in zip([0, *cuts], [*cuts, len(REQUESTS)], strict=True)]
        assert frame(pieces) == EXPECTED


@pytest.mark.parametrize(
    "data",
    [
        b"garbage\r\n\r\n",
        b"GET / HTTP/2.0\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET / HTTP/1.1\r\nno header\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: 1, 2\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: \xb2\r\n\r\n",
        b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
        b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1" * 5000,
        b"GET / HTTP/1.1\r\nX: " + b"y" * 200_000,
    ],
    ids=range(11),
)
def test_what_cannot_be_followed(data: bytes) -> None:
    with pytest.raises(FramingError):
        frame([data])


def test_the_shape_of_answers() -> None:
    def shape(line: str, *headers: tuple[str, str], method: str = "GET") -> Shape:
        words = line.split(" ", 2)
        head = Head((words[0], words[1], words[2]), list(headers))
        return answer_shape(head, method, int(words[1]))[0]

    length, chunked = ("Content-Length", "5"), ("Transfer-Encoding", "chunked")
    assert shape("HTTP/1.1 200 OK", length) is Shape.LENGTH
    assert shape("HTTP/1.1 200 OK", length, length) is Shape.LENGTH
    assert shape("HTTP/1.1 200 OK", length, chunked) is Shape.CHUNKED
    assert shape("HTTP/1.1 200 OK") is Shape.CLOSE
    assert shape("HTTP/1.1 200 OK", ("Transfer-Encoding", "gzip")) is Shape.CLOSE
    assert shape("HTTP/1.1 200 OK", length, method="HEAD") is Shape.NONE
    for line in ("HTTP/1.1 204 No", "HTTP/1.1 304 Not", "HTTP/1.1 100 Go"):
        assert shape(line, length) is Shape.NONE
    assert shape("HTTP/1.1 101 Switch") is Shape.OPAQUE


def watch(found: list[Captured], *, budget: int = 1_000_000) -> Watch:
    return Watch(Keys(b"k" * 32), Budget(budget), lambda *_: True, found.append, time.monotonic())


def test_a_bug_of_ours_is_not_the_connections() -> None:
    found: list[Captured] = []
    shared = watch(found)

    def broken(*_: object) -> bool:
        raise KeyError("a bug")

    shared.wanted = broken
    observer = Observer(shared)
    observer.request_bytes(REQUESTS)
    observer.answer_bytes(b"HTTP/1.1 200 OK\r\n\r\n")
    observer.closed()
    assert found == []
    assert shared.lost == 1


def test_answers_without_requests_are_not_followed() -> None:
    found: list[Captured] = []
    shared = watch(found)
    observer = Observer(shared)
    observer.answer_bytes(b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n")
    observer.closed()
    assert (found, shared.lost) == ([], 1)


def test_memory_is_bounded_and_given_back() -> None:
    keys, budget = Keys(b"k" * 32), Budget(100)
    one, two = BodyTap(keys, budget, keep=True), BodyTap(keys, budget, keep=True)
    one.add(b"x" * 80)
    two.add(b"y" * 10)
    two.add(b"y" * 80)
    kept, hashed = one.finish(), two.finish()
    assert (kept.data, kept.size) == (b"x" * 80, 80)
    assert (hashed.data, hashed.size) == (None, 90)
    again = BodyTap(keys, budget, keep=False)
    again.add(b"y" * 90)
    assert again.finish().digest == hashed.digest
    last = BodyTap(keys, budget, keep=True)
    last.add(b"z" * 100)
    assert last.finish().data == b"z" * 100, "all of it is free again"


def test_addresses() -> None:
    assert parse_listen("0.0.0.0:8009") == Address("0.0.0.0", 8009)
    assert parse_listen("[::1]:8009") == Address("::1", 8009)
    assert parse_listen(":8009") == Address("127.0.0.1", 8009)
    assert parse_listen("unix:/run/x") == Address(path="/run/x")
    assert parse_upstream("http://a:8008/") == Address("a", 8008)
    assert parse_upstream("https://a") == Address("a", 443, tls=True)
    assert parse_upstream("a:8008") == Address("a", 8008)
    assert str(parse_upstream("http://[::1]:1")) == "[::1]:1"
    assert str(Address(path="/x")) == "unix:/x"
    for wrong in ("", "x", "x:y", "x:0", "x:99999", "x:-1"):
        with pytest.raises(ValueError, match="expected HOST:PORT"):
            parse_listen(wrong)
    for wrong in ("", "ftp://a", "http://a/b", "http://a?x", "http://u@a"):
        with pytest.raises(ValueError, match=r"expected http|no path"):
            parse_upstream(wrong)
