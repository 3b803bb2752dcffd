# SPDX-License-Identifier: Apache-2.0
"""`aksono-replay up`: a server by hand, which tells how to use it and leaves nothing behind."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
import yaml

from aksono_compat.client import Client, q
from aksono_compat.config import RATE_LIMITS, Site
from aksono_compat.postgres import Cluster
from aksono_compat.servers import REPOSITORY
from aksono_compat.world import World, cache_directory

COMMAND = [sys.executable, "-m", "aksono_compat.cli", "up"]
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="the airlock needs root")


@dataclass
class Started:
    process: subprocess.Popen[str]
    told: str

    @property
    def url(self) -> str:
        return _found(r" on (http://\S+)", self.told)

    @property
    def token(self) -> str:
        return _found(r"Bearer (\S+)'", self.told)

    def stop(self, number: int) -> int:
        os.kill(int(_found(r"or kill (\d+);", self.told)), number)
        return self.process.wait(60)


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match, text
    return match[1]


@contextmanager
def _up(*arguments: str) -> Iterator[Started]:
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "compat-tests")}
    with subprocess.Popen(
        [*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env=environment,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        told = ""
        for line in process.stdout:
            told += line
            if line.startswith("stop:"):
                break
        try:
            yield Started(process, told)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(60)


def _refused(*arguments: str, prefix: tuple[str, ...] = ()) -> tuple[int, str]:
    done = subprocess.run(
        [*prefix, *COMMAND, *arguments], capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY / "compat-tests")},
    )  # fmt: skip
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_demo_world(world: World, number: int) -> None:
    with _up("--server", "aksono") as up:
        assert up.told.startswith("aksono ")
        headers = {"Authorization": f"Bearer {up.token}"}
        path = "/_matrix/client/v3/account/whoami"
        answer = requests.get(f"{up.url}{path}", headers=headers, timeout=20).json()
        assert answer["user_id"] == "@admin:test.local"
        log = Path(_found(r"log: +(\S+)", up.told))
        socket = Path(_found(r"host=(\S+)", up.told))
        assert log.exists()
        assert up.stop(number) == 0
        assert not log.parent.parent.exists()
        assert not socket.exists()
        with pytest.raises(requests.ConnectionError):
            requests.get(up.url, timeout=5)


@pytest.mark.full
def test_two_that_federate(world: World) -> None:
    with _up("--federated") as up:
        urls = re.findall(r"clients on (http://\S+),", up.told)
        assert len(urls) == 2
        users = re.findall(r"^  (@\S+)  (\S+)$", up.told, re.MULTILINE)
        assert [name.split(":")[0] for name, _ in users] == ["@alice", "@anna", "@bob", "@bert"]
        alice, bob = Client(urls[0], users[0][1]), Client(urls[1], users[2][1])
        room = alice.post("/createRoom", {"invite": [users[2][0]]}).ok()["room_id"]
        assert bob.post(f"/join/{q(room)}").ok() == {"room_id": room}
        assert alice.get(f"/rooms/{q(room)}/joined_members").ok()["joined"].keys() == {
            users[0][0], users[2][0],
        }  # fmt: skip
        authority = Path(_found(r"CA: +(\S+)", up.told))
        server = _found(r"servers on (https://\S+)", up.told)
        path = f"{server}/_matrix/federation/v1/version"
        assert requests.get(path, verify=str(authority), timeout=20).ok
        assert up.stop(signal.SIGINT) == 0
        assert not authority.parent.parent.exists()
        with pytest.raises(requests.ConnectionError):
            requests.get(urls[1], timeout=5)


@pytest.fixture
def work() -> Iterator[Path]:
    """The airlock covers /tmp, so not there."""
    cache_directory().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="test-up-", dir=cache_directory()) as name:
        Path(name).chmod(0o711)
        yield Path(name) / "work"


@pytest.fixture
def deployment(cluster: Cluster, world: World, tmp_path: Path) -> Site:
    """Somebody's own: a database, a configuration, a media store."""
    cluster.drop("somebodys")
    cluster.create("somebodys", world.database)
    args = cluster.connection_args("somebodys")
    site = Site(tmp_path / "theirs", 1, args, dict(RATE_LIMITS), "test.local")
    site.write()
    return site


