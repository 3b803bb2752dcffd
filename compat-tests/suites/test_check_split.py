# SPDX-License-Identifier: Apache-2.0
"""aksono-schema-diff check where Synapse keeps the state in a database of its own."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from aksono_compat.config import Site
from aksono_compat.old_data import use, wait_for_background_updates
from aksono_compat.ports import free_port
from aksono_compat.postgres import Cluster
from aksono_compat.servers import Synapse
from aksono_compat.tools import run_tool

PARTS = ("main", "state")


@dataclass
class Pair:
    cluster: Cluster
    site: Site

    def check(self, *options: str) -> dict[str, dict[str, Any]]:
        config = str(self.site.config_file)
        done = run_tool("aksono-schema-diff", "check", "--json", *options, "-c", config)
        assert done.code in (0, 10, 11), done.err
        return {one["id"]: one for one in done.json["findings"]}

    def damage(self, part: str, statement: str) -> str:
        """Does it; what its RETURNING says."""
        with self.cluster.session(f"split_{part}") as cursor:
            cursor.execute("SET session_replication_role = replica")
            cursor.execute(statement)
            row = cursor.fetchone()
        assert row is not None, statement
        return str(row[0])


@pytest.fixture(scope="module")
def pair(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Made and used by Synapse, its background updates done."""
    for part in PARTS:
        cluster.create(f"made_{part}")
    databases: dict[str, Any] = {
        part: {
            "name": "psycopg2",
            "data_stores": [part],
            "args": cluster.connection_args(f"made_{part}"),
        }
        for part in PARTS
    }
    options = {
        "databases": databases,
        "database": None,
        "background_updates": {"sleep_enabled": False},
    }
    arguments = cluster.connection_args("made_main")
    site = Site(tmp_path_factory.mktemp("split"), free_port(), arguments, options)
    with Synapse(site):
        use(site.url)
        for part in PARTS:
            wait_for_background_updates(cluster, f"made_{part}")
    for part in PARTS:
        databases[part]["args"] = cluster.connection_args(f"split_{part}")
    site.write()
    yield Pair(cluster, site)
    for part in PARTS:
        cluster.drop(f"made_{part}")


@pytest.fixture
def copy(pair: Pair) -> Iterator[Pair]:
    for part in PARTS:
        pair.cluster.create(f"split_{part}", f"made_{part}")
    yield pair
    for part in PARTS:
        pair.cluster.drop(f"split_{part}")


def test_a_pair_that_synapse_has_used_is_healthy(copy: Pair) -> None:
    for options in ((), ("--deep",)):
        found = copy.check(*options)
        assert [one for one in found.values() if one["severity"] != "info"] == []
        assert {"not-asked", "question-failed", "rows-left-out"} & set(found) == set()


# What is damaged, where, and the finding that names it. By each the other database disagrees.
DAMAGES = {
    "state-group-missing": (
        "main",
        "INSERT INTO event_to_state_groups VALUES ('$new', 900001) RETURNING state_group",
    ),
    "state-group-without-room": (
        "state",
        "INSERT INTO state_groups VALUES (900002, '!gone', '$new') RETURNING room_id",
    ),
    "state-event-not-in-group": (
        "main",
        "UPDATE event_to_state_groups SET state_group = (SELECT min(g.state_group) FROM"
        " event_to_state_groups g) WHERE event_id = (SELECT event_id FROM state_events WHERE type"
        " = 'm.room.power_levels') RETURNING event_id",
    ),
    "event-state-group-other-room": (
        "state",
        "UPDATE state_groups SET room_id = '!other' WHERE id = (SELECT state_group FROM"
        " state_groups_state WHERE type = 'm.room.join_rules' ORDER BY 1 LIMIT 1) RETURNING ''",
    ),
    "state-row-wrong": (
        "state",
        "UPDATE state_groups_state SET event_id = '$wrong' WHERE ctid = (SELECT ctid FROM"
        " state_groups_state WHERE type = 'm.room.name' ORDER BY state_group LIMIT 1) RETURNING"
        " event_id",
    ),
    "current-state-wrong": (
        "main",
        "DELETE FROM current_state_events WHERE type = 'm.room.history_visibility'"
        " RETURNING room_id",
    ),
    "state-group-empty": (
        "state",
        "WITH edge AS (DELETE FROM state_group_edges WHERE state_group = (SELECT max(id) FROM"
        " state_groups WHERE id < 900000)), rows AS (DELETE FROM state_groups_state WHERE"
        " state_group = (SELECT max(id) FROM state_groups WHERE id < 900000)) SELECT max(id) FROM"
        " state_groups WHERE id < 900000",
    ),
    "state-chain-broken": (
        "state",
        "UPDATE state_group_edges SET prev_state_group = 900003 WHERE state_group = (SELECT"
        " min(state_group) FROM state_group_edges) RETURNING state_group",
    ),
}  # fmt: skip


@pytest.mark.parametrize("finding", DAMAGES)
def test_each_damage_is_found(copy: Pair, finding: str) -> None:
    struck = copy.damage(*DAMAGES[finding])
    found = copy.check("--only", f"{finding},not-asked,question-failed,rows-left-out")
    assert set(found) == {finding}
    assert struck in found[finding]["object"]


def test_all_damages_are_found(copy: Pair) -> None:
    for damage in DAMAGES.values():
        copy.damage(*damage)
    found = copy.check()
    assert set(found) >= set(DAMAGES)
    assert "question-failed" not in found
