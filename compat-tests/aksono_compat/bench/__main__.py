# SPDX-License-Identifier: Apache-2.0
"""Command line of scripts/bench: alternating rounds, median of the paired ratios."""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import tempfile
from contextlib import suppress
from functools import partial
from pathlib import Path

from ..config import Site
from ..ports import free_port
from ..postgres import Cluster
from ..servers import make_server
from .crowd import crowd, holds
from .measure import Bench, Figures, NotBuiltError, SmallTownError
from .operations import OPERATIONS, Operation
from .town import Town, TownSize, make_town

SERVERS = ("synapse", "aksono")
# As an admin has it: every commit waits for the disk.
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
CROWDS = (250, 500, 1000, 2000, 4000)

# Tables whose rows an operation adds to; both servers must have added as many. How often the graph
# of events forks under concurrent senders is chance, so event_edges is not among them.
COUNTED = (
    *("events", "event_json", "event_search", "event_push_actions", "event_to_state_groups"),
    *("event_txn_id_device_id", "room_memberships", "receipts_linearized", "access_tokens"),
    *("devices", "device_inbox", "local_media_repository"),
)

# None: the server has not built it.
Round = dict[str, Figures | None]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description="Measures Aksono beside Synapse. CPU is user and system time of the server and "
        "of PostgreSQL until two seconds after the last answer. Each operation runs on a fresh "
        "clone of a town that Synapse makes once (some minutes).",
    )
    parser.add_argument(
        "operation", nargs="*", metavar="OPERATION",
        help=f"beginning of a name (default: all): {'; '.join([*OPERATIONS, 'crowd'])}",
    )  # fmt: skip
    parser.add_argument("--rounds", type=int, default=3, help="alternating rounds (default 3)")
    parser.add_argument("--members", type=int, default=1000, help="of the largest room (1000)")
    parser.add_argument("--rooms", type=int, default=400, help="of the largest sync (400)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures as JSON")
    return parser.parse_args()


class Benchmark:
    """The town and the cluster in which it stands."""

    def __init__(self, cluster: Cluster, town: Town, media: Path) -> None:
        self._cluster = cluster
        self._town = town
        self._media = media

    def once(self, kind: str, operation: Operation) -> tuple[Figures | None, dict[str, int]]:
        """One operation on one server, on a clone of its own; and the rows that it left."""
        database = f"bench_{kind}"
        self._cluster.drop(database)
        self._cluster.create(database, "town")
        with tempfile.TemporaryDirectory(prefix="aksono-bench-") as name:
            folder = Path(name)
            shutil.copytree(self._media, folder / "media")
            args = self._cluster.connection_args(database)
            server = make_server(kind, Site(folder, free_port(), args))
            started = server.start()
            figures: Figures | None
            try:
                bench = Bench(server, self._cluster, database, self._town, started)
                figures = operation(bench)
            except NotBuiltError:
                figures = None
            finally:
                server.stop()
        return figures, self._rows(database)

    def _rows(self, database: str) -> dict[str, int]:
        with self._cluster.session(database) as cursor:
            rows = {}
            for table in COUNTED:
                cursor.execute(f"SELECT count(*) FROM {table}")
                rows[table] = int((cursor.fetchone() or (0,))[0])
        return rows

    def rounds(self, name: str, operation: Operation, count: int) -> list[Round]:
        results: list[Round] = []
        for number in range(count):
            figures: Round = {}
            rows = {}
            # Who goes first changes, so that a machine that slows down hits both.
            for kind in SERVERS if number % 2 == 0 else SERVERS[::-1]:
                print(f"  {name}: round {number + 1}: {kind}", file=sys.stderr, flush=True)
                figures[kind], rows[kind] = self.once(kind, operation)
            results.append(figures)
            if all(one is not None for one in figures.values()):
                _check_rows(name, rows)
        return results

    def crowds(self) -> dict[str, dict[int, Figures]]:
        """Each server with more and more waiting clients, until it does not keep up."""
        results: dict[str, dict[int, Figures]] = {}
        for kind in SERVERS:
            results[kind] = {}
            for clients in (size for size in CROWDS if size <= len(self._town.idle)):
                print(f"  crowd: {kind}: {clients}", file=sys.stderr, flush=True)
                figures, _ = self.once(kind, partial(crowd, clients))
                results[kind][clients] = figures or {}
                if not figures or not holds(figures):
                    break
        return results


def _check_rows(name: str, rows: dict[str, dict[str, int]]) -> None:
    a, b = rows["synapse"], rows["aksono"]
    uneven = [f"{table} {a[table]} != {b[table]}" for table in COUNTED if a[table] != b[table]]
    if uneven:
        raise SystemExit(f"{name}: the servers wrote different rows: {', '.join(uneven)}")


def show(name: str, rounds: list[Round]) -> None:
    """One line of the table for each figure."""
    synapse = [one["synapse"] for one in rounds]
    aksono = [one["aksono"] for one in rounds]
    for figure in synapse[0] or {}:
        a = [figures[figure] for figures in synapse if figures]
        b = [figures[figure] for figures in aksono if figures]
        if not b:
            print(f"| {name}: {figure} | {statistics.median(a):.3g} | not built | |")
            continue
        pairs = [(x, y) if figure != "a second" else (y, x) for x, y in zip(a, b, strict=True)]
        ratios = [x / y for x, y in pairs if y > 0]
        ratio = f"{statistics.median(ratios):.1f}" if ratios else ""
        middle = (f"{statistics.median(values):.3g}" for values in (a, b))
        print(f"| {name}: {figure} | {' | '.join(middle)} | {ratio} |")


def show_crowds(results: dict[str, dict[int, Figures]]) -> None:
    print("\n| | clients | median delay (ms) | 99 of 100 (ms) | CPU (%) | memory (MiB) | errors |")
    print("|---|---|---|---|---|---|---|")
    columns = ("median delay (ms)", "99 of 100 (ms)", "CPU (%)", "memory (MiB)", "errors")
    for kind, by_size in results.items():
        for clients, figures in by_size.items():
            values = " | ".join(f"{figures.get(column, float('nan')):.3g}" for column in columns)
            print(f"| {kind} | {clients} | {values} |")


def _wanted(name: str, given: list[str]) -> bool:
    return not given or any(name.startswith(start) for start in given)


def main() -> int:
    options = arguments()
    size = TownSize(members=options.members, rooms=options.rooms, idle=4 * options.members)
    everything: dict[str, object] = {}
    with Cluster(DURABLE) as cluster:
        benchmark = Benchmark(cluster, *make_town(cluster, size))
        chosen = {name: one for name, one in OPERATIONS.items() if _wanted(name, options.operation)}
        results: dict[str, list[Round]] = {}
        for name, operation in chosen.items():
            with suppress(SmallTownError):
                results[name] = benchmark.rounds(name, operation, options.rounds)
        everything.update(results)
        if results:
            print("| | Synapse | Aksono | ratio |\n|---|---|---|---|")
        for name, rounds in results.items():
            show(name, rounds)
        if _wanted("crowd", options.operation):
            crowds = benchmark.crowds()
            everything["crowd"] = crowds
            show_crowds(crowds)
    if options.json:
        options.json.write_text(json.dumps(everything, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
