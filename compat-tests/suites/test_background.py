# SPDX-License-Identifier: Apache-2.0
"""aksono-migrate background does what Synapse's own background updates do, and takes turns."""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg2
import pytest

from aksono_compat.config import SERVER_NAME
from aksono_compat.old_data import make_old_database
from aksono_compat.postgres import Cluster
from aksono_compat.servers import Aksono
from aksono_compat.tools import Run, make_synapse_schema, run_tool, update_by_synapse

RELEASES = ("1.38.1", "1.68.0", "1.88.0", "1.115.0", "1.128.0", "1.151.0", "1.157.1")
OWN_WORDS = ("~ functions.", "~ comments.", "Alike: ")
# Which servers are to forget what they have in memory: no server ran.
PASSING = ("~ cache_invalidation_stream_by_instance",)
REDACTIONS = 900
QUEUE = "INSERT INTO background_updates (update_name, progress_json) VALUES (%s, '{}')"
WAITING = "SELECT update_name FROM background_updates ORDER BY ordering, update_name"


def background(dsn: str, *options: str) -> Run:
    return run_tool("aksono-migrate", "background", "--server-name", SERVER_NAME, *options, dsn)


def differences(cluster: Cluster, a: str, b: str) -> list[str]:
    done = run_tool("aksono-schema-diff", "diff", "--data", cluster.dsn(a), cluster.dsn(b))
    assert done.code in (0, 10), done.err
    return [line for line in done.out.splitlines() if not line.startswith(OWN_WORDS + PASSING)]


def names_waiting(cluster: Cluster, database: str) -> list[str]:
    with cluster.session(database) as cursor:
        cursor.execute(WAITING)
        return [name for (name,) in cursor.fetchall()]


@pytest.fixture(scope="module")
def fresh(cluster: Cluster) -> str:
    """As Synapse leaves a new database at its first start: everything is queued."""
    make_synapse_schema(cluster, "background_fresh", finished=False)
    return "background_fresh"


@pytest.fixture
def database(cluster: Cluster, fresh: str) -> Iterator[str]:
    cluster.create("background", fresh)
    yield "background"
    cluster.drop("background")


def only(cluster: Cluster, database: str, name: str) -> None:
    """Leaves nothing but this one in the queue."""
    with cluster.session(database) as cursor:
        cursor.execute("DELETE FROM background_updates")
        cursor.execute(QUEUE, (name,))


def fill_redactions(cluster: Cluster, database: str) -> None:
    """Redactions of which one in five is to be looked at again."""
    only(cluster, database, "redactions_recheck")
    with cluster.session(database) as cursor:
        cursor.execute(
            "INSERT INTO redactions (event_id, redacts, have_censored, received_ts, recheck) "
            "SELECT '$r' || n, '$e' || n, false, 0, true FROM generate_series(1, %s) n",
            (REDACTIONS,),
        )
        cursor.execute(
            "INSERT INTO event_json (event_id, room_id, internal_metadata, json, format_version) "
            "SELECT '$r' || n, '!r', CASE WHEN n %% 5 = 0 THEN '{\"recheck_redaction\":true}' "
            "ELSE '{}' END, '{}', 3 FROM generate_series(1, %s) n",
            (REDACTIONS,),
        )


def progress(cluster: Cluster, database: str) -> str | None:
    with cluster.session(database) as cursor:
        cursor.execute("SELECT progress_json FROM background_updates")
        row = cursor.fetchone()
        return None if row is None else str(row[0])


def kill_when(condition: Callable[[], bool], command: list[str]) -> None:
    """Runs it until then, and gives it no chance to tidy up."""
    program = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while not condition():
            assert program.poll() is None, "it ended too early"
            assert time.monotonic() < deadline
            time.sleep(0.01)
    finally:
        program.send_signal(signal.SIGKILL)
        program.wait()


def run_slowly(dsn: str) -> list[str]:
    program = str(Aksono.build() / "bin" / "aksono-migrate")
    return [program, "background", "--run", "--throttle", "2000", dsn]


def test_a_new_database_ends_as_after_synapse(cluster: Cluster, database: str, fresh: str) -> None:
    listed = background(cluster.dsn(database))
    assert listed.code == 0
    names = names_waiting(cluster, database)
    assert [line for line in listed.out.splitlines()[:-1] if line[0] != " "] == names
    assert listed.out.splitlines()[-1].startswith(f"{len(names)} background updates wait")
    done = background(cluster.dsn(database), "--run")
    assert done.code == 0, done.out + done.err
    assert names_waiting(cluster, database) == []
    cluster.create("background_theirs", fresh)
    try:
        update_by_synapse(cluster, "background_theirs", finished=True)
        assert differences(cluster, database, "background_theirs") == []
    finally:
        cluster.drop("background_theirs")


