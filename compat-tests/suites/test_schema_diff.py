# SPDX-License-Identifier: Apache-2.0
"""aksono-schema-diff diff and snapshot: what differs between two databases, and what mends it."""

from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from aksono_compat.postgres import Cluster
from aksono_compat.tools import Run, run_tool

VERSIONS = (58, 60, 72, 73, 84, 92, 94)


def make(cluster: Cluster, name: str, version: int) -> str:
    cluster.create(name)
    dsn = cluster.dsn(name)
    done = run_tool("aksono-migrate", "bootstrap", "--version", str(version), dsn)
    assert done.code == 0, done.err
    return dsn


@pytest.fixture(scope="module")
def newest(cluster: Cluster) -> Iterator[str]:
    yield make(cluster, "diff_newest", 94)
    cluster.drop("diff_newest")


@pytest.fixture
def other(cluster: Cluster) -> Iterator[str]:
    yield make(cluster, "diff_other", 94)
    cluster.drop("diff_other")


def run_sql(cluster: Cluster, *statements: str) -> None:
    with cluster.session("diff_other") as cursor:
        for statement in statements:
            cursor.execute(statement)


def diff(*arguments: str) -> Run:
    return run_tool("aksono-schema-diff", "diff", *arguments)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_statements_bring_any_version_to_the_newest(
    cluster: Cluster, newest: str, version: int
) -> None:
    dsn = make(cluster, "diff_old", version)
    try:
        done = diff("--sql", dsn, newest)
        assert done.code == (0 if version == 94 else 10), done.err
        if version < 94:
            statements = done.out.split("-- What makes the first like the second:\n")[1]
            connection = psycopg2.connect(dsn)
            with connection, connection.cursor() as cursor:
                cursor.execute(statements)
            connection.close()
        done = diff(dsn, newest)
        assert (done.code, done.out) == (0, "Alike: 176 tables.\n")
        assert run_tool("aksono-migrate", "bootstrap", dsn).code == 12
    finally:
        cluster.drop("diff_old")


def test_each_kind_of_difference_is_a_line(cluster: Cluster, newest: str, other: str) -> None:
    run_sql(
        cluster,
        "CREATE TABLE mine (a integer)",
        "DROP INDEX events_ts",
        "ALTER TABLE users ALTER COLUMN locked SET DEFAULT true",
        "ALTER TABLE users DROP COLUMN suspended",
        "ALTER SEQUENCE receipts_sequence INCREMENT BY 2",
        "COMMENT ON TABLE users IS 'people'",
        "SELECT setval('events_stream_seq', 77)",
    )
    done = diff(newest, other)
    assert done.code == 10
    assert [line.split(" {")[0] for line in done.out.splitlines()] == [
        '+ comments.table users "' + done.out.splitlines()[0].split('"')[1] + '"',
        "- events.indexes.events_ts",
        "+ mine",
        "+ mine.columns.a",
        "~ sequences.receipts_sequence",
        "~ users.columns.locked",
        "- users.columns.suspended",
    ]


def test_rows_are_compared_on_demand(cluster: Cluster, newest: str, other: str) -> None:
    assert diff("--data", newest, other).code == 0
    run_sql(cluster, "INSERT INTO users (name, creation_ts) VALUES ('@a:b', 1)")
    assert diff(newest, other).code == 0
    done = diff("--data", newest, other)
    assert done.code == 10
    assert done.out.startswith("~ users (rows) 0 rows, sum 0 → 1 rows, sum ")
    assert len(done.out.splitlines()) == 1


def test_a_snapshot_stands_for_its_database(
    cluster: Cluster, newest: str, other: str, tmp_path: Path
) -> None:
    file = tmp_path / "before.json"
    file.write_text(run_tool("aksono-schema-diff", "snapshot", other).out)
    assert diff(str(file), other).code == 0
    run_sql(cluster, "DROP TABLE room_reports")
    done = diff(str(file), other)
    assert done.code == 10
    assert "- room_reports\n" in done.out.replace(" {}", "")
    assert diff("--data", str(file), other).code == 1


def test_bad_input(newest: str, tmp_path: Path) -> None:
    assert diff(newest).code == 1
    assert diff(newest, newest, newest).code == 1
    done = diff(newest, "host=/nonexistent dbname=x")
    assert (done.code, done.out) == (12, "")
    odd = tmp_path / "odd.json"
    odd.write_text('{"tables": ')
    done = diff(newest, str(odd))
    assert done.code == 12
    assert "snapshot" in done.err
    odd.write_text('{"tables": {"a": {"columns": {"b": {}}}}}')
    done = diff(newest, str(odd))
    assert (done.code, len(done.err.splitlines())) == (12, 1)
