# SPDX-License-Identifier: Apache-2.0
"""What aksono-migrate plan says: locks, hazards, how long it takes, for each database."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import pytest

from aksono_compat.config import SERVER_NAME
from aksono_compat.postgres import Cluster
from aksono_compat.tools import Run, run_tool

HAZARDS = {
    "blocks_reads_and_writes", "blocks_writes", "scans_table", "rewrites_table", "builds_index",
    "changes_rows", "deletes_rows", "loses_data",
}  # fmt: skip

EVENTS = """
INSERT INTO events (topological_ordering, event_id, type, room_id, processed, outlier, depth,
                    origin_server_ts, received_ts, sender, contains_url, stream_ordering)
SELECT g, '$' || md5(g::text) || md5((g + 1)::text), 'm.room.message',
       '!' || md5((g % 500)::text) || ':test.local', true, false, g, 1600000000000 + g,
       1600000000000 + g, '@user' || g % 1000 || ':test.local', false, g
FROM generate_series(1, {rows}) g"""
PUSH_ACTIONS = """
INSERT INTO event_push_actions (room_id, event_id, user_id, profile_tag, actions,
                                topological_ordering, stream_ordering, notif, highlight, unread)
SELECT '!' || md5((g % 500)::text) || ':test.local', '$' || md5(g::text), '@user' || g % 100,
       '', '["notify"]', g, g, 1, 0, 1
FROM generate_series(1, {rows}) g"""
PROFILES = """
INSERT INTO profiles (user_id, displayname) SELECT 'user' || g, 'Somebody ' || g
FROM generate_series(1, {rows}) g"""
DEVICES = """
INSERT INTO device_lists_changes_in_room (user_id, device_id, room_id, stream_id,
                                          converted_to_destinations, opentracing_context)
