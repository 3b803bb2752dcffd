# SPDX-License-Identifier: Apache-2.0
"""The recorder at its end and at its limits: TERM, time and size, disks, samples, wrong usage."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
