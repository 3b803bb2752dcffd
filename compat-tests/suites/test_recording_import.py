# SPDX-License-Identifier: Apache-2.0
"""Recordings out of HAR files and access logs; the command line of all of it."""

from __future__ import annotations

import base64
import gzip
import json
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from aksono_compat.recording.access_log import read_log
from aksono_compat.recording.format import Exchange, RecordingError
from aksono_compat.recording.har import read_har
from aksono_compat.recording.importing import write_recording
from aksono_compat.recording.keys import Keys
from aksono_compat.recording.reader import Recording

V3 = "/_matrix/client/v3"
TOKEN = "syt_YWxpY2U_abcdefghijklmnopqrst_0a1B2c"


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "aksono_compat.cli", *map(str, arguments)]
    folder = Path(__file__).parents[1]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=60)
    assert "Traceback" not in done.stderr
    return done


def imported(source: Path, out: Path, *options: str) -> list[Exchange]:
    done = run("import", source, "--out", out, *options)
    assert done.returncode == 0, done.stderr
    recording = Recording(out)
    found = list(recording.exchanges())
    assert recording.incomplete == ""
    return found


def entry(
    at: str, took: float, method: str, url: str, sent: str = "", answer: Any = None, **more: Any
) -> dict[str, Any]:
    headers = [{"name": "Authorization", "value": f"Bearer {TOKEN}"},
               {"name": ":authority", "value": "hs.example"},
               {"name": "User-Agent", "value": "Browser/1"}]  # fmt: skip
    request: dict[str, Any] = {"method": method, "url": url, "headers": headers}
    if sent:
        request["postData"] = {"mimeType": "application/json", "text": sent}
    content = {"size": 9, "mimeType": "application/json", "text": json.dumps(answer)}
    response = {"status": 200, "content": content, "headers": [
        {"name": "server", "value": "Synapse/1"}, {"name": "content-encoding", "value": "gzip"},
        {"name": "content-type", "value": "application/json"}]}  # fmt: skip
    return {"startedDateTime": at, "time": took, "request": request, "response": response, **more}


def har(path: Path, *entries: Any) -> Path:
    path.write_text(json.dumps({"log": {"version": "1.2", "entries": list(entries)}}))
    return path


def test_a_har_file(tmp_path: Path) -> None:
    hs = "https://hs.example"
    source = har(
        tmp_path / "x.har",
        entry("2026-01-02T03:04:05.000Z", 3000, "GET", f"{hs}{V3}/sync?since=s1", "",
              {"next_batch": "s2"}),
        entry("2026-01-02T03:04:06.500+00:00", 100.5, "PUT",
              f"{hs}{V3}/rooms/!r:a.example/send/m.room.message/1", '{"body": "words"}',
              {"event_id": "$" + "e" * 43}),
        entry("2026-01-02T03:04:05.500Z", 1, "GET", f"{hs}{V3}/account/whoami", "",
              {"user_id": "@alice:a.example"}),
        entry("2026-01-02T03:04:04Z", 1, "GET", "https://element.example/bundle.js"),
        entry("2026-01-02T03:04:04Z", 1, "GET", "https://matrix.org/_matrix/client/versions"),
        {"startedDateTime": "yesterday", "request": {"url": f"{hs}{V3}/sync", "method": "GET"}},
        {"request": {"url": f"{hs}{V3}/sync"}},
        "no entry",
    )  # fmt: skip
    done = run("import", source, "--out", tmp_path / "r")
    assert done.returncode == 0
    for said in ("3 exchanges", "2 (a broken entry)", "2 (no Matrix request)", "1 (to matrix.org)"):
        assert said in done.stderr
    recording = Recording(tmp_path / "r")
    found = list(recording.exchanges())
    assert recording.header.source == "har"
    assert recording.header.server_name == "a.example"
    assert recording.header.server == "Synapse/1"
    assert recording.header.began == 1_767_323_045_000
    assert [(one.number, one.at, one.took) for one in found] == [
        (2, 0.5, 0.001), (3, 1.5, 0.1005), (1, 0.0, 3.0),
    ]  # fmt: skip
    assert {one.user_id for one in found} == {"@alice:a.example"}
    assert {one.session for one in found} == {Keys.load(tmp_path / "r").token(TOKEN)}
    assert found[1].body.value["body"].startswith("{{text:")
    assert found[1].answer.value == {"event_id": "$" + "e" * 43}
    data = (tmp_path / "r").read_bytes()
    for secret in (TOKEN, "words", "Browser/1"):
        assert secret.encode() not in data
    assert stat.S_IMODE((tmp_path / "r").stat().st_mode) == 0o600


