# SPDX-License-Identifier: Apache-2.0
"""`aksono-replay`: reports of saved results, and scripts made by replays of parts."""

from pathlib import Path

import pytest

from aksono_compat import cli
from aksono_compat.reporting import as_json, ignore
from suites.report_samples import full

URLS = ("--a", "http://127.0.0.1:1", "--b", "http://127.0.0.1:1")

# A number that no server can hold: Synapse fails, Aksono says so.
SCENARIO = """
title = "A difference behind others"
[[step]]
as = "bob"
request = "GET /account/whoami"
[[step]]
as = "alice"
request = "POST /user/%40alice%3Atest.local/filter"
body = { room = { timeline = { limit = 5 } } }
[[step]]
as = "alice"
request = "POST /user/%40alice%3Atest.local/filter"
body = { room = "x" }
[[step]]
as = "bob"
request = "GET /joined_rooms"
"""


def run(*arguments: str) -> int:
    """The exit code, however it ends."""
    try:
        return cli.main(arguments)
    except SystemExit as end:
        return int(end.code or 0)


def test_a_saved_result_is_told_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "result.json"
    as_json.write(file, full())
    ignored = tmp_path / "known.toml"
    ignored.write_text(
        '[[ignore]]\nkind = ["?*"]\nwhere = ["* /*", "table *"]\nreason = "all of it"\n'
        "until = 2999-01-01\n"
    )
    page = tmp_path / "page.html"
    assert run("report", str(file), "--html", str(page)) == 10
    assert page.read_text().startswith("<!doctype html>")
    assert run("report", str(file), "--ignore", str(ignored)) == 0
    assert capsys.readouterr().out.splitlines()[-1].strip().startswith("the recording had no end")


@pytest.mark.parametrize(
    "arguments",
    [
        ("report",),
        ("report", "/nowhere.json"),
        ("report", "x.json", "--budget", "many"),
        ("report", "x.json", "--ignore", "/nowhere.toml"),
    ],
)
def test_wrong_usage_is_1(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*arguments) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err


def test_scripts_need_clones_and_an_empty_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scenario = tmp_path / "scenario.toml"
    scenario.write_text(SCENARIO)
    folder = tmp_path / "repro"
    for arguments, said in (
        ((*URLS, "--repro", str(folder)), "needs clones"),
        (("--world", "demo", "--repro", str(tmp_path)), "not an empty folder"),
        (("--world", "demo", "--repro", str(folder / "deep")), "does not exist"),
    ):
        assert run("replay", str(scenario), *arguments) == 1
        assert said in capsys.readouterr().err
    assert not folder.exists()


@pytest.mark.full
def test_a_replay_makes_scripts(
    tmp_path: Path, kind_b: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The difference is intended; here it has to count.
    monkeypatch.setattr(ignore, "read_intended", lambda: [])
    scenario, folder = tmp_path / "scenario.toml", tmp_path / "repro"
    scenario.write_text(SCENARIO)
    arguments = ["replay", str(scenario), "--world", "demo", "--b-server", kind_b, "--no-rows"]
    outputs = ["--json", str(tmp_path / "result.json"), "--repro", str(folder)]
    code = run(*arguments, "--noise", "none", *outputs)
    result = as_json.read(tmp_path / "result.json")
    assert result.compared == 4
    if kind_b == "synapse":
        assert (code, result.classes, folder.exists()) == (0, [], False)
        return
    assert code == 10
    assert [(one.kind, one.path, one.numbers) for one in result.classes] == [
        ("status", "500 -> 400", [3])
    ]
    assert result.classes[0].repro == "repro/001.py"
    text = (folder / "001.py").read_text()
    assert text.count("'method': ") == 1
    assert "'room': 'x'" in text
