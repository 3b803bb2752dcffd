# SPDX-License-Identifier: Apache-2.0
"""aksono-migrate bootstrap and aksono-schema-diff check on databases that real Synapse makes."""

import itertools
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from aksono_compat.client import Client
from aksono_compat.config import SERVER_NAME, Site
from aksono_compat.old_data import wait_for_background_updates
from aksono_compat.ports import free_port
from aksono_compat.postgres import Cluster
from aksono_compat.releases import python_of
from aksono_compat.servers import Aksono, Synapse
from aksono_compat.tools import Run, make_synapse_schema, run_tool

FRESH = "schema_fresh"
BOOTSTRAPPED = "schema_bootstrapped"

# Ends with which code, and finds which ids, after which statement on a healthy database.
DAMAGES: dict[str, tuple[str, int, set[str]]] = {
    "dropped index": ("DROP INDEX events_ts", 10, {"index-missing"}),
    "dropped unique index": ("DROP INDEX users_creation_ts", 10, {"index-missing"}),
    "other index": (
        "DROP INDEX events_ts; CREATE INDEX events_ts ON events (stream_ordering)",
        10,
        {"index-different"},
    ),
    "foreign index": ("CREATE INDEX mine ON events (sender)", 11, {"index-foreign"}),
    "dropped column": ("ALTER TABLE users DROP COLUMN locked", 10, {"column-missing"}),
    "foreign column": ("ALTER TABLE users ADD COLUMN mine text", 11, {"column-foreign"}),
    "foreign column that blocks": (
        "ALTER TABLE users ADD COLUMN mine text NOT NULL",
        10,
        {"column-foreign"},
    ),
    "other type": (
        "ALTER TABLE state_groups ALTER COLUMN event_id TYPE varchar(99)",
        10,
        {"column-type"},
    ),
    "other default": (
        "ALTER TABLE users ALTER COLUMN locked SET DEFAULT true",
        10,
        {"column-default"},
    ),
    "NULL refused": (
        "ALTER TABLE users ALTER COLUMN consent_version SET NOT NULL",
        10,
        {"column-null"},
    ),
    "dropped table": ("DROP TABLE scheduled_tasks", 10, {"table-missing"}),
    "foreign table": ("CREATE TABLE mine (id bigserial PRIMARY KEY)", 11, {"table-foreign"}),
    "unlogged table": ("ALTER TABLE user_filters SET UNLOGGED", 10, {"table-unlogged"}),
    "dropped constraint": (
        "ALTER TABLE profiles DROP CONSTRAINT full_user_id_not_null",
        10,
        {"constraint-missing"},
    ),
    "foreign constraint": (
        "ALTER TABLE users ADD CONSTRAINT mine CHECK (name <> 'x')",
        11,
        {"constraint-foreign"},
    ),
    "dropped trigger": (
        "DROP TRIGGER check_event_stream_ordering ON room_memberships",
        10,
        {"trigger-missing"},
    ),
    "disabled trigger": (
        "ALTER TABLE room_memberships DISABLE TRIGGER check_event_stream_ordering",
        10,
        {"trigger-disabled"},
    ),
    "other function": (
        "CREATE OR REPLACE FUNCTION check_event_stream_ordering() RETURNS trigger "
        "LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        11,
        {"function-different"},
    ),
    "dropped sequence": ("DROP SEQUENCE events_stream_seq", 10, {"sequence-missing"}),
    "sequence set back": (
        "INSERT INTO receipts_linearized (stream_id, room_id, receipt_type, user_id, event_id, "
        "data) VALUES (9, '!r', 'm.read', '@u', '$e', '{}'); "
        "SELECT setval('receipts_sequence', 3)",
        11,
        {"sequence-behind"},
    ),
    "backfill sequence set back": (
        "INSERT INTO events (topological_ordering, event_id, type, room_id, processed, outlier, "
        "stream_ordering) VALUES (1, '$e', 't', '!r', true, false, -7)",
        11,
        {"sequence-behind"},
    ),
    "position ahead": (
        "INSERT INTO stream_positions VALUES ('receipts', 'master', 99999)",
        10,
        {"stream-position-ahead"},
    ),
    "position row lost": ("DELETE FROM user_directory_stream_pos", 10, {"position-row-missing"}),
    "unknown update": (
        "INSERT INTO background_updates (update_name, progress_json) VALUES ('made_up', '{}')",
        10,
        {"background-update-unknown", "background-update-queue"},
    ),
    "known update": (
        "DROP INDEX delayed_events_idx; INSERT INTO background_updates "
        "(update_name, progress_json) VALUES ('delayed_events_idx', '{}')",
        0,
        {"background-update-pending", "background-update-queue"},
    ),
    "row of a delta missing": (
        "DELETE FROM applied_schema_deltas WHERE file = '94/01_redactions_recheck.sql'",
        10,
        {"delta-row-missing"},
    ),
    "deltas missing": (
        "DELETE FROM applied_schema_deltas WHERE file LIKE '94/11%' OR file LIKE '94/02%'; "
        "DROP TABLE destination_rooms_sticky_events_backlog",
        0,
        {"deltas-unapplied"},
    ),
    "old delta missing": (
        "DELETE FROM applied_schema_deltas WHERE file LIKE '88/01%'",
        11,
        {"deltas-lost"},
    ),
    "older": ("UPDATE schema_version SET version = 93", 0, {"schema-version-old"}),
    "newer": ("UPDATE schema_version SET version = 96", 10, {"schema-version-new"}),
    "too new": (
        "UPDATE schema_compat_version SET compat_version = 95",
        10,
        {"compat-version-new"},
    ),
    "foreign user": (
        "INSERT INTO users (name, creation_ts) VALUES ('@a:elsewhere.org', 1)",
        10,
        {"server-name"},
    ),
}