def test_the_server_of_a_har_file(tmp_path: Path) -> None:
    at = "2026-01-02T03:04:05Z"
    source = har(
        tmp_path / "x.har",
        entry(at, 1, "GET", f"https://one.example{V3}/sync"),
        entry(at, 1, "GET", f"https://one.example{V3}/sync"),
        entry(at, 1, "GET", f"https://two.example:8448{V3}/devices"),
    )
    (one,) = imported(source, tmp_path / "r", "--host", "two.example:8448")
    assert one.target == f"{V3}/devices"
    done = run("import", source, "--out", tmp_path / "s", "--host", "three.example")
    assert done.returncode == 1
    assert "there are one.example, two.example:8448" in done.stderr


def test_answers_that_a_browser_did_not_keep(tmp_path: Path) -> None:
    at, url = "2026-01-02T03:04:05Z", f"https://a{V3}/sync"
    plain, odd, base = (entry(at, 1, "GET", url) for _ in range(3))
    plain["response"]["content"] = {"size": 70, "comment": "not included"}
    odd["response"] = {"status": 0, "headers": [], "content": {"size": 0}}
    text = base64.b64encode(b'{"next_batch": "s9"}').decode()
    base["response"]["content"] = {"size": 20, "text": text, "encoding": "base64"}
    found = imported(har(tmp_path / "x.har", plain, odd, base), tmp_path / "r")
    assert [(one.status, one.answer.kind) for one in found] == [
        (200, "omitted"), (0, "none"), (200, "json"),
    ]  # fmt: skip
    assert found[0].answer.value["size"] == 70


def test_a_har_file_without_tokens_is_told(tmp_path: Path) -> None:
    one = entry("2026-01-02T03:04:05Z", 1, "GET", f"https://a{V3}/sync")
    one["request"]["headers"] = []
    done = run("import", har(tmp_path / "x.har", one), "--out", tmp_path / "r")
    assert done.returncode == 0
    assert "no request has a token" in done.stderr


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"log": {"entries": [{"star', "cut off"),
        (b'{"log": {}}', "log.entries is missing"),
        (b'{"log": {"entries": {}}}', "log.entries is missing"),
        (b'{"log": {"entries": []}}', "none of its 0 requests"),
        (b'{"log": {"entries": [1, null, {"request": 1}]}}', "none of its 3 requests"),
        (b'{"log": {"entries": [{"request": {"url": "https://a/_matrix/x"}}]}}', "could be read"),
        (b'{"log": {"entries": [{"request": {"url": "http://[/_matrix/x"}}]}}', "none of its 1"),
        pytest.param(b'{"log": ' + b"[" * 200_000, "cut off", id="deep"),
        (b"\xff\xfe\x00", "no access log"),
    ],
)
def test_bad_har_files(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "x.har").write_bytes(content)
    done = run("import", tmp_path / "x.har", "--out", tmp_path / "r")
    assert done.returncode == 1
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "r").exists()
    assert not (tmp_path / "r.key").exists()


AT = "203.0.113.9 - - [02/Jan/2026:03:04:07 +0000]"
SYNC = f"GET {V3}/sync?since=s1&access_token={TOKEN} HTTP/1.1"
MESSAGES = f"GET {V3}/rooms/%21r%3Aa.example/messages?dir=b HTTP/2.0"
SEND = f"PUT {V3}/rooms/!r:a.example/send/m.room.message/1 HTTP/1.1"
COMBINED = f"""\
203.0.113.9 - - [02/Jan/2026:03:04:05 +0000] "{SYNC}" 200 512 "-" "Element/1.11"
203.0.113.9 - joe [02/Jan/2026:03:04:06 +0000] "{MESSAGES}" 403 90 "https://x/?y" "\\x22odd\\x22"
{AT} "{SEND}" 200 9 "-" "-"
{AT} "GET /index.html HTTP/1.1" 200 9 "-" "-"
{AT} "\\x16\\x03\\x01" 400 9 "-" "-"
{AT} "" 400 0 "-" "-"
garbage

203.0.113.9 - - [32/Jan/2026:03:04:07 +0000] "GET {V3}/sync HTTP/1.1" 200 9 "-" "-"
203.0.113.9 - - [02/Jan/2026:03:04:09 +0100] "GET {V3}/devices HT
"""


