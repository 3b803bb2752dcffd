# SPDX-License-Identifier: Apache-2.0
"""`aksono-replay replay` from the outside: usage and bad input."""

import json
import re
from pathlib import Path

import pytest

from aksono_compat.cli import main
from aksono_compat.replaying.tape import Tape
from aksono_compat.world import World


def _recording(tmp_path: Path, *targets: str) -> Path:
    path = tmp_path / "some.rec"
    tape = Tape("test.local")
    tape.write(path)
    lines = path.read_text().splitlines()
    exchanges = [
        json.dumps(
            {
                "number": number, "at": number, "took": 0.1, "session": "", "user_id": "",
                "surface": "client", "method": "GET", "target": target, "status": 200,
            }
        )
        for number, target in enumerate(targets, 1)
    ]  # fmt: skip
    end = json.dumps({"end": {"exchanges": len(targets), "dropped": 0, "reason": "stopped"}})
    path.write_text("\n".join([lines[0], *exchanges, end]) + "\n")
    return path


def _run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    try:
        code = main([str(part) for part in arguments])
    except SystemExit as ended:
        code = int(ended.code or 0)
    return code, capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ([], "say where the servers are"),
        (["--a", "http://x"], "--a and --b go together"),
        (["--world", "demo", "--a", "http://x", "--b", "http://y"], "say where the servers are"),
        (["--a", "ftp://x", "--b", "http://y"], "not a URL of a server"),
        (["--world", "demo", "--b-server", "dendrite"], "not a server"),
        (["--world", "demo", "--b-server", "aksono@1"], "not a server"),
        (["--world", "demo", "--dump", "x"], "--dump needs the --config"),
        (["--world", "demo", "--speed", "0"], "neither max nor a factor"),
        (["--world", "demo", "--token", "alice=x"], "@USER:SERVER=TOKEN"),
        (["--world", "nowhere"], "invalid choice"),
    ],
)
def test_wrong_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], complaint: str
) -> None:
    code, told = _run(capsys, "replay", _recording(tmp_path, "/x"), *options)
    assert (code, complaint in told) == (1, True), told


def test_no_verb_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(capsys)[0] == 1


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "the file is empty"),
        (b"GET / HTTP/1.1\n", "this is not a recording"),
        (b'{"format": "aksono-recording", "version": 99}\n', "version 99"),
        (b'{"format": "aksono-recording", "version": 1}\n', "a broken header"),
    ],
)
def test_what_is_no_recording(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, complaint: str
) -> None:
    path = tmp_path / "bad.rec"
    path.write_bytes(content)
    code, told = _run(capsys, "replay", path, "--world", "demo")
    assert (code, complaint in told) == (12, True), told


def test_recordings_that_were_cut_off(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing whole in it: nothing is replayed."""
    path = _recording(tmp_path, "/x")
    path.write_bytes(path.read_bytes()[:250])
    code, told = _run(capsys, "replay", path, "--world", "demo")
    assert (code, "cut off" in told) == (12, True), told


def test_servers_that_are_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    urls = ["--a", "http://127.0.0.1:1", "--b", "http://127.0.0.1:1"]
    code, told = _run(capsys, "replay", _recording(tmp_path, "/x"), *urls)
    assert code == 12
    assert "127.0.0.1:1: no answer: Connection refused" in told


def test_dumps_and_configurations(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recording = _recording(tmp_path, "/x")
    config, dump = tmp_path / "homeserver.yaml", tmp_path / "x.dump"
    where = ["--work-dir", tmp_path]
    code, told = _run(capsys, "replay", recording, "--config", config, *where)
    assert (code, "homeserver.yaml" in told) == (12, True)
    args = {"host": str(tmp_path), "dbname": "none"}
    config.write_text(
        json.dumps({"server_name": "x", "database": {"name": "psycopg2", "args": args}})
    )
    code, told = _run(capsys, "replay", recording, "--config", config, *where)
    assert (code, "the database cannot be copied" in told) == (12, True)
    dump.write_text("CREATE TABLE x ();")
    code, told = _run(capsys, "replay", recording, "-c", config, "--dump", dump, *where)
    assert (code, "not a dump in the custom format" in told) == (12, True)
    assert not list(tmp_path.glob("replay-*"))


@pytest.mark.full
def test_a_release_that_does_not_exist(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], world: World
) -> None:
    recording = _recording(tmp_path, "/x")
    code, told = _run(capsys, "replay", recording, "--world", "demo", "--a-server", "synapse@0.0.1")
    assert code == 12
    assert re.search(r"synapse@0\.0\.1: ", told), told
