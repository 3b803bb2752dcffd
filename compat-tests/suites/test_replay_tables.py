# SPDX-License-Identifier: Apache-2.0
"""How rows that differ are told, and how exchanges are counted that differ more than once."""

import json
import re
from typing import Any

from aksono_compat.naming import Names
from aksono_compat.recording.format import Exchange
from aksono_compat.replaying.bindings import Bindings
from aksono_compat.replaying.judge import Judge
from aksono_compat.replaying.reply import Reply
from aksono_compat.replaying.tables import told
from aksono_compat.rows import Difference
from aksono_compat.rules import IdKind, Rules, Source
from aksono_compat.snapshot import Row, Snapshot, Table

ROW = {"tag": "t", "x": "1"}
PLACE = "table room_tags"


def _told(difference: Difference) -> list[tuple[Any, ...]]:
    return [(where, one.kind, one.path, one.a, one.b) for where, one in told(difference)]


def test_rows_of_one_side_alone() -> None:
    only_a = Difference("room_tags", "only in A", row_a=ROW)
    assert _told(only_a) == [(PLACE, "row lost", (), ROW, None)]
    only_b = Difference("room_tags", "only in B", row_b=ROW)
    assert _told(only_b) == [(PLACE, "row extra", (), None, ROW)]


def test_what_one_side_removed_stands_on_the_other() -> None:
    gone_a = Difference("room_tags", "gone only in A", row_a=ROW)
    assert _told(gone_a) == [(PLACE, "row extra", (), None, ROW)]
    gone_b = Difference("room_tags", "gone only in B", row_b=ROW)
    assert _told(gone_b) == [(PLACE, "row lost", (), ROW, None)]


def test_a_column_that_differs() -> None:
    differs = Difference("room_tags", "differs", ROW, {**ROW, "x": "2"})
    assert _told(differs) == [(PLACE, "row value", ("x",), "1", "2")]


def _devices(*ids: str) -> Snapshot:
    """A database in which somebody has devices."""
    events = ("event_id", "room_id", "origin_server_ts", "stream_ordering", "json", "room_version")
    tables = {name: Table(events, ("text",) * 6, []) for name in ("events", "event_json", "rooms")}
    rows: list[Row] = [("@a:x", device_id) for device_id in ids]
    return {**tables, "devices": Table(("user_id", "device_id"), ("text", "text"), rows)}


def test_devices_inside_texts_have_their_names() -> None:
    """Keys of devices are called after them, also of accounts that were made during the run."""
    form = re.compile("[A-Z]{10}")
    source = Source("devices", "device_id", ("user_id",), "(row)")
    rules = Rules([IdKind("device", (source,), form, everywhere=True, stream=False)])
    old, new = "OLDDEVICEX", "NEWDEVICEX"
    names = Names(rules, _devices(old), _devices(old, new), {new: "<device bound as #1>"})
    keys = {f"ed25519:{new}": 1, f"curve25519:{old}": 2, "@a:x": new, "ed25519:AAAAAAAAAA": 3}
    assert names.replace(keys) == {
        "ed25519:<device bound as #1>": 1,
        f"curve25519:{old}": 2,
        "@a:x": "<device bound as #1>",
        "ed25519:AAAAAAAAAA": 3,
    }


def _sync(number: int, *events: str) -> tuple[Exchange, Reply]:
    target = f"/_matrix/client/v3/sync?since=s{number}_1"
    exchange = Exchange(number, number, 0.1, "syt_x", "@x:y", "client", "GET", target, status=200)
    told_events = [
        {"event_id": f"${name * 43}", "type": "m.room.message", "content": {"body": name}}
        for name in events
    ]
    room = {"timeline": {"events": told_events, "limited": False}}
    body = {"next_batch": f"s{number + 1}_1", "rooms": {"join": {"!r:y": room}}}
    return exchange, Reply(200, {}, json.dumps(body).encode())


def test_a_sync_that_differs_twice_is_counted_once() -> None:
    judge = Judge(Bindings(), (0.0, 0.0))
    for index, events in enumerate((("a", "b"), ("c",))):
        exchange, reply = _sync(index + 1, *events)
        judge.feed(index, exchange, reply, _sync(index + 1, *events[2:])[1])
    judge.finish()
    count = judge.tally.routes["GET /_matrix/client/*/sync"]
    assert len(judge.tally.found) >= 3
    assert (count.asked, count.alike, count.differ) == (2, 0, 2)