def test_combined_logs(tmp_path: Path) -> None:
    (tmp_path / "log").write_text(COMBINED)
    done = run("import", tmp_path / "log", "--out", tmp_path / "r", "--server-name", "a.example")
    assert done.returncode == 0, done.stderr
    for said in ("2 exchanges", "5 (not understood)", "1 (no GET)", "1 (no Matrix request)"):
        assert said in done.stderr
    recording = Recording(tmp_path / "r")
    first, second = recording.exchanges()
    assert recording.header.source == "nginx"
    assert recording.header.server_name == "a.example"
    token = Keys.load(tmp_path / "r").token(TOKEN)
    assert first.target == f"{V3}/sync?since=s1&access_token={token}"
    assert (first.session, first.user_id) == (token, "@alice:a.example")
    assert (second.at, second.status, second.session) == (1.0, 403, "")
    assert second.target == f"{V3}/rooms/%21r%3Aa.example/messages?dir=b"
    data = (tmp_path / "r").read_bytes()
    for secret in (TOKEN, "203.0.113.9", "Element", "joe"):
        assert secret.encode() not in data


NGINX_JSON = [
    {"msec": "1767323045.250", "request_time": "0.250", "request": f"GET {V3}/sync HTTP/1.1",
     "status": "200"},
    {"time_iso8601": "2026-01-02T03:04:06+00:00", "request_method": "GET",
     "request_uri": f"{V3}/devices", "status": 200, "upstream_response_time": "-"},
    {"time_local": "02/Jan/2026:03:04:07 +0000", "method": "GET", "uri": f"{V3}/joined_rooms",
     "status": 200, "upstream_response_time": "0.1, 0.2"},
    {"msec": 1767323049, "request": f"POST {V3}/login HTTP/1.1", "status": 200},
    {"request": f"GET {V3}/sync HTTP/1.1", "status": 200},
    {"msec": 1767323049, "request": f"GET {V3}/sync HTTP/1.1", "status": "odd"},
    {"msec": 1e400, "request": f"GET {V3}/sync HTTP/1.1", "status": 1, "request_time": "-9"},
]  # fmt: skip


def test_nginx_json_logs(tmp_path: Path) -> None:
    lines = [json.dumps(line) for line in NGINX_JSON]
    (tmp_path / "log").write_text("\n".join([*lines, "[1]", '{"a":', "{}"]))
    found = imported(tmp_path / "log", tmp_path / "r")
    assert [(one.at, one.took, one.target) for one in found] == [
        (0.0, 0.25, f"{V3}/sync"), (1.0, 0.0, f"{V3}/devices"), (1.9, 0.1, f"{V3}/joined_rooms"),
    ]  # fmt: skip


def caddy(at: float | str, took: float | str, method: str, uri: str) -> str:
    request = {"remote_ip": "203.0.113.9", "proto": "HTTP/2.0", "method": method, "host": "a",
               "uri": uri, "headers": {"Authorization": ["REDACTED"]}}  # fmt: skip
    return json.dumps({"level": "info", "ts": at, "logger": "http.log.access.log0",
        "msg": "handled request", "request": request, "duration": took, "size": 9,
        "status": 200})  # fmt: skip


