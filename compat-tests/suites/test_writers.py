# SPDX-License-Identifier: Apache-2.0
"""A deployment with workers: Aksono stands in for its stream writers, and Synapse goes on."""

import hashlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aksono_compat.answers import differences, view
from aksono_compat.client import Answer, Client, q
from aksono_compat.config import Site
from aksono_compat.demo import PASSWORD
from aksono_compat.pair import Pair, Twin
from aksono_compat.ports import free_port
from aksono_compat.postgres import Cluster
from aksono_compat.tools import refused_start
from aksono_compat.world import World

EVENT_WRITERS = ["master", "ep1"]
STREAM_WRITERS: dict[str, Any] = {
    "events": EVENT_WRITERS,
    "receipts": ["rc1", "rc2"],
    "device_lists": ["dl1", "dl2"],
    "account_data": "ad1",
    "push_rules": "pr1",
    "to_device": "td1",
    "presence": "pr1",
}
# No worker runs and Redis is not there: the main process starts all the same.
OPTIONS: dict[str, Any] = {
    "stream_writers": STREAM_WRITERS,
    "instance_map": {
        name: {"host": "127.0.0.1", "port": 9}
        for name in ("main", "ep1", "rc1", "rc2", "dl1", "dl2", "ad1", "pr1", "td1", "fs1", "fs2")
    },
    "federation_sender_instances": ["fs1", "fs2"],
    "worker_replication_secret": "secret",
}


def writer_of(room: str) -> str:
    digest = hashlib.sha256(room.encode()).digest()
    return EVENT_WRITERS[int.from_bytes(digest, "little") % len(EVENT_WRITERS)]


def rows(twin: Twin, sql: str) -> list[tuple[Any, ...]]:
    with twin.cluster.session(twin.database) as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def positions(twin: Twin, stream: str) -> dict[str, int]:
    found = rows(
        twin,
        "SELECT instance_name, stream_id FROM stream_positions"
        f" WHERE stream_name = '{stream}' ORDER BY 1",
    )
    return dict(found)


def newest(twin: Twin, table: str, column: str = "stream_id") -> int:
    return int(rows(twin, f"SELECT max({column}) FROM {table}")[0][0])


def bodies(answer: Any, room: str) -> list[str]:
    joined = answer.get("rooms", {}).get("join", {}).get(room, {})
    return (
        [event["content"].get("body") for event in joined["timeline"]["events"]] if joined else []
    )


@pytest.fixture
def twin(cluster: Cluster, world: World, tmp_path: Path) -> Iterator[Twin]:
    twin = Twin(cluster, world, "aksono", tmp_path / "site", **OPTIONS)
    yield twin
    twin.close()


def _rooms(twin: Twin) -> dict[str, str]:
    """One room of each writer's that bob can write to."""
    rooms = [twin.world.demo.rooms[label] for label in ("tea", *(f"v{n}" for n in range(1, 13)))]
    return {writer_of(room): room for room in rooms}


def _write(twin: Twin) -> None:
    """Something for each of the streams."""
    bob = twin.client("bob")
    for room in _rooms(twin).values():
        last = bob.say(room, "from Aksono")
        twin.client("alice").post(f"/rooms/{q(room)}/receipt/m.read/{q(last)}").ok()
    Client(twin.url).login("carol", PASSWORD, device_id="NEW").post("/logout").ok()


def test_rows_carry_the_names_of_the_configured_writers(twin: Twin) -> None:
    before = {
        "events": newest(twin, "events", "stream_ordering"),
        "receipts_linearized": newest(twin, "receipts_linearized"),
        "device_lists_stream": newest(twin, "device_lists_stream"),
    }
    with twin.server:
        _write(twin)
        time.sleep(5.5)
    sql = "SELECT room_id, instance_name FROM events WHERE stream_ordering > {events}"
    written = rows(twin, sql.format(**before))
    assert {writer for _, writer in written} == set(EVENT_WRITERS)
    assert all(writer == writer_of(room) for room, writer in written)
    for table, writer in (("receipts_linearized", "rc1"), ("device_lists_stream", "dl1")):
        sql = f"SELECT DISTINCT instance_name FROM {table} WHERE stream_id > {before[table]}"
        assert rows(twin, sql) == [(writer,)]
    sql = "SELECT instance_name FROM device_lists_changes_converted_stream_position"
    assert rows(twin, sql) == [("dl1",)]
    sql = "SELECT DISTINCT instance_name FROM cache_invalidation_stream_by_instance"
    assert rows(twin, sql) == [("master",)]


