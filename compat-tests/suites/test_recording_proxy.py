# SPDX-License-Identifier: Apache-2.0
"""The recorder in the path: bytes arrive as they were sent, whatever becomes of the recording."""

from __future__ import annotations

import resource
import socket
import struct
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from aksono_compat.recording.process import RecorderProcess
from aksono_compat.recording.reader import Recording
from suites.recording_lab import (
    OK,
    Script,
    connect,
    exchanges,
    read,
    request,
    script,
    talk,
    wait_for,
)

__all__ = ["script"]


JSON = b'{"errcode":"M_X"}'
ANSWERS = {
    "length": b"HTTP/1.1 200 OK\r\nx-odd-CASE:  v \r\nX-Odd-Case: w\r\n"
    b"Content-Length: 17\r\n\r\n" + JSON,
    "chunked": b"HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n"
    b'5;ext="1"\r\n{"err\r\nC\r\ncode":"M_X"}\r\n0\r\nTrailer: t\r\n\r\n',
    "until the end": b"HTTP/1.0 200\r\n\r\n" + JSON,
    "interim": b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
    b"HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\n" + JSON,
    "empty": b"HTTP/1.1 204 No Content\r\nETag: \"x\"\r\n\r\n",
    "not modified": b"HTTP/1.1 304 Not Modified\r\nContent-Length: 17\r\n\r\n",
    "no HTTP": b"\x16\x03\x01 this is TLS\r\n\r\n",
    "broken chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
    "websocket": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x81\x05hello",
}  # fmt: skip


def test_answers_arrive_byte_for_byte(script: Script, tmp_path: Path) -> None:
    with RecorderProcess(tmp_path / "r", upstream=script.url) as recorder:
        for name, answer in ANSWERS.items():
            script.act = script.answer(answer)
            sent = request(f"/_matrix/client/v3/{name.replace(' ', '-')}", "x-oDD:  1 ", "A: b")
            script.received.clear()
            assert talk(recorder.url, sent, len(answer)) == answer, name
            wait_for(lambda: bool(script.received))
            assert b"".join(script.received) == sent, name
    found = {one.target.rsplit("/", 1)[1]: one for one in exchanges(tmp_path / "r")}
    statuses = [found[key].status for key in sorted(found)]
    assert len(found) == 7, "what is no HTTP is not recorded"
    assert sorted(statuses) == [101, 200, 200, 200, 204, 304, 404]
    assert [one.answer.value for one in found.values()].count({"errcode": "M_X"}) == 4
    recording = Recording(tmp_path / "r")
    list(recording.exchanges())
    assert recording.end
    assert recording.end.dropped == 3


def test_head_has_no_body(script: Script, tmp_path: Path) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\n"
    with RecorderProcess(tmp_path / "r", upstream=script.url) as recorder:
        for method, answer in (("HEAD", head), ("GET", head + JSON), ("HEAD", head)):
            script.act = script.answer(answer)
            assert talk(recorder.url, request(method=method), len(answer)) == answer
    found = exchanges(tmp_path / "r")
    assert [(one.method, one.answer.kind) for one in found] == [
        ("HEAD", "none"), ("GET", "json"), ("HEAD", "none"),
    ]  # fmt: skip


def test_pipelined_and_scattered_requests(script: Script, tmp_path: Path) -> None:
    def act(connection: socket.socket) -> None:
        received = b""
        while received.count(b"/_matrix") < 3 or not received.endswith(b"{}"):
            received += connection.recv(7)
        script.received.append(received)
        for n in range(3):
            body = b'{"n":%d}' % n
            for byte in b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body):
                connection.sendall(bytes([byte]))
        connection.recv(1)

    script.act = act
    sent = request("/_matrix/client/v3/a") + request("/_matrix/client/v3/b")
    sent += request("/_matrix/client/v3/c", "Content-Length: 2", method="POST") + b"{}"
    with RecorderProcess(tmp_path / "r", upstream=script.url) as recorder:
        with connect(recorder.url) as connection:
            for start in range(0, len(sent), 5):
                connection.sendall(sent[start : start + 5])
            assert read(connection, 3 * 45).count(b"HTTP/1.1") == 3
        wait_for(lambda: bool(script.received))
        assert script.received == [sent]
    found = exchanges(tmp_path / "r")
    assert [one.answer.value for one in found] == [{"n": 0}, {"n": 1}, {"n": 2}]
    assert [one.number for one in found] == [1, 2, 3]


