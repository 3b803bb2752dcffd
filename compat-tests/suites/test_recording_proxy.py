# SPDX-License-Identifier: Apache-2.0
"""The recorder in the path: bytes arrive as they were sent, whatever becomes of the recording."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from aksono_compat.recording.format import Exchange
from aksono_compat.recording.process import RecorderProcess
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


def test_term_leaves_time_to_requests_under_way(script: Script, tmp_path: Path) -> None:
    answer = threading.Event()

    def act(connection: socket.socket) -> None:
        connection.recv(1000)
        answer.wait(10)
        connection.sendall(OK)
        connection.recv(1)

    script.act = act
    recorder = RecorderProcess(tmp_path / "r", upstream=script.url)
    recorder.start()
    assert recorder.process
    idle, busy = connect(recorder.url), connect(recorder.url)
    busy.sendall(request())
    time.sleep(0.3)
    recorder.process.send_signal(signal.SIGTERM)
    assert idle.recv(1) == b"", "idle connections are closed"
    answer.set()
    assert read(busy, len(OK)) == OK
    assert recorder.stop() == 0
    assert len(exchanges(tmp_path / "r")) == 1


def test_a_second_term_does_not_wait(script: Script, tmp_path: Path) -> None:
    script.act = lambda connection: time.sleep(30)
    recorder = RecorderProcess(tmp_path / "r", upstream=script.url)
    recorder.start()
    assert recorder.process
    busy = connect(recorder.url)
    busy.sendall(request("/_matrix/client/v3/sync"))
    time.sleep(0.2)
    began = time.monotonic()
    recorder.process.send_signal(signal.SIGTERM)
    time.sleep(0.3)
    assert recorder.stop() == 0
    assert time.monotonic() - began < 5
    assert [one.status for one in exchanges(tmp_path / "r")] == [0]


@pytest.mark.parametrize(
    ("limit", "reason"), [(["--max-time", "1s"], "time"), (["--max-size", "3000"], "size")]
)
def test_after_its_limit_traffic_goes_on(
    script: Script, tmp_path: Path, limit: list[str], reason: str
) -> None:
    out = tmp_path / "r"
    with RecorderProcess(out, *limit, upstream=script.url) as recorder:
        for _ in range(12):
            assert talk(recorder.url, request(), len(OK)) == OK
        wait_for(lambda: b'"reason"' in out.read_bytes())
        assert "still passed on" in recorder.log
        assert talk(recorder.url, request(), len(OK)) == OK
    recording = Recording(out)
    assert len(list(recording.exchanges())) <= 12
    assert recording.end
    assert recording.end.reason == reason
    assert out.stat().st_size <= (3000 if reason == "size" else 50_000)


@contextmanager
def tiny_disk(path: Path, size: str) -> Iterator[None]:
    path.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", path], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", path], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a disk")
def test_a_full_disk_does_not_hurt_the_traffic(script: Script, tmp_path: Path) -> None:
    with tiny_disk(tmp_path / "disk", "16k"):
        out = tmp_path / "disk" / "r"
        recorder = RecorderProcess(out, upstream=script.url, log=tmp_path / "log")
        with recorder:
            for _ in range(100):
                assert talk(recorder.url, request(), len(OK)) == OK
        assert recorder.stop() == 0
        copy = shutil.copy(out, tmp_path / "copy")
    recording = Recording(Path(copy))
    count = len(list(recording.exchanges()))
    assert recording.incomplete == ""
    assert recording.end
    assert 5 < count == recording.end.exchanges
    assert count + recording.end.dropped == 100


def children(pid: int) -> list[int]:
    return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_a_disk_that_hangs_does_not_hurt_the_traffic(script: Script, tmp_path: Path) -> None:
    big = b'{"x":"' + b"y" * 20_000 + b'"}'
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(big), big)
    script.act = script.answer(answer)
    with RecorderProcess(tmp_path / "r", "--queue", "100k", upstream=script.url) as recorder:
        assert recorder.process
        (writer,) = children(recorder.process.pid)
        os.kill(writer, signal.SIGSTOP)
        try:
            for _ in range(60):
                assert talk(recorder.url, request(), len(answer)) == answer
        finally:
            os.kill(writer, signal.SIGCONT)
    recording = Recording(tmp_path / "r")
    count = len(list(recording.exchanges()))
    assert recording.incomplete == ""
    assert recording.end
    assert recording.end.dropped > 30
    assert count + recording.end.dropped == 60


def test_the_death_of_the_writer_does_not_hurt_the_traffic(script: Script, tmp_path: Path) -> None:
    recorder = RecorderProcess(tmp_path / "r", upstream=script.url)
    with recorder:
        assert recorder.process
        assert talk(recorder.url, request(), len(OK)) == OK
        wait_for(lambda: b'"number": 1' in (tmp_path / "r").read_bytes())
        os.kill(children(recorder.process.pid)[0], signal.SIGKILL)
        for _ in range(5):
            assert talk(recorder.url, request(), len(OK)) == OK
        assert recorder.stop() == 10
    assert "no end mark" in recorder.log
    recording = Recording(tmp_path / "r")
    assert len(list(recording.exchanges())) == 1
    assert "no end mark" in recording.incomplete


def test_a_recorder_that_is_killed_leaves_whole_lines(script: Script, tmp_path: Path) -> None:
    recorder = RecorderProcess(tmp_path / "r", upstream=script.url)
    recorder.start()
    assert recorder.process
    for _ in range(5):
        talk(recorder.url, request(), len(OK))
    wait_for(lambda: (tmp_path / "r").read_bytes().count(b"\n") == 6)
    recorder.process.kill()
    recorder.process.wait()
    recording = Recording(tmp_path / "r")
    assert len(list(recording.exchanges())) == 5
    assert "no end mark" in recording.incomplete


def test_a_sample_is_of_whole_users(script: Script, tmp_path: Path) -> None:
    users = [f"@user{n}:a.example" for n in range(40)]
    with RecorderProcess(
        tmp_path / "r", "--sample", "1/4", "--server-name", "a.example", upstream=script.url
    ) as recorder:
        for user in users:
            body = f'{{"user_id": "{user}", "access_token": "opaque_{user}"}}'.encode()
            answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
            script.act = script.answer(answer)
            talk(recorder.url, request("/_matrix/client/v3/login", method="POST"), len(answer))
            script.act = script.answer(OK)
            token = f"Authorization: Bearer opaque_{user}"
            talk(recorder.url, request("/_matrix/client/v3/sync", token), len(OK))
            origin = f'Authorization: X-Matrix origin="{user[1:6]}.example",key="k",sig="s"'
            talk(recorder.url, request("/_matrix/federation/v1/version", origin), len(OK))
            talk(recorder.url, request(), len(OK))
    found = exchanges(tmp_path / "r")
    logins = [one.answer.value["user_id"] for one in found if "/login" in one.target]
    assert logins == [one.user_id for one in found if "/sync" in one.target]
    assert 2 < len(logins) < 20
    assert sum("/versions" in one.target for one in found) == 40, "nobody's requests are taken"
    assert Recording(tmp_path / "r").header.sample == "1/4"


def test_a_mirror_answers_at_once_and_records_requests(tmp_path: Path) -> None:
    with RecorderProcess(tmp_path / "r", "--server-name", "a.example") as recorder:
        body = b'{"body": "secret words"}'
        length = f"Content-Length: {len(body)}"
        token = "Authorization: Bearer syt_YWxpY2U_abcdefghijklmnopqrst_0a1B2c"
        # As nginx sends it by default: HTTP/1.0, and the location of the mirror for its path.
        sent = b"\r\n".join([
            b"PUT /mirror HTTP/1.0", b"Host: a", b"Connection: close", token.encode(),
            b"X-Original-URI: /_matrix/client/v3/rooms/%21r%3Aa.example/send/m.room.message/t",
            length.encode(), b"", body])  # fmt: skip
        assert talk(recorder.url, sent, 1000).startswith(b"HTTP/1.1 204 No Content\r\n")
        with connect(recorder.url) as connection:  # keepalive, $request_uri
            for _ in range(3):
                connection.sendall(request("/_matrix/client/v3/sync?timeout=0", token))
                assert read(connection, 27) == b"HTTP/1.1 204 No Content\r\n\r\n"
        odd = request("/x", "X-Original-Method: DELETE", "X-Original-URI: /_matrix/client/v3/y")
        talk(recorder.url, odd, 27)
        assert b"400" in talk(recorder.url, b"\x16\x03\x01\r\n\r\n", 100)
    found = exchanges(tmp_path / "r")
    assert len(found) == 5
    assert {(one.status, one.answer.kind) for one in found} == {(0, "none")}
    assert [one.user_id for one in found[:4]] == ["@alice:a.example"] * 4
    assert found[0].method == "PUT"
    assert found[0].target.endswith("/send/m.room.message/t")
    assert found[0].body.value["body"].startswith("{{text:")
    assert found[-1].method == "DELETE"
    assert Recording(tmp_path / "r").header.source == "mirror"


def test_an_upstream_that_is_not_there(tmp_path: Path) -> None:
    recorder = RecorderProcess(tmp_path / "r", upstream="http://127.0.0.1:1")
    with pytest.raises(RuntimeError, match=r"127\.0\.0\.1:1: Connection refused"):
        recorder.start()
    assert recorder.stop() == 12
    assert not (tmp_path / "r").exists()


def test_an_upstream_that_is_no_web_server(script: Script, tmp_path: Path) -> None:
    garbage = Script()
    garbage._serve = lambda connection: connection.sendall(b"SSH-2.0-x\r\n\r\n\r\n")  # type: ignore[method-assign]
    recorder = RecorderProcess(tmp_path / "r", upstream=garbage.url)
    with pytest.raises(RuntimeError, match="no HTTP server"):
        recorder.start()
    assert recorder.stop() == 12
    garbage.close()


def test_an_address_in_use_and_an_old_recording(script: Script, tmp_path: Path) -> None:
    (tmp_path / "r").write_text("precious")
    for options, message in (
        ([], "the file exists; --force replaces it"),
        (["--force"], "in use"),
    ):
        recorder = RecorderProcess(
            tmp_path / "r", *options, upstream=script.url, listen=script.url.removeprefix("http://")
        )
        with pytest.raises(RuntimeError, match=message):
            recorder.start()
        assert recorder.stop() == 1
        assert (tmp_path / "r").read_text() == "precious"


def test_a_folder_that_is_not_there(script: Script, tmp_path: Path) -> None:
    recorder = RecorderProcess(tmp_path / "no" / "r", upstream=script.url, log=tmp_path / "log")
    with pytest.raises(RuntimeError, match="No such file or directory"):
        recorder.start()
    assert recorder.stop() == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--upstream", "ftp://x"], "expected http://HOST:PORT"),
        (["--upstream", "http://x/path"], "no path"),
        (["--upstream", "http://x", "--mirror"], "not allowed with"),
        ([], "one of the arguments --upstream --mirror is required"),
        (["--mirror", "--max-size", "much"], "expected a size"),
        (["--mirror", "--max-time", "0"], "expected a time"),
        (["--mirror", "--sample", "2/1"], "a fraction of all users"),
        (["--mirror", "--listen", "nowhere"], "expected HOST:PORT"),
    ],
)
def test_wrong_usage(tmp_path: Path, options: list[str], message: str) -> None:
    command = [sys.executable, "-m", "aksono_compat.cli", "record", "--listen", ":1"]
    command += ["--out", str(tmp_path / "r"), *options]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[1])
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "r").exists()
