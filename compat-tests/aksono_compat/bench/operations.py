# SPDX-License-Identifier: Apache-2.0
"""The operations that are measured, one function each; every one runs on a fresh clone."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable
from functools import partial

from ..client import Client, q
from ..demo import PASSWORD, PNG
from .measure import Bench, Figures, done, measure

IDLE_SECONDS = 5.0
Operation = Callable[[Bench], Figures]


def start(bench: Bench) -> Figures:
    """From exec to the first answer, and memory after a while of rest."""
    time.sleep(IDLE_SECONDS)
    return {"first answer (s)": bench.start_seconds, "memory at rest (MiB)": bench.memory()}


def login(bench: Bench) -> Figures:
    wish = {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": "p3"},
        "password": PASSWORD,
    }
    nobody = Client(bench.server.site.url)
    return measure(bench, [lambda _: done(nobody.post("/login", wish))], 30)


def _sender(bench: Bench, name: str, room: str) -> Callable[[int], object]:
    client = bench.client(name)
    room_id = bench.room(room)

    def act(number: int) -> object:
        content = {"msgtype": "m.text", "body": f"{name} {number}"}
        return done(client.send(room_id, "m.room.message", content, f"{name}-{number}"))

    return act


def send(senders: int, room: str, count: int, bench: Bench) -> Figures:
    """Messages by several members of one room at once."""
    return measure(bench, [_sender(bench, f"p{n}", room) for n in range(senders)], count)


def turn_around(bench: Bench) -> Figures:
    """From the sending of a message until a waiting client has it."""
    reader, room = bench.client("p1"), bench.room("of10")
    sender = _sender(bench, "p0", "of10")
    since = done(reader.get("/sync", timeout=0)).json["next_batch"]
    delays = []
    for number in range(50):
        arrived: list[float] = []

        def wait(token: str = since, arrived: list[float] = arrived) -> None:
            nonlocal since
            seen = done(reader.get("/sync", since=token, timeout=30000)).json
            while room not in seen.get("rooms", {}).get("join", {}):
                token = seen["next_batch"]
                seen = done(reader.get("/sync", since=token, timeout=30000)).json
            arrived.append(time.monotonic())
            since = seen["next_batch"]

        waiting = threading.Thread(target=wait)
        waiting.start()
        time.sleep(0.05)
        began = time.monotonic()
        sender(number)
        waiting.join()
        delays.append(arrived[0] - began)
    delays.sort()
    return {
        "median (ms)": 1000 * statistics.median(delays),
        "95 of 100 (ms)": 1000 * delays[int(len(delays) * 0.95)],
    }


def initial_sync(rooms: int, bench: Bench) -> Figures:
    """The first sync after the start (cold), and again (warm)."""
    client = bench.client(f"sync{rooms}")
    figures: Figures = {}

    def sync() -> None:
        done(client.get("/sync", timeout=0))

    for state in ("cold", "warm"):
        cpu, took = bench.spent(sync)
        figures[f"{state} (s)"] = took
        figures[f"{state}: CPU (s)"] = cpu
    statements, _ = bench.statements(sync)
    figures["statements"] = statements
    figures["memory after (MiB)"] = bench.memory()
    return figures


def paging(bench: Bench) -> Figures:
    """Pages of 50 messages backwards."""
    client, room = bench.client("host"), q(bench.room("history"))
    token = done(client.get("/sync", timeout=0)).json["next_batch"]

    def act(_: int) -> None:
        nonlocal token
        page = done(client.get(f"/rooms/{room}/messages", dir="b", limit=50, **{"from": token}))
        token = page.json.get("end", token)

    return measure(bench, [act], 15)


def read(path: str, bench: Bench) -> Figures:
    """A list of a room of 1,000."""
    client, room = bench.client("p0"), q(bench.room("of1000"))
    return measure(bench, [lambda _: done(client.get(f"/rooms/{room}/{path}"))], 5)


def join(bench: Bench) -> Figures:
    """People join a public room of 100."""
    room = q(bench.room("of100"))
    return measure(bench, [lambda n: done(bench.client(f"p{300 + n}").post(f"/join/{room}"))], 30)


def to_device(bench: Bench) -> Figures:
    client, target = bench.client("p0"), bench.town.user_ids["p1"]
    body = {"messages": {target: {"*": {"text": "x" * 300}}}}
    path = "/sendToDevice/org.example.bench"
    return measure(bench, [lambda n: done(client.put(f"{path}/{n}", body))], 50)


def keys_query(bench: Bench) -> Figures:
    client = bench.client("p5")
    body: dict[str, dict[str, list[str]]] = {
        "device_keys": {bench.town.user_ids[name]: [] for name in ("p0", "p1")}
    }
    return measure(bench, [lambda _: done(client.post("/keys/query", body))], 50)


def upload(bench: Bench) -> Figures:
    client = bench.client("p0")
    path = "/_matrix/media/v3/upload"
    headers = {"Content-Type": "image/png"}
    return measure(
        bench, [lambda _: done(client.request("POST", path, body=PNG, headers=headers))], 30
    )


OPERATIONS: dict[str, Operation] = {
    "start": start,
    "login": login,
    "send, 1 sender, 10 members": partial(send, 1, "of10", 100),
    "send, 1 sender, 100 members": partial(send, 1, "of100", 100),
    "send, 1 sender, 1000 members": partial(send, 1, "of1000", 50),
    "send, 8 senders, 100 members": partial(send, 8, "of100", 50),
    "send, 64 senders, 100 members": partial(send, 64, "of100", 10),
    "sync turn-around": turn_around,
    "initial sync, 50 rooms": partial(initial_sync, 50),
    "initial sync, 100 rooms": partial(initial_sync, 100),
    "initial sync, 200 rooms": partial(initial_sync, 200),
    "initial sync, 400 rooms": partial(initial_sync, 400),
    "pages of 50 messages": paging,
    "members of a room of 1000": partial(read, "members"),
    "joined members of a room of 1000": partial(read, "joined_members"),
    "state of a room of 1000": partial(read, "state"),
    "join": join,
    "to-device message": to_device,
    "keys query": keys_query,
    "media upload": upload,
}
