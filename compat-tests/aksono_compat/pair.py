# SPDX-License-Identifier: Apache-2.0
"""Two servers, each on its own clone of one world: A is always real Synapse."""

import itertools
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from .canonical import Window
from .client import Client
from .config import Site
from .peer_network import PeerNetwork
from .ports import free_port
from .postgres import Cluster
from .rows import Side
from .servers import Server, make_server
from .snapshot import take_snapshot
from .world import World, wait_for_push_rotation

Result = TypeVar("Result")
_clones = itertools.count(1)

_WRITES = """SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_user_tables"""


class Twin:
    """One server of a pair with its database."""

    # The network it runs in, if that is one of its own.
    network: PeerNetwork | None = None

    def __init__(self, cluster: Cluster, world: World, kind: str, directory: Path, **options: Any):
        self.cluster = cluster
        self.world = world
        self.database = f"{world.database}_{next(_clones)}"
        cluster.create(self.database, world.database)
        site = Site(directory, free_port(), cluster.connection_args(self.database), options)
        shutil.copytree(world.media, site.media_store)
        self.server: Server = make_server(kind, site)
        self.reset()

    @property
    def url(self) -> str:
        return self.server.site.url

    def client(self, name: str | None = None) -> Client:
        """A client of a user of the world with its token there; without name, of nobody."""
        if name is None:
            return Client(self.url)
        user = self.world.demo.users[name]
        client = Client(self.url, user["token"])
        client.user_id, client.device_id = user["user_id"], user["device_id"]
        return client

    def start(self) -> None:
        if self.network is None:
            self.server.start()
        else:
            self.network.run(self.server.start)

    def become(self, kind: str) -> float:
        """Stops the server and starts another kind on the same site. Seconds without a server.

        Not from a thread that ends: the server would end with it.
        """
        began = time.monotonic()
        self.server.stop()
        self.server = make_server(kind, self.server.site)
        self.server.start()
        return time.monotonic() - began

    def settle(self, quiet: float = 6.5) -> None:
        """Until timers have written what they write: push summaries, last seen, positions."""
        # A server that never rotates is found out by the comparison of rows.
        with suppress(TimeoutError):
            wait_for_push_rotation(self.cluster, self.database, 45)
        self._wait_until_quiet(quiet)

    def _wait_until_quiet(self, seconds: float, timeout: float = 60) -> None:
        deadline = time.monotonic() + timeout
        count, since = -1, time.monotonic()
        with self.cluster.session(self.database) as cursor:
            while time.monotonic() < min(since + seconds, deadline):
                cursor.execute(_WRITES)
                row = cursor.fetchone()
                if row and row[0] != count:
                    count, since = row[0], time.monotonic()
                time.sleep(0.2)

    def reset(self) -> None:
        """What was written so far counts as what was there before."""
        self.before = take_snapshot(self.cluster, self.database)
        self.began = int(time.time() * 1000)

    def side(self) -> Side:
        """What was written so far, for `rows.diff`. Stop the server first."""
        window = Window(self.began, int(time.time() * 1000))
        return Side(self.before, take_snapshot(self.cluster, self.database), window)

    def close(self) -> None:
        """Ends the server; the clone goes with its cluster."""
        self.server.kill()


def prepared_world(
    cluster: Cluster, world: World, prepare: Callable[[Twin], dict[str, Any]]
) -> World:
    """A clone of `world` in which real Synapse did what `prepare` asked for; `grown` is its result.

    For what the server under test cannot make itself.
    """
    with tempfile.TemporaryDirectory(prefix="aksono-prepared-") as directory:
        maker = Twin(cluster, world, "synapse", Path(directory))
        with maker.server:
            grown = prepare(maker)
        return replace(world, database=maker.database, grown=grown)


class Pair:
    """Synapse (A) and the server under test (B), alike in everything but port and paths."""

    def __init__(self, a: Twin, b: Twin) -> None:
        self.a = a
        self.b = b

    def both(self, act: Callable[[Twin], Result]) -> tuple[Result, Result]:
        """Does the same on both at the same time."""
        with ThreadPoolExecutor(2) as pool:
            first, second = pool.submit(act, self.a), pool.submit(act, self.b)
            return first.result(), second.result()

    def start(self) -> None:
        """Not from a thread that ends: the servers would end with it."""
        self.a.start()
        self.b.start()

    def stop(self) -> None:
        self.a.server.stop()
        self.b.server.stop()


@contextmanager
def open_pair(cluster: Cluster, world: World, kind_b: str, **options: Any) -> Iterator[Pair]:
    """Both servers started on fresh clones; all of it is gone at the end."""
    with tempfile.TemporaryDirectory(prefix="aksono-pair-") as directory:
        a = Twin(cluster, world, "synapse", Path(directory) / "a", **options)
        b = Twin(cluster, world, kind_b, Path(directory) / "b", **options)
        with _started(Pair(a, b)) as pair:
            yield pair


@contextmanager
def open_federated_pair(
    cluster: Cluster, world: World, kind_b: str, **options: Any
) -> Iterator[Pair]:
    """The same, each in a network of its own where it can have peers."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="aksono-pair-")))
        twins = []
        for side, kind in (("a", "synapse"), ("b", kind_b)):
            network = stack.enter_context(PeerNetwork(folder / f"authority-{side}"))
            twin = Twin(cluster, world, kind, folder / side, **options, **network.options)
            twin.network = network
            twins.append(twin)
        yield stack.enter_context(_started(Pair(*twins)))


@contextmanager
def _started(pair: Pair) -> Iterator[Pair]:
    try:
        pair.start()
        yield pair
    finally:
        pair.a.close()
        pair.b.close()
