# SPDX-License-Identifier: Apache-2.0
"""aksono-schema-diff check finds nothing wrong with databases that past releases made."""

from pathlib import Path
from typing import Any

import pytest

from aksono_compat.config import Site
from aksono_compat.old_data import use, wait_for_background_updates
from aksono_compat.ports import free_port
from aksono_compat.postgres import Cluster
from aksono_compat.releases import python_of
from aksono_compat.servers import Synapse
from aksono_compat.tools import run_tool

pytestmark = pytest.mark.full

RELEASES = {
    "1.25.0": 58, "1.38.1": 60, "1.68.0": 73, "1.88.0": 78, "1.100.0": 84, "1.115.0": 87,
    "1.128.0": 91, "1.140.0": 92, "1.150.0": 93, "1.151.0": 94, "1.157.1": 94,
}  # fmt: skip
# What an old database is told: nothing is wrong with it, but more is to come.
NOTES = {
    "schema-version-old", "deltas-unapplied", "background-update-pending",
    "background-update-queue",
    "compat-version-missing", "column-order",
}  # fmt: skip
# What a server in good health leaves behind.
REMAINS = {
    "background-update-blocked", "receipt-without-event", "state-edge-without-group",
    "state-groups-unreferenced", "state-group-without-room", "task-old",
}  # fmt: skip


def findings(cluster: Cluster, database: str) -> list[Any]:
    done = run_tool("aksono-schema-diff", "check", "--json", cluster.dsn(database))
    assert done.code in (0, 10, 11), done.err
    found = done.json["findings"]
    wrong = [one for one in found if one["severity"] != "info" or one["id"] not in NOTES | REMAINS]
    assert wrong == []
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize("release", RELEASES)
def test_databases_of_past_releases_are_healthy(
    cluster: Cluster, tmp_path: Path, release: str
) -> None:
    database = f"made_by_{release}".replace(".", "_")
    cluster.create(database)
    site = Site(tmp_path, free_port(), cluster.connection_args(database))
    with Synapse(site, python_of(release)):
        early = findings(cluster, database)
        use(site.url)
        findings(cluster, database)
        wait_for_background_updates(cluster, database)
        late = findings(cluster, database)
    assert {"background-update-pending"} <= {one["id"] for one in early}
    old = [one["summary"] for one in late if one["id"] == "schema-version-old"]
    version = RELEASES[release]
    assert old == ([f"schema version is {version}, not 94"] if version < 94 else [])
    assert {"deltas-unapplied"} <= {one["id"] for one in late}
    cluster.drop(database)
