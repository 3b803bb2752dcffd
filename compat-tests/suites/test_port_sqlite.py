# SPDX-License-Identifier: Apache-2.0
"""aksono-migrate port-sqlite leaves what synapse_port_db leaves, and a user directory besides."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import yaml

from aksono_compat.client import Client, q
from aksono_compat.config import SERVER_NAME, Site
from aksono_compat.lite import ODD_BODIES, LiteSite, LiteWorld, make_lite_world
from aksono_compat.ports import free_port
from aksono_compat.postgres import Cluster
from aksono_compat.servers import Aksono, Synapse
from aksono_compat.tools import Run, run_tool

TARGET = "ported"
# Not ported: books about the schema, which PostgreSQL has of its own, and sessions that end anyway.
LEFT_ALONE = {
    "schema_version", "schema_compat_version", "applied_schema_deltas", "background_updates",
    "ui_auth_sessions", "ui_auth_sessions_credentials", "ui_auth_sessions_ips",
}  # fmt: skip
FULL_TEXT = {"event_search", "user_directory_search"}
# synapse_port_db leaves its own table behind, and the user directory empty for ever.
LEFT_BY_SYNAPSE = (
    "port_from_sqlite3", "user_directory", "users_in_public_rooms", "users_who_share_private_rooms",
)  # fmt: skip


@pytest.fixture(scope="module")
def lite() -> LiteWorld:
    return make_lite_world()


@pytest.fixture
def file(lite: LiteWorld, tmp_path: Path) -> Path:
    """A copy to be spoilt."""
    return Path(shutil.copy(lite.file, tmp_path / "homeserver.db"))


@pytest.fixture
def dsn(cluster: Cluster) -> Iterator[str]:
    """An empty database."""
    cluster.create(TARGET)
    yield cluster.dsn(TARGET)
    cluster.drop(TARGET)


def port(file: Path, dsn: str, *options: str) -> Run:
    return run_tool("aksono-migrate", "port-sqlite", str(file), *options, dsn)


def change(file: Path, *statements: str) -> None:
    with closing(sqlite3.connect(file)) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def refused(done: Run, *words: str) -> None:
    """A line on stderr that has these words, nothing on stdout, exit code 12."""
    assert done.code == 12, done
    assert done.out == ""
    for word in words:
        assert word in done.err


def plain(value: Any) -> Any:
    """Values of both databases in one form."""
    return bytes(value).decode() if isinstance(value, memoryview | bytes) else value


def lite_tables(file: Path) -> dict[str, tuple[list[str], list[tuple[Any, ...]]]]:
    """Columns and rows of every table that is ported as it is."""
    tables = {}
    with closing(sqlite3.connect(file)) as database:
        names = database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
        for (name,) in names.fetchall():
            if name in LEFT_ALONE or name.startswith(tuple(FULL_TEXT)):
                continue
            cursor = database.execute(f'SELECT * FROM "{name}"')
            columns = [column[0].lower() for column in cursor.description]
            tables[name] = (columns, [tuple(map(plain, row)) for row in cursor])
    return tables


def test_every_row_arrives(cluster: Cluster, lite: LiteWorld, dsn: str) -> None:
    done = port(lite.file, dsn)
    assert done.code == 0, done.err
    assert "0 rows left out" in done.out
    tables = lite_tables(lite.file)
    assert len(tables) > 150
    with cluster.session(TARGET) as cursor:
        for name, (columns, rows) in tables.items():
            named = ", ".join(f'"{column}"' for column in columns)
            cursor.execute(f'SELECT {named} FROM "{name}"')
            found = [tuple(map(plain, row)) for row in cursor.fetchall()]
            assert sorted(found, key=repr) == sorted(found_as(rows, found), key=repr), name
        cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'aksono%'")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT vector::text FROM user_directory_search WHERE user_id LIKE '@bob%'")
        assert cursor.fetchone() == ("'bob':1A 'böb':3B 'test.local':2 '😀':4B",)
    healthy = run_tool("aksono-schema-diff", "check", "--json", "--shape-only", dsn)
    assert (healthy.code, healthy.json["findings"]) == (0, [])
    assert not list(lite.file.parent.glob("*-shm"))


def found_as(rows: list[tuple[Any, ...]], found: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """SQLite's 0 and 1 as truth values where PostgreSQL has those."""
    truths = {place for row in found for place, value in enumerate(row) if isinstance(value, bool)}
    return [
        tuple(
            bool(value) if place in truths and value is not None else value
            for place, value in enumerate(row)
        )
        for row in rows
    ]


