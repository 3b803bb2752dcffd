# SPDX-License-Identifier: Apache-2.0
"""How many random damages of a database aksono-schema-diff check tells."""

import os
import random
from collections import Counter

import pytest

from aksono_compat.faults.mutations import mutate
from aksono_compat.postgres import Cluster
from aksono_compat.tools import run_tool
from aksono_compat.world import World

pytestmark = pytest.mark.full

# AKSONO_MUTATIONS_SEED=n throws other ones.
SEED = int(os.environ.get("AKSONO_MUTATIONS_SEED", "1"))
TRIES = int(os.environ.get("AKSONO_MUTATIONS", "60"))
# About 80 in 100: much of what people set is written down in one place only.
LEAST = 0.55


def told(cluster: Cluster, database: str) -> set[tuple[str, str]]:
    done = run_tool("aksono-schema-diff", "check", "--json", cluster.dsn(database))
    assert done.code in (0, 10, 11), done.err
    return {(one["id"], one["object"]) for one in done.json["findings"]}


def test_random_damages(cluster: Cluster, world: World, capsys: pytest.CaptureFixture[str]) -> None:
    healthy = told(cluster, world.database)
    chance = random.Random(SEED)
    score: Counter[str] = Counter()
    lines = []
    for _ in range(TRIES):
        cluster.create("mutated", world.database)
        with cluster.session("mutated") as cursor:
            cursor.execute("SET session_replication_role = replica")
            mutation = mutate(cursor, chance)
        found = sorted({finding for finding, _ in told(cluster, "mutated") - healthy})
        cluster.drop("mutated")
        score["told" if found else "missed"] += 1
        lines.append(f"{mutation}: {', '.join(found) or '-'}")
    with capsys.disabled():
        print(f"\nseed {SEED}: {score['told']} of {TRIES} told")
        print("\n".join(lines))
    assert score["told"] >= LEAST * TRIES
