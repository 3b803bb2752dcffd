# SPDX-License-Identifier: Apache-2.0
"""Every damage of a database is told by aksono-schema-diff check, at the thing that is damaged."""

from collections.abc import Iterator
from typing import Any

import pytest

from aksono_compat.faults import books, events, people, rooms, shape, state
from aksono_compat.faults.fault import Fault, names_of
from aksono_compat.postgres import Cluster
from aksono_compat.tools import run_tool
from aksono_compat.world import World

# Those of one group do not hide each other; a group is done to one copy of the world.
GROUPS = {
    "contents": events.CONTENTS,
    "graph": events.GRAPH,
    "auth": events.AUTH,
    "references": events.REFERENCES,
    "state groups": state.GROUPS,
    "current state": state.CURRENT,
    "members": state.MEMBERS,
    "rooms": rooms.ROOMS,
    "users": people.USERS,
    "devices": people.DEVICES,
    "positions": books.POSITIONS,
    "work": books.WORK,
    "shape": shape.SHAPE,
}
ALL = [(group, fault) for group, faults in GROUPS.items() for fault in faults]


@pytest.fixture
def copy(cluster: Cluster, world: World) -> Iterator[str]:
    cluster.create("faulty", world.database)
    yield "faulty"
    cluster.drop("faulty")


def check(cluster: Cluster, database: str) -> list[dict[str, Any]]:
    done = run_tool("aksono-schema-diff", "check", "--json", cluster.dsn(database))
    assert done.code in (0, 10, 11), done.err
    findings: list[dict[str, Any]] = done.json["findings"]
    return findings


def damage(cluster: Cluster, database: str, names: dict[str, str], *faults: Fault) -> list[str]:
    """Does it; returns what each of them strikes."""
    with cluster.session(database) as cursor:
        # Neither foreign keys nor triggers are in the way.
        cursor.execute("SET session_replication_role = replica")
        return [fault.do(cursor, names) for fault in faults]


def missed(fault: Fault, struck: str, findings: list[dict[str, Any]]) -> list[str]:
    """What was not told, or not at the right place."""
    told = [one for one in findings if one["id"] == fault.name]
    lacking = [each for each in fault.finds if each not in {one["id"] for one in findings}]
    if told and not any(struck in one["object"] for one in told):
        lacking.append(f"{fault.name} at {struck}, not {told[0]['object']}")
    return lacking


def test_there_are_many_and_each_is_another() -> None:
    assert len({fault.name for _, fault in ALL}) >= 140
    assert len({(fault.sql, fault.table, str(fault.row)) for _, fault in ALL}) == len(ALL)


def test_the_world_itself_is_healthy(cluster: Cluster, world: World) -> None:
    assert [one for one in check(cluster, world.database) if one["severity"] != "info"] == []


@pytest.mark.parametrize("group", GROUPS)
def test_all_damages_are_told(cluster: Cluster, world: World, copy: str, group: str) -> None:
    faults = GROUPS[group]
    struck = damage(cluster, copy, names_of(world.demo), *faults)
    findings = check(cluster, copy)
    lacking = [
        each
        for fault, thing in zip(faults, struck, strict=True)
        for each in missed(fault, thing, findings)
    ]
    assert lacking == []
    assert not {"question-failed", "not-asked"} & {one["id"] for one in findings}


@pytest.mark.full
@pytest.mark.parametrize(("group", "fault"), ALL, ids=[f"{g}: {f.name}" for g, f in ALL])
def test_each_damage_alone_is_told(
    cluster: Cluster, world: World, copy: str, group: str, fault: Fault
) -> None:
    [thing] = damage(cluster, copy, names_of(world.demo), fault)
    assert missed(fault, thing, check(cluster, copy)) == []