def test_a_slow_answer_streams(script: Script, tmp_path: Path) -> None:
    gone = threading.Event()

    def act(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab")
        gone.wait(10)
        connection.sendall(b"cd")
        connection.recv(1)

    script.act = act
    recorder = RecorderProcess(tmp_path / "r", upstream=script.url)
    with recorder, connect(recorder.url) as connection:
        connection.sendall(request())
        assert read(connection, 40).endswith(b"ab"), "before the rest is there"
        gone.set()
        assert read(connection, 2) == b"cd"


@pytest.mark.parametrize("how", ["end", "reset"])
def test_a_client_that_leaves_is_noticed_upstream(script: Script, tmp_path: Path, how: str) -> None:
    ended: list[str] = []

    def act(connection: socket.socket) -> None:
        connection.recv(1000)
        try:
            ended.append("end" if connection.recv(1000) == b"" else "data")
        except ConnectionResetError:
            ended.append("reset")

    script.act = act
    with RecorderProcess(tmp_path / "r", upstream=script.url) as recorder:
        connection = connect(recorder.url)
        connection.sendall(request("/_matrix/client/v3/sync"))
        time.sleep(0.2)
        if how == "reset":
            linger = struct.pack("ii", 1, 0)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        connection.close()
        wait_for(lambda: bool(ended))
    assert ended == [how]
    (one,) = exchanges(tmp_path / "r")
    assert (one.status, one.answer.kind) == (0, "none")


def test_a_server_that_dies_in_the_middle(script: Script, tmp_path: Path) -> None:
    def act(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"half":')
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    script.act = act
    with RecorderProcess(tmp_path / "r", upstream=script.url) as recorder:
        with connect(recorder.url) as connection:
            connection.sendall(request())
            with pytest.raises(ConnectionResetError):
                read(connection, 1000)
        port = urlsplit(script.url).port or 0
        script.close()
        with pytest.raises(OSError, match="reset"):
            # Nobody listens any more: as near to a refusal as can be.
            talk(recorder.url, request(), 1)
        again = Script(("127.0.0.1", port))
        assert talk(recorder.url, request(), len(OK)) == OK
        again.close()
    died, *refused, answered = exchanges(tmp_path / "r")
    assert died.status == 200
    assert (died.answer.kind, died.answer.value["size"]) == ("omitted", 8)
    assert [one.status for one in refused] in ([], [0])
    assert answered.status == 200


def test_half_closed_connections_stay_half_open(script: Script, tmp_path: Path) -> None:
    def act(connection: socket.socket) -> None:
        received = b""
        while more := connection.recv(1000):
            received += more
        script.received.append(received)
        connection.sendall(OK)

    script.act = act
    recorder = RecorderProcess(tmp_path / "r", upstream=script.url)
    with recorder, connect(recorder.url) as connection:
        connection.sendall(request())
        connection.shutdown(socket.SHUT_WR)
        assert read(connection, 1000) == OK
    assert exchanges(tmp_path / "r")[0].status == 200


def test_large_bodies_pass_and_media_are_not_kept(script: Script, tmp_path: Path) -> None:
    size = 50_000_000
    block = bytes(range(256)) * 256

    def act(connection: socket.socket) -> None:
        received = 0
        while received < size:
            received += len(connection.recv(1 << 20))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
        for start in range(0, size, len(block)):
            connection.sendall(block[: size - start])
        connection.recv(1)

    script.act = act
    with RecorderProcess(tmp_path / "r", upstream=script.url) as recorder:
        with connect(recorder.url) as connection:
            head = request("/_matrix/media/v3/upload", f"Content-Length: {size}", method="POST")
            connection.sendall(head)
            for start in range(0, size, len(block)):
                connection.sendall(block[: size - start])
            received = read(connection, size + 45)
            assert received.endswith(block[: size % len(block)])
        assert recorder.process
        status = Path(f"/proc/{recorder.process.pid}/status").read_text()
    (one,) = exchanges(tmp_path / "r")
    assert one.body.kind == "omitted"
    assert one.body.value["size"] == size
    assert len(one.body.value["sha256"]) == 64
    assert one.answer.value["size"] == len(received) - received.index(b"\r\n\r\n") - 4
    peak = int(status.partition("VmHWM:")[2].split()[0])
    assert peak < 200_000, "kilobytes"


def test_many_connections(script: Script, tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    recorder = RecorderProcess(tmp_path / "r", upstream=script.url)
    resource.setrlimit(resource.RLIMIT_NOFILE, (150, hard))
    try:
        recorder.start()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    with recorder:
        connections = [connect(recorder.url) for _ in range(200)]
        for connection in connections:
            connection.sendall(request())
        for connection in connections:
            assert read(connection, len(OK)) == OK
            connection.close()
    assert len(exchanges(tmp_path / "r")) == 200


def test_an_answer_before_the_request_is_all_sent(script: Script, tmp_path: Path) -> None:
    refused = b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

    def act(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(refused)
        while connection.recv(1000):
            pass

    script.act = act
    recorder = RecorderProcess(tmp_path / "r", upstream=script.url)
    with recorder, connect(recorder.url) as connection:
        head = request("/_matrix/client/v3/x", "Content-Length: 1000", method="POST")
        connection.sendall(head + b'{"half":')
        assert read(connection, len(refused)) == refused
    (one,) = exchanges(tmp_path / "r")
    assert one.status == 413
    assert one.body.kind == "omitted"


def test_unix_sockets_on_both_sides(tmp_path: Path) -> None:
    script = Script(str(tmp_path / "up.sock"))
    out, listen = tmp_path / "r", f"unix:{tmp_path / 'in.sock'}"
    for _ in range(2):  # the second finds the socket of the first
        recorder = RecorderProcess(out, "--force", upstream=script.url, listen=listen)
        with recorder:
            assert talk(listen, request(), len(OK)) == OK
        assert len(exchanges(out)) == 1
    script.close()
