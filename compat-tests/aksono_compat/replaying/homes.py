# SPDX-License-Identifier: Apache-2.0
"""What a replay's clones are made of: the demo world, a dump, or a copy of a deployment."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2

from ..config import RATE_LIMITS, SHARED_SECRET, SIGNING_KEY, Site
from ..demo import Demo
from ..postgres import Cluster
from ..rehearsal import airlock, copied
from ..rehearsal.account import Step, StepError
from ..rehearsal.enclosed_config import ConfigError, EnclosedSite, database_args, load
from ..world import World, make_world
from .clones import ArenaError, Home

DATABASE = "replay"
# Larger databases are replayed on, but their rows are not compared: a snapshot is held in memory.
LARGEST_MIB = 512

Say = Callable[[str], None]


@contextmanager
def demo_home(directory: Path) -> Iterator[Home]:
    """The demo world in a throwaway cluster."""
    with Cluster() as cluster:
        world = make_world(cluster)
        yield Home(
            cluster,
            world,
            lambda folder, port, args: Site(folder, port, args, dict(RATE_LIMITS)),
            directory,
            shared_secret=SHARED_SECRET,
        )


@dataclass
class Copied:
    """A dump that lies in `folder`, and the configuration of where it comes from."""

    folder: Path
    dump: Path
    config: dict[str, Any]
    original: tuple[str, str] | None  # identity of the database that was dumped


def take_copy(configs: list[Path], folder: Path, say: Say) -> Copied:
    """Dumps the database that a configuration names, in one snapshot; it is not written to."""
    try:
        config = load(configs)
        args = database_args(config)
        step = Step("copy")
        try:
            identity = copied.announce(step, args, folder)
            copied.dump(step, args, folder / "original.dump")
        finally:
            for note in step.notes:
                say(note)
    except (ConfigError, StepError, OSError) as error:
        raise ArenaError(str(error)) from error
    except psycopg2.Error as error:
        raise ArenaError(f"the database cannot be copied: {str(error).strip()}") from error
    return Copied(folder, folder / "original.dump", config, identity)


def take_dump(dump: Path, configs: list[Path], folder: Path) -> Copied:
    """Somebody's dump, made by `pg_dump -Fc`, and the configuration that belongs to it."""
    try:
        config = load(configs)
        with dump.open("rb") as file:
            if file.read(5) != b"PGDMP":
                raise ArenaError(f"{dump}: not a dump in the custom format (pg_dump -Fc)")
        shutil.copyfile(dump, folder / "original.dump")
    except (ConfigError, OSError) as error:
        raise ArenaError(str(error)) from error
    original = None
    try:
        # If the original can be reached, it is known by its identity, and never written to.
        connection = copied.connect_original(database_args(config))
        with connection.cursor() as cursor:
            original = copied.identity(cursor)
        connection.close()
    except (ConfigError, psycopg2.Error):
        original = None
    return Copied(folder, folder / "original.dump", config, original)


@contextmanager
def copied_home(source: Copied, say: Say) -> Iterator[Home]:
    """The copy in a throwaway cluster inside the airlock. Only in a process of its own: there is
    no way back out."""
    config, folder = source.config, source.folder
    media = Path(str(config.get("media_store_path", "")))
    if not media.is_dir():
        say(f"media_store_path: {media} is not a folder here: media are missing on both servers")
        media = folder / "no-media"
        media.mkdir()
    try:
        host = str((config.get("database", {}).get("args") or {}).get("host", ""))
        airlock.enter(folder, media, [host] if host.startswith("/") else [])
        for line in airlock.proof():
            say(f"airlock: {line}")
    except airlock.AirlockError as error:
        raise ArenaError(f"{error}: writes need a copy that is shut in") from error
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
    with Cluster() as cluster:
        size = _restore(cluster, source)
        say(f"database restored: {size} MiB")
        yield Home(
            cluster,
            World(DATABASE, folder / "media", Demo(), 0, 0),
            lambda where, port, args: _enclosed(config, where, port, args),
            folder,
            original=source.original,
            rows=size <= LARGEST_MIB,
            copy_media=False,
            shared_secret=str(config.get("registration_shared_secret") or SHARED_SECRET),
            pepper=str((config.get("password_config") or {}).get("pepper") or ""),
            server_name=str(config["server_name"]),
        )


def _restore(cluster: Cluster, source: Copied) -> int:
    """MiB of the restored database."""
    try:
        cluster.restore(DATABASE, source.dump)
    except RuntimeError as error:
        raise ArenaError(f"the dump cannot be restored: {error}") from error
    source.dump.unlink()
    with cluster.session(DATABASE) as cursor:
        if copied.identity(cursor) == source.original:
            raise ArenaError("the copy is the original: nothing was written")
        cursor.execute("ANALYZE")
        cursor.execute("SELECT to_regclass('schema_version') IS NOT NULL")
        row = cursor.fetchone()
        if not row or not row[0]:
            raise ArenaError("the dump is not of a Synapse database: no table schema_version")
        cursor.execute("SELECT pg_database_size(current_database()) / 1048576")
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def _enclosed(
    config: dict[str, Any], directory: Path, port: int, args: dict[str, str | int]
) -> EnclosedSite:
    # Both servers sign with one throwaway key, so that what they write can be compared.
    (directory / "signing.key.own").write_text(SIGNING_KEY)
    return EnclosedSite(
        directory, port, args, server_name=str(config["server_name"]), original=config
    )


def say_to_stderr(text: str) -> None:
    print(f"replay: {text}", file=sys.stderr, flush=True)
