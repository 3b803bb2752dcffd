# SPDX-License-Identifier: Apache-2.0
"""The background updates that cover auth graphs by chains end as Synapse's own work does."""

import json
from collections.abc import Iterator

import pytest

from aksono_compat.pending_data.bench import queue_of, run_aksono, run_synapse, standstill
from aksono_compat.postgres import Cluster
from aksono_compat.world import World

# By the events that stand in them: the numbers of chains are given by chance.
CHAINS = """SELECT array_agg(event_id ORDER BY sequence_number) FROM event_auth_chains
    GROUP BY chain_id"""
LINKS = """SELECT o.event_id, t.event_id FROM event_auth_chain_links l
    JOIN event_auth_chains o ON o.chain_id = l.origin_chain_id
        AND o.sequence_number = l.origin_sequence_number
    JOIN event_auth_chains t ON t.chain_id = l.target_chain_id
        AND t.sequence_number = l.target_sequence_number"""
UNCOVERED = "SELECT room_id FROM rooms WHERE NOT has_auth_chain_index"
LEFT = "SELECT event_id FROM event_auth_chain_to_calculate"

WITHOUT_CHAINS = """
DELETE FROM event_auth_chains;
DELETE FROM event_auth_chain_links;
UPDATE rooms SET has_auth_chain_index = false;
INSERT INTO event_auth_chain_to_calculate (event_id, room_id, type, state_key)
    SELECT event_id, room_id, type, state_key FROM state_events LIMIT 3"""
# A room whose later half is covered already, as of a release that did new events at once.
HALF_COVERED = """
DELETE FROM event_auth_chains WHERE event_id IN (
    SELECT event_id FROM events JOIN rooms USING (room_id)
    WHERE hashtext(room_id) % 2 = 0 OR stream_ordering % 3 = 0);
UPDATE rooms SET has_auth_chain_index = false"""
REJECTED = """
CREATE TABLE picked AS SELECT event_id, row_number() OVER (ORDER BY event_id) AS number
    FROM events WHERE type IN ('m.room.topic', 'm.room.name', 'm.room.message', 'm.room.member')
    ORDER BY md5(event_id) LIMIT 20;
INSERT INTO rejections (event_id, reason, last_check) SELECT event_id, 'auth_error', '' FROM picked;
DELETE FROM event_auth WHERE event_id IN (SELECT event_id FROM picked WHERE number % 3 > 0);
DELETE FROM state_events WHERE event_id IN (SELECT event_id FROM picked WHERE number % 2 > 0)"""
PURGED = """
INSERT INTO event_auth_chains SELECT '$gone' || i, 50000 + i % 4, i FROM generate_series(1, 14) i;
INSERT INTO event_auth_chain_links VALUES
    (50001, 1, 50002, 2), (50002, 2, 1, 1), (3, 1, 50001, 1), (50003, 3, 50001, 5),
    (9, 1, 60001, 1);
INSERT INTO event_auth_chain_to_calculate VALUES ('$gone99', '!gone', 'x', '')"""
ROWS = {
    "event_auth": "SELECT event_id, auth_id, room_id FROM event_auth",
    "state_events": "SELECT event_id, room_id, type, state_key FROM state_events",
    "chains": "SELECT event_id, chain_id, sequence_number FROM event_auth_chains",
    "links": "SELECT * FROM event_auth_chain_links",
    "left": LEFT,
}


@pytest.fixture
def names(cluster: Cluster) -> Iterator[tuple[str, str]]:
    yield "chains_ours", "chains_theirs"
    for name in ("chains_ours", "chains_theirs"):
        cluster.drop(name)


def make(cluster: Cluster, name: str, world: World, sql: str, update: str) -> None:
    cluster.create(name, world.database)
    with cluster.session(name) as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql)
        cursor.execute(
            "INSERT INTO background_updates (update_name, progress_json, ordering)"
            " VALUES (%s, '{}', 1)",
            (update,),
        )


def read(cluster: Cluster, name: str, *queries: str) -> list[list[str]]:
    with cluster.session(name) as cursor:
        found = []
        for query in queries:
            cursor.execute(query)
            found.append(sorted(json.dumps(row) for row in cursor.fetchall()))
        return found


COVER = (CHAINS, LINKS, UNCOVERED, LEFT)


@pytest.mark.parametrize("batch", [2, 7, 1000])
def test_chains_are_those_that_synapse_made(
    cluster: Cluster, world: World, names: tuple[str, str], batch: int
) -> None:
    ours, _ = names
    make(cluster, ours, world, WITHOUT_CHAINS, "chain_cover")
    done = run_aksono(cluster, ours, batch)
    assert (done.code, queue_of(cluster, ours)) == (0, {}), done.out + done.err
    assert read(cluster, ours, *COVER) == read(cluster, world.database, *COVER)


@pytest.mark.parametrize(
    ("update", "damage"),
    [
        ("chain_cover", HALF_COVERED),
        ("rejected_events_metadata", REJECTED),
        ("purged_chain_cover", PURGED),
    ],
    ids=["chain_cover", "rejected_events_metadata", "purged_chain_cover"],
)
def test_rows_end_as_after_synapse(
    cluster: Cluster, world: World, names: tuple[str, str], update: str, damage: str
) -> None:
    for name in names:
        make(cluster, name, world, damage, update)
    ours, theirs = names
    done = run_aksono(cluster, ours, 3)
    assert (done.code, queue_of(cluster, ours)) == (0, {}), done.out + done.err
    printed = run_synapse(cluster, theirs, 3)
    assert queue_of(cluster, theirs) == {}, printed[-2000:]
    queries = COVER if update == "chain_cover" else tuple(ROWS.values())
    assert read(cluster, ours, *queries) == read(cluster, theirs, *queries)


@pytest.mark.full
def test_synapse_goes_on_where_ours_stopped(
    cluster: Cluster, world: World, names: tuple[str, str]
) -> None:
    name, _ = names
    make(cluster, name, world, WITHOUT_CHAINS, "chain_cover")
    with standstill(cluster, name):
        run_aksono(cluster, name, 10)
    at = json.loads(queue_of(cluster, name)["chain_cover"])
    assert set(at) == {"current_room_id", "last_depth", "last_stream"}
    run_synapse(cluster, name, 10)
    assert queue_of(cluster, name) == {}
    assert read(cluster, name, *COVER) == read(cluster, world.database, *COVER)


@pytest.mark.full
def test_ours_goes_on_where_synapse_stopped(
    cluster: Cluster, world: World, names: tuple[str, str]
) -> None:
    """Synapse notes its progress after the work: what it did last is there already."""
    for name in names:
        make(cluster, name, world, WITHOUT_CHAINS, "chain_cover")
        with standstill(cluster, name):
            run_synapse(cluster, name, 10)
    ours, theirs = names
    assert queue_of(cluster, ours) == queue_of(cluster, theirs) != {}
    run_aksono(cluster, ours, 10)
    run_synapse(cluster, theirs, 10)
    assert queue_of(cluster, ours) == {}
    assert read(cluster, ours, *COVER) == read(cluster, theirs, *COVER)