def test_caddy_logs(tmp_path: Path) -> None:
    lines = [
        caddy(1767323045.5, 0.5, "GET", f"{V3}/sync"),
        caddy("2026-01-02T03:04:06Z", "1.5s", "GET", f"{V3}/devices"),
        caddy("2026/01/02 03:04:07", "2m1s", "PUT", f"{V3}/devices"),
        caddy(1767323047, "500ms", "GET", f"{V3}/joined_rooms"),
        '{"level":"info","ts":1767323045.5,"msg":"serving initial configuration"}',
    ]
    with gzip.open(tmp_path / "log.gz", "wt") as file:
        file.write("\n".join(lines))
    found = imported(tmp_path / "log.gz", tmp_path / "r")
    assert [one.target for one in found] == [
        f"{V3}/sync", f"{V3}/devices", f"{V3}/joined_rooms",
    ]  # fmt: skip
    assert [(one.at, one.took) for one in found] == [(0.5, 0.5), (0.0, 1.5), (2.0, 0.5)]
    assert Recording(tmp_path / "r").header.source == "caddy"
    done = run("import", tmp_path / "log.gz", "--from", "nginx", "--out", tmp_path / "s")
    assert done.returncode == 1
    assert "no access log" in done.stderr


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"garbage\n" * 3, "no access log of nginx"),
        (b"\xff\xfe\n\x00\x01\n", "no access log of nginx"),
        (b'{"a": 1}\n', "no access log of nginx"),
        (b"\x1f\x8bno gzip", "gzip"),
        (gzip.compress(COMBINED.encode())[:-20], "ended before"),
        (COMBINED.splitlines()[2].encode(), r"no GET of Matrix among 1 lines \(1 no GET\)"),
    ],
)
def test_bad_logs(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "log").write_bytes(content)
    with pytest.raises(RecordingError, match=message):
        read_log(tmp_path / "log")
    done = run("import", tmp_path / "log", "--out", tmp_path / "r")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "r").exists()


def test_sources_and_places_that_are_not_there(tmp_path: Path) -> None:
    done = run("import", tmp_path / "none", "--out", tmp_path / "r")
    assert (done.returncode, "No such file" in done.stderr) == (1, True)
    done = run("import", tmp_path, "--out", tmp_path / "r")
    assert (done.returncode, "directory" in done.stderr) == (1, True)
    (tmp_path / "log").write_text(COMBINED)
    done = run("import", tmp_path / "log", "--out", tmp_path / "no" / "r")
    assert (done.returncode, "No such file" in done.stderr) == (1, True)
    (tmp_path / "r").write_text("precious")
    done = run("import", tmp_path / "log", "--out", tmp_path / "r")
    assert (done.returncode, "File exists" in done.stderr) == (1, True)
    assert (tmp_path / "r").read_text() == "precious"
    assert imported(tmp_path / "log", tmp_path / "r", "--force")


def test_an_import_that_breaks_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "log").write_text(COMBINED)
    found = read_log(tmp_path / "log")
    exchanges = list(found.exchanges)

    def broken() -> Any:
        yield exchanges[0]
        raise RecordingError("the disk is gone")

    found.exchanges = broken()
    with pytest.raises(RecordingError, match="gone"):
        write_recording(found, tmp_path / "r")
    assert [path.name for path in tmp_path.iterdir()] == ["log"]


def test_the_size_of_an_import(tmp_path: Path) -> None:
    (tmp_path / "log").write_text(COMBINED.splitlines()[0].join(["", "\n"]) * 50)
    found = imported(tmp_path / "log", tmp_path / "r", "--max-size", "3k")
    assert 2 < len(found) < 20
    assert (tmp_path / "r").stat().st_size <= 3072


def test_inspect(tmp_path: Path) -> None:
    (tmp_path / "log").write_text(COMBINED)
    imported(tmp_path / "log", tmp_path / "r", "--server-name", "a.example")
    done = run("inspect", tmp_path / "r")
    assert done.returncode == 0
    messages = "GET /_matrix/client/v3/rooms/{room_id}/messages"
    expected = ("a.example", "2 (0 of them writes)", "@alice:a.example", "nobody", "1.0 s")
    for said in (*expected, messages, "403", "ended     stopped"):
        assert said in done.stdout, said
    told = json.loads(run("inspect", "--json", tmp_path / "r").stdout)
    assert told["exchanges"] == 2
    assert told["users"] == {"@alice:a.example": 1}
    assert told["end"]["reason"] == "stopped"
    assert told["incomplete"] == ""
    (tmp_path / "r").write_bytes((tmp_path / "r").read_bytes()[:-90])
    done = run("inspect", tmp_path / "r")
    assert done.returncode == 11
    assert "INCOMPLETE: cut off in the middle of line 3; the 1 whole exchanges" in done.stdout
    done = run("inspect", tmp_path / "log")
    assert (done.returncode, done.stdout) == (1, "")
    assert "not a recording" in done.stderr


def test_hars_of_today_and_yesterday(tmp_path: Path) -> None:
    one = entry("2026-01-02T03:04:05.123456789Z", 1, "GET", f"https://a{V3}/sync")
    one["time"] = None
    found = read_har(har(tmp_path / "x.har", one))
    assert [captured.took for captured in found.exchanges] == [0.0]
