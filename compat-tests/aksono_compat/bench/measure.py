# SPDX-License-Identifier: Apache-2.0
"""Measures what one server does: CPU, time, statements and commits per operation."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ..client import Answer, Client
from ..postgres import Cluster
from ..servers import Server
from .cpu import resident_mib, tree_seconds
from .town import Town

SETTLE_SECONDS = 2.0

Figures = dict[str, float]


class NotBuiltError(Exception):
    """The server does not know the route."""


class SmallTownError(Exception):
    """The town has no such room or user."""


def done(answer: Answer) -> Answer:
    """The answer, when it is a good one."""
    body = answer.json if isinstance(answer.json, dict) else {}
    if answer.status == 404 and body.get("errcode") == "M_UNRECOGNIZED":
        raise NotBuiltError(answer.text)
    answer.ok()
    return answer


@dataclass
class Bench:
    """One server on one clone, started, with the cluster whose CPU time counts too."""

    server: Server
    cluster: Cluster
    database: str
    town: Town
    start_seconds: float

    def room(self, name: str) -> str:
        if name not in self.town.rooms:
            raise SmallTownError(name)
        return self.town.rooms[name]

    def client(self, name: str) -> Client:
        if name not in self.town.tokens:
            raise SmallTownError(name)
        client = Client(self.server.site.url, self.town.tokens[name])
        client.user_id = self.town.user_ids.get(name, f"@{name}:test.local")
        return client

    def cpu(self) -> float:
        return tree_seconds(self.server.pid) + tree_seconds(self.cluster.pid)

    def memory(self) -> float:
        return resident_mib(self.server.pid)

    def spent(self, work: Callable[[], None]) -> tuple[float, float]:
        """(CPU seconds of server and PostgreSQL until things settle, seconds until it is done)."""
        before, began = self.cpu(), time.monotonic()
        work()
        took = time.monotonic() - began
        time.sleep(SETTLE_SECONDS)
        return self.cpu() - before, took

    def statements(self, work: Callable[[], None]) -> tuple[int, int]:
        """(statements, commits) that PostgreSQL was sent meanwhile, by its own log."""
        self._log_statements("'all'")
        offset = self.cluster.log.stat().st_size
        work()
        time.sleep(0.3)
        self._log_statements("DEFAULT")
        return count_statements(self.cluster.log, offset)

    def _log_statements(self, value: str) -> None:
        with self.cluster.session("postgres") as cursor:
            cursor.execute(f"ALTER SYSTEM SET log_statement = {value}")
            cursor.execute("SELECT pg_reload_conf()")
        time.sleep(0.3)


def count_statements(log: Path, offset: int) -> tuple[int, int]:
    """Statements but for bookkeeping, and transactions that were committed."""
    with log.open("rb") as file:
        file.seek(offset)
        lines = file.read().decode("utf-8", "replace").splitlines()
    marks = ("LOG:  statement: ", "LOG:  execute ")
    texts = [line.split("LOG:  ", 1)[1] for line in lines if any(mark in line for mark in marks)]
    words = [text.split(": ", 1)[1].strip().upper() for text in texts]
    bookkeeping = ("BEGIN", "COMMIT", "ROLLBACK", "SET ", "ALTER SYSTEM", "SELECT PG_RELOAD")
    statements = sum(1 for word in words if not word.startswith(bookkeeping))
    return statements, sum(1 for word in words if word.startswith("COMMIT"))


@dataclass
class Lane:
    """What one of several clients at work does: `act(n)` for n from 0."""

    act: Callable[[int], object]
    seconds: list[float] = field(default_factory=list)
    error: BaseException | None = None

    def run(self, count: int) -> None:
        try:
            for number in range(count):
                began = time.monotonic()
                self.act(number)
                self.seconds.append(time.monotonic() - began)
        except Exception as error:
            self.error = error


def measure(bench: Bench, acts: list[Callable[[int], object]], count: int) -> Figures:
    """`count` operations by each of the clients at once; then one more, its statements counted."""
    lanes = [Lane(act) for act in acts]

    def work() -> None:
        threads = [threading.Thread(target=lane.run, args=(count,)) for lane in lanes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    cpu, took = bench.spent(work)
    for lane in lanes:
        if lane.error:
            raise lane.error
    operations = count * len(lanes)
    seconds = [value for lane in lanes for value in lane.seconds]
    statements, commits = bench.statements(lambda: _once(acts[0], count))
    return {
        "CPU (ms)": 1000 * cpu / operations,
        "median (ms)": 1000 * statistics.median(seconds),
        "a second": operations / took,
        "statements": statements,
        "commits": commits,
    }


def _once(act: Callable[[int], object], number: int) -> None:
    act(number)
