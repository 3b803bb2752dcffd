# SPDX-License-Identifier: Apache-2.0
"""`aksono-replay replay --config`: on copies of a deployment's database that are shut in."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aksono_compat.cli import main
from aksono_compat.config import Site
from aksono_compat.pair import Twin
from aksono_compat.postgres import Cluster
from aksono_compat.rehearsal.enclosed_config import EnclosedSite
from aksono_compat.replaying.clones import Choice, Clone, Home
from aksono_compat.replaying.tape import Tape, taping
from aksono_compat.reporting import as_json
from aksono_compat.servers import REPOSITORY, Server, Synapse
from aksono_compat.world import World

# Real servers, each time on new copies.
pytestmark = [pytest.mark.full, pytest.mark.timeout(600)]

WORK = REPOSITORY / ".cache"


@pytest.fixture(autouse=True)
def work_folder() -> Iterator[None]:
    """Nothing is left there, also when a parent was killed."""
    WORK.mkdir(exist_ok=True)
    before = set(WORK.glob("replay-*"))
    yield
    left = set(WORK.glob("replay-*")) - before
    for folder in left:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def deployment(cluster: Cluster, world: World, tmp_path: Path) -> Site:
    """Somebody's deployment: the world under a configuration file."""
    site = Site(tmp_path / "site", 1, cluster.connection_args(world.database))
    site.write()
    return site


def test_a_copy_of_a_deployment(
    cluster: Cluster, world: World, deployment: Site, tmp_path: Path, capfd: Any
) -> None:
    """Writes go to the clones; the original is as it was."""
    home = Home(cluster, world, lambda *args: Site(*args), tmp_path)
    clone = Clone(home, Choice("synapse"), rows=False)
    clone.start()
    recording = tmp_path / "tape.rec"
    with taping("test.local") as tape:
        Twin.client(clone, "alice").say(world.demo.rooms["tea"], "to the copy")
        Twin.client(clone, "bob").get("/sync", timeout=0)
    tape.write(recording)
    clone.remove()
    before = _writes(cluster, world.database)
    arguments = [
        *("replay", recording, "--config", deployment.config_file, "--work-dir", WORK),
        *("--b-server", "synapse", "--noise", "none", "--json", tmp_path / "out.json"),
    ]
    code = main([str(part) for part in arguments])
    told = capfd.readouterr().err
    if os.geteuid() != 0:
        assert (code, "root is needed" in told) == (12, True)
        return
    assert code == 0, told
    assert "network: loopback only" in told
    result = json.loads((tmp_path / "out.json").read_text())
    assert (result["compared"], result["databases"]["tables"] > 150) == (2, True)
    assert _writes(cluster, world.database) == before


def _writes(cluster: Cluster, database: str) -> int:
    with cluster.session(database) as cursor:
        cursor.execute("SELECT count(*) FROM events")
        row = cursor.fetchone()
    return int(row[0]) if row else -1


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="the airlock needs root")


def _asking(path: Path, *targets: str) -> Path:
    """A recording of reads, one each second."""
    Tape("test.local").write(path)
    header = path.read_text().splitlines()[0]
    exchanges = [
        json.dumps(
            {
                "number": number, "at": number, "took": 0.1, "session": "", "user_id": "",
                "surface": "client", "method": "GET", "target": target, "status": 200,
            }
        )
        for number, target in enumerate(targets, 1)
    ]  # fmt: skip
    end = json.dumps({"end": {"exchanges": len(targets), "dropped": 0, "reason": "stopped"}})
    path.write_text("\n".join([header, *exchanges, end]) + "\n")
    return path


VERSIONS, LOGIN = "/_matrix/client/versions", "/_matrix/client/v3/login"


@needs_root
def test_scripts_of_differences_come_out_of_the_airlock(
    deployment: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    """B is configured otherwise: nobody logs in there with a password."""
    real = Choice.server

    def otherwise(choice: Choice, site: Site) -> Server:
        if choice.version != "otherwise":
            return real(choice, site)
        assert isinstance(site, EnclosedSite)
        site.original = {**site.original, "password_config": {"enabled": False}}
        return Synapse(site)

    monkeypatch.setattr(Choice, "server", otherwise)
    recording = _asking(tmp_path / "some.rec", VERSIONS, LOGIN, VERSIONS)
    scripts, out = tmp_path / "scripts", tmp_path / "out.json"
    arguments = [
        *("replay", recording, "--config", deployment.config_file, "--work-dir", WORK),
        *("--b-server", "synapse@otherwise", "--noise", "none", "--read-only"),
        *("--json", out, "--repro", scripts),
    ]
    code = main([str(part) for part in arguments])
    assert code == 10, capfd.readouterr().err
    found = as_json.read(out).classes
    assert [(one.kind, one.where) for one in found] == [("missing", "GET /_matrix/client/*/login")]
    assert [one.repro for one in found] == ["scripts/001.py"]
    assert [script.name for script in scripts.iterdir()] == ["001.py"]
    text = (scripts / "001.py").read_text()
    assert LOGIN in text
    assert VERSIONS not in text  # as few requests as still show it
    help_text = subprocess.run(
        [sys.executable, scripts / "001.py", "--help"], capture_output=True, text=True, check=True
    ).stdout
    assert "--a" in help_text


@needs_root
def test_a_replay_that_is_killed_leaves_what_it_compared(deployment: Site, tmp_path: Path) -> None:
    recording = _asking(tmp_path / "some.rec", *[VERSIONS] * 500)
    out = tmp_path / "out.json"
    arguments = [
        *("replay", recording, "--config", deployment.config_file, "--work-dir", WORK),
        *("--b-server", "synapse", "--noise", "none", "--read-only", "--speed", "1"),
        *("--json", out),
    ]
    command = [sys.executable, "-m", "aksono_compat.cli", *map(str, arguments)]
    with (tmp_path / "printed").open("wb") as printed:
        process = subprocess.Popen(command, cwd=REPOSITORY / "compat-tests", stderr=printed)
    try:
        while not out.exists() or as_json.read(out).compared < 2:
            assert process.poll() is None, (tmp_path / "printed").read_text()
            time.sleep(0.1)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    finally:
        process.kill()
        process.wait()
    left = as_json.read(out)
    assert (left.incomplete, 1 < left.compared < 500) == (as_json.INTERRUPTED, True)
    assert main(["report", str(out)]) == 12
    assert len(children) == 1
    # What was shut in ends as well, with its servers.
    while Path(f"/proc/{children[0]}").exists():
        time.sleep(0.1)