def _inside(up: Started) -> str:
    """Who the first user is, asked from inside the airlock as `try:` says."""
    command = _found(r"try: +(.*)", up.told).replace("curl ", "curl -s ")
    return str(json.loads(subprocess.check_output(command, shell=True, timeout=60))["user_id"])


def _rows(cluster: Cluster) -> tuple[int, int]:
    with cluster.session("somebodys") as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM access_tokens), count(*) FROM events")
        row = cursor.fetchone()
    assert row
    return int(row[0]), int(row[1])


@needs_root
def test_a_copy_of_a_deployment(cluster: Cluster, deployment: Site, work: Path) -> None:
    before = _rows(cluster)
    with _up(
        "--server", "aksono", "--work-dir", str(work), "--config", str(deployment.config_file)
    ) as up:
        assert "airlock: network: loopback only" in up.told
        assert _inside(up) == "@admin:test.local"
        with pytest.raises(requests.ConnectionError):
            requests.get(up.url, timeout=5)
        assert up.stop(signal.SIGTERM) == 0
    assert list(work.iterdir()) == []
    assert _rows(cluster) == before


@needs_root
def test_a_dump_alone(cluster: Cluster, deployment: Site, work: Path) -> None:
    """Its users say whose it is; no token of theirs is shown."""
    dump = deployment.directory / "theirs.dump"
    cluster.dump("somebodys", dump)
    with _up("--server", "aksono", "--work-dir", str(work), "--dump", str(dump)) as up:
        assert "(test.local)" in up.told
        with cluster.session("somebodys") as cursor:
            cursor.execute("SELECT token FROM access_tokens")
            assert not [token for (token,) in cursor.fetchall() if token in up.told]
        assert _inside(up) == "@admin:test.local"
        up.stop(signal.SIGINT)
    assert list(work.iterdir()) == []


@needs_root
def test_a_server_that_dies(world: World) -> None:
    with _up("--server", "aksono") as up:
        children = Path(f"/proc/{up.process.pid}/task/{up.process.pid}/children").read_text()
        for pid in children.split():
            if "aksono" in Path(f"/proc/{pid}/comm").read_text():
                os.kill(int(pid), signal.SIGKILL)
        assert up.process.wait(60) == 12


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (["--server", "dendrite"], 1, "dendrite: not a server: synapse, synapse@VERSION or aksono"),
        (["--server", "synapse@newest"], 12, "newest: not a release of Synapse"),
        (["--world", "demo", "--dump", "x"], 1, "do not go together"),
        (["--federated", "--dump", "x"], 1, "--federated servers are new"),
        (["--dump", "/nowhere"], 12, "/nowhere: No such file or directory"),
        (["--dump", "/etc/passwd"], 12, "/etc/passwd: not a dump in the custom format"),
        (["--config", "/nowhere.yaml"], 12, "/nowhere.yaml"),
    ],
)
def test_what_cannot_be_started(
    world: World, work: Path, arguments: list[str], code: int, text: str
) -> None:
    ended, told = _refused("--work-dir", str(work), *arguments)
    assert (ended, text in told) == (code, True), told
    assert not work.exists() or list(work.iterdir()) == []


def test_a_database_that_cannot_be_copied(deployment: Site, work: Path) -> None:
    config = yaml.safe_load(deployment.config_file.read_text())
    config["database"]["args"]["dbname"] = "nobodys"
    deployment.config_file.write_text(yaml.safe_dump(config))
    ended, told = _refused("--work-dir", str(work), "--config", str(deployment.config_file))
    assert ended == 12
    assert "the database cannot be copied: " in told
    assert '"nobodys" does not exist' in told
    assert list(work.iterdir()) == []


@needs_root
def test_without_the_right_to_shut_it_in(cluster: Cluster, deployment: Site, work: Path) -> None:
    """All of root but CAP_SYS_ADMIN: no namespace, so no server."""
    ended, told = _refused(
        "--work-dir", str(work), "--config", str(deployment.config_file),
        prefix=("setpriv", "--bounding-set", "-sys_admin", "--inh-caps", "-sys_admin"),
    )  # fmt: skip
    assert ended == 12
    assert "cannot make a network and mount namespace" in told
    assert "writes need a copy that is shut in" in told
    assert list(work.iterdir()) == []
