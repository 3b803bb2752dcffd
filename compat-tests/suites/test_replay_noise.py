# SPDX-License-Identifier: Apache-2.0
"""Noise masks values and nothing else, and not many of them."""

from typing import get_args

from aksono_compat.replaying.compare import Difference
from aksono_compat.replaying.judge import Located
from aksono_compat.replaying.noise import MASKABLE, allowed, learn
from aksono_compat.reporting.result import Kind

WHERE = "GET /x"
PATHS = {WHERE: {f"p{number}" for number in range(250)}}


def _located(kind: Kind, *path: str | int, a: object = 1, b: object = 2) -> Located:
    return Located(WHERE, Difference(kind, path, a, b))


def test_a_value_is_masked_where_it_is_noise() -> None:
    mask = learn([_located("value", "chunk", 3, "n")], PATHS)
    assert mask.hides(_located("value", "chunk", 9, "n"))
    assert not mask.hides(_located("value", "chunk", 9, "m"))
    assert not mask.hides(Located("GET /y", _located("value", "chunk", 3, "n").difference))
    assert [(noise.where, noise.path) for noise in mask.listed()] == [(WHERE, "chunk[*].n")]


def test_presence_type_and_count_are_never_masked() -> None:
    for kind in get_args(Kind):
        mask = learn([_located(kind, "n")], PATHS)
        assert mask.hides(_located(kind, "n")) == (kind in MASKABLE)
        for other in get_args(Kind):
            assert other == kind or not mask.hides(_located(other, "n"))
    assert not MASKABLE & {"missing", "extra", "type", "status", "errcode", "row lost", "crash"}


def test_a_header_that_is_not_there_is_no_value() -> None:
    missing = _located("header", "ETag", a="x", b=None)
    assert not learn([missing], PATHS).hides(missing)
    mask = learn([_located("header", "ETag", a="x", b="y")], PATHS)
    assert mask.hides(_located("header", "ETag", a="u", b="v"))
    assert not mask.hides(missing)


def test_too_much_of_it_is_an_error_and_masks_nothing() -> None:
    assert (allowed(0), allowed(99), allowed(250)) == (1, 1, 2)
    found = [_located("value", f"p{number}") for number in range(3)]
    assert learn(found[:2], PATHS).hides(found[0])
    mask = learn(found, PATHS)
    assert not any(mask.hides(one) for one in found)
    excess = mask.excess()
    assert [(one.where, one.difference.path) for one in excess] == [(WHERE, ("(noise)",))]
    assert "3 of 250 places" in str(excess[0].difference.a)