def test_synapse_goes_on_where_a_killed_run_stopped(
    cluster: Cluster, database: str, tmp_path: Path
) -> None:
    fill_redactions(cluster, database)
    dsn = cluster.dsn(database)
    kill_when(lambda: progress(cluster, database) != "{}", run_slowly(dsn))
    assert '"last_event_id"' in str(progress(cluster, database))
    update_by_synapse(cluster, database, finished=True)
    with cluster.session(database) as cursor:
        cursor.execute("SELECT count(*) FROM redactions WHERE recheck")
        assert cursor.fetchall() == [(REDACTIONS // 5,)]


def test_it_goes_on_from_synapses_own_progress(cluster: Cluster, database: str) -> None:
    fill_redactions(cluster, database)
    with cluster.session(database) as cursor:
        cursor.execute("SELECT event_id FROM redactions ORDER BY event_id OFFSET 199 LIMIT 1")
        ((event,),) = cursor.fetchall()
        cursor.execute(
            "UPDATE background_updates SET progress_json = %s",
            (f'{{"last_event_id":"{event}"}}',),
        )
    done = background(cluster.dsn(database), "--run")
    assert (done.code, f"{REDACTIONS - 200} gone through" in done.out) == (0, True), done.out
    with cluster.session(database) as cursor:
        cursor.execute("SELECT count(*) FROM redactions WHERE recheck AND event_id <= %s", (event,))
        assert cursor.fetchall() == [(200,)]


def test_rows_that_are_there_twice_are_shown(cluster: Cluster, database: str) -> None:
    only(cluster, database, "full_users_filters_unique_idx")
    with cluster.session(database) as cursor:
        cursor.execute("DROP INDEX IF EXISTS full_users_unique_idx")
        cursor.execute(
            "INSERT INTO user_filters (user_id, filter_id, filter_json, full_user_id) "
            "SELECT n, 0, '', '@a:test.local' FROM generate_series(1, 2) n"
        )
    done = background(cluster.dsn(database), "--run")
    assert done.code == 10, done.out
    assert "full_users_filters_unique_idx: FAILED: rows of user_filters are there twice" in done.out
    assert "HAVING count(*) > 1" in done.out
    assert names_waiting(cluster, database) == ["full_users_filters_unique_idx"]
    with cluster.session(database) as cursor:
        cursor.execute("SELECT indisvalid FROM pg_index WHERE NOT indisvalid")
        assert len(cursor.fetchall()) == 1  # what the attempt left
        cursor.execute("DELETE FROM user_filters WHERE user_id = '2'")
    again = background(cluster.dsn(database), "--run")
    assert (again.code, "DROP INDEX CONCURRENTLY" in again.err) == (0, True)
    with cluster.session(database) as cursor:
        cursor.execute("SELECT indisvalid FROM pg_index WHERE NOT indisvalid")
        assert cursor.fetchall() == []


def test_what_nobody_knows_stays_with_what_waits_for_it(cluster: Cluster, database: str) -> None:
    only(cluster, database, "nobody_knows")
    with cluster.session(database) as cursor:
        cursor.execute(
            "INSERT INTO background_updates (update_name, progress_json, depends_on) VALUES "
            "('redactions_recheck', '{}', 'nobody_knows'), ('fixup_max_depth_cap', '{}', NULL)"
        )
    done = background(cluster.dsn(database), "--run")
    assert done.code == 11
    assert "redactions_recheck: stays queued: it waits for nobody_knows" in done.out
    assert set(names_waiting(cluster, database)) == {"nobody_knows", "redactions_recheck"}
    alone = background(cluster.dsn(database), "--only", "redactions_recheck")
    assert (alone.code, "fixup" in alone.out) == (11, False)


def test_refusals(cluster: Cluster, database: str) -> None:
    dsn = cluster.dsn(database)
    other = psycopg2.connect(dsn)
    company = background(dsn, "--run")
    other.close()
    assert (company.code, "--synapse-url" in company.err) == (12, True)
    other = psycopg2.connect(dsn, application_name="aksono-other")
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('aksono-migrate', 0))")
        second = background(dsn, "--run")
    other.close()
    assert (second.code, "another aksono-migrate" in second.err) == (12, True)
    assert background(dsn, "--run", "--list").code == 1
    assert background(dsn, "--run", "--synapse-url", "http://127.0.0.1:1").code == 1
    assert background(dsn, "--only", "no_such_update").code == 1
    foreign = run_tool("aksono-migrate", "background", cluster.dsn("postgres"))
    assert (foreign.code, "no Synapse database" in foreign.err) == (12, True)
    with cluster.session(database) as cursor:
        cursor.execute("UPDATE schema_version SET version = 93")
    old = background(dsn, "--run")
    assert (old.code, "aksono-migrate up" in old.err) == (12, True)


@pytest.mark.full
@pytest.mark.parametrize("release", RELEASES)
def test_used_databases_become_what_synapse_makes_of_them(
    cluster: Cluster, tmp_path: Path, release: str
) -> None:
    old = "old_" + release.replace(".", "_")
    make_old_database(cluster, old, release, tmp_path)
    ours, theirs = f"{old}_ours", f"{old}_theirs"
    run_tool("aksono-migrate", "up", "--yes", "--server-name", SERVER_NAME, cluster.dsn(old))
    cluster.create(ours, old)
    cluster.create(theirs, old)
    done = background(cluster.dsn(ours), "--run")
    assert done.code in (0, 11), done.out + done.err
    update_by_synapse(cluster, theirs, finished=True)
    update_by_synapse(cluster, ours, finished=True)
    assert differences(cluster, ours, theirs) == []
    for name in (old, ours, theirs):
        cluster.drop(name)


@pytest.mark.full
def test_killed_again_and_again(cluster: Cluster, database: str) -> None:
    fill_redactions(cluster, database)
    with cluster.session(database) as cursor:
        cursor.execute("DROP INDEX IF EXISTS delayed_events_idx")
    command = run_slowly(cluster.dsn(database))
    seen: list[str | None] = []
    for _ in range(3):
        seen.append(progress(cluster, database))
        kill_when(lambda: progress(cluster, database) not in seen, command)
    done = background(cluster.dsn(database), "--run")
    assert done.code == 0, done.out
    with cluster.session(database) as cursor:
        cursor.execute("SELECT count(*) FROM redactions WHERE recheck")
        assert cursor.fetchall() == [(REDACTIONS // 5,)]
