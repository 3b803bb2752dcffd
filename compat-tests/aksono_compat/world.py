# SPDX-License-Identifier: Apache-2.0
"""The demo world as a template database, made once by real Synapse and kept in .cache."""

import hashlib
import importlib.metadata
import json
import os
import shutil
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from . import config, demo
from .config import Site
from .demo import Demo, DemoWriter, Size
from .ports import free_port
from .postgres import Cluster
from .servers import REPOSITORY, Synapse

# Background updates run at full speed: a fresh schema has more than fifty of them queued.
_FAST_UPDATES = {"background_updates": {"sleep_enabled": False}}


@dataclass
class World:
    """A finished database and media store, to be cloned, never used directly."""

    database: str
    media: Path
    demo: Demo
    # Milliseconds since 1970 between which everything in it was made.
    began: int
    ended: int


def cache_directory() -> Path:
    return Path(os.environ.get("AKSONO_CACHE", REPOSITORY / ".cache"))


def make_world(cluster: Cluster, size: Size | None = None, database: str = "world") -> World:
    """The world of this size as database `database`: out of the cache, or made now."""
    size = size or Size()
    stored = cache_directory() / f"world-{_key(size)}"
    if not (stored / "world.json").exists():
        _build(cluster, size, database, stored)
        cluster.drop(database)
    cluster.restore(database, stored / "database.dump")
    about = json.loads((stored / "world.json").read_text())
    return World(database, stored / "media", Demo(**about["demo"]), about["began"], about["ended"])


def _key(size: Size) -> str:
    """Changes with the Synapse release and with everything that decides what is in a world."""
    digest = hashlib.sha256(json.dumps(asdict(size)).encode())
    for module in (demo, config):
        digest.update(Path(str(module.__file__)).read_bytes())
    digest.update(Path(__file__).read_bytes())
    return f"{importlib.metadata.version('matrix-synapse')}-{digest.hexdigest()[:16]}"


def _build(cluster: Cluster, size: Size, database: str, stored: Path) -> None:
    cluster.create(database)
    with tempfile.TemporaryDirectory(prefix="aksono-world-") as directory:
        args = cluster.connection_args(database)
        server = Synapse(Site(Path(directory), free_port(), args, _FAST_UPDATES))
        with server:
            wait_for_background_updates(cluster, database)
        # A second start, as on a database that has been in use: caches and streams are loaded.
        with server:
            began = int(time.time() * 1000)
            writer = DemoWriter(server.site.url, size)
            writer.write()
            wait_for_push_rotation(cluster, database)
            writer.finish()
        about = {"demo": writer.demo.as_json(), "began": began, "ended": int(time.time() * 1000)}
        _store(cluster, database, server.site.media_store, about, stored)


def _store(
    cluster: Cluster, database: str, media: Path, about: dict[str, object], stored: Path
) -> None:
    """world.json comes last: without it the folder does not count."""
    partial = stored.with_name(f"{stored.name}.{os.getpid()}")
    partial.mkdir(parents=True)
    cluster.dump(database, partial / "database.dump")
    shutil.copytree(media, partial / "media")
    (partial / "world.json").write_text(json.dumps(about, indent=1))
    try:
        partial.rename(stored)
    except OSError:
        shutil.rmtree(partial)


def wait_for_background_updates(cluster: Cluster, database: str, timeout: float = 300) -> None:
    """Until Synapse has emptied its queue of background updates."""
    _wait(cluster, database, "SELECT count(*) = 0 FROM background_updates", timeout)


def wait_for_push_rotation(cluster: Cluster, database: str, timeout: float = 60) -> None:
    """Until all push actions are in the summary: Synapse does that every 30 s."""
    sql = """SELECT s.stream_ordering >= e.newest AND r.stream_id >= c.newest
        FROM event_push_summary_stream_ordering s, event_push_summary_last_receipt_stream_id r,
            (SELECT max(stream_ordering) AS newest FROM events) e,
            (SELECT coalesce(max(stream_id), 0) AS newest FROM receipts_linearized) c"""
    _wait(cluster, database, sql, timeout)


def _wait(cluster: Cluster, database: str, sql: str, timeout: float) -> None:
    deadline = time.monotonic() + timeout
    with cluster.session(database) as cursor:
        while time.monotonic() < deadline:
            cursor.execute(sql)
            row = cursor.fetchone()
            if row and row[0]:
                return
            time.sleep(0.1)
    raise TimeoutError(f"{database}: still not true after {timeout} s: {sql}")
