# SPDX-License-Identifier: Apache-2.0
"""A rehearsal on a copy of a deployment lets nothing out: no packet, no changed file, no row."""

import hashlib
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from aksono_compat.client import Client
from aksono_compat.config import Site
from aksono_compat.ports import free_port
from aksono_compat.postgres import Cluster
from aksono_compat.servers import REPOSITORY, Aksono, Synapse
from aksono_compat.world import World

ORIGINAL = "airlock_original"


class Sink:
    """A port of the machine that counts who connects."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.socket.getsockname()[1]
        self.connections = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            connection.close()


@contextmanager
def sinks(*names: str) -> Iterator[dict[str, Sink]]:
    opened = {name: Sink() for name in names}
    try:
        yield opened
    finally:
        for sink in opened.values():
            sink.socket.close()


def fingerprint(folder: Path) -> dict[str, tuple[str, int]]:
    """Content and modification time of every file below."""
    return {
        str(path): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def rows(cluster: Cluster, database: str) -> dict[str, str]:
    """A hash of every table's rows."""
    hashes = {}
    with cluster.session(database) as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(
                f"SELECT md5(string_agg(t::text, chr(10) ORDER BY t::text)) FROM {table} t"
            )
            hashes[table] = str((cursor.fetchone() or ("",))[0])
    return hashes


class Original:
    """The deployment of an admin: everything that could reach outward is switched on and due."""

    def __init__(self, cluster: Cluster, world: World, folder: Path, out: dict[str, Sink]) -> None:
        self.cluster, self.world, self.folder, self.out = cluster, world, folder, out
        self.site = Site(folder, free_port(), cluster.connection_args(ORIGINAL), self._options())
        cluster.drop(ORIGINAL)
        cluster.create(ORIGINAL, world.database)
        self.site.write()
        (self.site.media_store / "keep.txt").write_text("a file of the media store")
        self._queue_things()

    def _options(self) -> dict[str, object]:
        registration = self.folder / "bridge.yaml"
        registration.write_text(
            yaml.safe_dump(
                {
                    "id": "bridge",
                    "url": f"http://127.0.0.1:{self.out['appservice'].port}",
                    "as_token": "as-secret",
                    "hs_token": "hs-secret",
                    "sender_localpart": "bridge",
                    "namespaces": {"users": [{"exclusive": False, "regex": "@.*"}]},
                }
            )
        )
        return {
            "app_service_config_files": [str(registration)],
            "email": {
                "smtp_host": "127.0.0.1",
                "smtp_port": self.out["mail"].port,
                "notif_from": "Aksono <noreply@test.local>",
                "enable_notifs": True,
            },
            "ip_range_whitelist": ["127.0.0.0/8"],
            "federation_ip_range_blacklist": [],
        }

    def _queue_things(self) -> None:
        """A push gateway of a user, and a server with a room's news waiting for it."""
        alice = self.world.demo.users["alice"]["user_id"]
        gateway = f"http://127.0.0.1:{self.out['push'].port}/_matrix/push/v1/notify"
        remote = f"127.0.0.1:{self.out['federation'].port}"
        with self.cluster.session(ORIGINAL) as cursor:
            cursor.execute(
                "INSERT INTO pushers (id, user_name, profile_tag, kind, app_id, app_display_name,"
                " device_display_name, pushkey, ts, lang, data, last_stream_ordering,"
                " last_success, failing_since, enabled)"
                " VALUES (nextval('pushers_sequence'), %s, '', 'http', 'app', 'App', 'Phone',"
                " 'key', 0, 'en', %s, 1, 0, NULL, true)",
                (alice, json.dumps({"url": gateway})),
            )
            cursor.execute(
                "INSERT INTO destinations (destination, retry_last_ts, retry_interval,"
                " failure_ts, last_successful_stream_ordering) VALUES (%s, 0, 0, NULL, 1)",
                (remote,),
            )
            cursor.execute(
                "INSERT INTO destination_rooms (destination, room_id, stream_ordering)"
                " SELECT %s, room_id, max(stream_ordering) FROM events GROUP BY room_id",
                (remote,),
            )


@pytest.fixture
def original(cluster: Cluster, world: World, tmp_path: Path) -> Iterator[Original]:
    with sinks("appservice", "mail", "push", "federation") as out:
        yield Original(cluster, world, tmp_path, out)
    cluster.drop(ORIGINAL)


def test_nothing_gets_out(original: Original, cluster: Cluster, tmp_path: Path) -> None:
    files, content = fingerprint(tmp_path), rows(cluster, ORIGINAL)
    build = fingerprint(Aksono.build() / "bin")
    report = REPOSITORY / ".cache" / "airlock-report.json"
    command = [sys.executable, "-m", "aksono_compat.rehearsal", "--json", str(report)]
    command += ["--config", str(original.site.config_file)]
    folder = REPOSITORY / "compat-tests"
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, cwd=folder)

    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(report.read_text())["ok"]
    report.unlink()
    assert {name: sink.connections for name, sink in original.out.items()} == dict.fromkeys(
        original.out, 0
    )
    assert fingerprint(tmp_path) == files
    assert rows(cluster, ORIGINAL) == content
    assert fingerprint(Aksono.build() / "bin") == build


def test_the_same_deployment_reaches_out_when_it_is_not_shut_in(original: Original) -> None:
    """Else the test above could not fail."""
    with Synapse(original.site) as server:
        users = original.world.demo.users
        alice = Client(server.site.url, users["alice"]["token"])
        bob = Client(server.site.url, users["bob"]["token"])
        bob.say(original.world.demo.rooms["tea"], "alice: is anyone out there?")
        alice.get("/sync?timeout=0").ok()
        for _ in range(50):
            if original.out["appservice"].connections and original.out["federation"].connections:
                break
            threading.Event().wait(0.2)
    assert original.out["appservice"].connections > 0
    assert original.out["federation"].connections > 0
    assert original.out["push"].connections > 0
