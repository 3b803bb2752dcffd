# SPDX-License-Identifier: Apache-2.0
"""Main and state database apart (`databases:`), made by an old release: `up` does to each what
Synapse 1.163.2 does."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from aksono_compat.config import SERVER_NAME, Site
from aksono_compat.ports import free_port
from aksono_compat.postgres import Cluster
from aksono_compat.releases import python_of
from aksono_compat.tools import run_tool

OWN_WORDS = ("~ functions.", "~ comments.", "Alike: ")
PARTS = ("main", "state")


def upgrade_by(release: str, cluster: Cluster, name: str, folder: Path) -> None:
    databases: dict[str, Any] = {
        part: {
            "name": "psycopg2",
            "data_stores": [part],
            "args": cluster.connection_args(f"{name}_{part}"),
        }
        for part in PARTS
    }
    arguments = cluster.connection_args(f"{name}_main")
    site = Site(folder, free_port(), arguments, {"databases": databases, "database": None})
    folder.mkdir()
    site.write()
    command = [str(python_of(release)), "-m", "synapse._scripts.update_synapse_database"]
    command += ["--database-config", str(site.config_file)]
    subprocess.run(command, check=True, capture_output=True, cwd=folder, timeout=120)


@pytest.mark.full
@pytest.mark.parametrize("release", ["1.88.0", "1.128.0"])
def test_each_part_as_synapse_does(cluster: Cluster, tmp_path: Path, release: str) -> None:
    for part in PARTS:
        cluster.create(f"ours_{part}")
    try:
        upgrade_by(release, cluster, "ours", tmp_path / "old")
        for part in PARTS:
            cluster.create(f"theirs_{part}", f"ours_{part}")
        both = (cluster.dsn("ours_main"), "--state-dsn", cluster.dsn("ours_state"))
        done = run_tool("aksono-migrate", "up", "--server-name", SERVER_NAME, "--yes", *both)
        assert done.code == 0, done.err
        upgrade_by("1.163.2", cluster, "theirs", tmp_path / "new")
        for part in PARTS:
            names = (f"ours_{part}", f"theirs_{part}")
            for name in names if part == "main" else ():
                with cluster.session(name) as cursor:
                    # Its time is the moment of the upgrade.
                    cursor.execute("UPDATE scheduled_tasks SET timestamp = 0")
            diff = run_tool("aksono-schema-diff", "diff", "--data", *map(cluster.dsn, names))
            lines = diff.out.splitlines()
            assert [line for line in lines if not line.startswith(OWN_WORDS)] == []
        assert run_tool("aksono-migrate", "verify", *both).code == 0
    finally:
        for part in PARTS:
            cluster.drop(f"ours_{part}")
            cluster.drop(f"theirs_{part}")
