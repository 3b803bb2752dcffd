# SPDX-License-Identifier: Apache-2.0
"""Sends a recording to one server, request by request, with the values that this server gave."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from yarl import URL

from ..recording.format import Exchange
from .bindings import Bindings
from .compare import Comparer
from .polls import played, scope_of
from .reply import Reply, recorded
from .routes import is_sync, place_of
from .schedule import Progress, Schedule, Slot
from .sessions import Sessions, filler

# How many requests may wait for their turn; and how many dead connections in a row end a run.
AHEAD = 2000
FAILURES = 8
# Seconds that a seed may hold a request back.
JOSTLE = 0.02

# Headers of a recording that are the connection's, or that this player sets itself.
_OWN = frozenset(
    (
        *("host", "connection", "content-length", "transfer-encoding", "accept-encoding", "te"),
        *("authorization", "keep-alive", "trailer", "upgrade", "proxy-authorization", "expect"),
        "cookie",
    )
)


class ServerGoneError(Exception):
    """The server does not answer any more."""


@dataclass
class Pace:
    """How a replay is played."""

    speed: float = float("inf")
    patience: float = 60.0  # seconds that an answer may take
    news: bool = True  # something is written, of which long polls tell
    # Against live servers: nothing that a client has not acknowledged itself is acknowledged.
    keep_since: bool = False
    # Requests that overlap are jostled a little, in a way that only the seed decides; 0: not.
    seed: int = 0


@dataclass
class Lane:
    """One server in a replay. `replies` holds answers by index; None: not sent, see `skipped`."""

    url: str
    sessions: Sessions
    bindings: Bindings
    alive: Callable[[], bool]
    began: float = field(default_factory=time.time)  # seconds since 1970
    replies: dict[int, Reply | None] = field(default_factory=dict)
    skipped: dict[int, str] = field(default_factory=dict)
    failures: int = 0


class Player:
    """Plays a schedule on one lane; `done(index)` is called as answers come in."""

    def __init__(
        self,
        lane: Lane,
        schedule: Schedule,
        pace: Pace,
        recorded_at: int,
        done: Callable[[int], None],
    ) -> None:
        self.lane = lane
        self._schedule = schedule
        self._pace = pace
        self._recorded_at = recorded_at
        self._done = done
        self._progress = Progress(schedule)
        self._learner = Comparer(lane.bindings, recorded_at, lane.began * 1000)
        self._began = time.monotonic()

    async def run(self) -> None:
        """Plays everything; ServerGoneError when the server ends in the middle."""
        window = asyncio.Semaphore(AHEAD)
        failure: BaseException | None = None
        connector = aiohttp.TCPConnector(limit=0, force_close=True)
        jar = aiohttp.DummyCookieJar()
        async with aiohttp.ClientSession(
            connector=connector, cookie_jar=jar, auto_decompress=True, trust_env=False
        ) as http:
            # A GET without an answer is a finding; it is not to be repeated in silence.
            http._retry_connection = False
            try:
                async with asyncio.TaskGroup() as group:
                    for slot in self._schedule.slots:
                        await window.acquire()
                        group.create_task(self._play(http, slot, window))
            except* ServerGoneError as gone:
                failure = gone.exceptions[0]
        if failure is not None:
            raise ServerGoneError(str(failure))

    async def _play(
        self, http: aiohttp.ClientSession, slot: Slot, window: asyncio.Semaphore
    ) -> None:
        try:
            await self._progress.wait(slot)
            await self._until(slot.exchange.at, slot.exchange.number)
            self.lane.replies[slot.index] = await self._ask(http, slot)
        finally:
            window.release()
        self._progress.done(slot.index)
        self._done(slot.index)

    async def _until(self, at: float, number: int) -> None:
        if self._pace.speed != float("inf"):
            rest = self._began + at / self._pace.speed - time.monotonic()
            if rest > 0:
                await asyncio.sleep(rest)
        if self._pace.seed:
            draw = random.Random(self._pace.seed * 1_000_003 + number)
            await asyncio.sleep(draw.uniform(0, JOSTLE))

    async def _ask(self, http: aiohttp.ClientSession, slot: Slot) -> Reply | None:
        exchange = slot.exchange
        why_not = self.lane.sessions.unfit(exchange, self.lane.bindings)
        if why_not:
            self.lane.skipped[slot.index] = why_not
            return None
        reply = await self._send(http, exchange)
        if reply.error:
            self._count_failure(reply)
        else:
            self.lane.failures = 0
            self._learn(exchange, reply)
        return reply

    def _count_failure(self, reply: Reply) -> None:
        self.lane.failures += 1
        if self.lane.failures >= FAILURES or not self.lane.alive():
            raise ServerGoneError(reply.error)

    def _learn(self, exchange: Exchange, reply: Reply) -> None:
        """What the recorded server called things, and what this one calls them."""
        then = recorded(exchange, self._recorded_at)
        if then.status == reply.status and then.is_json and reply.is_json:
            where = place_of(exchange.method, exchange.target).where
            self._learner.answers(then, reply, where, scope_of(exchange))

    async def _send(self, http: aiohttp.ClientSession, exchange: Exchange) -> Reply:
        lane, pace = self.lane, self._pace
        poll = played(exchange, pace.speed, pace.patience, news=pace.news)
        url = URL(lane.url + self._target(exchange, poll.target), encoded=True)
        asked = time.time()
        try:
            async with http.request(
                exchange.method, url, data=self._body(exchange), headers=self._headers(exchange),
                allow_redirects=False, timeout=aiohttp.ClientTimeout(total=poll.patience),
                skip_auto_headers=("User-Agent", "Content-Type", "Accept-Encoding"),
            ) as answer:  # fmt: skip
                body = await answer.read()
                headers = {name.lower(): value for name, value in answer.headers.items()}
                return Reply(answer.status, headers, body, asked=asked, ended=time.time())
        except TimeoutError:
            error = f"no answer in {poll.patience:.0f} s"
        except (aiohttp.ClientError, OSError, ValueError) as failure:
            error = f"{type(failure).__name__}: {failure}"
        return Reply(0, error=error, asked=asked, ended=time.time())

    def _target(self, exchange: Exchange, target: str) -> str:
        if self._pace.keep_since and is_sync(exchange.method, target):
            return _harmless(target)
        place = place_of(exchange.method, exchange.target)
        scope = scope_of(exchange)
        return self.lane.bindings.target_to_b(target, place.named(), scope, place.where)

    def _headers(self, exchange: Exchange) -> dict[str, str]:
        headers = {
            name: value for name, value in exchange.headers.items() if name.lower() not in _OWN
        }
        headers.setdefault("User-Agent", "aksono-replay")
        token = self.lane.sessions.token(exchange, self.lane.bindings)
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if exchange.body.kind == "json":
            headers.setdefault("Content-Type", "application/json")
        return headers

    def _body(self, exchange: Exchange) -> bytes | None:
        where = place_of(exchange.method, exchange.target).where
        bindings, body = self.lane.bindings, exchange.body
        if body.kind == "json":
            value: Any = bindings.json_to_b(body.value, "", scope_of(exchange), where)
            value = self.lane.sessions.signed(exchange, value)
            return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
        if body.kind == "text":
            return bindings.text_to_b(str(body.value), "", exchange.session).encode()
        return filler(body) if body.kind == "omitted" else body.content()


def _harmless(target: str) -> str:
    """A /sync that acknowledges nothing new and tells nobody that the user is there."""
    path, _, query = target.partition("?")
    parts = [
        part for part in query.split("&") if part.split("=")[0] not in ("set_presence", "timeout")
    ]
    return f"{path}?{'&'.join([*filter(None, parts), 'set_presence=offline', 'timeout=0'])}"
