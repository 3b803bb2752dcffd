# SPDX-License-Identifier: Apache-2.0
"""What is measured: each scenario runs on a fresh clone of the same world and gives figures."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..client import Client
from ..postgres import Cluster
from ..servers import Server
from ..world import World
from .cpu import resident_mib, tree_seconds

SETTLE_SECONDS = 2.0
SENDERS = 8
MESSAGES_PER_SENDER = 100
IDLE_SECONDS = 5.0


@dataclass
class Bench:
    """One server on one clone, started, with the cluster's own process for its CPU time."""

    server: Server
    cluster: Cluster
    database: str
    world: World
    start_seconds: float

    def client(self, name: str) -> Client:
        client = Client(self.server.site.url, self.world.demo.users[name]["token"])
        client.user_id = self.world.demo.users[name]["user_id"]
        return client

    def cpu(self) -> float:
        return tree_seconds(self.server.pid) + tree_seconds(self.cluster.pid)

    def spent(self, work: Callable[[], None]) -> tuple[float, float]:
        """(CPU seconds of server and PostgreSQL until things settle, seconds until the answer)."""
        before, began = self.cpu(), time.monotonic()
        work()
        took = time.monotonic() - began
        time.sleep(SETTLE_SECONDS)
        return self.cpu() - before, took

    def statements(self, work: Callable[[], None]) -> int:
        """Statements that PostgreSQL was sent meanwhile, by its own log."""
        with self.cluster.session("postgres") as cursor:
            cursor.execute("ALTER SYSTEM SET log_statement = 'all'")
            cursor.execute("SELECT pg_reload_conf()")
        time.sleep(0.3)
        offset = self.cluster.log.stat().st_size
        work()
        time.sleep(0.3)
        with self.cluster.session("postgres") as cursor:
            cursor.execute("ALTER SYSTEM RESET log_statement")
            cursor.execute("SELECT pg_reload_conf()")
        return _count_statements(self.cluster.log, offset)


def _count_statements(log: Path, offset: int) -> int:
    with log.open("rb") as file:
        file.seek(offset)
        lines = file.read().decode("utf-8", "replace").splitlines()
    marks = ("LOG:  statement: ", "LOG:  execute ")
    texts = [line.split("LOG:  ", 1)[1] for line in lines if any(mark in line for mark in marks)]
    bookkeeping = ("BEGIN", "COMMIT", "ROLLBACK", "SET ", "ALTER SYSTEM", "SELECT pg_reload")
    return sum(1 for text in texts if not text.split(": ", 1)[1].startswith(bookkeeping))


def start_and_rest(bench: Bench) -> dict[str, float]:
    """Time from exec to the first answer, and memory after a while of rest."""
    time.sleep(IDLE_SECONDS)
    return {
        "start to first answer (s)": bench.start_seconds,
        "memory at rest (MiB)": resident_mib(bench.server.pid),
    }


def send(bench: Bench) -> dict[str, float]:
    """Eight senders in one room at once."""
    people = [name for name in bench.world.demo.users if name.startswith("sender")][:SENDERS]
    room = bench.world.demo.rooms["bench"]
    failures: list[str] = []

    def one(name: str) -> None:
        client = bench.client(name)
        for number in range(MESSAGES_PER_SENDER):
            content = {"msgtype": "m.text", "body": f"{name} {number}"}
            answer = client.send(room, "m.room.message", content, f"{name}-{number}")
            if answer.status != 200:
                failures.append(answer.text)

    def all_of_them() -> None:
        threads = [threading.Thread(target=one, args=(name,)) for name in people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    cpu, took = bench.spent(all_of_them)
    if failures:
        raise RuntimeError(f"{len(failures)} sends failed: {failures[0]}")
    count = len(people) * MESSAGES_PER_SENDER
    return {
        "CPU per message, 8 senders (ms)": 1000 * cpu / count,
        "seconds per message, 8 senders (ms)": 1000 * took / count,
    }


def initial_sync(bench: Bench) -> dict[str, float]:
    """A user with 200 rooms: first sync after the start (cold), then again (warm)."""
    client = bench.client("alice")
    figures: dict[str, float] = {}
    for state in ("cold", "warm"):
        cpu, took = bench.spent(lambda: client.get("/sync").ok())
        figures[f"initial sync, {state} (s)"] = took
        figures[f"initial sync, {state}: CPU (s)"] = cpu
    figures["initial sync: statements"] = bench.statements(lambda: client.get("/sync").ok())
    return figures


SCENARIOS: dict[str, Callable[[Bench], dict[str, float]]] = {
    "start": start_and_rest,
    "send": send,
    "sync": initial_sync,
}
