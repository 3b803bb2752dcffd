# SPDX-License-Identifier: Apache-2.0
"""Background updates that change rows leave the rows that Synapse leaves, from any state on."""

import json
from collections.abc import Iterator

import pytest

from aksono_compat.pending_data.bench import (
    REBUILDING,
    UPDATES,
    craft_database,
    craft_rebuilt,
    differences,
    queue_of,
    rows_of,
    run_aksono,
    run_synapse,
    standstill,
)
from aksono_compat.pending_data.crafter import Crafter
from aksono_compat.postgres import Cluster
from aksono_compat.snapshot import Snapshot
from aksono_compat.tools import run_tool

BATCH = 2
# They take one or two steps, whatever the size.
SHORT = {
    "populate_full_user_id_profiles",
    "populate_full_user_id_user_filters",
    "replace_room_depth_min_depth",
    "e2e_cross_signing_signatures_remove_duplicates",
}
# It does rooms and notes its progress in two transactions, so that each try gets further.
NEVER_STOPS = "remove_tombstoned_rooms_from_directory"
STEPWISE = [name for name in UPDATES if name not in SHORT]


@pytest.fixture(scope="module")
def schema(cluster: Cluster) -> str:
    """The newest shape with all its indexes."""
    name = "updates_schema"
    cluster.create(name)
    assert run_tool("aksono-migrate", "bootstrap", cluster.dsn(name)).code == 0
    run_tool("aksono-migrate", "background", "--run", cluster.dsn(name))
    with cluster.session(name) as cursor:
        cursor.execute("DELETE FROM background_updates")
    return name


@pytest.fixture(scope="module")
def theirs(cluster: Cluster, schema: str) -> Snapshot:
    """What Synapse makes of the crafted rows."""
    craft_database(cluster, "updates_theirs", schema, UPDATES)
    printed = run_synapse(cluster, "updates_theirs", BATCH)
    assert queue_of(cluster, "updates_theirs") == {}, printed[-2000:]
    return rows_of(cluster, "updates_theirs")


@pytest.fixture
def database(cluster: Cluster) -> Iterator[str]:
    yield "updates_ours"
    cluster.drop("updates_ours")


def test_all_rows_end_as_synapse_leaves_them(
    cluster: Cluster, schema: str, theirs: Snapshot, database: str
) -> None:
    craft_database(cluster, database, schema, UPDATES)
    done = run_aksono(cluster, database, BATCH)
    assert (done.code, queue_of(cluster, database)) == (0, {}), done.out + done.err
    assert differences(rows_of(cluster, database), theirs) == []


def test_synapse_goes_on_where_ours_stopped(
    cluster: Cluster, schema: str, theirs: Snapshot, database: str
) -> None:
    craft_database(cluster, database, schema, UPDATES)
    with standstill(cluster, database):
        done = run_aksono(cluster, database, BATCH)
    left = queue_of(cluster, database)
    assert "FAILED" in done.out
    assert [name for name in STEPWISE if name not in left] == []
    printed = run_synapse(cluster, database, BATCH)
    assert queue_of(cluster, database) == {}, printed[-2000:]
    assert differences(rows_of(cluster, database), theirs) == []


def test_what_is_made_anew_is_what_synapse_makes(
    cluster: Cluster, schema: str, database: str
) -> None:
    by_turns = f"{database}_by_turns"
    synapse = f"{database}_synapse"
    for name in (database, by_turns, synapse):
        craft_database(cluster, name, schema, REBUILDING, craft_rebuilt)
    try:
        run_synapse(cluster, synapse, BATCH)
        theirs = rows_of(cluster, synapse)
        done = run_aksono(cluster, database, BATCH)
        assert (done.code, queue_of(cluster, database)) == (0, {}), done.out + done.err
        assert differences(rows_of(cluster, database), theirs) == []
        with standstill(cluster, by_turns):
            run_aksono(cluster, by_turns, BATCH)
        assert "remaining" in queue_of(cluster, by_turns)["populate_user_directory_process_rooms"]
        run_synapse(cluster, by_turns, BATCH)
        assert queue_of(cluster, by_turns) == {}
        assert differences(rows_of(cluster, by_turns), theirs) == []
    finally:
        cluster.drop(by_turns)
        cluster.drop(synapse)


@pytest.mark.full
@pytest.mark.parametrize("update", [name for name in STEPWISE if name != NEVER_STOPS])
def test_ours_goes_on_where_synapse_stopped(
    cluster: Cluster, schema: str, database: str, update: str
) -> None:
    ours_alone = f"{database}_alone"
    for name in (database, ours_alone):
        craft_database(cluster, name, schema, (update,))
    try:
        with standstill(cluster, database), standstill(cluster, ours_alone):
            run_synapse(cluster, database, BATCH)
            run_aksono(cluster, ours_alone, BATCH)
        at = [json.loads(queue_of(cluster, name)[update]) for name in (database, ours_alone)]
        assert at[0] == at[1] != {}
        for name in (database, ours_alone):
            assert run_aksono(cluster, name, BATCH).code == 0
        assert differences(rows_of(cluster, database), rows_of(cluster, ours_alone)) == []
    finally:
        cluster.drop(ours_alone)


def test_what_synapse_cannot_finish(cluster: Cluster, schema: str, database: str) -> None:
    """It leaves the time out of the poke that it puts in the place of several, and gives up."""
    names = ("remove_dup_outbound_pokes", "room_membership_profile_update")
    craft_database(cluster, database, schema, names)
    with cluster.session(database) as cursor:
        crafter = Crafter(cursor, first=500)
        user = "@nul:test.local"
        content = {
            "membership": "join",
            "displayname": "N\0",
            "x": "\\\0 \\u0000",
            "avatar_url": "mxc://x/n",
        }
        event = crafter.event("!nul:test.local", "m.room.member", content, user, state_key=user)
        columns = "event_id user_id sender room_id membership"
        crafter.rows("room_memberships", columns, [(event, user, user, "!nul:test.local", "join")])
    done = run_aksono(cluster, database, BATCH)
    assert (done.code, queue_of(cluster, database)) == (0, {}), done.out + done.err
    with cluster.session(database) as cursor:
        cursor.execute(
            "SELECT destination, stream_id, user_id, device_id, sent, ts"
            " FROM device_lists_outbound_pokes ORDER BY stream_id, destination, user_id, device_id"
        )
        assert cursor.fetchall() == [
            ("a.example", 201, "@u1:test.local", "D1", False, 20),
            ("b.example", 201, "@u1:test.local", "D1", False, 10),
            ("a.example", 202, "@u1:test.local", "D1", False, 20),
            ("b.example", 202, "@u2:test.local", "D1", False, 10),
            ("a.example", 203, "@u1:test.local", "D1", False, 30),
            ("a.example", 204, "@u1:test.local", "D2", False, 5),
            ("c.example", 205, "@u3:test.local", "D1", False, 3),
            ("d.example", 206, "@u4:test.local", "D1", False, 1),
            ("e.example", 207, "@u5:test.local", "D1", False, 9),
            ("f.example", 208, "@u6:test.local", "D1", False, 9),
        ]
        cursor.execute("SELECT display_name, avatar_url FROM room_memberships WHERE event_id = %s",
                       (event,))  # fmt: skip
        assert cursor.fetchone() == ("N\ufffd", "mxc://x/n")
