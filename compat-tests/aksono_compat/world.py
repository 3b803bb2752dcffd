# SPDX-License-Identifier: Apache-2.0
"""Worlds: template databases that real Synapse made once, kept in .cache."""

import hashlib
import importlib.metadata
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

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
    # What was added to it afterwards (pair.prepared_world), by whatever names that gave.
    grown: dict[str, Any] = field(default_factory=dict)


def cache_directory() -> Path:
    return Path(os.environ.get("AKSONO_CACHE", REPOSITORY / ".cache"))


def make_world(cluster: Cluster, size: Size | None = None, database: str = "world") -> World:
    """The world of this size as database `database`: out of the cache, or made now."""
    size = size or Size()

    def write(server: Synapse) -> dict[str, Any]:
        writer = DemoWriter(server.site.url, size)
        writer.write()
        wait_for_push_rotation(cluster, database)
        writer.finish()
        return writer.demo.as_json()

    key = digest_of(json.dumps(asdict(size)), demo)
    stored = store_world(cluster, database, f"world-{key}", write)
    return World(
        database, stored.media, Demo(**stored.about["made"]), stored.about["began"],
        stored.about["ended"],
    )  # fmt: skip


def digest_of(what: str, *modules: ModuleType) -> str:
    """Changes with the Synapse release and with everything that decides what is in a world."""
    digest = hashlib.sha256(what.encode())
    for module in (*modules, config):
        digest.update(Path(str(module.__file__)).read_bytes())
    digest.update(Path(__file__).read_bytes())
    return f"{importlib.metadata.version('matrix-synapse')}-{digest.hexdigest()[:16]}"


@dataclass
class Stored:
    """A world in the cache: `about` holds what `write` returned as `made`, `began` and `ended`."""

    media: Path
    about: dict[str, Any]


def store_world(
    cluster: Cluster,
    database: str,
    name: str,
    write: Callable[[Synapse], dict[str, Any]],
    options: dict[str, Any] | None = None,
) -> Stored:
    """Database `database` as `write` left it on real Synapse: made now, or out of the cache."""
    folder = cache_directory() / name
    if not (folder / "world.json").exists():
        bare = cache_directory() / f"bare-{digest_of('')}"
        if not (bare / "world.json").exists():
            cluster.create(database)
            _build(cluster, database, bare, lambda _: _finish_schema(cluster, database), {})
        cluster.restore(database, bare / "database.dump")
        _build(cluster, database, folder, write, options or {})
    cluster.restore(database, folder / "database.dump")
    return Stored(folder / "media", json.loads((folder / "world.json").read_text()))


def _build(
    cluster: Cluster,
    database: str,
    stored: Path,
    write: Callable[[Synapse], dict[str, Any]],
    options: dict[str, Any],
) -> None:
    """Lets `write` fill the database; what is there then goes to `stored`, the database is gone."""
    try:
        with tempfile.TemporaryDirectory(prefix="aksono-world-") as directory:
            args = cluster.connection_args(database)
            site = Site(Path(directory), free_port(), args, {**options, **_FAST_UPDATES})
            with Synapse(site) as server:
                began = int(time.time() * 1000)
                made = write(server)
            about = {"made": made, "began": began, "ended": int(time.time() * 1000)}
            _store(cluster, database, site.media_store, about, stored)
    finally:
        cluster.drop(database)


def _finish_schema(cluster: Cluster, database: str) -> dict[str, Any]:
    """Background updates and the task that one of the schema's deltas leaves: a minute or so."""
    _wait(cluster, database, "SELECT count(*) = 0 FROM background_updates", 300)
    sql = "SELECT count(*) = 0 FROM scheduled_tasks WHERE status IN ('scheduled', 'active')"
    _wait(cluster, database, sql, 150)
    return {}


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
    sql = """SELECT s.stream_ordering >= coalesce(e.newest, 0) AND r.stream_id >= c.newest
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