def test_positions_of_all_writers_move_and_others_go(twin: Twin) -> None:
    with twin.server:
        _write(twin)
    events = newest(twin, "events", "stream_ordering")
    assert positions(twin, "events") == {"ep1": events, "master": events}
    receipts = newest(twin, "receipts_linearized")
    assert positions(twin, "receipts") == {"rc1": receipts, "rc2": receipts}
    devices = newest(twin, "device_lists_stream")
    assert set(positions(twin, "device_lists_stream")) == {"dl1", "dl2"}
    assert min(positions(twin, "device_lists_stream").values()) >= devices
    for stream in ("account_data", "push_rules_stream", "to_device", "presence_stream"):
        assert "master" not in positions(twin, stream)
    senders = rows(twin, "SELECT type, instance_name FROM federation_stream_position ORDER BY 1, 2")
    assert senders == [(kind, name) for kind in ("events", "federation") for name in ("fs1", "fs2")]


def test_synapse_goes_on_where_aksono_stopped(
    cluster: Cluster, world: World, twin: Twin, tmp_path: Path
) -> None:
    mine = _rooms(twin)["master"]
    other = _rooms(twin)["ep1"]
    with twin.server:
        _write(twin)
        since = twin.client("bob").get("/sync").ok()["next_batch"]
    twin.become("synapse")
    try:
        bob = twin.client("bob")
        news = bob.get("/sync", since=since, timeout=0).ok()
        assert bodies(news, mine) == [] == bodies(news, other)
        page = bob.get(f"/rooms/{q(other)}/messages", dir="b", limit=1).ok()
        assert page["chunk"][0]["content"]["body"] == "from Aksono"
        bob.say(mine, "from Synapse")
        again = bob.get("/sync", since=since, timeout=0).ok()
        assert bodies(again, mine) == ["from Synapse"]
        twin.become("aksono")
        bob = twin.client("bob")
        bob.say(other, "from Aksono again")
        last = bob.get("/sync", since=news["next_batch"], timeout=0).ok()
        assert bodies(last, mine) == ["from Synapse"]
        assert bodies(last, other) == ["from Aksono again"]
        twin.become("synapse")
        after = _problems_of_synapse(twin)
    finally:
        twin.server.kill()
    control = Twin(cluster, world, "synapse", tmp_path / "control", **OPTIONS)
    with control.server:
        pass
    control.server.start()
    assert after == _problems_of_synapse(control)


def _problems_of_synapse(twin: Twin) -> set[tuple[str, str, str]]:
    twin.client("bob").get("/sync", timeout=0).ok()
    twin.server.stop()
    return {problem.shape for problem in twin.server.problems()}


@pytest.fixture(scope="module")
def uneven(
    cluster: Cluster, world: World, kind_b: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Pair, int]]:
    """Both servers on a world whose tea room another writer wrote; the newest event of it."""
    directory = tmp_path_factory.mktemp("uneven")
    twins = [
        Twin(cluster, world, kind, directory / name, **OPTIONS)
        for name, kind in (("a", "synapse"), ("b", kind_b))
    ]
    tea = world.demo.rooms["tea"]
    try:
        for twin in twins:
            with cluster.session(twin.database) as cursor:
                cursor.execute("INSERT INTO instance_map VALUES (1, 'ep1'), (2, 'master')")
                cursor.execute("SELECT setval('instance_map_instance_id_seq', 2)")
                cursor.execute("UPDATE events SET instance_name = 'ep1' WHERE room_id = %s", (tea,))
            twin.server.start()
        yield Pair(*twins), newest(twins[0], "events", "stream_ordering")
    finally:
        for twin in twins:
            twin.close()


