# SPDX-License-Identifier: Apache-2.0
"""A Synapse on SQLite: a small used database, made once and kept in the cache."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import tempfile
import time
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .client import Client, q
from .config import Site
from .kept import make_once
from .ports import free_port
from .servers import Synapse
from .world import cache_directory

# What travels badly from one database to another.
ODD_BODIES = (
    "hello world", "emoji 😀 é ü", "nul \0 in it", "back\\slash \t tab \n newline \r return",
    "quote ' \" %s", "\\N", "\\.", "no width \u200b \ufeff \u0001 \u007f",
)  # fmt: skip


class LiteSite(Site):
    """A site whose database is a file."""

    @property
    def file(self) -> Path:
        return self.directory / "homeserver.db"

    def homeserver_yaml(self) -> dict[str, Any]:
        database = {"name": "sqlite3", "args": {"database": str(self.file)}}
        return {**super().homeserver_yaml(), "database": database}


@dataclass
class Lite:
    """What was made: users with their tokens, a room, and where a client's sync was."""

    alice: str
    alice_device: str
    bob: str
    room: str
    since: str


@dataclass
class LiteWorld:
    """A finished SQLite file and media store, to be copied, never used directly."""

    file: Path
    media: Path
    made: Lite


def make_lite_world() -> LiteWorld:
    """Out of the cache, or made now: ten seconds."""
    digest = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:16]
    folder = make_once(cache_directory() / f"lite-{digest}", _build)
    made = Lite(**json.loads((folder / "made.json").read_text()))
    return LiteWorld(folder / "homeserver.db", folder / "media", made)


def _build(folder: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="aksono-lite-") as directory:
        options = {"background_updates": {"sleep_enabled": False}}
        site = LiteSite(Path(directory), free_port(), {}, options)
        with Synapse(site) as server:
            made = _use(server.site.url)
            _wait_for_background_updates(site.file)
        folder.mkdir(parents=True)
        shutil.copy(site.file, folder / "homeserver.db")
        shutil.copytree(site.media_store, folder / "media")
        (folder / "made.json").write_text(json.dumps(asdict(made)))


def _use(url: str) -> Lite:
    alice = Client(url).register("alice", "password")
    bob = Client(url).register("bob", "password")
    invited = {"invite": [bob.user_id], "preset": "private_chat", "name": "tea 🍵"}
    room = alice.post("/createRoom", invited).ok()["room_id"]
    bob.post(f"/join/{q(room)}").ok()
    since = bob.get("/sync").ok()["next_batch"]
    said = [alice.say(room, body) for body in ODD_BODIES]
    bob.post(f"/rooms/{q(room)}/receipt/m.read/{q(said[3])}").ok()
    alice.put(f"/rooms/{q(room)}/redact/{q(said[4])}/t1", {"reason": "x"}).ok()
    _use_account(alice, bob, room)
    _use_keys(alice, bob)
    _leave_a_room(alice, bob)
    return Lite(str(alice.token), alice.device_id, str(bob.token), room, since)


def _use_account(alice: Client, bob: Client, room: str) -> None:
    user = q(alice.user_id)
    bob.put(f"/profile/{q(bob.user_id)}/displayname", {"displayname": "Böb 😀"}).ok()
    alice.put(f"/user/{user}/account_data/org.example", {"a": "nul\0", "b": [1, None]}).ok()
    alice.put(f"/user/{user}/rooms/{q(room)}/tags/u.x", {"order": 0.5}).ok()
    alice.put("/pushrules/global/content/mine", {"pattern": "tea*", "actions": ["notify"]}).ok()
    alice.post(f"/user/{user}/filter", {"room": {"timeline": {"limit": 3}}}).ok()
    alice.request(
        "POST", "/_matrix/media/v3/upload", body=b"\0\1 not a picture",
        headers={"Content-Type": "application/octet-stream"}, params={"filename": "ä.bin"},
    ).ok()  # fmt: skip


def _use_keys(alice: Client, bob: Client) -> None:
    device = alice.device_id
    content = {
        "device_keys": {
            "user_id": alice.user_id, "device_id": device,
            "algorithms": ["m.olm.v1.curve25519-aes-sha2"],
            "keys": {f"curve25519:{device}": "abc", f"ed25519:{device}": "def"},
            "signatures": {alice.user_id: {f"ed25519:{device}": "sig"}},
        },
        "one_time_keys": {
            f"signed_curve25519:AAA{number}": {"key": "x", "signatures": {}} for number in range(3)
        },
    }  # fmt: skip
    alice.post("/keys/upload", content).ok()
    wanted = {"one_time_keys": {alice.user_id: {device: "signed_curve25519"}}}
    bob.post("/keys/claim", wanted).ok()
    sent = {"messages": {alice.user_id: {device: {"x": "y\0"}}}}
    bob.put("/sendToDevice/m.x/t1", sent).ok()
    backup = {"algorithm": "m.megolm_backup.v1", "auth_data": {"x": 1}}
    alice.post("/room_keys/version", backup).ok()


def _leave_a_room(alice: Client, bob: Client) -> None:
    room = alice.post("/createRoom", {"preset": "public_chat", "name": "pub"}).ok()["room_id"]
    bob.post(f"/join/{q(room)}").ok()
    for number in range(10):
        bob.say(room, f"tea number {number}")
    bob.post(f"/rooms/{q(room)}/leave").ok()


def _wait_for_background_updates(file: Path, timeout: float = 300) -> None:
    """And until the user directory, which is written behind, is up to date."""
    deadline = time.monotonic() + timeout
    sql = """SELECT (SELECT count(*) FROM background_updates) = 0 AND
        (SELECT stream_id FROM user_directory_stream_pos) >=
        (SELECT max(stream_id) FROM current_state_delta_stream)"""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        while time.monotonic() < deadline:
            if database.execute(sql).fetchone()[0]:
                return
            time.sleep(0.2)
    raise TimeoutError("Synapse's background updates did not finish")
