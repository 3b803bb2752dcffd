# SPDX-License-Identifier: Apache-2.0
"""Real clients as programs: what cannot be had, or does not go on, is told in one line."""

import sys
from pathlib import Path

import pytest

from aksono_compat.clients import installed
from aksono_compat.clients.installed import ClientError, js_command, nio_command, node_of
from aksono_compat.clients.program import Program, ProgramError


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("AKSONO_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def _left(cache: Path) -> list[str]:
    return [path.name for path in cache.iterdir() if not path.name.startswith(".")]


def _program(tmp_path: Path, text: str) -> str:
    file = tmp_path / "program"
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return str(file)


def test_without_npm(monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    monkeypatch.setattr(installed, "NPM", "/nowhere/npm")
    with pytest.raises(ClientError, match=r"npm is not installed: run scripts/setup --full"):
        js_command()
    assert _left(cache) == []


def test_a_registry_out_of_reach(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, cache: Path
) -> None:
    npm = _program(tmp_path, "echo npm error code ECONNREFUSED >&2; exit 1")
    monkeypatch.setattr(installed, "NPM", npm)
    with pytest.raises(ClientError, match=r"matrix-js-sdk: .*registry cannot be reached"):
        js_command()
    assert _left(cache) == []


def test_a_package_that_is_not_what_it_was(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, cache: Path
) -> None:
    npm = _program(tmp_path, "echo some talk; echo npm error code EINTEGRITY >&2; exit 1")
    monkeypatch.setattr(installed, "NPM", npm)
    with pytest.raises(ClientError, match=r"^matrix-js-sdk: program: npm error code EINTEGRITY$"):
        js_command()
    assert _left(cache) == []


def test_npm_that_brings_no_node(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, cache: Path
) -> None:
    monkeypatch.setattr(installed, "NPM", _program(tmp_path, "exit 0"))
    with pytest.raises(ClientError, match=r"npm brought no node_modules/node-linux-"):
        js_command()
    assert _left(cache) == []


def test_a_machine_without_node(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("platform.machine", lambda: "s390x")
    with pytest.raises(ClientError, match="no Node of npm for s390x"):
        node_of(tmp_path)


def test_an_index_out_of_reach(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, cache: Path
) -> None:
    python = _program(
        tmp_path,
        '[ "$2" != venv ] || { mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; exit 0; }\n'
        "echo 'ERROR: Could not find a version (from versions: none)' >&2; exit 1",
    )
    monkeypatch.setattr(installed, "PYTHON", python)
    with pytest.raises(ClientError, match=r"matrix-nio: .*registry cannot be reached"):
        nio_command()
    assert _left(cache) == []


# A program that speaks the protocol, more or less.
_SPEAKER = """
import json, sys
print("a library that prints")
for line in sys.stdin:
    word = json.loads(line)["do"]
    if word == "die":
        sys.exit("out of luck")
    if word == "start":
        for event, told in TOLD:
            print(json.dumps({"tell": event, **told}), flush=True)
    answer = {"tell": "broken", "what": "no"} if word == "enter" else {"tell": "done"}
    print(json.dumps({**answer, "user_id": "@a:test.local"}), flush=True)
    if word == "end":
        break
"""


def _speaker(tmp_path: Path, *told: tuple[str, dict[str, object]]) -> Program:
    file = tmp_path / "speaker.py"
    file.write_text(f"TOLD = {told!r}\n{_SPEAKER}")
    return Program([sys.executable, str(file)], tmp_path / "a", {"user": "@a:test.local"})


def _seen(event_id: str) -> tuple[str, dict[str, object]]:
    return "seen", {"room": "!r", "event_id": event_id, "sender": "@b:test.local"}


def test_what_a_client_tells_is_noted(tmp_path: Path) -> None:
    program = _speaker(
        tmp_path,
        ("synced", {}),
        ("sent", {"txn": "1", "body": "one"}),
        ("attempt", {"txn": "1"}),
        ("attempt", {"txn": "1"}),
        ("acknowledged", {"txn": "1", "event_id": "$1"}),
        _seen("$1"),
        ("unread", {"event_id": "$1", "why": "no session"}),
        ("read", {"event_id": "$1", "body": "one", "sealed": True}),
        _seen("$2"),
        _seen("$2"),
        ("read", {"event_id": "$2", "body": "two", "sealed": False}),
        ("failure", {"what": "no connection"}),
        ("refused", {"what": "404"}),
        ("gap", {"room": "!r"}),
    )
    program.start()
    program.end()
    diary = program.diary
    assert [(sent.body, sent.event_id, sent.attempts) for sent in diary.sent] == [("one", "$1", 2)]
    assert diary.seen == {"!r": [("$1", ""), ("$2", ""), ("$2", "")]}
    assert diary.read == {"$1": "one", "$2": "two"}
    assert (diary.plain, diary.unread, diary.late) == (["$2"], {}, 1)
    assert (diary.failures, diary.refused, diary.gaps) == (1, ["404"], 1)
    assert program.heard("@b:test.local") == 2


def test_what_comes_again_at_a_start_is_not_double(tmp_path: Path) -> None:
    program = _speaker(tmp_path, _seen("$1"), ("synced", {}), _seen("$2"))
    for _ in range(2):
        program.start()
        program.end()
    # The second $2 came after the first sync of the second start.
    assert program.diary.seen == {"!r": [("$1", ""), ("$2", ""), ("$2", "")]}


def test_a_client_that_cannot_do_it(tmp_path: Path) -> None:
    program = _speaker(tmp_path, ("refused", {"what": "POST /keys/upload: 404"}))
    program.start()
    with pytest.raises(ProgramError, match=r"enter: no; POST /keys/upload: 404"):
        program.ask("enter", room="!r")
    program.end()


def test_a_client_that_ends(tmp_path: Path) -> None:
    program = _speaker(tmp_path)
    program.start()
    with pytest.raises(ProgramError, match=r"die: ended.*out of luck"):
        program.ask("die")
    program.close()
    with pytest.raises(ProgramError, match="is not running"):
        program.ask("hush")


def test_a_client_that_never_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aksono_compat.clients.program.PATIENCE", 0.2)
    program = Program(["sleep", "30"], tmp_path / "a", {"user": "@a:test.local"})
    with pytest.raises(ProgramError, match="start: no answer in"):
        program.start()
    process = program._process
    assert process is not None
    process.kill()
    program.close()