# How far the writers were ahead of the slowest one, before the newest event.
AHEAD = [
    {"low": 12, "writers": {1: 0}},
    {"low": 12, "writers": {1: 1}},
    {"low": 12, "writers": {1: 5}},
    {"low": 30, "writers": {1: 1, 2: 3}},
    {"low": 30, "writers": {2: 1}},
]


def _uneven_token(twin: Twin, newest_event: int, ahead: dict[str, Any]) -> str:
    rest = twin.world.demo.tokens["bob"].partition("_")[2]
    writers = "".join(f"~{writer}.{newest_event - by}" for writer, by in ahead["writers"].items())
    return f"m{newest_event - ahead['low']}{writers}_{rest}"


def _same(pair: Pair, path: str, **params: Any) -> list[str]:
    def ask(twin: Twin) -> Answer:
        return twin.client("bob").get(path, **params)

    return differences(*(view(answer) for answer in pair.both(ask)))


def _timelines(answer: Answer) -> dict[str, list[str]]:
    rooms = answer.ok().get("rooms", {}).get("join", {})
    return {
        room: [event["event_id"] for event in part["timeline"]["events"]]
        for room, part in rooms.items()
        if part["timeline"]["events"]
    }


@pytest.mark.parametrize("ahead", AHEAD)
def test_a_token_of_several_writers_is_read(
    uneven: tuple[Pair, int], ahead: dict[str, Any]
) -> None:
    pair, last = uneven
    token = _uneven_token(pair.a, last, ahead)
    a, b = pair.both(lambda twin: twin.client("bob").get("/sync", since=token, timeout=0))
    assert _timelines(a) == _timelines(b)
    assert a.json["next_batch"].split("_")[0] == b.json["next_batch"].split("_")[0]
    for label in ("tea", "v12"):
        path = f"/rooms/{q(pair.a.world.demo.rooms[label])}/messages"
        for direction in ("b", "f"):
            assert _same(pair, path, dir=direction, limit=5, **{"from": token}) == []


@pytest.mark.parametrize(
    "token", ["m5~9.7", "m5~1", "m5~1.5", "m9~1.5", "m5~x.7", "m~1.2", "m5", "m99999~1.999999"]
)
def test_a_bad_token_of_several_writers_is_refused(uneven: tuple[Pair, int], token: str) -> None:
    pair, _ = uneven
    rest = pair.a.world.demo.tokens["bob"].partition("_")[2]

    def ask(twin: Twin) -> tuple[int, Any]:
        answer = twin.client("bob").get("/sync", since=f"{token}_{rest}", timeout=0)
        return answer.status, answer.json if answer.status >= 400 else None

    assert ask(pair.a) == ask(pair.b)


@pytest.mark.parametrize(
    ("writers", "sentence"),
    [
        ({"typing": ["ep1", "rc1"]}, "Must only specify one instance to handle `typing` messages."),
        ({"events": []}, "Must specify at least one instance to handle `events`."),
        ({"events": "zz"}, "Instance 'zz' is configured to write events but does not appear in"),
        ({"events": "main"}, "Instance 'main' is configured to write events; "),
        ({"nothing": "ep1"}, "stream_writers.nothing: is no stream of Synapse's"),
    ],
)
def test_writers_that_cannot_be_are_refused(
    tmp_path: Path, cluster: Cluster, writers: dict[str, Any], sentence: str
) -> None:
    options = {**OPTIONS, "stream_writers": writers}
    site = Site(tmp_path, free_port(), cluster.connection_args("postgres"), options)
    assert sentence in refused_start(site)


def test_an_instance_named_twice_has_one_row(
    cluster: Cluster, world: World, tmp_path: Path
) -> None:
    writers = {**OPTIONS, "stream_writers": {"events": ["ep1", "ep1"]}}
    twin = Twin(cluster, world, "aksono", tmp_path / "site", **writers)
    with twin.server:
        twin.client("bob").say(world.demo.rooms["tea"], "twice")
    assert positions(twin, "events") == {"ep1": newest(twin, "events", "stream_ordering")}
