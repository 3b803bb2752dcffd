# SPDX-License-Identifier: Apache-2.0
"""Thousands of clients that mostly wait, and messages that come at a fixed rate, come what may."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from ..client import V3, q
from .measure import Bench, Figures

RATE = 5.0  # messages a second, to a room of ten: an open loop, late answers hold nothing up
SECONDS = 20.0
PATIENCE = 1.0  # a message that comes later than this to somebody is too late


@dataclass
class Crowd:
    """One run with a number of waiting clients."""

    bench: Bench
    tokens: list[str]
    sent: dict[str, float] = field(default_factory=dict)
    delays: list[float] = field(default_factory=list)
    errors: int = 0
    waiting: int = 0

    async def run(self) -> Figures:
        connector = aiohttp.TCPConnector(limit=0)
        timeout = aiohttp.ClientTimeout(total=60)
        base = self.bench.server.site.url
        async with aiohttp.ClientSession(base, connector=connector, timeout=timeout) as session:
            clients = [asyncio.create_task(self._client(session, one)) for one in self.tokens]
            deadline = time.monotonic() + 120
            while self.waiting < len(self.tokens) and time.monotonic() < deadline:
                await asyncio.sleep(0.1)
            self.delays.clear()
            cpu = self.bench.cpu()
            await self._send_at_rate(session)
            cpu = self.bench.cpu() - cpu
            memory = self.bench.memory()
            for client in clients:
                client.cancel()
            await asyncio.gather(*clients, return_exceptions=True)
        return self._figures(cpu, memory)

    def _figures(self, cpu: float, memory: float) -> Figures:
        delays = sorted(self.delays) or [float("inf")]
        return {
            "clients that wait": self.waiting,
            "delivered": len(self.delays),
            "median delay (ms)": 1000 * delays[len(delays) // 2],
            "99 of 100 (ms)": 1000 * delays[int(len(delays) * 0.99)],
            "errors": self.errors,
            "CPU (%)": 100 * cpu / SECONDS,
            "memory (MiB)": memory,
        }

    async def _client(self, session: aiohttp.ClientSession, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        params = {"timeout": "0", "filter": '{"room":{"timeline":{"limit":5}}}'}
        counted = False
        while True:
            try:
                async with session.get(f"{V3}/sync", params=params, headers=headers) as answer:
                    seen = await answer.json()
                self._note(seen)
                params = {**params, "timeout": "30000", "since": seen["next_batch"]}
                self.waiting += not counted
                counted = True
            except (aiohttp.ClientError, TimeoutError, KeyError):
                self.errors += 1
                await asyncio.sleep(1)

    def _note(self, seen: dict[str, Any]) -> None:
        now = time.monotonic()
        for room in seen.get("rooms", {}).get("join", {}).values():
            for event in room.get("timeline", {}).get("events", []):
                began = self.sent.get(event.get("event_id", ""))
                if began is not None:
                    self.delays.append(now - began)

    async def _send_at_rate(self, session: aiohttp.ClientSession) -> None:
        began = time.monotonic()
        sends = []
        for number in range(int(RATE * SECONDS)):
            await asyncio.sleep(max(0.0, began + number / RATE - time.monotonic()))
            sends.append(asyncio.create_task(self._send(session, number)))
        await asyncio.gather(*sends)
        await asyncio.sleep(1)

    async def _send(self, session: aiohttp.ClientSession, number: int) -> None:
        room = q(self.bench.town.rooms["of10"])
        headers = {"Authorization": f"Bearer {self.bench.town.tokens['p0']}"}
        body = {"msgtype": "m.text", "body": f"crowd {number}"}
        began = time.monotonic()
        path = f"{V3}/rooms/{room}/send/m.room.message/crowd{number}"
        try:
            async with session.put(path, json=body, headers=headers) as answer:
                self.sent[(await answer.json())["event_id"]] = began
        except (aiohttp.ClientError, TimeoutError, KeyError):
            self.errors += 1


def crowd(clients: int, bench: Bench) -> Figures:
    """Figures of one number of waiting clients."""
    return asyncio.run(Crowd(bench, bench.town.idle[:clients]).run())


def holds(figures: Figures) -> bool:
    """Whether the server kept up: everybody waits, nothing fails, all is told in time."""
    return figures["errors"] == 0 and figures["99 of 100 (ms)"] < 1000 * PATIENCE