@pytest.fixture(scope="module")
def fresh(cluster: Cluster) -> str:
    make_synapse_schema(cluster, FRESH)
    return FRESH


@pytest.fixture(scope="module")
def bootstrapped(cluster: Cluster) -> str:
    cluster.create(BOOTSTRAPPED)
    done = run_tool("aksono-migrate", "bootstrap", cluster.dsn(BOOTSTRAPPED))
    assert (done.code, done.out) == (0, ""), done.err
    return BOOTSTRAPPED


@pytest.fixture
def copy_of(cluster: Cluster) -> Iterator[Callable[[str], str]]:
    """Makes throwaway copies of a database."""
    made: list[str] = []
    numbers = itertools.count()

    def copy(database: str) -> str:
        made.append(f"schema_copy_{next(numbers)}")
        cluster.create(made[-1], database)
        return made[-1]

    yield copy
    for name in made:
        cluster.drop(name)


def check(cluster: Cluster, database: str, *options: str) -> Run:
    return run_tool(
        "aksono-schema-diff",
        "check",
        "--shape-only",
        "--server-name",
        SERVER_NAME,
        *options,
        cluster.dsn(database),
    )


def shape(cluster: Cluster, database: str) -> Any:
    """The catalogue of a database; of functions and comments, whose texts differ, the names."""
    done = run_tool("aksono-schema-diff", "snapshot", cluster.dsn(database))
    assert done.code == 0, done.err
    catalogue = done.json
    for function in catalogue.get("functions", {}).values():
        function["fingerprint"] = ""
    catalogue["comments"] = sorted(catalogue.get("comments", {}))
    return catalogue


def test_bootstrap_makes_what_synapse_makes(
    cluster: Cluster, fresh: str, bootstrapped: str
) -> None:
    assert shape(cluster, bootstrapped) == shape(cluster, fresh)


@pytest.mark.full
@pytest.mark.parametrize(
    ("release", "version"),
    [
        ("1.25.0", 58), ("1.38.1", 60), ("1.76.0", 73), ("1.88.0", 78), ("1.115.0", 87),
        ("1.128.0", 91), ("1.150.0", 93),
    ],
)  # fmt: skip
def test_bootstrap_makes_what_past_releases_made(
    cluster: Cluster, tmp_path: Path, release: str, version: int
) -> None:
    """Each is the last release of its schema version."""
    made, ours = f"schema_made_{version}", f"schema_ours_{version}"
    for name in (made, ours):
        cluster.create(name)
    with Synapse(Site(tmp_path, free_port(), cluster.connection_args(made)), python_of(release)):
        wait_for_background_updates(cluster, made)
    done = run_tool("aksono-migrate", "bootstrap", "--version", str(version), cluster.dsn(ours))
    assert done.code == 0, done.err
    # Positions move while a server runs, and tables of books have their rows from other statements.
    assert without_positions(shape(cluster, ours)) == without_positions(shape(cluster, made))
    for table in ("applied_schema_deltas", "schema_version", "schema_compat_version"):
        assert rows_of(cluster, ours, table) == rows_of(cluster, made, table), table
    for name in (made, ours):
        cluster.drop(name)


