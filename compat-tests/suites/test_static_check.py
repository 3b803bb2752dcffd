# SPDX-License-Identifier: Apache-2.0
"""The stand-alone aksono-schema-diff runs where there is nothing but itself."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from aksono_compat.postgres import Cluster
from aksono_compat.servers import REPOSITORY, Aksono
from aksono_compat.tools import run_tool


@pytest.mark.full
def test_it_needs_no_other_file(cluster: Cluster, tmp_path: Path) -> None:
    build = Aksono.build()
    environment = {**os.environ, "AKSONO_BUILD": str(build)}
    subprocess.run(
        [str(REPOSITORY / "scripts" / "build-static")], check=True, env=environment, timeout=1800
    )
    cluster.create("static_check")
    dsn = cluster.dsn("static_check")
    assert run_tool("aksono-migrate", "bootstrap", dsn).code == 0
    # A root directory of its own, with the program and the server's socket in it.
    shutil.copy(build / "bin" / "aksono-schema-diff-static", tmp_path / "check")
    (tmp_path / "socket").mkdir()
    mount = f"mount --bind {cluster.directory} {tmp_path}/socket"
    enter = f'{mount} && exec chroot {tmp_path} /check check --json "$1"'
    inside = dsn.replace(str(cluster.directory), "/socket")
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", enter, "sh", inside],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    there = run_tool("aksono-schema-diff", "check", "--json", dsn)
    assert done.stdout == there.out
    cluster.drop("static_check")