SELECT '@user' || g % 1000 || ':test.local', 'DEVICE', '!' || md5((g % 500)::text), g, true, '{{}}'
FROM generate_series(1, {rows}) g"""

# The shape that is filled, and with what.
WORK = {
    "events": (59, EVENTS),
    "push": (72, PUSH_ACTIONS),
    "profiles": (74, PROFILES),
    "devices": (76, DEVICES),
}


@pytest.fixture
def database(cluster: Cluster) -> Iterator[str]:
    yield "planned"
    cluster.drop("planned")


def migrate(verb: str, dsn: str, *options: str) -> Run:
    return run_tool("aksono-migrate", verb, "--server-name", SERVER_NAME, *options, dsn)


def make(cluster: Cluster, name: str, version: int) -> str:
    cluster.create(name)
    dsn = cluster.dsn(name)
    assert run_tool("aksono-migrate", "bootstrap", "--version", str(version), dsn).code == 0
    return dsn


def plan_of(dsn: str, *options: str) -> dict[str, Any]:
    done = migrate("plan", dsn, "--json", *options)
    assert done.code == 0, done.err
    (database,) = done.json["databases"]
    return dict(database)


def shape_of(dsn: str) -> list[str]:
    """With positions. PostgreSQL does not take back that a sequence was set: delta 72/08 says that
    this one has been used, which does no harm."""
    lines = run_tool("aksono-schema-diff", "snapshot", dsn).out.splitlines()
    return [line for line in lines if "cache_invalidation_stream_seq" not in line]


def fill(cluster: Cluster, name: str, rows_sql: str, rows: int) -> None:
    with cluster.session(name) as cursor:
        cursor.execute(rows_sql.format(rows=rows))
        cursor.execute("ANALYZE")


def test_a_plan_is_typed(cluster: Cluster, database: str) -> None:
    dsn = make(cluster, database, 72)
    plan = plan_of(dsn)
    assert (plan["from"], plan["to"], plan["holds"]) == (72, 94, "main and state")
    statements = [one for delta in plan["deltas"] for one in delta["statements"]]
    assert {hazard for one in statements for hazard in one["hazards"]} <= HAZARDS
    locked = {lock["table"]: lock for lock in plan["locks"]}
    assert locked["event_push_actions"]["mode"] == "ACCESS EXCLUSIVE"
    assert all(0 <= lock["seconds"] <= plan["seconds"] + 0.001 for lock in plan["locks"])
    dropped = [one for one in statements if one["sql"] == "DROP TABLE insertion_events"]
    assert [one["hazards"] for one in dropped] == [["blocks_reads_and_writes", "loses_data"]]
    assert plan["timeouts"] == {
        "lock_seconds": 10, "lock_attempts": 5, "statement_seconds": None,
    }  # fmt: skip
    assert plan["synapse_releases"]["after"] == ["1.100.0", "1.163.2"]
    assert "threads_backfill" in plan["background_updates"]


def test_rows_are_counted_by_statistics(cluster: Cluster, database: str) -> None:
    dsn = make(cluster, database, 72)
    fill(cluster, database, PUSH_ACTIONS, 5000)
    fill(cluster, database, PROFILES, 300)
    rows = {
        one["table"]: one["rows"]
        for delta in plan_of(dsn)["deltas"]
        for one in delta["statements"]
        if one["kind"] == "update_rows" and one["rows"] > 1
    }
    assert 3000 < rows["event_push_actions"] <= 5500
    assert 200 < rows["profiles"] < 400
    assert set(rows) == {"event_push_actions", "profiles"}


def test_an_unknown_file_is_refused_by_its_name(cluster: Cluster, database: str) -> None:
    dsn = make(cluster, database, 92)
    with cluster.session(database) as cursor:
        cursor.execute("INSERT INTO applied_schema_deltas VALUES (92, '92/77_of_a_fork.sql')")
    refused = migrate("up", dsn, "--yes")
    assert (refused.code, "92/77_of_a_fork.sql" in refused.err) == (12, True)
    allowed = ("--allow-unknown-delta", "92/77_of_a_fork.sql")
    assert plan_of(dsn, *allowed)["unknown_deltas"] == ["92/77_of_a_fork.sql"]
    assert migrate("up", dsn, "--yes", *allowed).code == 0


def test_split_databases(cluster: Cluster, database: str) -> None:
    """A state database has its own plan; each of the two alone is refused."""
    make(cluster, database, 84)
    cluster.create("planned_state")
    try:
        make_split(cluster, database, "planned_state")
        main, state = cluster.dsn(database), cluster.dsn("planned_state")
        alone = migrate("plan", main)
        assert (alone.code, "--state-dsn" in alone.err) == (12, True)
        swapped = migrate("plan", state, "--state-dsn", main)
        assert (swapped.code, "not the main database" in swapped.err) == (12, True)
        done = migrate("plan", main, "--state-dsn", state, "--json")
        assert [one["holds"] for one in done.json["databases"]] == ["main", "state"]
        deltas = [one["delta"] for one in done.json["databases"][1]["deltas"]]
        assert deltas == [
            "", "89/01_state_groups_deletion.sql", "90/02_delete_unreferenced_state_groups.sql",
            "90/03_remove_old_deletion_bg_update.sql",
            "94/01_state_groups_persisting_inserted_ts.sql.postgres",
        ]  # fmt: skip
        assert migrate("up", main, "--state-dsn", state, "--yes").code == 0
        with cluster.session("planned_state") as cursor:
            cursor.execute("SELECT file FROM applied_schema_deltas ORDER BY version, file")
            assert [file for (file,) in cursor.fetchall()] == deltas[1:]
            cursor.execute("SELECT version, upgraded FROM schema_version")
            assert cursor.fetchone() == (94, True)
        again = migrate("up", main, "--state-dsn", state, "--yes")
        assert again.out.count("no delta waits") == 2
    finally:
        cluster.drop("planned_state")


def make_split(cluster: Cluster, main: str, state: str) -> None:
    """What Synapse has after `databases:` was set: books in each, the state tables in one."""
    run_tool("aksono-migrate", "bootstrap", "--version", "84", cluster.dsn(state))
    books = (
        "schema_version", "schema_compat_version", "applied_schema_deltas", "background_updates",
        "applied_module_schemas",
    )  # fmt: skip
    states = ("state_groups", "state_groups_state", "state_group_edges")
    drop_tables(cluster, state, keep=(*books, *states))
    with cluster.session(state) as cursor:
        cursor.execute("DELETE FROM applied_schema_deltas")
    with cluster.session(main) as cursor:
        for table in states:
            cursor.execute(f"DROP TABLE {table}")


def drop_tables(cluster: Cluster, name: str, keep: tuple[str, ...]) -> None:
    with cluster.session(name) as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 2200")
        for (table,) in cursor.fetchall():
            if table not in keep:
                cursor.execute(f"DROP TABLE IF EXISTS {table} CASCADE")


@pytest.mark.full
@pytest.mark.parametrize("rows", [100_000, 500_000])
@pytest.mark.parametrize("kind", list(WORK))
def test_estimates_hold(cluster: Cluster, database: str, kind: str, rows: int) -> None:
    """Within a factor of three, given the half second that hundreds of brief statements take."""
    version, rows_sql = WORK[kind]
    dsn = make(cluster, database, version)
    fill(cluster, database, rows_sql, rows)
    said = plan_of(dsn)["seconds"]
    began = time.monotonic()
    done = migrate("up", dsn, "--yes")
    took = time.monotonic() - began
    assert done.code == 0, done.err
    print(f"{kind}, {rows} rows: said {said:.1f} s, took {took:.1f} s")
    assert took / 3 - 1 < said < took * 3 + 1


def test_a_role_without_rights_is_told_so(cluster: Cluster, database: str) -> None:
    dsn = make(cluster, database, 84)
    before = shape_of(dsn)
    with cluster.session(database) as cursor:
        cursor.execute("CREATE ROLE guest LOGIN")
    try:
        guest = dsn.replace(f"user={cluster.USER}", "user=guest")
        unreadable = migrate("plan", guest)
        assert (unreadable.code, "may not be read" in unreadable.err) == (12, True)
        with cluster.session(database) as cursor:
            cursor.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO guest")
            cursor.execute("GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO guest")
        assert migrate("plan", guest).code == 0
        unowned = migrate("up", guest, "--yes")
        assert (unowned.code, "permission denied" in unowned.err) == (12, True)
        assert shape_of(dsn) == before
    finally:
        with cluster.session(database) as cursor:
            cursor.execute("DROP OWNED BY guest")
            cursor.execute("DROP ROLE guest")


@pytest.mark.full
def test_a_full_disk_leaves_everything_as_it_was(cluster: Cluster, database: str) -> None:
    """The upgrade from 59 builds indexes on events; a tablespace of 60 MB has no room for them."""
    make(cluster, database, 59)
    space = cluster.directory / "small"
    space.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=60m,mode=0777", "tmpfs", str(space)]
    subprocess.run(mount, check=True)
    shutil.chown(space, "postgres", "postgres")
    try:
        with cluster.session("postgres") as cursor:
            cursor.execute(f"CREATE TABLESPACE small LOCATION '{space}'")
            cursor.execute(f"ALTER DATABASE {database} SET TABLESPACE small")
        fill(cluster, database, EVENTS, 40_000)
        dsn = cluster.dsn(database)
        before = shape_of(dsn)
        done = migrate("up", dsn, "--yes")
        assert (done.code, "No space left on device" in done.err) == (12, True), done.err
        assert shape_of(dsn) == before
        subprocess.run(["mount", "-o", "remount,size=500m", str(space)], check=True)
        assert migrate("up", dsn, "--yes").code == 0
    finally:
        cluster.drop(database)
        with cluster.session("postgres") as cursor:
            cursor.execute("DROP TABLESPACE IF EXISTS small")
        subprocess.run(["umount", str(space)], check=True)
