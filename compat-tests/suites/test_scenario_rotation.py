# SPDX-License-Identifier: Apache-2.0
"""Keeping clear of the moment at which a server adds up what is unread."""

import pytest

from aksono_compat.scenarios.rotation import PERIOD, clear_in


@pytest.mark.parametrize(
    ("since_one", "wait"),
    [(0.25, 0.75), (1, 0), (17, 0), (18, 13), (29.5, 1.5), (30.5, 0.5), (75, 0), (80, 11)],
)
def test_waits_until_none_comes(since_one: float, wait: float) -> None:
    assert clear_in(since_one, 12) == wait


def test_is_clear_afterwards() -> None:
    for since_one in (number / 4 for number in range(400)):
        phase = (since_one + clear_in(since_one, 12)) % PERIOD
        assert 1 <= phase < 18
