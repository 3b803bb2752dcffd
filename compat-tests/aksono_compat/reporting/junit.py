# SPDX-License-Identifier: Apache-2.0
"""The result as JUnit XML: a test case for each route and each table."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from xml.etree import ElementTree

from .classes import of_rows
from .result import DifferenceClass, Result, RouteCount
from .sides import sides
from .text import clipped, one_line
from .verdict import Policy, judge

_SHOWN = 1000  # characters of a value


def dumps(result: Result, policy: Policy) -> str:
    by_place: dict[str, list[DifferenceClass]] = defaultdict(list)
    for found in result.classes:
        by_place[found.where].append(found)
    root = ElementTree.Element("testsuites", name="aksono-replay", time=f"{result.took:.3f}")
    tables = _tables(result, by_place)
    places = sorted((result.routes.keys() | by_place.keys()) - tables)
    _suite(root, "answers", result, [_route(place, result, by_place, policy) for place in places])
    if tables:
        cases = [_case("rows", place, by_place[place], policy) for place in sorted(tables)]
        _suite(root, "rows", result, cases)
    _suite(root, "run", result, [_run(result, policy)])
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, "unicode")}\n'


def _tables(result: Result, by_place: dict[str, list[DifferenceClass]]) -> set[str]:
    compared = result.databases.names if result.databases else []
    differing = {
        place for place, classes in by_place.items() if any(of_rows(found) for found in classes)
    }
    return {f"table {name}" for name in compared} | differing


def _suite(
    root: ElementTree.Element, name: str, result: Result, cases: list[ElementTree.Element]
) -> None:
    began = datetime.fromtimestamp(result.began / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    suite = ElementTree.SubElement(root, "testsuite", name=name, timestamp=began)
    suite.extend(cases)
    suite.set("tests", str(len(cases)))
    for tag, plural in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        suite.set(plural, str(sum(1 for case in cases if case.find(tag) is not None)))


def _route(
    place: str, result: Result, by_place: dict[str, list[DifferenceClass]], policy: Policy
) -> ElementTree.Element:
    case = _case("answers", place, by_place[place], policy)
    count = result.routes.get(place, RouteCount())
    if not by_place[place] and not count.alike and (count.skipped or not count.asked):
        ElementTree.SubElement(case, "skipped", message="no request of this route was sent")
    return case


def _case(
    suite: str, place: str, classes: list[DifferenceClass], policy: Policy
) -> ElementTree.Element:
    case = ElementTree.Element("testcase", classname=suite, name=_clean(place))
    failing = [found for found in classes if policy.fails(found)]
    milder = [found for found in classes if not policy.fails(found)]
    if failing:
        message = "; ".join(f"{found.kind} {found.path}" for found in failing)
        failure = ElementTree.SubElement(case, "failure", type=failing[0].kind)
        failure.set("message", _clean(clipped(message, 300)))
        failure.text = _clean("\n\n".join(_account(found) for found in failing))
    if milder:
        out = ElementTree.SubElement(case, "system-out")
        out.text = _clean("\n\n".join(_account(found) for found in milder))
    return case


def _run(result: Result, policy: Policy) -> ElementTree.Element:
    """The run itself: an error when it ended early, so that it cannot pass for whole."""
    case = ElementTree.Element("testcase", classname="run", name="completed")
    verdict = judge(result, policy)
    if result.incomplete or verdict.word == "INCOMPLETE":
        why = result.incomplete or verdict.sentence
        ElementTree.SubElement(case, "error", message=_clean(why))
    if result.notes:
        ElementTree.SubElement(case, "system-out").text = _clean("\n".join(result.notes))
    return case


def _account(found: DifferenceClass) -> str:
    lines = [f"{found.kind}: {found.path} ({found.count:,} times, {found.severity}, {found.id})"]
    if found.ignored:
        until = f", until {found.until}" if found.until else ""
        lines.append(f"not counted: {found.ignored}{until}")
    for example in found.examples[:1]:
        lines.append(f"in {example.request or found.where}: {example.path}")
        lines += [
            f"  {side}: {clipped(text, _SHOWN)}"
            for side, text in zip("AB", sides(found, example), strict=True)
        ]
    if found.repro:
        lines.append(f"reproduced by {found.repro}")
    return "\n".join(lines)


def _clean(text: str) -> str:
    """XML knows no control characters, not even as escapes."""
    return "\n".join(one_line(line) for line in text.split("\n")).replace("\ufffe", "\\ufffe")
