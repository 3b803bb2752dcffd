# SPDX-License-Identifier: Apache-2.0
"""aksono-schema-diff audit: what a run of Aksono wrote is recomputed, and damage to it is found."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from aksono_compat.pair import Twin
from aksono_compat.postgres import Cluster
from aksono_compat.tools import Run, run_tool
from aksono_compat.world import World

# The public half of the worlds' signing key.
PUBLIC_KEY = "ed25519:a_test=9XEKSlhr21P3zbVi/Vv9l0jbgC2/DYc/HwT9XnwIy/s"

# A run that began before anything was written and never ended: all events are looked at.
EVERYTHING = {
    "event": "begin",
    "tenure": "all",
    "build": "0",
    "server_name": "test.local",
    "database": {"system_identifier": "", "oid": 0, "name": ""},
    "lsn": "0/0",
    "sequences": {},
    "at": 0,
}

# Each: what is done to the room `tea` (ROOM stands for its id), and what must be found then.
MESSAGE = (
    "(SELECT e.event_id FROM events e WHERE e.room_id = 'ROOM' AND e.type = 'm.room.message'"
    " AND e.rejection_reason IS NULL ORDER BY e.stream_ordering LIMIT 1)"
)
LEVELS = (
    "(SELECT e.event_id FROM events e WHERE e.room_id = 'ROOM'"
    " AND e.type = 'm.room.power_levels' ORDER BY e.stream_ordering LIMIT 1)"
)
MEMBER = (
    "(SELECT e.event_id FROM events e WHERE e.room_id = 'ROOM' AND e.type = 'm.room.member'"
    " ORDER BY e.stream_ordering DESC LIMIT 1)"
)


def set_json(event: str, path: str, value: str) -> str:
    """Changes what stands under a path of an event's JSON."""
    return (
        f"UPDATE event_json SET json = jsonb_set(json::jsonb, '{{{path}}}', '{value}')::text"
        f" WHERE event_id = {event}"
    )


DAMAGES = {
    "other words": (
        set_json(MESSAGE, "content,body", '"never said"'),
        "audit-content-hash",
    ),
    "another time": (
        set_json(MESSAGE, "origin_server_ts", "5"),
        "audit-event-id",
    ),
    "a column apart from the JSON": (
        f"UPDATE events SET sender = '@carol:test.local' WHERE event_id = {MESSAGE}",
        "audit-columns",
    ),
    "a wrong depth": (
        f"UPDATE events SET depth = depth + 1 WHERE event_id = {MESSAGE}",
        "audit-columns",
    ),
    "no state row": (f"DELETE FROM state_events WHERE event_id = {LEVELS}", "audit-columns"),
    "another membership": (
        f"UPDATE room_memberships SET membership = 'ban' WHERE event_id = {MEMBER}",
        "audit-columns",
    ),
    "signed by nobody": (
        set_json(MESSAGE, "signatures", '{"test.local":{}}'),
        "audit-signature",
    ),
    "signed for something else": (
        set_json(MESSAGE, "signatures,test.local,ed25519:a_test", f'"{"A" * 86}"'),
        "audit-signature",
    ),
    "follows nothing": (f"DELETE FROM event_edges WHERE event_id = {MESSAGE}", "audit-edges"),
    "one more auth event": (
        f"INSERT INTO event_auth SELECT {LEVELS}, {MEMBER}, 'ROOM'",
        "audit-edges",
    ),
    "auth events of its own": (
        set_json(MESSAGE, "auth_events", "[]"),
        "audit-auth-events",
    ),
    "levels that were never given": (
        set_json(LEVELS, "content,events_default", "100"),
        "audit-not-allowed",
    ),
    "the first state for ever": (
        f"UPDATE event_to_state_groups SET state_group = (SELECT min(state_group)"
        f" FROM event_to_state_groups JOIN events USING (event_id) WHERE room_id = 'ROOM')"
        f" WHERE event_id = {MESSAGE}",
        "audit-state",
    ),
    "a state event that is not in its state": (
        f"UPDATE state_groups_state SET event_id = {MESSAGE} WHERE event_id = {LEVELS}",
        "audit-state",
    ),
    "no chain": (f"DELETE FROM event_auth_chains WHERE event_id = {MEMBER}", "audit-chain"),
    "a chain that leads nowhere": (
        f"DELETE FROM event_auth_chain_links WHERE origin_chain_id ="
        f" (SELECT chain_id FROM event_auth_chains WHERE event_id = {MEMBER})",
        "audit-chain",
    ),
    "a chain that leads too far": (
        f"INSERT INTO event_auth_chain_links"
        f" SELECT a.chain_id, a.sequence_number, b.chain_id, b.sequence_number"
        f" FROM event_auth_chains a, event_auth_chains b"
        f" WHERE a.event_id = {LEVELS} AND b.event_id = {MEMBER}",
        "audit-chain",
    ),
    "no end": (
        "DELETE FROM event_forward_extremities WHERE room_id = 'ROOM'",
        "audit-extremity",
    ),
    "an end in the middle": (
        f"INSERT INTO event_forward_extremities (event_id, room_id) SELECT {MESSAGE}, 'ROOM'",
        "audit-extremity",
    ),
    "a member who is not seen": (
        f"DELETE FROM current_state_events WHERE event_id = {MEMBER}",
        "audit-current-state",
    ),
    "no content": (f"DELETE FROM event_json WHERE event_id = {MESSAGE}", "audit-columns"),
}