def without_positions(catalogue: Any) -> Any:
    for sequence in catalogue["sequences"].values():
        sequence.pop("last_value", None)
        sequence.pop("is_called", None)
    return {key: value for key, value in catalogue.items() if key != "rows"}


def rows_of(cluster: Cluster, database: str, table: str) -> Any:
    with cluster.session(database) as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NULL", (table,))
        if cursor.fetchone() == (True,):
            return None
        cursor.execute(f"SELECT to_jsonb(t) - 'lock' - 'upgraded' FROM {table} t ORDER BY 1")
        return cursor.fetchall()


def test_healthy_databases(cluster: Cluster, fresh: str, bootstrapped: str) -> None:
    for database in (fresh, bootstrapped):
        done = check(cluster, database, "--json")
        assert done.code == 0, done.out
        assert done.json["findings"] == []
        assert done.json["database"]["schema_version"] == 94
        assert done.json["database"]["synapse_releases"] == ["1.100.0", "1.163.2"]
        text = check(cluster, database)
        assert text.code == 0
        assert "Healthy" in text.out


def test_pending_updates_are_notes(cluster: Cluster) -> None:
    database = "schema_unfinished"
    make_synapse_schema(cluster, database, finished=False)
    done = check(cluster, database, "--json")
    cluster.drop(database)
    assert done.code == 0, done.out
    assert {finding["severity"] for finding in done.json["findings"]} == {"info"}
    assert len(done.json["findings"]) > 50


