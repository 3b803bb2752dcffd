# SPDX-License-Identifier: Apache-2.0
"""Ignore files: patterns with a reason and a last day; and what counts as a failure."""

from datetime import date
from pathlib import Path

import pytest

from aksono_compat.reporting import ignore
from aksono_compat.reporting.ignore import IgnoreError
from aksono_compat.reporting.result import DifferenceClass, Kind, Result
from aksono_compat.reporting.verdict import Policy, judge, parse_budget, parse_fail_on
from suites.report_samples import SEND, SYNC, empty, full

TODAY = date(2026, 10, 1)


def entries(folder: Path, text: str) -> list[ignore.Entry]:
    file = folder / "known.toml"
    file.write_text(text)
    return ignore.read(file)


def ignored(result: Result) -> list[tuple[str, str]]:
    return [(one.kind, one.until) for one in result.classes if one.ignored]


def test_entries_name_classes(tmp_path: Path) -> None:
    result = full()
    known = entries(
        tmp_path,
        f"""
        [[ignore]]
        kind = ["type", "val*"]
        where = "{SYNC}"
        path = "body.rooms.join.<id>.*[*].content"
        reason = "one"
        until = 2026-10-01
        [[ignore]]
        id = "{result.classes[0].id}"
        reason = "two"
        until = "2026-12-24"
        """,
    )
    ignore.apply(result, known, TODAY)
    assert ignored(result) == [("row lost", "2026-12-24"), ("value", "2026-10-01")]
    assert [bool(one.ignored) for one in result.classes][-2:] == [True, True]
    assert not any("ignore file" in note for note in result.notes)