def test_synapse_goes_on_with_it(
    cluster: Cluster, lite: LiteWorld, dsn: str, tmp_path: Path
) -> None:
    assert port(lite.file, dsn).code == 0
    made = lite.made
    site = Site(tmp_path / "after", free_port(), cluster.connection_args(TARGET))
    site.directory.mkdir()
    shutil.copytree(lite.media, site.media_store)
    with Synapse(site) as server:
        alice, bob = Client(site.url, made.alice), Client(site.url, made.bob)
        joined = bob.get("/sync", since=made.since).ok()["rooms"]["join"][made.room]
        bodies = [event["content"].get("body") for event in joined["timeline"]["events"]]
        assert [body for body in bodies if body in ODD_BODIES] == [
            body for body in ODD_BODIES if body != "quote ' \" %s"
        ]
        wanted = {"search_categories": {"room_events": {"search_term": "hello"}}}
        found = alice.post("/search", wanted).ok()["search_categories"]["room_events"]
        assert found["count"] == 1
        people = alice.post("/user_directory/search", {"search_term": "böb"}).ok()["results"]
        assert [one["user_id"] for one in people] == [f"@bob:{SERVER_NAME}"]
        assert alice.say(made.room, "hello again").startswith("$")
        again = Client(site.url).login("bob", "password")
        assert made.room in again.get("/sync").ok()["rooms"]["join"]
        carol = Client(site.url).register("carol", "password")
        alice.post(f"/rooms/{q(made.room)}/invite", {"user_id": carol.user_id}).ok()
        carol.post(f"/join/{q(made.room)}").ok()
        keys = alice.get("/sync").ok()["device_one_time_keys_count"]
        assert keys["signed_curve25519"] == 2
        said = {line.logger for line in server.problems()}
    assert said <= {"synapse.config.logger"}, said


def test_what_postgresql_cannot_hold_is_left_out_and_named(
    cluster: Cluster, file: Path, dsn: str
) -> None:
    change(
        file,
        "UPDATE profiles SET displayname = 'nul' || char(0) WHERE user_id = 'bob'",
        "UPDATE account_data SET content = CAST(content AS blob)",
        "UPDATE users SET approved = NULL",
        "UPDATE events SET stream_ordering = -7, depth = 5.0 WHERE stream_ordering = "
        "(SELECT max(stream_ordering) FROM events WHERE type = 'm.room.message')",
        "INSERT INTO stream_positions VALUES ('backfill', 'master', -7)",
        "INSERT INTO stream_positions VALUES ('sticky_events', 'master', 12)",
        "INSERT INTO users (name, creation_ts) VALUES ('@1234:test.local', 1)",
        "INSERT INTO event_search (event_id, room_id, key, value) VALUES ('$x', '!x', 'k', 'v')",
        "INSERT INTO event_edges (event_id, prev_event_id) VALUES ('$nowhere', '$x')",
    )
    refused(port(file, dsn), "1 of event_edges", "--leave-orphans-out")
    done = port(file, dsn, "--leave-orphans-out")
    assert done.code == 11, done.err
    assert done.out.splitlines()[:3] == [
        "event_edges: 1 rows left out",
        "event_search: 1 rows left out",
        "profiles: 1 rows left out",
    ]
    assert "profiles, row 2: displayname contains U+0000" in done.err
    wanted = {"events_backfill_stream_seq": 8, "sticky_events_sequence": 13, "user_id_seq": 1235}
    with cluster.session(TARGET) as cursor:
        for sequence, number in wanted.items():
            cursor.execute(f"SELECT nextval('{sequence}')")
            assert cursor.fetchone() == (number,)
        cursor.execute("SELECT count(*) FROM users WHERE approved IS NULL")
        assert cursor.fetchone() == (3,)
        cursor.execute("SELECT depth FROM events WHERE stream_ordering = -7")
        assert cursor.fetchone() == (5,)
    healthy = run_tool("aksono-schema-diff", "check", "--json", "--shape-only", dsn)
    assert healthy.json["findings"] == []


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE schema_version SET version = 93", "schema version 93, and 94 is needed"),
        ("UPDATE schema_version SET version = 96", "newer than this program knows"),
        ("DELETE FROM applied_schema_deltas WHERE file LIKE '94/11%'", "94/11_destination_room"),
        ("CREATE TABLE mine (a text)", "a table mine"),
        ("ALTER TABLE users ADD COLUMN mine text", "a column users.mine"),
        ("ALTER TABLE users DROP COLUMN locked", "no column users.locked"),
        ("DROP TABLE schema_version", "none of a Synapse"),
        (
            "INSERT INTO background_updates (update_name, progress_json) VALUES ('a_b', '{}')",
            "have not finished (a_b)",
        ),
    ],
)
def test_unsuitable_files(file: Path, dsn: str, statement: str, words: str) -> None:
    change(file, statement)
    refused(port(file, dsn), words)


