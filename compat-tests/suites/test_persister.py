# SPDX-License-Identifier: Apache-2.0
"""Starts the tests of the event persister and its pipeline, which need PostgreSQL."""

import os
import subprocess
from pathlib import Path

import pytest

from aksono_compat.postgres import Cluster
from aksono_compat.servers import Aksono
from aksono_compat.tools import make_synapse_schema


@pytest.fixture(scope="module")
def program() -> Path:
    path = Aksono.build() / "bin" / "dbtest_rooms"
    assert path.exists(), f"{path} is not built: run scripts/setup, or set AKSONO_BUILD"
    return path


@pytest.mark.parametrize("part", ["pipeline", "persister"])
def test_against_postgresql(cluster: Cluster, program: Path, part: str) -> None:
    database = f"dbtest_{part}"
    make_synapse_schema(cluster, database)
    done = subprocess.run(
        [str(program), f"{part}:*"],
        env={**os.environ, "AKSONO_TEST_DSN": cluster.dsn(database)},
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    if done.returncode != 0:
        pytest.fail(done.stdout[-6000:] + done.stderr[-2000:], pytrace=False)
    assert "All tests passed" in done.stdout
