# SPDX-License-Identifier: Apache-2.0
"""Servers of a replay: on clones of a database, or somewhere behind a URL."""

from __future__ import annotations

import importlib
import itertools
import re
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import requests

from ..canonical import Window
from ..config import SERVER_NAME, Site
from ..pair import Twin
from ..ports import free_port
from ..postgres import Cluster
from ..rehearsal.copied import identity
from ..reporting.result import Party
from ..rows import Side
from ..servers import Aksono, Server, ServerError, Synapse
from ..snapshot import Snapshot, take_snapshot
from ..world import World

_numbers = itertools.count(1)
# Longer lists of ids are not held in memory; bindings then go by what the answers showed.
MOST_IDS = 3_000_000

_KNOWN = (
    "SELECT event_id FROM events",
    "SELECT room_id FROM rooms",
    "SELECT device_id FROM devices",
    "SELECT media_id FROM local_media_repository",
    "SELECT token FROM access_tokens",
)


class ArenaError(Exception):
    """Servers that cannot be had; the text says why."""


@dataclass(frozen=True)
class Choice:
    """Which server: "synapse", "synapse@1.140.0", "aksono"."""

    kind: str
    version: str = ""

    @classmethod
    def parse(cls, text: str) -> Choice:
        kind, _, version = text.partition("@")
        if kind not in ("synapse", "aksono") or (version and kind == "aksono"):
            raise ArenaError(f"{text}: not a server: synapse, synapse@VERSION or aksono")
        return cls(kind, version)

    def server(self, site: Site) -> Server:
        if self.kind == "aksono":
            return Aksono(site)
        if not self.version:
            return Synapse(site)
        return Synapse(site, python_of(self.version))


def python_of(version: str) -> str:
    """The interpreter with that release of Synapse, installed when it is not there yet."""
    try:
        releases = importlib.import_module("aksono_compat.releases")
    except ImportError:
        raise ArenaError(f"synapse@{version}: this package cannot fetch releases") from None
    try:
        return str(releases.python_of(version))
    except Exception as error:
        raise ArenaError(f"synapse@{version}: {error}") from error


@dataclass
class Home:
    """What clones are made of: a template database, a media store, a configuration."""

    cluster: Cluster
    world: World
    site: Callable[[Path, int, dict[str, str | int]], Site]
    directory: Path
    # Identity of the database that nothing may be written to; None: there is none.
    original: tuple[str, str] | None = None
    rows: bool = True  # small enough for all of it to be compared
    copy_media: bool = True
    shared_secret: str = ""
    pepper: str = ""
    server_name: str = SERVER_NAME

    def known_ids(self) -> frozenset[str]:
        """Ids that all clones share."""
        found: set[str] = set()
        with self.cluster.session(self.world.database) as cursor:
            for sql in _KNOWN:
                cursor.execute(f"{sql} LIMIT {MOST_IDS}")
                found.update(row[0] for row in cursor.fetchall() if row[0])
                if len(found) >= MOST_IDS:
                    return frozenset()
        return frozenset(found)


class Clone(Twin):
    """A server on a clone of its own; writing to it harms nobody."""

    def __init__(self, home: Home, choice: Choice, *, rows: bool) -> None:
        number = next(_numbers)
        self.home = home
        self.cluster = home.cluster
        self.world = home.world
        self.database = f"{home.world.database}_clone{number}"
        self.cluster.create(self.database, home.world.database)
        self.guard()
        directory = home.directory / f"server{number}"
        directory.mkdir()
        args = self.cluster.connection_args(self.database)
        site = home.site(directory, free_port(), args)
        if home.copy_media:
            shutil.copytree(home.world.media, site.media_store)
        else:
            site.media_store.symlink_to(home.world.media)
        self.server = choice.server(site)
        self._rows = rows
        self.before: Snapshot = {}
        self.party = Party(choice.kind, choice.kind, choice.version)
        self.reset()

    def guard(self) -> None:
        """Nothing is written to anything but a clone."""
        if self.home.original is None:
            return
        with self.cluster.session(self.database) as cursor:
            if identity(cursor) == self.home.original:
                raise ArenaError("the clone is the original database: nothing was written")

    def reset(self) -> None:
        if self._rows:
            self.before = take_snapshot(self.cluster, self.database)
        self.began = int(time.time() * 1000)

    def start(self) -> None:
        self.guard()
        try:
            self.server.start(timeout=300)
        except ServerError as error:
            raise ArenaError(str(error)) from error
        self.party = party_of(self.url, self.server.kind)

    def alive(self) -> bool:
        return self.server.running

    def side(self) -> Side:
        window = Window(self.began, int(time.time() * 1000))
        return Side(self.before, take_snapshot(self.cluster, self.database), window)

    def remove(self) -> None:
        """Ends the server and drops its database."""
        self.server.kill()
        self.cluster.drop(self.database)
        shutil.rmtree(self.server.site.directory, ignore_errors=True)


@dataclass
class Remote:
    """A server somewhere; it is only asked."""

    url: str
    party: Party = field(init=False)

    def __post_init__(self) -> None:
        self.url = self.url.rstrip("/")
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
            raise ArenaError(f"{self.url}: not a URL of a server (https://matrix.example.org)")
        self.party = Party(self.url, "url")

    def start(self) -> None:
        try:
            answer = requests.get(f"{self.url}/_matrix/client/versions", timeout=20)
        except requests.RequestException as error:
            reason = re.search(r"\[Errno [^\]]*\] ([A-Z][a-z ]+)", str(error))
            told = reason[1] if reason else str(error)
            raise ArenaError(f"{self.url}: no answer: {told}") from error
        if answer.status_code != 200:
            raise ArenaError(f"{self.url}: no homeserver: /versions answers {answer.status_code}")
        self.party = party_of(self.url, "url")
        self.party.label = self.url

    def alive(self) -> bool:
        parts = urlsplit(self.url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        try:
            socket.create_connection((str(parts.hostname), port), 5).close()
        except OSError:
            return False
        return True

    def remove(self) -> None:
        """It stays as it is."""


def party_of(url: str, kind: str) -> Party:
    """Name and version as the server tells them; a proxy may hide both."""
    try:
        about = requests.get(f"{url}/_matrix/federation/v1/version", timeout=20).json()["server"]
        version = str(about["version"]).split(" ")[0]
    except (requests.RequestException, ValueError, KeyError, TypeError):
        return Party(kind, kind)
    return Party(f"{kind} {version}", kind, version)


@contextmanager
def open_clones(home: Home, a: Choice, b: Choice, *, rows: bool) -> Iterator[tuple[Clone, Clone]]:
    """Two servers started on fresh clones; all of it is gone at the end."""
    clones: list[Clone] = []
    try:
        for choice in (a, b):
            clones.append(Clone(home, choice, rows=rows and home.rows))
        for clone in clones:
            clone.start()
        yield clones[0], clones[1]
    finally:
        for clone in clones:
            clone.remove()
