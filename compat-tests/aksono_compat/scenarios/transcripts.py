# SPDX-License-Identifier: Apache-2.0
"""Compares the transcripts of one scenario on two servers."""

from __future__ import annotations

from itertools import zip_longest

from ..replaying.bindings import Bindings
from ..replaying.compare import compare_answers
from .routes import route_of
from .steps import Step


def compare_transcripts(a: list[Step], b: list[Step], bindings: Bindings) -> list[str]:
    """One line for each difference, headed by the step; none when they are alike."""
    lines = []
    for one, other in zip_longest(a, b):
        if one is None or other is None:
            step = one or other
            lines.append(f"{step.name}: only on {'A' if other is None else 'B'}")
            break
        route = route_of(one.method, one.path)
        found = compare_answers(
            one.answer,
            other.answer,
            bindings,
            unordered=one.unordered,
            where=route.name if route else "",
            times=((one.asked, one.ended), (other.asked, other.ended)),
        )
        lines += [f"{one.name}: {difference}" for difference in found]
    return lines
