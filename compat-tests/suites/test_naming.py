# SPDX-License-Identifier: Apache-2.0
"""Entries of a stream that come in any order, and those that do not."""

import pytest

from aksono_compat.naming import sets_sorted
from aksono_compat.rules import IdKind

KIND = IdKind("s", (), None, False, True, any_order=("seen", "state"))


def entries(text: str) -> list[str]:
    return [f"<s: {label} #1>" for label in text.split(",")]


@pytest.mark.parametrize(
    ("came", "told"),
    [
        ("seen b,seen a,seen c", "seen a,seen b,seen c"),
        ("room x,seen b,seen a,room w", "room x,seen a,seen b,room w"),
        ("state b,state a,seen b,seen a", "state a,state b,seen a,seen b"),
        ("seen b,room x,seen a", "seen b,room x,seen a"),
        ("seen_by b,seen_by a", "seen_by b,seen_by a"),
        ("room b,room a", "room b,room a"),
    ],
)
def test_only_what_stands_together_is_put_in_order(came: str, told: str) -> None:
    assert list(sets_sorted(KIND, entries(came))) == entries(told)
