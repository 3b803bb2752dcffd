# SPDX-License-Identifier: Apache-2.0
"""What a result means: the sentence on top of every report, and the exit code."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from .classes import KINDS, of_rows
from .result import DifferenceClass, Result, Severity
from .text import counted, one_line

ALIKE, DIFFERENT, WARNINGS, UNSUITABLE, USAGE = 0, 10, 11, 12, 1

SEVERITIES: tuple[Severity, ...] = get_args(Severity)

Word = Literal["ALIKE", "DIFFERENT", "WARNINGS", "INCOMPLETE"]


@dataclass(frozen=True)
class Policy:
    """What counts as a failure."""

    fail_on: frozenset[str] = frozenset({"error"})  # kinds and severities
    budget: float = 0  # how many exchanges may differ
    percent: bool = False  # the budget is in percent of the compared exchanges

    def fails(self, found: DifferenceClass) -> bool:
        if found.ignored:
            return False
        severities = {"error", "warning"} if "warning" in self.fail_on else {"error"}
        if self.fail_on & {"error", "warning"} and found.severity in severities:
            return True
        return found.kind in self.fail_on

    def allowed(self, result: Result) -> float:
        return result.compared * self.budget / 100 if self.percent else self.budget


def parse_fail_on(text: str) -> frozenset[str]:
    """ "error", "warning", or kinds with commas; ValueError says what is wrong."""
    names = frozenset(name.strip() for name in text.split(",") if name.strip())
    unknown = names - {*KINDS, *SEVERITIES}
    if unknown or not names:
        known = ", ".join((*SEVERITIES, *KINDS))
        raise ValueError(f"no kind or severity: {', '.join(sorted(unknown)) or text!r}; {known}")
    return names


def parse_budget(text: str) -> tuple[float, bool]:
    """ "5" or "0.5%"; ValueError when it is neither."""
    percent = text.endswith("%")
    value = float(text[:-1]) if percent else float(int(text))
    if not 0 <= value <= (100 if percent else float("inf")):
        raise ValueError(text)
    return value, percent


@dataclass(frozen=True)
class Verdict:
    """`word` in capitals, one sentence, and what must be known with it."""

    code: int
    word: Word
    sentence: str
    remarks: list[str]


def judge(result: Result, policy: Policy) -> Verdict:
    failing = [found for found in result.classes if policy.fails(found)]
    milder = [found for found in result.classes if not found.ignored and not policy.fails(found)]
    differing, allowed = _exchanges(failing), policy.allowed(result)
    in_budget = bool(failing) and differing <= allowed and not _beyond_answers(failing)
    remarks = _remarks(result)
    if failing and milder:
        remarks.insert(0, f"{counted(len(milder), 'more class', 'more classes')}: warnings")
    if in_budget:
        remarks.insert(0, f"within the budget: {differing:,} of {allowed:,.10g} may differ")
    if failing and not in_budget:
        return Verdict(DIFFERENT, "DIFFERENT", _told(failing, result), remarks)
    if gap := _gap(result):
        return Verdict(UNSUITABLE, "INCOMPLETE", gap, remarks)
    if failing or milder:
        return Verdict(WARNINGS, "WARNINGS", _told(failing + milder, result), remarks)
    return Verdict(ALIKE, "ALIKE", f"{_compared(result)}, no difference", remarks)


def _exchanges(classes: Iterable[DifferenceClass]) -> int:
    """How many exchanges show one of the classes."""
    classes = list(classes)
    numbers = {number for found in classes for number in found.numbers}
    return len(numbers) + sum(found.count for found in classes if not found.numbers)


def _beyond_answers(classes: Iterable[DifferenceClass]) -> bool:
    """A budget is one of exchanges; no row may differ."""
    return any(of_rows(found) for found in classes)


def _told(classes: list[DifferenceClass], result: Result) -> str:
    unbuilt = [found for found in classes if found.kind == "unbuilt"]
    classes = [found for found in classes if found.kind != "unbuilt"]
    rows = {found.where for found in classes if of_rows(found)}
    answers = [found for found in classes if not of_rows(found)]
    parts, sentences = [], []
    if answers:
        exchanges = counted(result.compared, "exchange")
        parts.append(f"{_exchanges(answers):,} of {exchanges}")
    if rows:
        tables = result.databases.tables if result.databases else 0
        parts.append(f"{len(rows):,} of {counted(max(tables, len(rows)), 'table')}")
    kinds = counted(len(classes), "class of differences", "classes of differences")
    if parts:
        sentences.append(f"{kinds} in {' and '.join(parts)}")
    if unbuilt:
        asked = counted(_exchanges(unbuilt), "exchange")
        sentences.append(f"{counted(len(unbuilt), 'route')} not built in B ({asked})")
    return "; ".join(sentences)


def _compared(result: Result) -> str:
    text = counted(result.compared, "exchange")
    if result.databases:
        text += f" and {counted(result.databases.tables, 'table')}"
    return f"{text} compared"


def _gap(result: Result) -> str:
    """Why this result cannot say «alike»."""
    if result.incomplete:
        return f"ended early: {one_line(result.incomplete)}; {_compared(result)} until then"
    if not result.compared and not (result.databases and result.databases.tables):
        return "nothing was compared"
    return ""


def _remarks(result: Result) -> list[str]:
    remarks = []
    if result.incomplete:
        remarks.append(f"ended early: {one_line(result.incomplete)}")
    ignored = sum(1 for found in result.classes if found.until)
    intended = sum(1 for found in result.classes if found.ignored and not found.until)
    if ignored:
        remarks.append(f"{counted(ignored, 'class', 'classes')} ignored by file")
    if intended:
        remarks.append(f"{counted(intended, 'class', 'classes')} intended")
    skipped = sum(route.skipped for route in result.routes.values())
    if skipped:
        why = "only reads were sent" if result.read_only else "writes, or bodies not recorded"
        remarks.append(f"{counted(skipped, 'exchange')} not sent ({why})")
    if result.databases is None:
        remarks.append("rows were not compared")
    elif result.databases.tables and not any(of_rows(found) for found in result.classes):
        rows = counted(result.databases.rows, "changed row")
        remarks.append(f"{counted(result.databases.tables, 'table')} alike ({rows})")
    return remarks
