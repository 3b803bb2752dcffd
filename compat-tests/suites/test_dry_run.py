# SPDX-License-Identifier: Apache-2.0
"""dry-run upgrades a copy with the real code and leaves the original alone; verify says whether
a database is as Synapse's own upgrade leaves it."""

from collections.abc import Iterator

import psycopg2
import pytest

from aksono_compat.config import SERVER_NAME
from aksono_compat.postgres import Cluster
from aksono_compat.tools import Run, run_tool, update_by_synapse


@pytest.fixture
def database(cluster: Cluster) -> Iterator[str]:
    cluster.create("dry")
    dsn = cluster.dsn("dry")
    assert run_tool("aksono-migrate", "bootstrap", "--version", "76", dsn).code == 0
    yield dsn
    cluster.drop("dry")


def migrate(verb: str, dsn: str, *options: str) -> Run:
    return run_tool("aksono-migrate", verb, "--server-name", SERVER_NAME, *options, dsn)


def databases(cluster: Cluster) -> list[str]:
    with cluster.session("postgres") as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'dry%' ORDER BY 1")
        return [name for (name,) in cursor.fetchall()]


@pytest.mark.parametrize("connected", [False, True])
def test_the_copy_is_upgraded_and_dropped(cluster: Cluster, database: str, connected: bool) -> None:
    with cluster.session("dry") as cursor:
        cursor.execute("INSERT INTO profiles (user_id, displayname) VALUES ('a', 'Alice')")
    before = run_tool("aksono-schema-diff", "snapshot", database).out
    other = psycopg2.connect(database) if connected else None
    done = migrate("dry-run", database)
    if other:
        other.close()
    assert done.code == 0, done.out + done.err
    assert ("by pg_dump (it is in use)" in done.out) == connected
    assert "The copy is as Synapse would leave it." in done.out
    assert "table insertion_events is dropped" in done.out
    assert databases(cluster) == ["dry"]
    assert run_tool("aksono-schema-diff", "snapshot", database).out == before


def test_what_would_fail_fails_on_the_copy(cluster: Cluster, database: str) -> None:
    with cluster.session("dry") as cursor:
        cursor.execute("CREATE VIEW mine AS SELECT last_success FROM pushers")
        cursor.execute("CREATE VIEW old AS SELECT * FROM insertion_events")
    done = migrate("dry-run", database)
    assert (done.code, "view old" in done.err) == (12, True), done.err
    assert databases(cluster) == ["dry"]


def test_into_another_cluster(cluster: Cluster, database: str) -> None:
    with Cluster() as other:
        done = migrate("dry-run", database, "--keep", "--into", other.dsn("postgres"))
        assert done.code == 0, done.out + done.err
        with other.session("postgres") as cursor:
            cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'dry_dry_run_%'")
            ((name,),) = cursor.fetchall()
        assert migrate("verify", other.dsn(name)).code == 0
    refused = migrate("verify", database)
    assert (refused.code, "the upgrade has not been done" in refused.out) == (10, True)


def test_verify_against_synapse(cluster: Cluster, database: str) -> None:
    cluster.create("dry_theirs", "dry")
    try:
        assert migrate("up", database, "--yes").code == 0
        update_by_synapse(cluster, "dry_theirs", finished=False)
        for name in ("dry", "dry_theirs"):
            with cluster.session(name) as cursor:
                # Its time is the moment of the upgrade.
                cursor.execute("UPDATE scheduled_tasks SET timestamp = 0")
        against = ("--against", cluster.dsn("dry_theirs"))
        done = migrate("verify", database, *against)
        assert done.code == 0, done.out + done.err
        with cluster.session("dry") as cursor:
            cursor.execute("UPDATE background_updates SET ordering = 1 WHERE ordering = 7703")
            cursor.execute("DELETE FROM applied_schema_deltas WHERE file LIKE '94/11%'")
        found = migrate("verify", database, *against)
        assert found.code == 10
        for word in ("queue-order", "delta-missing", "rows-differ"):
            assert word in found.out
    finally:
        cluster.drop("dry_theirs")


def test_bad_input(cluster: Cluster, database: str) -> None:
    assert migrate("dry-run", cluster.dsn("postgres")).code == 12
    assert migrate("verify", cluster.dsn("postgres")).code == 12
    away = migrate("dry-run", database, "--into", "host=/nowhere dbname=postgres")
    assert (away.code, "cannot connect" in away.err) == (12, True)
    assert databases(cluster) == ["dry"]