def test_what_is_no_whole_sqlite_database(file: Path, dsn: str, tmp_path: Path) -> None:
    content = file.read_bytes()
    junk = tmp_path / "junk.db"
    junk.write_bytes(b"no database at all" * 1000)
    refused(port(junk, dsn), "cannot be read as a SQLite database")
    file.write_bytes(content[: len(content) // 3])
    refused(port(file, dsn), str(file))
    file.write_bytes(content)
    with closing(sqlite3.connect(file)) as database:
        sql = "SELECT rootpage FROM sqlite_master WHERE name = 'events_ts'"
        (page,) = database.execute(sql).fetchone()
    with file.open("r+b") as spoilt:
        spoilt.seek((page - 1) * 4096)
        spoilt.write(b"\xff" * 4096)
    refused(port(file, dsn), "quick_check")
    refused(port(tmp_path / "nothing", dsn), "No such file")
    refused(port(tmp_path, dsn), "is no file")


def test_a_running_synapse_is_seen(lite: LiteWorld, dsn: str, tmp_path: Path) -> None:
    site = LiteSite(tmp_path, free_port(), {})
    shutil.copy(lite.file, site.file)
    with Synapse(site) as server:
        refused(port(site.file, dsn), f"in use by process {server.pid}", "stop Synapse")


def test_targets(cluster: Cluster, lite: LiteWorld, dsn: str, tmp_path: Path) -> None:
    with cluster.session(TARGET) as cursor:
        cursor.execute("CREATE TABLE mine (a text)")
    refused(port(lite.file, dsn), "is not empty", '"mine"')
    with cluster.session("postgres") as cursor:
        cursor.execute("CREATE DATABASE ported_utf8 TEMPLATE template0 LOCALE 'C.UTF-8'")
    refused(port(lite.file, cluster.dsn("ported_utf8")), "incorrect collation of 'C.UTF-8'")
    cluster.drop("ported_utf8")
    usage = run_tool("aksono-migrate", "port-sqlite", "--batch", "0", dsn)
    assert (usage.code, "file comes first" in usage.err) == (1, True)
    usage = port(lite.file, dsn, "--batch", "0")
    assert (usage.code, "--batch" in usage.err) == (1, True)


def many_rows(file: Path) -> None:
    """Rows enough for a port to be caught in the middle of them."""
    change(
        file,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000) "
        "INSERT INTO device_lists_remote_cache SELECT '@u' || i || ':x.org', 'D', '{}' FROM n",
    )


def written(dsn: str) -> int:
    with suppress(psycopg2.Error), closing(psycopg2.connect(dsn)) as connection:
        cursor = connection.cursor()
        cursor.execute(
            "SELECT written FROM aksono_port.tables WHERE name = 'device_lists_remote_cache'"
        )
        row = cursor.fetchone()
        return int(row[0]) if row else 0
    return 0


def start(file: Path, dsn: str) -> "subprocess.Popen[str]":
    program = Aksono.build() / "bin" / "aksono-migrate"
    return subprocess.Popen(
        [str(program), "port-sqlite", str(file), "--batch", "20", dsn],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def wait_until_written(process: "subprocess.Popen[str]", dsn: str, rows: int) -> None:
    while process.poll() is None and written(dsn) < rows:
        time.sleep(0.005)


def test_an_interrupted_port_goes_on(cluster: Cluster, file: Path, dsn: str) -> None:
    many_rows(file)
    first = start(file, dsn)
    wait_until_written(first, dsn, 1000)
    refused(port(file, dsn), "another aksono-migrate is at work")
    os.kill(first.pid, signal.SIGKILL)
    first.communicate()
    after_first = written(dsn)
    assert 1000 <= after_first < 60000

    second = start(file, dsn)
    wait_until_written(second, dsn, after_first + 1000)
    with cluster.session("postgres") as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            (TARGET,),
        )
    _, said = second.communicate()
    assert (second.returncode, "the same command goes on" in said) == (12, True), said
    assert after_first < written(dsn) < 60000

    done = port(file, dsn)
    assert done.code == 0, done.err
    assert "going on with an earlier run" in done.err
    with cluster.session(TARGET) as cursor:
        cursor.execute("SELECT count(*), count(DISTINCT user_id) FROM device_lists_remote_cache")
        assert cursor.fetchone() == (60000, 60000)
        cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'aksono%'")
        assert cursor.fetchone() == (0,)
    refused(port(file, dsn), "is not empty")


def test_an_unfinished_port_is_for_nobody_else(cluster: Cluster, file: Path, dsn: str) -> None:
    many_rows(file)
    first = start(file, dsn)
    wait_until_written(first, dsn, 100)
    first.kill()
    first.communicate()
    change(file, "DELETE FROM device_lists_remote_cache WHERE user_id = '@u1:x.org'")
    refused(port(file, dsn), "unfinished port of another file")
    site = Site(file.parent / "early", free_port(), cluster.connection_args(TARGET))
    site.directory.mkdir()
    site.write()
    server = Synapse(site)
    done = subprocess.run(server.command(), capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    with cluster.session(TARGET) as cursor:
        cursor.execute("SELECT count(*) FROM schema_version")
        assert cursor.fetchone() == (0,)


@pytest.mark.full
def test_synapse_port_db_leaves_the_same(
    cluster: Cluster, lite: LiteWorld, dsn: str, tmp_path: Path
) -> None:
    assert port(lite.file, dsn).code == 0
    cluster.create("ported_theirs")
    site = Site(tmp_path, free_port(), cluster.connection_args("ported_theirs"))
    site.write()
    assert yaml.safe_load(site.config_file.read_text())["database"]["name"] == "psycopg2"
    copy = shutil.copy(lite.file, tmp_path / "copy.db")
    done = subprocess.run(
        [
            sys.executable, "-m", "synapse._scripts.synapse_port_db",
            "--sqlite-database", str(copy), "--postgres-config", str(site.config_file),
        ],
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:]
    theirs = cluster.dsn("ported_theirs")
    found = run_tool("aksono-schema-diff", "diff", "--data", theirs, dsn)
    lines = [
        line
        for line in found.out.splitlines()
        if not line.startswith(("~ functions.", "~ comments.", "Alike: "))
        and not line[2:].startswith(LEFT_BY_SYNAPSE)
    ]
    assert lines == [], lines
    next_ids = []
    for database in (TARGET, "ported_theirs"):
        with cluster.session(database) as cursor:
            cursor.execute("SELECT sequencename FROM pg_sequences ORDER BY 1")
            names = [name for (name,) in cursor.fetchall()]
            ids = {}
            for name in names:
                cursor.execute(f"SELECT nextval('{name}')")
                ids[name] = cursor.fetchone()
            del ids["application_services_txn_id_seq"]  # 1 where a new database has it, or 2
            next_ids.append(ids)
    assert next_ids[0] == next_ids[1]
    cluster.drop("ported_theirs")
