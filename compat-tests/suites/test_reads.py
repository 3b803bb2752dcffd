# SPDX-License-Identifier: Apache-2.0
"""Both servers answer the same read requests alike, on clones of the same world."""

import re

import pytest

from aksono_compat.answers import differences, view
from aksono_compat.client import Answer, Client, q
from aksono_compat.intended import is_intended
from aksono_compat.pair import Pair, Twin
from aksono_compat.read_requests import GROUPS, Read

# Where Synapse itself answers now this, now that: differences that match say nothing.
DRAWS = (
    # A filtered timeline hides a state change: Synapse picks the old or the new event by chance.
    r"filter not senders: body\.rooms\.join\.[^ ]*\.state\.events",
    # Whether a user whose rooms are all known counts as changed depends on the order of a set.
    r"since with full state \w+: body\.device_lists\.changed",
)


def _is_drawn(line: str) -> bool:
    return any(re.match(pattern, line) for pattern in DRAWS)


def _ask(twin: Twin, read: Read) -> Answer:
    client = twin.client(read.user)
    if read.token is not None:
        client.token = read.token
    return client.request(read.method, read.path, read.content, params=read.params or None)


@pytest.mark.parametrize("group", GROUPS)
def test_answers_are_the_same(pair: Pair, kind_b: str, group: str) -> None:
    lines = []
    for read in GROUPS[group](pair.a.world.demo):
        a, b = pair.both(lambda twin, read=read: _ask(twin, read))  # type: ignore[misc]
        views = [view(answer, unordered=read.unordered) for answer in (a, b)]
        lines += [f"{read.name}: {line}" for line in differences(*views)]
    lines = [line for line in lines if not _is_drawn(line)]
    if kind_b == "aksono":
        lines = [line for line in lines if not is_intended(line)]
    if lines:
        pytest.fail("\n".join(lines), pytrace=False)


def _pages(client: Client, room: str, direction: str, limit: int) -> list[Answer]:
    """All of /messages, page by page, until there is no `end`."""
    answers: list[Answer] = []
    params: dict[str, str | int] = {"dir": direction, "limit": limit}
    while len(answers) < 200:
        answers.append(client.get(f"/rooms/{q(room)}/messages", **params))
        end = answers[-1].ok().get("end")
        if end is None:
            break
        params["from"] = end
    return answers


@pytest.mark.parametrize(("user", "room"), [("bob", "tea"), ("bob", "left"), ("bob", "v12")])
@pytest.mark.parametrize("direction", ["b", "f"])
def test_pages_to_the_end(pair: Pair, user: str, room: str, direction: str) -> None:
    room_id = pair.a.world.demo.rooms[room]
    pages = pair.both(lambda twin: _pages(twin.client(user), room_id, direction, 4))
    assert len(pages[0]) == len(pages[1])
    for number, (a, b) in enumerate(zip(*pages, strict=True)):
        assert differences(view(a), view(b)) == [], f"page {number}"