@pytest.fixture
def tenures(tmp_path: Path) -> Path:
    file = tmp_path / "tenures.jsonl"
    file.write_text(json.dumps(EVERYTHING) + "\n")
    return file


@pytest.fixture
def copy(cluster: Cluster, world: World) -> Iterator[str]:
    cluster.create("audited", world.database)
    yield "audited"
    cluster.drop("audited")


def audit(cluster: Cluster, database: str, tenures: Path, *options: str) -> Run:
    arguments = ["--from", "all", "--tenures", str(tenures), "--copy", *options]
    return run_tool("aksono-schema-diff", "audit", *arguments, cluster.dsn(database))


def found(run: Run) -> set[str]:
    return {finding["id"] for finding in run.json["findings"]}


def test_what_synapse_wrote_is_as_it_should_be(cluster: Cluster, copy: str, tenures: Path) -> None:
    run = audit(cluster, copy, tenures, "--json", "--public-key", PUBLIC_KEY)
    assert run.code == 0, run.out + run.err
    assert found(run) <= {"audit-not-recomputed"}
    assert run.json["events"] > 100
    assert run.json["rows"]["events"] == run.json["events"]


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_is_found(
    cluster: Cluster, world: World, copy: str, tenures: Path, name: str
) -> None:
    damage, finding = DAMAGES[name]
    with cluster.session(copy) as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(damage.replace("ROOM", world.demo.rooms["tea"]))
        assert cursor.rowcount > 0, "nothing was damaged"
    run = audit(cluster, copy, tenures, "--json", "--public-key", PUBLIC_KEY)
    assert run.code == 10, run.out + run.err
    assert finding in found(run), run.out


def test_a_key_that_signed_nothing(cluster: Cluster, copy: str, tenures: Path) -> None:
    run = audit(cluster, copy, tenures, "--json", "--public-key", f"ed25519:a_test={'A' * 43}")
    assert run.code == 10
    assert found(run) == {"audit-signature"} | found(audit(cluster, copy, tenures, "--json"))


def act(twin: Twin) -> None:
    """Some of everything that is written with an id from a sequence."""
    bob, room = twin.client("bob"), quote(twin.world.demo.rooms["tea"])
    sent: Any = None
    for number in range(5):
        content = {"msgtype": "m.text", "body": f"message {number}"}
        sent = bob.put(f"/rooms/{room}/send/m.room.message/audited{number}", content).ok()
    event = quote(sent["event_id"])
    bob.put(f"/rooms/{room}/redact/{event}/audited", {"reason": "typo"}).ok()
    bob.post(f"/rooms/{room}/receipt/m.read/{event}", {}).ok()


def test_a_run_of_aksono(cluster: Cluster, world: World, tmp_path: Path) -> None:
    site = tmp_path / "site"
    twin = Twin(cluster, world, "aksono", site)
    with twin.server:
        act(twin)
        config = ["-c", str(site / "homeserver.yaml")]
        now = run_tool("aksono-schema-diff", "audit", "--from", "last", "--json", *config)
    assert now.code == 0, now.out + now.err
    assert now.json["events"] == 6
    with twin.server:
        pass
    for run in ("first", now.json["runs"][0]):
        done = run_tool("aksono-schema-diff", "audit", "--from", run, *config)
        assert done.code == 0, done.out + done.err
        assert "Recomputed 6 events of 1 rooms." in done.out
        assert "All of it is as it should be." in done.out
    last = run_tool("aksono-schema-diff", "audit", "--from", "last", "--json", *config)
    assert (last.code, last.json["events"]) == (0, 0)
    both = run_tool(
        "aksono-schema-diff", "audit", "--from", "first", "--to", "last", "--json", *config
    )
    assert (both.code, both.json["events"], len(both.json["runs"])) == (0, 6, 2)
    listed = run_tool("aksono-schema-diff", "audit", "--list", *config)
    assert (listed.code, listed.out.count("(SIGTERM)")) == (0, 2)


def refuse(code: int, words: str, *arguments: str) -> None:
    run = run_tool("aksono-schema-diff", "audit", *arguments)
    assert run.code == code, run.out + run.err
    assert words in run.err
    assert run.out == ""
    assert run.err.count("\n") == 1


def test_bad_input(cluster: Cluster, copy: str, tenures: Path, tmp_path: Path) -> None:
    dsn = cluster.dsn(copy)
    refuse(1, "--tenures FILE", "--from", "all", dsn)
    refuse(1, "cannot be read", "--from", "all", "--tenures", str(tmp_path / "none"), dsn)
    refuse(1, "no run is called x", "--from", "x", "--tenures", str(tenures), dsn)
    refuse(1, "Give --from", "--tenures", str(tenures), dsn)
    refuse(12, "another database", "--from", "all", "--tenures", str(tenures), dsn)
    key = ["--public-key", "ed25519:x=short"]
    refuse(1, "--public-key is like", "--from", "all", "--tenures", str(tenures), *key, dsn)
    empty = tmp_path / "empty"
    empty.write_text('{"tenure": "cut sho')
    refuse(1, "no run of Aksono is noted", "--from", "last", "--tenures", str(empty), dsn)
