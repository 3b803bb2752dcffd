# SPDX-License-Identifier: Apache-2.0
"""Runs aksono-schema-diff and aksono-migrate, and Synapse's own tool that makes a schema."""

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .config import Site
from .postgres import Cluster
from .servers import Aksono


@dataclass
class Run:
    """How a program ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def run_tool(name: str, *arguments: str, timeout: float = 120) -> Run:
    """`build/bin/NAME arguments`; `timeout` in seconds."""
    program = Aksono.build() / "bin" / name
    done = subprocess.run(
        [str(program), *arguments], capture_output=True, text=True, timeout=timeout
    )
    return Run(done.returncode, done.stdout, done.stderr)


def make_synapse_schema(cluster: Cluster, database: str, *, finished: bool = True) -> None:
    """A new database with the schema of this Synapse; `finished`: background updates are done."""
    cluster.create(database)
    update_by_synapse(cluster, database, finished=finished)


def update_by_synapse(cluster: Cluster, database: str, *, finished: bool) -> None:
    """Lets this Synapse apply its deltas, and finish its background updates if so wished."""
    with tempfile.TemporaryDirectory(prefix="aksono-schema-") as directory:
        site = Site(
            Path(directory),
            1,
            cluster.connection_args(database),
            {"background_updates": {"sleep_enabled": False}},
        )
        site.write()
        command = [sys.executable, "-m", "synapse._scripts.update_synapse_database"]
        command += ["--database-config", str(site.config_file)]
        if finished:
            command.append("--run-background-updates")
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=directory)
        if done.returncode != 0:
            raise RuntimeError(f"Synapse made no schema: {done.stderr[-2000:]}")


def refused_start(site: Site, *arguments: str) -> str:
    """The one line with which Aksono refuses to start on this site."""
    site.write()
    program = str(Aksono.build() / "bin" / "aksono")
    done = subprocess.run(
        [program, "-c", str(site.config_file), *arguments],
        capture_output=True,
        text=True,
        timeout=30,
        cwd=site.directory,
    )
    assert done.returncode == 1, done.stderr
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr
