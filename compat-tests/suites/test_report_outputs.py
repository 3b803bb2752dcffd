# SPDX-License-Identifier: Apache-2.0
"""The reports: terminal, JSON, JUnit and the command line that makes them."""

import argparse
import io
import json
import os
import stat
import threading
from pathlib import Path
from xml.etree import ElementTree

import pytest

from aksono_compat.reporting import as_json, cli, junit, terminal
from aksono_compat.reporting.as_json import ResultFileError
from aksono_compat.reporting.files import write_private
from aksono_compat.reporting.inner import side_by_side
from aksono_compat.reporting.result import Result
from aksono_compat.reporting.verdict import Policy
from suites.report_samples import HOSTILE, SEND, SYNC, empty, full, hostile, large

UNSEEN = {chr(code) for code in (0x1B, 0x202E, 0xD800)}


def options(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    cli.add_verbs(parser.add_subparsers(required=True))
    return parser.parse_args(["report", *arguments])


def saved(folder: Path, result: Result) -> str:
    file = folder / "result.json"
    as_json.write(file, result)
    return str(file)


# ---- files ----


def test_files_are_their_owners_and_whole(tmp_path: Path) -> None:
    file = tmp_path / "report"
    file.write_text("old")
    file.chmod(0o644)
    write_private(file, "new \ud800")
    assert file.read_text() == "new \\ud800"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(OSError, match="No such file"):
        write_private(tmp_path / "none" / "report", "x")
    assert os.listdir(tmp_path) == ["report"]


def test_readers_see_no_half_file(tmp_path: Path) -> None:
    file = tmp_path / "report"
    write_private(file, "0" * 100_000)
    done = threading.Event()

    def write() -> None:
        for digit in "123456789":
            write_private(file, digit * 100_000)
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    while not done.is_set():
        text = file.read_text()
        assert len(text) == 100_000
        assert len(set(text)) == 1
    writer.join()


# ---- JSON ----


@pytest.mark.parametrize("make", [empty, full])
def test_json_can_be_read_back(tmp_path: Path, make: object) -> None:
    result = make()  # type: ignore[operator]
    assert as_json.read(saved(tmp_path, result)) == result


def test_json_of_hostile_content_is_json(tmp_path: Path) -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    text = as_json.dumps(hostile())
    json.loads(text, parse_constant=refuse)
    assert text.isascii()
    assert as_json.read(saved(tmp_path, hostile())).classes[0].examples[0].a == {HOSTILE: HOSTILE}


def test_what_a_killed_run_leaves_is_readable_and_marked(tmp_path: Path) -> None:
    file = tmp_path / "result.json"
    chosen = options("x", "--json", str(file))
    result = full()
    cli.save_progress(result, chosen)
    read = as_json.read(file)
    assert read.incomplete == as_json.INTERRUPTED
    assert read.classes == result.classes
    assert result.incomplete == ""
    assert cli.write_outputs(read, options("x")) == 10
    read.classes, read.routes = [], {}
    assert cli.write_outputs(read, options("x")) == 12


def test_unknown_fields_of_later_releases_are_passed_over(tmp_path: Path) -> None:
    content = json.loads(as_json.dumps(full()))
    content["new"] = content["a"]["new"] = content["classes"][0]["new"] = 1
    file = tmp_path / "result.json"
    file.write_text(json.dumps(content))
    assert as_json.read(file) == full()


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (lambda text: text[: len(text) // 2], "cut off"),
        (lambda text: "", "cut off"),
        (lambda text: "[]", "another JSON"),
        (lambda text: '{"format": "aksono-recording"}', "another JSON"),
        (lambda text: text.replace('"version": 1,', '"version": 2,', 1), "format version 2"),
        (lambda text: text.replace('"began": 179', '"began": "179', 1), "cut off"),
        (lambda text: text.replace('"compared": 1204', '"compared": "x"'), "compared has another"),
        (lambda text: text.replace('"source"', '"sauce"'), "source is missing"),
        (lambda text: text.replace('"kind": "row lost"', '"kind": "lost"'), "unknown kind 'lost'"),
        (lambda text: text.replace('"where"', '"were"'), "classes[0].where is missing"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, damage: object, why: str) -> None:
    file = tmp_path / "result.json"
    file.write_text(damage(as_json.dumps(full())))  # type: ignore[operator]
    with pytest.raises(ResultFileError) as error:
        as_json.read(file)
    assert why in str(error.value)
    assert str(file) in str(error.value)


def test_binary_and_missing_files_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "result.json"
    file.write_bytes(b"\xff\xfe\0")
    assert cli.report(options(str(file))) == 1
    assert cli.report(options(str(tmp_path / "none.json"))) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("error: ") == 2


# ---- terminal ----


def test_the_terminal_says_the_verdict_first() -> None:
    text = terminal.render(full(), Policy())
    lines = text.splitlines()
    assert (
        lines[0]
        == "DIFFERENT: 8 classes of differences in 36 of 1,204 exchanges and 1 of 213 tables"
    )
    assert max(map(len, lines)) <= 80
    assert "\x1b" not in text
    places = [text.index(place) for place in ("row lost", "event lost", "status", "header")]
    assert places == sorted(places)
    for expected in (
        "36 exchanges not sent",
        "Noise",
        "cut off",
        "200 -> 500",
    ):
        assert expected in text


def test_colours_only_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for stream, coloured in ((Terminal(), True), (io.StringIO(), False)):
        terminal.show(full(), Policy(), stream)
        assert ("\x1b[" in stream.getvalue()) == coloured
    monkeypatch.setenv("NO_COLOR", "1")
    stream = Terminal()
    terminal.show(full(), Policy(), stream)
    assert "\x1b" not in stream.getvalue()


def test_the_terminal_shows_the_change_in_a_long_value() -> None:
    result = full()
    found = next(one for one in result.classes if one.kind == "value")
    found.examples[0].a = "x" * 500 + " left"
    found.examples[0].b = "x" * 500 + " right"
    text = terminal.render(result, Policy())
    assert " left" in text
    assert " right" in text


def test_hostile_content_does_nothing_to_a_terminal() -> None:
    text = terminal.render(hostile(), Policy())
    assert not UNSEEN & set(text)
    assert "\\u202e" in text


def test_long_lists_are_cut() -> None:
    text = terminal.render(large(), Policy())
    assert len(text.splitlines()) < 150
    assert "more classes" in text


# ---- JUnit ----


def cases(text: str) -> dict[str, ElementTree.Element]:
    root = ElementTree.fromstring(text)
    return {f"{case.get('classname')} {case.get('name')}": case for case in root.iter("testcase")}


def test_junit_has_a_case_for_each_route_and_table() -> None:
    text = junit.dumps(full(), Policy())
    root, found = ElementTree.fromstring(text), cases(text)
    failed = {name for name, case in found.items() if case.find("failure") is not None}
    assert failed == {f"answers {SYNC}", f"answers {SEND}", "rows table receipts_linearized"}
    assert len(found) == 5 + 3 + 1
    assert found["answers POST /_matrix/media/v3/upload"].find("skipped") is not None
    assert found["rows table users"].find("failure") is None
    assert (root.get("tests"), root.get("failures"), root.get("skipped")) == ("9", "3", "1")
    assert found[f"answers {SYNC}"].findtext("system-out", "").startswith("header: Cache-Control")


def test_junit_does_not_let_a_broken_run_pass() -> None:
    result = empty()
    result.incomplete = "server B ended"
    assert cases(junit.dumps(result, Policy()))["run completed"].find("error") is not None


def test_junit_of_hostile_content_is_xml() -> None:
    text = junit.dumps(hostile(), Policy())
    assert len(cases(text)) == 2 + 3 + 1
    text.encode()


# ---- command line ----


def test_report_makes_every_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = {name: tmp_path / f"out.{name}" for name in ("json", "junit", "html")}
    arguments = [part for name, path in names.items() for part in (f"--{name}", str(path))]
    assert cli.report(options(saved(tmp_path, full()), *arguments)) == 10
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in names.values())
    told = capsys.readouterr()
    assert told.out.startswith("DIFFERENT: 8 classes")
    assert "Not built in B (1 route)" in told.out
    assert told.err == ""


def test_one_report_on_standard_output(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    cli.report(options(saved(tmp_path, full()), "--json", "-"))
    told = capsysbinary.readouterr()
    json.loads(told.out)
    assert told.err.startswith(b"DIFFERENT")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--html", "/nowhere/at/all.html"),
        ("--json", "/"),
        ("--ignore", "/nowhere.toml"),
        ("--fail-on", "statsu"),
        ("--budget", "many"),
    ],
)
def test_wrong_options_are_refused_before_anything_runs(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        options("x.json", *arguments)
    assert arguments[0] in capsys.readouterr().err


# ---- side by side ----


def test_what_differs_inside_of_a_line_is_marked() -> None:
    (line,) = side_by_side('"body": "good morning"', '"body": "good evening"')
    assert line.a == ['"body": "good ', "morning", '"']
    assert line.b == ['"body": "good ', "evening", '"']


def test_numbers_change_as_a_whole() -> None:
    (line,) = side_by_side("200", "500")
    assert (line.a, line.b) == (["", "200"], ["", "500"])


def test_lines_of_one_side_stand_alone() -> None:
    lines = side_by_side("a\nb\nc", "a\nc")
    assert [(line.a, line.b) for line in lines] == [
        (["a"], ["a"]),
        (["b"], None),
        (["c"], ["c"]),
    ]
    assert [(line.a, line.b) for line in side_by_side(None, "x")] == [(None, ["x"])]


def test_equal_lines_far_away_are_left_out() -> None:
    left = [str(n) for n in range(50)]
    right = [*left[:25], "other", *left[26:]]
    lines = side_by_side("\n".join(left), "\n".join(right))
    assert [line.skipped for line in lines if line.skipped] == [23, 22]
    assert sum(line.changed for line in lines) == 1


def test_large_values_are_cut() -> None:
    lines = side_by_side("\n".join(map(str, range(9999))), "x" * 9999)
    assert len(lines) <= 402
    assert all(len(piece) < 2100 for line in lines for piece in (line.b or []))
