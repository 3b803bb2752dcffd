# SPDX-License-Identifier: Apache-2.0
"""Command line of scripts/bench: alternating rounds, median of the paired ratios."""

import argparse
import json
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from ..client import Client
from ..config import Site
from ..demo import PASSWORD, Size
from ..ports import free_port
from ..postgres import Cluster
from ..servers import make_server
from ..world import World, make_world
from .scenarios import SCENARIOS, SENDERS, Bench

SERVERS = ("synapse", "aksono")
# As an admin has it: every commit waits for the disk.
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}

# Tables whose rows a scenario adds to; both servers must have added as many. How often the graph of
# events forks under concurrent senders is chance, so event_edges is not among them.
COUNTED = (
    "events",
    "event_json",
    "event_search",
    "event_push_actions",
    "event_to_state_groups",
    "event_txn_id_device_id",
    "room_memberships",
    "receipts_linearized",
)

Figures = dict[str, float]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description="Measures Aksono beside Synapse. CPU is user and system time of the server and "
        "of PostgreSQL until two seconds after the last answer.",
    )
    parser.add_argument("scenario", nargs="*", choices=[*SCENARIOS, []], metavar="SCENARIO")
    parser.add_argument("--rounds", type=int, default=3, help="alternating rounds (default 3)")
    parser.add_argument("--rooms", type=int, default=200, help="rooms of the sync (default 200)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures as JSON")
    return parser.parse_args()


def add_senders(cluster: Cluster, world: World, folder: Path) -> None:
    """A room with eight members who will send; made by Synapse, once, in the template itself."""
    with make_server("synapse", _site(cluster, world.database, folder)) as server:
        host = Client(server.site.url, world.demo.users["alice"]["token"])
        room: str = host.post("/createRoom", {"preset": "public_chat"}).ok()["room_id"]
        world.demo.rooms["bench"] = room
        for number in range(SENDERS):
            name = f"sender{number}"
            sender = Client(server.site.url).register(name, PASSWORD)
            sender.post(f"/join/{room}").ok()
            world.demo.users[name] = {"user_id": sender.user_id, "token": sender.token or ""}


def _site(cluster: Cluster, database: str, folder: Path) -> Site:
    return Site(folder, free_port(), cluster.connection_args(database))


def run_once(kind: str, scenario: str, cluster: Cluster, world: World) -> tuple[Figures, list[int]]:
    """One scenario on one server, on a clone of its own; and the rows that it left."""
    database = f"bench_{kind}"
    cluster.drop(database)
    cluster.create(database, world.database)
    with tempfile.TemporaryDirectory(prefix="aksono-bench-") as name:
        folder = Path(name)
        shutil.copytree(world.media, folder / "media")
        server = make_server(kind, _site(cluster, database, folder))
        started = server.start()
        try:
            figures = SCENARIOS[scenario](Bench(server, cluster, database, world, started))
        finally:
            server.stop()
    with cluster.session(database) as cursor:
        rows = []
        for table in COUNTED:
            cursor.execute(f"SELECT count(*) FROM {table}")
            rows.append(int((cursor.fetchone() or (0,))[0]))
    return figures, rows


def run_rounds(
    scenario: str, rounds: int, cluster: Cluster, world: World
) -> dict[str, list[Figures]]:
    results: dict[str, list[Figures]] = {kind: [] for kind in SERVERS}
    for number in range(rounds):
        rows = {}
        # Who goes first changes, so that a machine that slows down hits both.
        for kind in SERVERS if number % 2 == 0 else SERVERS[::-1]:
            print(f"  round {number + 1}: {kind}", file=sys.stderr, flush=True)
            figures, rows[kind] = run_once(kind, scenario, cluster, world)
            results[kind].append(figures)
        if rows["synapse"] != rows["aksono"]:
            pairs = zip(COUNTED, rows["synapse"], rows["aksono"], strict=True)
            uneven = [f"{table} {a} != {b}" for table, a, b in pairs if a != b]
            raise SystemExit(f"{scenario}: the servers wrote different rows: {', '.join(uneven)}")
    return results


def show(results: dict[str, list[Figures]]) -> None:
    for name in results["synapse"][0]:
        synapse = [figures[name] for figures in results["synapse"]]
        aksono = [figures[name] for figures in results["aksono"]]
        ratio = statistics.median(a / b for a, b in zip(synapse, aksono, strict=True) if b > 0)
        print(
            f"| {name} | {statistics.median(synapse):.3g} | {statistics.median(aksono):.3g} "
            f"| {ratio:.1f} |"
        )


def main() -> int:
    options = arguments()
    everything: dict[str, dict[str, list[Figures]]] = {}
    with Cluster(DURABLE) as cluster, tempfile.TemporaryDirectory() as folder:
        world = make_world(cluster, Size(rooms=options.rooms, messages=10))
        add_senders(cluster, world, Path(folder))
        for scenario in options.scenario or SCENARIOS:
            print(f"{scenario}:", file=sys.stderr, flush=True)
            everything[scenario] = run_rounds(scenario, options.rounds, cluster, world)
    print("| | Synapse | Aksono | ratio |\n|---|---|---|---|")
    for results in everything.values():
        show(results)
    if options.json:
        options.json.write_text(json.dumps(everything, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
