# SPDX-License-Identifier: Apache-2.0
"""Differences become classes: general paths, stable ids, counts, the worst first."""

import threading

import pytest

from aksono_compat.reporting.classes import (
    MAX_EXAMPLE,
    Classes,
    add_unbuilt,
    class_id,
    general_path,
)
from aksono_compat.reporting.result import Example, RouteCount
from suites.report_samples import SEND, SYNC, empty


def example(number: int = 1, a: object = 1, b: object = 2) -> Example:
    return Example(number, SYNC, "body.x", a, b)


@pytest.mark.parametrize(
    ("path", "general"),
    [
        (("body", "rooms", "join", "!a:b.c", "timeline", "events", 3, "type"),
         "body.rooms.join.<id>.timeline.events[*].type"),
        (("body", "one_time_keys", "@a:b", "ABCDEFGHIJ", "signed_curve25519:AAAAHQ"),
         "body.one_time_keys.<id>.<id>.signed_curve25519:<id>"),
        (("unsigned", "m.relations", "m.annotation"), "unsigned.m.relations.m.annotation"),
        (("body", "device_one_time_keys_count"), "body.device_one_time_keys_count"),
        (("body", "org.matrix.msc2732.device_unused_fallback_key_types"),
         "body.org.matrix.msc2732.device_unused_fallback_key_types"),
        (("body", "1790000000000"), "body.<id>"),
        (("body", "$" + "x" * 43), "body.<id>"),
        ((0, 1, "a"), "[*][*].a"),
        ("body.chunk[12].event_id", "body.chunk[*].event_id"),
        ("body.chunk[*].event_id", "body.chunk[*].event_id"),
        ("", ""),
    ],
)  # fmt: skip
def test_paths_lose_what_is_their_own(path: str | tuple[str | int, ...], general: str) -> None:
    assert general_path(path) == general


def test_the_same_place_is_one_class() -> None:
    classes = Classes()
    for number, room in ((3, "!a:x"), (2, "!b:x"), (3, "!c:x")):
        classes.add("value", SYNC, ("rooms", room, number), example(number))
    (found,) = classes.listed()
    assert (found.path, found.count, found.numbers) == ("rooms.<id>[*]", 3, [2, 3])
    assert found.id == class_id("value", SYNC, "rooms.<id>[*]") == "61746d8de0"
    assert [one.number for one in found.examples] == [2, 3, 3]


def test_the_earliest_examples_are_kept() -> None:
    classes = Classes(examples=2)
    for number in (9, 4, 7, 1):
        classes.add("value", SYNC, "x", example(number))
    assert [one.number for one in classes.listed()[0].examples] == [1, 4]


def test_many_classes_have_one_example_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aksono_compat.reporting.classes.MANY", 2)
    classes = Classes()
    for path in ("a", "b", "c"):
        for number in (5, 4, 3):
            classes.add("value", SYNC, path, example(number))
    for path in ("a", "c"):
        classes.add("value", SYNC, path, example(2))
    kept = {one.path: [each.number for each in one.examples] for one in classes.listed()}
    assert kept == {"a": [2, 3, 4], "b": [3, 4, 5], "c": [2]}


def test_worst_first() -> None:
    classes = Classes()
    classes.add("header", SYNC, "Vary", example())
    classes.add("value", SYNC, "rare", example())
    for number in (1, 2):
        classes.add("value", SYNC, "often", example(number))
    classes.add("row lost", "table events", "event_id", example(0))
    listed = classes.listed()
    assert [one.path for one in listed] == ["event_id", "often", "rare", "Vary"]
    assert [one.severity for one in listed] == ["error", "error", "error", "warning"]
    assert listed[0].numbers == []


def test_what_a_status_became_is_part_of_the_class() -> None:
    classes = Classes()
    classes.add("status", SEND, "status", example(1, 200, 500))
    classes.add("status", SEND, "status", example(2, 500, 400))
    classes.add("errcode", SEND, "body.errcode", example(2, "M_UNKNOWN", None))
    assert {one.path for one in classes.listed()} == {
        "200 -> 500", "500 -> 400", "M_UNKNOWN -> none",
    }  # fmt: skip


def test_examples_are_bounded_json() -> None:
    classes = Classes()
    classes.add("value", SYNC, "x", example(1, float("nan"), {"a": "b" * (2 * MAX_EXAMPLE)}))
    (shown,) = classes.listed()[0].examples
    assert shown.a == "nan"
    assert len(shown.b) < MAX_EXAMPLE + 100
    assert shown.b.endswith("characters)")


def test_threads_lose_nothing() -> None:
    classes = Classes()

    def work(start: int) -> None:
        for number in range(start, start + 500):
            classes.add("value", SYNC, "x", example(number))

    threads = [threading.Thread(target=work, args=(500 * n + 1,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (found,) = classes.listed()
    assert found.count == 2000
    assert found.numbers == list(range(1, 2001))


def test_unbuilt_routes_become_classes_once() -> None:
    result = empty()
    result.routes = {SYNC: RouteCount(asked=2, alike=2), SEND: RouteCount(asked=3, unbuilt=3)}
    for _ in range(2):
        add_unbuilt(result)
    assert [(one.kind, one.where, one.count) for one in result.classes] == [("unbuilt", SEND, 3)]