# What no statement puts right, or none that may be run without looking.
NOT_FIXED_BY_SQL = {
    "foreign table", "foreign user", "deltas missing", "old delta missing", "known update",
    "older", "newer", "too new",
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
def test_damages_are_found_and_their_fixes_repair(
    cluster: Cluster, fresh: str, copy_of: Callable[[str], str], damage: str
) -> None:
    sql, code, ids = DAMAGES[damage]
    database = copy_of(fresh)
    with cluster.session(database) as cursor:
        cursor.execute(sql)
    done = check(cluster, database, "--json")
    found = done.json["findings"]
    assert {finding["id"] for finding in found} == ids, done.out
    assert done.code == code
    assert check(cluster, database).code == code
    for finding in found:
        assert finding["summary"]
        assert finding["explanation"]
        assert "online" in finding["fix"]
    if damage not in NOT_FIXED_BY_SQL:
        repair(cluster, database, found)
        assert check(cluster, database).code == 0


def repair(cluster: Cluster, database: str, findings: list[Any]) -> None:
    """Runs the fixes; CONCURRENTLY stands alone, so each of their statements is sent by itself."""
    with cluster.session(database) as cursor:
        for finding in findings:
            for statement in finding["fix"].get("sql", "").split("; "):
                if statement:
                    cursor.execute(statement)


def test_an_invalid_index_is_found(
    cluster: Cluster, fresh: str, copy_of: Callable[[str], str]
) -> None:
    database = copy_of(fresh)
    row = "INSERT INTO delayed_events SELECT * FROM delayed_events"
    with cluster.session(database) as cursor:
        cursor.execute("DROP INDEX delayed_events_idx")
        cursor.execute(
            "INSERT INTO delayed_events (delay_id, user_localpart, delay, send_ts, room_id, "
            "event_type, content, is_processed) VALUES ('a', 'u', 1, 1, '!r', 't', '{}', false)"
        )
        cursor.execute("ALTER TABLE delayed_events DROP CONSTRAINT delayed_events_pkey")
        cursor.execute(row)
        with pytest.raises(psycopg2.errors.UniqueViolation):
            cursor.execute(
                "CREATE UNIQUE INDEX CONCURRENTLY delayed_events_idx ON delayed_events (delay_id)"
            )
        cursor.execute("DELETE FROM delayed_events")
        cursor.execute(
            "ALTER TABLE delayed_events ADD CONSTRAINT delayed_events_pkey "
            "PRIMARY KEY (user_localpart, delay_id)"
        )
    done = check(cluster, database, "--json")
    assert done.code == 10
    (finding,) = done.json["findings"]
    assert finding["id"] == "index-invalid"
    with cluster.session(database) as cursor:
        cursor.execute(finding["fix"]["sql"])
    assert check(cluster, database).code == 0


def test_check_needs_no_right_to_write(cluster: Cluster, fresh: str) -> None:
    dsn = cluster.dsn(fresh) + " options='-c default_transaction_read_only=on'"
    assert run_tool("aksono-schema-diff", "check", dsn).code == 0


def test_synapse_runs_on_a_bootstrapped_database(
    cluster: Cluster, fresh: str, bootstrapped: str, copy_of: Callable[[str], str], tmp_path: Path
) -> None:
    said = {}
    for database in (fresh, bootstrapped):
        copy = copy_of(database)
        directory = tmp_path / database
        directory.mkdir()
        with Synapse(Site(directory, free_port(), cluster.connection_args(copy))) as server:
            alice = Client(server.site.url).register("alice", "password")
            room = alice.post("/_matrix/client/v3/createRoom", {}).ok()["room_id"]
            event = alice.say(room, "hello")
            assert event.startswith("$")
            assert room in alice.get("/_matrix/client/v3/sync").ok()["rooms"]["join"]
            said[database] = {(line.logger, line.level) for line in server.problems()}
        assert check(cluster, copy).code == 0
    assert said[bootstrapped] == said[fresh]


def test_locks_of_bootstrapped_databases_survive_a_crowd(
    cluster: Cluster, bootstrapped: str, copy_of: Callable[[str], str]
) -> None:
    """The triggers on the lock tables are our own: many at once leave no lock behind."""
    database = copy_of(bootstrapped)

    def take_and_give_back(worker: int) -> int:
        taken = 0
        connection = cluster.connect(database)
        connection.autocommit = True
        with connection.cursor() as cursor:
            for turn in range(60):
                token = f"{worker}-{turn}"
                try:
                    cursor.execute(
                        "INSERT INTO worker_read_write_locks VALUES ('n', 'k', 'i', %s, %s, 1)",
                        (turn % 7 == 0, token),
                    )
                except (psycopg2.errors.UniqueViolation, psycopg2.errors.ForeignKeyViolation):
                    continue
                taken += 1
                cursor.execute("DELETE FROM worker_read_write_locks WHERE token = %s", (token,))
        connection.close()
        return taken

    with ThreadPoolExecutor(8) as crowd:
        assert sum(crowd.map(take_and_give_back, range(8))) > 0
    with cluster.session(database) as cursor:
        cursor.execute("SELECT count(*) FROM worker_read_write_locks_mode")
        assert cursor.fetchone() == (0,)


def test_bootstrap_dry_run_prints_and_leaves_nothing(cluster: Cluster) -> None:
    cluster.create("schema_dry")
    done = run_tool("aksono-migrate", "bootstrap", "--dry-run", cluster.dsn("schema_dry"))
    assert done.code == 0
    assert "CREATE TABLE events (" in done.out
    with cluster.session("schema_dry") as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        assert cursor.fetchone() == (0,)
        cursor.execute(done.out)  # what was printed does the same
    assert check(cluster, "schema_dry").code == 0
    cluster.drop("schema_dry")


def refused(run: Run, code: int, *words: str) -> None:
    """One line on stderr with these words, nothing on stdout."""
    assert run.code == code, run
    assert run.out == ""
    assert run.err.count("\n") == 1, run.err
    for word in words:
        assert word in run.err


def test_bootstrap_refuses(cluster: Cluster, bootstrapped: str) -> None:
    refused(run_tool("aksono-migrate", "bootstrap", cluster.dsn(bootstrapped)), 12, "is not empty")
    with cluster.session("postgres") as cursor:
        cursor.execute("CREATE DATABASE schema_ascii TEMPLATE template0 ENCODING 'SQL_ASCII'")
        cursor.execute("CREATE DATABASE schema_utf8 TEMPLATE template0 LOCALE 'C.UTF-8'")
    done = run_tool("aksono-migrate", "bootstrap", cluster.dsn("schema_ascii"))
    refused(done, 12, "Database has incorrect encoding: 'SQL_ASCII' instead of 'UTF8'")
    done = run_tool("aksono-migrate", "bootstrap", cluster.dsn("schema_utf8"))
    refused(done, 12, "Database has incorrect collation of 'C.UTF-8'. Should be 'C'")
    for name in ("schema_ascii", "schema_utf8"):
        cluster.drop(name)


def test_a_bootstrap_that_fails_leaves_nothing(cluster: Cluster) -> None:
    cluster.create("schema_half")
    with cluster.session("schema_half") as cursor:
        cursor.execute("CREATE TYPE users AS ENUM ('in the way')")
        done = run_tool("aksono-migrate", "bootstrap", cluster.dsn("schema_half"))
        refused(done, 12, '"users"')
        cursor.execute("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace")
        assert cursor.fetchone() == (0,)
    cluster.drop("schema_half")


@pytest.mark.parametrize(
    ("tool", "verb"), [("aksono-schema-diff", "check"), ("aksono-migrate", "bootstrap")]
)
def test_wrong_usage_is_one_line(cluster: Cluster, tool: str, verb: str) -> None:
    refused(run_tool(tool, "nonsense"), 1, "nonsense")
    refused(run_tool(tool, verb), 1, "which database")
    refused(run_tool(tool, verb, "--nonsense", "dbname=x"), 1, "--nonsense")
    refused(run_tool(tool, verb, "dbname"), 1, "DSN")
    refused(run_tool(tool, verb, "dbname=a", "dbname=b"), 1)
    refused(run_tool(tool, verb, "-c", "/nonexistent.yaml"), 1, "/nonexistent.yaml")
    refused(run_tool(tool, verb, "host=127.0.0.1 port=1 dbname=x"), 12, "Connection refused")
    refused(run_tool(tool, verb, cluster.dsn("nonexistent")), 12, "does not exist")
    for arguments in (("--help",), (verb, "--help")):
        done = run_tool(tool, *arguments)
        assert done.code == 0
        assert "Usage: " in done.out


def test_check_takes_a_homeserver_yaml(cluster: Cluster, fresh: str, tmp_path: Path) -> None:
    site = Site(tmp_path, 1, cluster.connection_args(fresh))
    site.write()
    assert run_tool("aksono-schema-diff", "check", "-c", str(site.config_file)).code == 0
    refused(run_tool("aksono-schema-diff", "check", cluster.dsn("postgres")), 12, "schema_version")


# Databases that no server may start on: what was done to them, and Synapse's own sentence.
REFUSED_AT_START = {
    "too new": (
        "UPDATE schema_compat_version SET compat_version = 95",
        "Cannot use this database as it is too new for the server to understand",
    ),
    "foreign user": (
        "INSERT INTO users (name, creation_ts) VALUES ('@a:elsewhere.org', 1)",
        f"Found users in database not native to {SERVER_NAME}!",
    ),
    "position ahead": (
        "INSERT INTO stream_positions VALUES ('receipts', 'master', 99999)",
        "Postgres sequence 'receipts_sequence' is inconsistent with associated stream position",
    ),
    "older": (
        "UPDATE schema_version SET version = 93",
        "Expected database schema version 94 but got 93",
    ),
    "delta missing": (
        "DELETE FROM applied_schema_deltas WHERE file LIKE '94/11%'",
        "Database schema delta 94/11_destination_room_sticky_events.sql has not been applied",
    ),
    "new": (
        "DELETE FROM schema_version",
        "Uninitialised database",
    ),
}


@pytest.mark.parametrize("damage", REFUSED_AT_START)
def test_aksono_refuses_to_start(
    cluster: Cluster, fresh: str, copy_of: Callable[[str], str], tmp_path: Path, damage: str
) -> None:
    sql, sentence = REFUSED_AT_START[damage]
    database = copy_of(fresh)
    with cluster.session(database) as cursor:
        cursor.execute(sql)
    server = Aksono(Site(tmp_path, free_port(), cluster.connection_args(database)))
    server.site.write()
    done = subprocess.run(server.command(), capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert f"; {server.site.config_file}: " in done.stderr


def test_check_ends_in_time_when_a_table_is_locked(cluster: Cluster, fresh: str) -> None:
    with cluster.connect(fresh) as connection, connection.cursor() as cursor:
        cursor.execute("LOCK TABLE events IN ACCESS EXCLUSIVE MODE")
        refused(check(cluster, fresh, "--timeout", "1"), 12, "somebody holds locked")
    connection.close()


def test_closed_stdout_is_noticed(cluster: Cluster, fresh: str) -> None:
    program = Aksono.build() / "bin" / "aksono-schema-diff"
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [str(program), "check", cluster.dsn(fresh)], stdout=full, stderr=subprocess.PIPE
        )
    assert done.returncode == 12