def test_ended_entries_ignore_nothing_and_are_told(tmp_path: Path) -> None:
    result = full()
    text = '[[ignore]]\nkind = "status"\nreason = "soon"\nuntil = 2026-09-30\n'
    text += '[[ignore]]\nwhere = "GET /gone"\nreason = "was"\nuntil = 2027-01-01\n'
    known = entries(tmp_path, text)
    for _ in range(2):
        ignore.apply(result, known, TODAY)
    assert ignored(result) == []
    told = [note for note in result.notes if "ignore file" in note]
    assert len(told) == 2
    assert "entry 1: ended on 2026-09-30" in told[0]
    assert "entry 2: matches nothing (where GET /gone)" in told[1]
    ignore.apply(result, [], TODAY)
    assert not any("ignore file" in note for note in result.notes)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[[ignore]\n", "not TOML"),
        ("ignore = 1", "double brackets"),
        ("[ignore]\nkind = 'value'", "double brackets"),
        ("[[ignored]]\nkind = 'value'", "unknown: ignored"),
        ("[[ignore]]\nkind = 'value'\nuntil = 2027-01-01", "entry 1: a reason is required"),
        ("[[ignore]]\nkind = 'value'\nreason = ' '\nuntil = 2027-01-01", "a reason is required"),
        ("[[ignore]]\nkind = 'value'\nreason = 'x'", "`until` is required"),
        ("[[ignore]]\nkind = 'value'\nreason = 'x'\nuntil = 'later'", "'later' is no date"),
        ("[[ignore]]\nkind = 'value'\nreason = 'x'\nuntil = 12", "`until` is required"),
        ("[[ignore]]\nkind = 'valeu'\nreason = 'x'\nuntil = 2027-01-01", "no kind is called"),
        ("[[ignore]]\nwhere = ''\nreason = 'x'\nuntil = 2027-01-01", "where must be a text"),
        ("[[ignore]]\npath = [1]\nreason = 'x'\nuntil = 2027-01-01", "path must be a text"),
        ("[[ignore]]\nreason = 'x'\nuntil = 2027-01-01", "would ignore everything"),
        ("[[ignore]]\nwhere = '*'\nreason = 'x'\nuntil = 2027-01-01", "would ignore everything"),
        ("[[ignore]]\nroute = 'a'\nreason = 'x'\nuntil = 2027-01-01", "unknown: route"),
    ],
)
def test_wrong_entries_are_refused(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(IgnoreError) as error:
        entries(tmp_path, text)
    assert why in str(error.value)
    assert "known.toml" in str(error.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IgnoreError, match="No such file"):
        ignore.read(tmp_path / "none.toml")


def test_the_reviewed_list_speaks_of_aksono_alone() -> None:
    assert all(entry.reason and entry.until is None for entry in ignore.read_intended())
    assert ignore.read_intended()
    marked = {}
    for kind_b in ("aksono", "synapse"):
        result = full()
        result.b.kind = kind_b
        found = next(one for one in result.classes if one.kind == "status")
        found.path = "500 -> 400"
        ignore.apply(result, [], TODAY)
        marked[kind_b] = ignored(result)
    assert marked == {"aksono": [("status", "")], "synapse": []}


def only(result: Result, *kinds: str) -> Result:
    result.classes = [one for one in result.classes if one.kind in kinds]
    return result


@pytest.mark.parametrize(
    ("kinds", "fail_on", "budget", "code"),
    [
        ((), "error", "0", 0),
        (("header",), "error", "0", 11),
        (("header",), "warning", "0", 10),
        (("header",), "header", "0", 10),
        (("value",), "error", "0", 10),
        (("value",), "header", "0", 11),
        (("value", "header"), "status,value", "0", 10),
        (("value",), "error", "1", 10),
        (("value",), "error", "2", 11),
        (("type",), "error", "2%", 10),  # 30 of 1,204 are 2.49%
        (("type",), "error", "2.5%", 11),
        (("row lost",), "error", "100%", 10),
    ],
)
def test_exit_codes(kinds: tuple[str, ...], fail_on: str, budget: str, code: int) -> None:
    policy = Policy(parse_fail_on(fail_on), *parse_budget(budget))
    assert judge(only(full(), *kinds), policy).code == code


def test_an_exchange_counts_once_for_the_budget() -> None:
    result = only(full(), "value", "missing")  # exchanges 17 and 18; 18
    assert judge(result, Policy(budget=2)).code == 11
    assert "2 of 1,204 exchanges" in judge(result, Policy()).sentence


def test_what_was_not_compared_is_not_alike() -> None:
    result = empty()
    assert judge(result, Policy()).code == 0
    result.incomplete = "server B ended"
    verdict = judge(result, Policy())
    assert (verdict.code, verdict.word) == (12, "INCOMPLETE")
    assert "server B ended" in verdict.sentence
    result.incomplete, result.compared, result.databases = "", 0, None
    assert judge(result, Policy()).code == 12
    broken = full()
    broken.incomplete = "server B ended"
    assert judge(broken, Policy()).code == 10


def test_ignored_differences_are_alike_but_told(tmp_path: Path) -> None:
    result = full()
    known = entries(
        tmp_path,
        '[[ignore]]\nkind = ["?*"]\nwhere = ["table *", "GET *", "PUT *"]\n'
        'reason = "x"\nuntil = 2027-01-01\n',
    )
    ignore.apply(result, known, TODAY)
    verdict = judge(result, Policy())
    assert verdict.code == 0
    assert any("classes ignored by file" in remark for remark in verdict.remarks)


@pytest.mark.parametrize("text", ["", ",", "statsu", "error,nothing"])
def test_unknown_kinds_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no kind or severity"):
        parse_fail_on(text)


@pytest.mark.parametrize("text", ["", "%", "-1", "101%", "1.5", "nan%", "x"])
def test_wrong_budgets_are_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        parse_budget(text)


def test_routes_in_the_samples_are_those_of_the_classes() -> None:
    assert {SYNC, SEND} <= full().routes.keys()


@pytest.mark.parametrize(
    ("kind", "where", "path", "intended"),
    [
        ("status", "PUT /x", "500 -> 403", True),
        ("status", "PUT /x", "200 -> 403", False),
        ("value", "GET /_matrix/federation/v1/version", "server.version", True),
        ("missing", "GET /_matrix/federation/v1/version", "server.version", False),
        ("value", "GET /_synapse/admin/v1/server_version", "server_version", True),
        ("value", "GET /_matrix/static/", "", True),
        ("value", "GET /_matrix/client/*/sync", "rooms.join.<id>.timeline.limited", False),
        ("header", "POST /_synapse/client/rendezvous", "Access-Control-Allow-Headers", True),
        ("header", "POST /_synapse/client/rendezvous", "Content-Type", False),
    ],
)
def test_what_is_intended(kind: Kind, where: str, path: str, *, intended: bool) -> None:
    found = DifferenceClass("0" * 10, kind, where, path)
    assert any(entry.matches(found) for entry in ignore.read_intended()) == intended
