# SPDX-License-Identifier: Apache-2.0
"""The row comparison must notice: each compared column of each table is damaged once."""

import json

from aksono_compat.canonical import Window
from aksono_compat.damage import Damage, damages
from aksono_compat.postgres import Cluster
from aksono_compat.rows import Changes, Side, compare_orders, compare_table, diff
from aksono_compat.rules import Rules, load_rules
from aksono_compat.snapshot import Snapshot, Table, take_snapshot
from aksono_compat.world import World


def _side(after: Snapshot, world: World) -> Side:
    """The whole world as if one run had written it."""
    empty = {name: Table(table.columns, table.types, []) for name, table in after.items()}
    return Side(empty, after, Window(world.began, world.ended))


def _is_found(damage: Damage, whole: Changes, rules: Rules, naming: set[str]) -> bool:
    side = whole.side
    damaged = Side(side.before, damage.apply(side.after), side.window)
    renamed = damage.table in naming
    changes = Changes(damaged, rules, None if renamed else whole.names)
    if any(compare_table(damage.table, whole, changes)):
        return True
    if not renamed or changes.names == whole.names:
        return False
    return any(compare_orders(whole, changes)) or any(
        any(compare_table(table, whole, changes)) for table in side.after
    )


def test_equal_worlds_do_not_differ(cluster: Cluster, world: World) -> None:
    after = take_snapshot(cluster, world.database)
    assert [str(found) for found in diff(_side(after, world), _side(after, world))] == []


def test_every_damage_is_found(cluster: Cluster, world: World) -> None:
    rules = load_rules()
    after = take_snapshot(cluster, world.database)
    whole = Changes(_side(after, world), rules)
    naming = {source.table for kind in rules.ids for source in kind.sources} | {"event_json"}
    tried = 0
    missed = []
    for name, table in after.items():
        for damage in damages(name, table, rules):
            tried += 1
            if not _is_found(damage, whole, rules, naming):
                missed.append(f"{damage.table}: {damage.where}")
    assert missed == []
    assert tried > 800


def test_hashes_ids_and_signatures_of_all_events_are_valid(cluster: Cluster, world: World) -> None:
    side = _side(take_snapshot(cluster, world.database), world)
    for text in Changes(side, load_rules()).added("event_json"):
        event = json.loads(text)["json"]["json"]
        assert (event["hashes"], event["signatures"]) == ("<valid>", "<valid>"), event


def test_rules_name_columns_that_exist(cluster: Cluster, world: World) -> None:
    rules = load_rules()
    tables = take_snapshot(cluster, world.database)
    known = {f"{name}.{column}" for name, table in tables.items() for column in table.columns}
    named = {*rules.columns, *rules.paths}
    named |= {f"{source.table}.{source.column}" for kind in rules.ids for source in kind.sources}
    assert named - known == set()
