# SPDX-License-Identifier: Apache-2.0
"""Messages into rooms with several forward extremities: same events, same state groups."""

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from aksono_compat import far_server
from aksono_compat.forks import SCENARIOS, make_forks
from aksono_compat.pair import Pair, Twin, open_pair
from aksono_compat.postgres import Cluster
from aksono_compat.rows import Difference, diff
from aksono_compat.world import World

# What the sending of events to other servers writes, which is not built yet.
OUTGOING = {"destinations", "destination_rooms", "federation_stream_position"}


@dataclass
class Forked:
    """Both servers stopped after a few messages into every room."""

    pair: Pair
    rooms: dict[str, str]


@pytest.fixture(scope="module")
def forked(cluster: Cluster, world: World, kind_b: str) -> Iterator[Forked]:
    with tempfile.TemporaryDirectory(prefix="aksono-forks-") as directory:
        maker = Twin(cluster, world, "synapse", Path(directory) / "maker")
        try:
            far_server.introduce(cluster, maker.database)
            maker.server.start()
            rooms = make_forks(maker)
            maker.settle()
            maker.server.stop()
        finally:
            maker.close()
        with open_pair(cluster, replace(world, database=maker.database), kind_b) as pair:
            pair.both(lambda twin: _talk(twin, rooms))
            pair.both(Twin.settle)
            pair.stop()
            yield Forked(pair, rooms)


def _talk(twin: Twin, rooms: dict[str, str]) -> None:
    alice = twin.client("alice")
    for name, room in rooms.items():
        for number in range(3):
            content = {"msgtype": "m.text", "body": f"{name} {number}"}
            alice.send(room, "m.room.message", content, f"{name} {number}").ok()


def _messages(twin: Twin, room: str) -> list[dict[str, Any]]:
    """The three events, in their order."""
    with twin.cluster.session(twin.database) as cursor:
        cursor.execute(
            "SELECT json FROM event_json JOIN events USING (event_id, room_id)"
            " WHERE room_id = %s ORDER BY stream_ordering DESC LIMIT 3",
            (room,),
        )
        return [json.loads(text) for (text,) in reversed(cursor.fetchall())]


@pytest.mark.parametrize("name", SCENARIOS)
def test_events_point_back_to_the_same_ones(forked: Forked, name: str) -> None:
    a, b = (_messages(twin, forked.rooms[name]) for twin in (forked.pair.a, forked.pair.b))
    assert a[0]["prev_events"] == b[0]["prev_events"]
    assert [len(event["prev_events"]) for event in a] == [len(event["prev_events"]) for event in b]
    assert [event["depth"] for event in a] == [event["depth"] for event in b]
    assert [sorted(event["auth_events"]) for event in a] == [
        sorted(event["auth_events"]) for event in b
    ]


@pytest.fixture(scope="module")
def differences(forked: Forked) -> list[Difference]:
    found = diff(forked.pair.a.side(), forked.pair.b.side())
    return [difference for difference in found if difference.table not in OUTGOING]


def test_rows_are_the_same(differences: list[Difference]) -> None:
    if differences:
        pytest.fail("\n".join(map(str, differences)), pytrace=False)
