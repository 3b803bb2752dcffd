# SPDX-License-Identifier: Apache-2.0
"""aksono-schema-diff check: budget, resuming, ignored findings, reports, locks, rights, two
databases, lost connections. What it finds is other suites' affair."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import psycopg2
import pytest
import yaml

from aksono_compat.postgres import Cluster
from aksono_compat.tools import Run, run_tool

BASE, COPY = "check_base", "check_copy"
STATE_TABLES = (
    "state_groups", "state_groups_state", "state_group_edges", "state_groups_persisting",
    "state_groups_pending_deletion",
)  # fmt: skip
BOOKS = (
    "applied_module_schemas", "applied_schema_deltas", "background_updates",
    "schema_compat_version", "schema_version",
)  # fmt: skip
LOST_EVENTS = """
INSERT INTO events (event_id, room_id, type, topological_ordering, depth, stream_ordering,
                    processed, outlier)
SELECT '$lost' || i, '!r:test.local', 'm.room.message', i, i, i, true, false
FROM generate_series(1, {}) i"""
LOST = "event-without-json"


@pytest.fixture(scope="module")
def base(cluster: Cluster) -> Iterator[str]:
    cluster.create(BASE)
    done = run_tool("aksono-migrate", "bootstrap", cluster.dsn(BASE))
    assert done.code == 0, done.err
    with cluster.session(BASE) as cursor:
        cursor.execute("DELETE FROM background_updates")
    yield BASE
    cluster.drop(BASE)


@pytest.fixture
def database(cluster: Cluster, base: str) -> Iterator[str]:
    cluster.create(COPY, base)
    yield COPY
    cluster.drop(COPY)


@pytest.fixture
def damaged(cluster: Cluster, database: str) -> str:
    """With seven events that have no content."""
    run_sql(cluster, LOST_EVENTS.format(7), "SELECT setval('events_stream_seq', 7)")
    return database


def run_sql(cluster: Cluster, *statements: str, database: str = COPY) -> None:
    with cluster.session(database) as cursor:
        for statement in statements:
            cursor.execute(statement)


def check(cluster: Cluster, *options: str, database: str = COPY) -> Run:
    return run_tool("aksono-schema-diff", "check", *options, cluster.dsn(database))


def found(run: Run) -> dict[str, Any]:
    return {finding["id"]: finding for finding in run.json["findings"]}


def refused(run: Run, code: int, *words: str) -> None:
    assert (run.code, run.out, run.err.count("\n")) == (code, "", 1), run
    for word in words:
        assert word in run.err, run.err


def test_a_new_database_is_healthy(cluster: Cluster, base: str) -> None:
    done = check(cluster, "--json", database=base)
    assert (done.code, done.json["findings"], done.err) == (0, [], "")
    assert done.json["summary"]["questions"] > 0
    assert done.json["summary"]["go_on_from"] is None
    done = check(cluster, "--json", "--shape-only", database=base)
    assert (done.code, done.json["summary"]["questions"]) == (0, 0)


def test_what_is_wrong_in_rows_is_counted_and_named(cluster: Cluster, damaged: str) -> None:
    done = check(cluster, "--json", "--only", LOST)
    assert done.code == 10
    finding = found(done)[LOST]
    assert set(finding) == {"id", "severity", "object", "summary", "explanation", "fix"}
    assert finding["summary"].startswith("7 events")
    assert finding["object"].count("$lost") == 5
    assert finding["object"].endswith("and 2 more")
    assert "7 events" in check(cluster, "--only", "event-without-j*").out
    assert LOST not in found(check(cluster, "--json", "--only", "index-*"))


@pytest.mark.parametrize(
    ("severity", "code"), [("error", 10), ("warning", 10), ("info", 10), ("never", 0)]
)
def test_fail_on(cluster: Cluster, damaged: str, severity: str, code: int) -> None:
    assert check(cluster, "--only", LOST, "--fail-on", severity).code == code


def test_fail_on_of_warnings_and_notes(cluster: Cluster, database: str) -> None:
    run_sql(cluster, "CREATE TABLE mine (a integer)", "CREATE TABLE aksono_backup_x (a integer)")
    codes = {
        severity: check(cluster, "--only", "table-*", "--fail-on", severity).code
        for severity in ("error", "warning", "info")
    }
    assert codes == {"error": 0, "warning": 11, "info": 11}
    run_sql(cluster, "DROP TABLE mine")
    assert check(cluster, "--fail-on", "warning").code == 0
    assert check(cluster, "--fail-on", "info").code == 11


def test_known_findings_are_ignored(cluster: Cluster, damaged: str, tmp_path: Path) -> None:
    file = tmp_path / "known.toml"
    file.write_text(
        f'[[ignore]]\nid = "{LOST}"\nobject = ["$lost1", "$lost2"]\nreason = "x"\n'
        "until = 2999-01-01\n"
        '[[ignore]]\nid = "table-foreign"\nreason = "ours"\nuntil = 2999-01-01\n'
        '[[ignore]]\nid = "index-*"\nreason = "old"\nuntil = 2020-01-01 # gone\n'
        '[[ignore]]\nobject = "nothing"\nreason = "unused"\nuntil = 2999-01-01\n'
    )
    run_sql(cluster, "CREATE TABLE mine (a integer)")
    done = check(cluster, "--json", "--only", f"{LOST},table-*", "--ignore", str(file))
    assert found(done)[LOST]["summary"].startswith("5 events")
    assert "table-foreign" not in found(done)
    assert done.json["summary"]["ignored"] == 1
    assert "ended on 2020-01-01" in found(done)["ignore-expired"]["summary"]
    assert "entry 4 matches nothing" in found(done)["ignore-unused"]["summary"]
    file.write_text(f'[[ignore]]\nid = "{LOST}"\nreason = "all"\nuntil = 2999-01-01\n')
    assert check(cluster, "--only", LOST, "--ignore", str(file)).code == 0


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ('id = "*"\nreason = "x"\nuntil = 2999-01-01', "would ignore everything"),
        ('id = "a"\nuntil = 2999-01-01', "a reason is required"),
        ('id = "a"\nreason = "x"', "`until` is required"),
        ('id = "a"\nreason = "x"\nuntil = 2026-13-01', "no date"),
        ('id = "a"\nreasons = "x"', "unknown: reasons"),
        ('id = "a', "line 2"),
    ],
)
def test_bad_ignore_files(
    cluster: Cluster, base: str, tmp_path: Path, entry: str, why: str
) -> None:
    file = tmp_path / "known.toml"
    file.write_text("[[ignore]]\n" + entry + "\n")
    refused(check(cluster, "--ignore", str(file), database=base), 1, "known.toml", why)
    refused(check(cluster, "--ignore", str(tmp_path / "no"), database=base), 1, "cannot be read")


def test_reports(cluster: Cluster, damaged: str, tmp_path: Path) -> None:
    junit, page = tmp_path / "r.xml", tmp_path / "r.html"
    done = check(cluster, "--only", f"{LOST},table-*", "--junit", str(junit), "--html", str(page))
    assert done.code == 10
    root = ElementTree.parse(junit).getroot()
    failed = [
        case.get("name") for case in root.iter("testcase") if case.find("failure") is not None
    ]
    assert failed == [LOST]
    assert root.get("failures") == "1"
    text = page.read_text()
    assert "7 events have no row in event_json" in text
    assert "default-src 'none'" in text
    assert "http" not in text.replace("http-equiv", "")
    refused(check(cluster, "--html", str(tmp_path / "no" / "r.html")), 1, "cannot write")


class Locked:
    """Somebody rewrites a table."""

    def __init__(self, cluster: Cluster, table: str) -> None:
        self.connection = cluster.connect(COPY)
        self.connection.cursor().execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        self.connection.close()


def test_a_lock_is_not_waited_for_and_the_rest_is_asked_later(
    cluster: Cluster, damaged: str, tmp_path: Path
) -> None:
    file = tmp_path / "state"
    options = ["--json", "--only", f"{LOST},not-asked", "--resume", str(file)]
    with Locked(cluster, "event_json"):
        done = check(cluster, *options)
    assert done.code == 0
    assert "somebody held a lock" in found(done)["not-asked"]["summary"]
    assert done.json["summary"]["go_on_from"] == str(file)
    done = check(cluster, *options)
    assert (done.code, set(found(done))) == (10, {LOST})


def test_the_budget_is_kept_and_the_rest_is_asked_later(
    cluster: Cluster, damaged: str, tmp_path: Path
) -> None:
    file = tmp_path / "state"
    options = ["--json", "--only", "event-*,not-asked", "--resume", str(file)]
    began = time.monotonic()
    with Locked(cluster, "event_json"):
        done = check(cluster, *options, "--budget", "1")
    assert time.monotonic() - began < 30
    assert "the time was up" in done.out
    assert json.loads(file.read_text())["answers"]
    done = check(cluster, *options)
    assert found(done)[LOST]["summary"].startswith("7 events")
    assert "not-asked" not in found(done)
    other = {**json.loads(file.read_text()), "database": "other"}
    file.write_text(json.dumps(other))
    refused(check(cluster, *options), 1, "is of another database")
    file.write_text("{}")
    refused(check(cluster, *options), 1, "is no file that a check has written")


def test_tables_without_rights_are_told(cluster: Cluster, damaged: str) -> None:
    run_sql(
        cluster, "DROP ROLE IF EXISTS check_reader", "CREATE ROLE check_reader LOGIN",
        "GRANT pg_read_all_data TO check_reader",
    )  # fmt: skip
    dsn = cluster.dsn(damaged).replace("user=postgres", "user=check_reader")
    done = run_tool("aksono-schema-diff", "check", "--json", "--only", LOST, dsn)
    assert done.code == 10
    run_sql(cluster, "REVOKE pg_read_all_data FROM check_reader")
    refused(run_tool("aksono-schema-diff", "check", dsn), 12, "schema_version", "GRANT")
    books = ", ".join((*BOOKS, "events"))
    run_sql(cluster, f"GRANT SELECT ON {books} TO check_reader")
    done = run_tool("aksono-schema-diff", "check", "--json", dsn)
    assert done.code == 0, done.out
    assert "no right to read: event_json" in done.out
    assert "no-rights" in found(done)
    run_sql(cluster, f"REVOKE ALL ON {books} FROM check_reader")


def split(cluster: Cluster, name: str) -> None:
    """Leaves the state tables to a second database."""
    cluster.create(name, COPY)
    tables = ", ".join(STATE_TABLES)
    run_sql(cluster, f"DROP TABLE {tables}", "DROP SEQUENCE state_group_id_seq CASCADE")
    run_sql(
        cluster,
        "DO $$ DECLARE t text; BEGIN FOR t IN SELECT relname FROM pg_class WHERE relkind = 'r' AND "
        "relnamespace = 'public'::regnamespace AND relname <> ALL ("
        f"ARRAY{[*STATE_TABLES, *BOOKS]}) LOOP EXECUTE 'DROP TABLE ' || t || ' CASCADE'; "
        "END LOOP; FOR t IN SELECT relname FROM pg_class WHERE relkind = 'S' AND relnamespace = "
        "'public'::regnamespace AND relname NOT LIKE 'state_group%' LOOP EXECUTE "
        "'DROP SEQUENCE IF EXISTS ' || t; END LOOP; END $$",
        database=name,
    )


def test_two_databases(cluster: Cluster, damaged: str, tmp_path: Path) -> None:
    split(cluster, "check_state")
    try:
        both = ["--state-dsn", cluster.dsn("check_state")]
        done = check(cluster, "--json", *both, "--shape-only")
        assert (done.code, done.json["findings"]) == (0, []), done.out
        done = check(cluster, "--json", *both)
        assert found(done)[LOST]["summary"].startswith("7 events")
        assert "question-failed" not in found(done)
        refused(check(cluster), 12, "--state-dsn")
        refused(check(cluster, database="check_state"), 12, "--state-dsn")
        run_sql(cluster, "DROP TABLE state_group_edges", database="check_state")
        done = check(cluster, "--json", *both, "--shape-only")
        assert (done.code, found(done)["table-missing"]["object"]) == (10, "state_group_edges")
        configured_in_yaml(cluster, tmp_path)
    finally:
        cluster.drop("check_state")


def configured_in_yaml(cluster: Cluster, folder: Path) -> None:
    stores = {"main": COPY, "state": "check_state"}
    databases = {
        name: {
            "name": "psycopg2",
            "data_stores": [name],
            "args": cluster.connection_args(database),
        }
        for name, database in stores.items()
    }
    file = folder / "homeserver.yaml"
    file.write_text(yaml.safe_dump({"server_name": "test.local", "databases": databases}))
    done = run_tool("aksono-schema-diff", "check", "--json", "--shape-only", "-c", str(file))
    assert (done.code, set(found(done))) == (10, {"table-missing"})


def test_no_database_of_synapses(cluster: Cluster, base: str) -> None:
    refused(check(cluster, database="postgres"), 12, "no Synapse database")
    refused(check(cluster, database="nowhere"), 12, "cannot connect")
    cluster.create("check_other")
    run_sql(cluster, "CREATE TABLE schema_version (a integer)", database="check_other")
    refused(check(cluster, database="check_other"), 12, "no Synapse database")
    cluster.drop("check_other")


def test_tables_of_another_application_disturb_nothing(cluster: Cluster, database: str) -> None:
    run_sql(
        cluster,
        'CREATE TABLE "Odd "" name" (a integer, lock character(1))',
        "CREATE VIEW people AS SELECT name FROM users",
        "CREATE SCHEMA elsewhere",
        "CREATE TABLE elsewhere.events (a integer)",
    )
    done = check(cluster, "--json")
    assert (done.code, set(found(done))) == (11, {"table-foreign"})


@pytest.mark.parametrize(
    "arguments",
    [
        ("--budget", "0"), ("--fail-on", "x"), ("--shape-only", "--budget", "3"),
        ("--shape-only", "--resume", "x"), ("--frobnicate",),
    ],
)  # fmt: skip
def test_wrong_usage(cluster: Cluster, base: str, arguments: tuple[str, ...]) -> None:
    refused(check(cluster, *arguments, database=base), 1)


def ending_sessions(cluster: Cluster, stop: threading.Event) -> None:
    """Ends every session of the tool, again and again."""
    with cluster.session("postgres") as cursor:
        while not stop.is_set():
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'aksono-schema-diff'"
            )
            time.sleep(0.02)


def while_sessions_end(cluster: Cluster, work: Callable[[], Run]) -> Run:
    stop = threading.Event()
    thread = threading.Thread(target=ending_sessions, args=(cluster, stop))
    with Locked(cluster, "event_json"):
        result: list[Run] = []
        worker = threading.Thread(target=lambda: result.append(work()))
        worker.start()
        wait_for_session(cluster)
        thread.start()
        worker.join(100)
        stop.set()
        thread.join()
    return result[0]


def wait_for_session(cluster: Cluster) -> None:
    """Until the tool has looked at the shape and begun with the rows."""
    with cluster.session("postgres") as cursor:
        for _ in range(1000):
            cursor.execute(
                "SELECT 1 FROM pg_stat_activity WHERE application_name = 'aksono-schema-diff'"
                " AND query LIKE '%event_json%' AND query LIKE '%q.object%'"
            )
            if cursor.fetchone():
                return
            time.sleep(0.01)


def test_a_connection_that_does_not_come_back(
    cluster: Cluster, damaged: str, tmp_path: Path
) -> None:
    file = tmp_path / "state"
    options = ["--json", "--only", LOST, "--resume", str(file)]
    refused(
        while_sessions_end(cluster, lambda: check(cluster, *options)), 12, "connection lost",
        f"--resume {file}",
    )  # fmt: skip
    done = check(cluster, *options)
    assert found(done)[LOST]["summary"].startswith("7 events")


def test_explain_knows_every_finding(cluster: Cluster, damaged: str) -> None:
    listed = run_tool("aksono-schema-diff", "explain")
    assert listed.code == 0
    ids = [line.split()[0] for line in listed.out.splitlines()]
    assert ids == sorted(set(ids))
    assert {LOST, "index-missing", "not-asked", "index-corrupt"} <= set(ids)
    for finding in check(cluster, "--json").json["findings"]:
        assert finding["id"] in ids
    one = run_tool("aksono-schema-diff", "explain", LOST)
    assert "event_json" in one.out
    refused(run_tool("aksono-schema-diff", "explain", "nothing-at-all"), 1, "no finding")


def test_the_manual_lists_every_finding() -> None:
    table = run_tool("aksono-schema-diff", "explain", "--markdown").out
    manual = Path(__file__).parents[2] / "docs" / "check.md"
    assert table in manual.read_text(), "bring the table in: aksono-schema-diff explain --markdown"


def test_a_broken_unique_index_is_found(cluster: Cluster, database: str) -> None:
    try:
        run_sql(cluster, "CREATE EXTENSION amcheck")
    except psycopg2.errors.UndefinedFile:
        pytest.skip("PostgreSQL has no amcheck here")
    run_sql(
        cluster,
        "INSERT INTO users (name, creation_ts) SELECT '@u' || i || ':test.local', 1"
        " FROM generate_series(1, 50) i",
    )
    assert "index-corrupt" not in found(check(cluster, "--json"))
    # Its keys stay where they were; what is said of their order changes.
    run_sql(
        cluster,
        "UPDATE pg_index SET indoption = '3' WHERE indexrelid = 'users_name_key'::regclass",
    )
    done = check(cluster, "--json", "--only", "index-corrupt")
    assert (done.code, found(done)["index-corrupt"]["object"]) == (10, "users_name_key")


def with_a_duplicate(cluster: Cluster, index: str, insert: str) -> None:
    """A valid unique index that does not know all rows, as damage of a disk leaves it."""
    for ready, statement in (("false", insert), ("true", "SELECT 1")):
        run_sql(
            cluster,
            f"UPDATE pg_index SET indisready = {ready} WHERE indexrelid = '{index}'::regclass",
            statement,
        )


def test_duplicates_behind_a_damaged_index_are_found(cluster: Cluster, database: str) -> None:
    row = (
        "INSERT INTO user_filters (user_id, filter_id, filter_json, full_user_id)"
        " VALUES ('u', 1, '{}', '@u:%s')"
    )
    run_sql(cluster, row % "a")
    assert check(cluster, "--deep", "--only", "index-*").code == 0
    with_a_duplicate(cluster, "user_filters_unique", row % "b")
    assert check(cluster, "--only", "rows-twice,index-*").code == 0
    done = check(cluster, "--json", "--deep", "--only", "index-lets-twice")
    finding = found(done)["index-lets-twice"]
    assert (done.code, finding["object"]) == (10, "user_filters_unique")
    assert "user_filters (u, 1)" in finding["explanation"]
    run_sql(
        cluster,
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'user_filters_unique'::regclass",
    )
    done = check(cluster, "--json", "--only", "rows-twice,index-invalid")
    assert found(done)["rows-twice"]["object"] == "user_filters (u, 1)"


def test_rows_that_an_index_does_not_have_are_found(cluster: Cluster, database: str) -> None:
    try:
        run_sql(cluster, "CREATE EXTENSION amcheck")
    except psycopg2.errors.UndefinedFile:
        pytest.skip("PostgreSQL has no amcheck here")
    with_a_duplicate(
        cluster, "users_creation_ts", "INSERT INTO users (name, creation_ts) VALUES ('@u:x', 1)"
    )
    assert check(cluster, "--only", "index-corrupt").code == 0
    done = check(cluster, "--json", "--deep", "--only", "index-corrupt")
    assert found(done)["index-corrupt"]["object"] == "users_creation_ts"


def test_fixes_of_what_is_foreign_keep_the_rows(cluster: Cluster, database: str) -> None:
    run_sql(
        cluster,
        "ALTER TABLE users ADD COLUMN mine text",
        "INSERT INTO users (name, creation_ts, mine) VALUES ('@u:test.local', 1, 'x')",
        "CREATE SEQUENCE my_numbers START 7",
    )
    findings = found(check(cluster, "--json", "--shape-only"))
    assert set(findings) == {"column-foreign", "sequence-foreign"}
    for finding in findings.values():
        assert not finding["fix"]["online"]
        run_sql(cluster, finding["fix"]["sql"])
    kept = found(check(cluster, "--json", "--shape-only"))
    assert set(kept) == {"table-backup"}
    with cluster.session(database) as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relname LIKE 'aksono_backup_%' AND relkind = 'r'"
            " ORDER BY 1"
        )
        numbers, users = (name for (name,) in cursor.fetchall())
        cursor.execute(f"SELECT name, mine FROM {users}")
        assert cursor.fetchall() == [("@u:test.local", "x")]
        cursor.execute(f"SELECT last_value FROM {numbers}")
        assert cursor.fetchall() == [(7,)]
