# SPDX-License-Identifier: Apache-2.0
"""The recorder: a reverse proxy that changes nothing, or the receiver of nginx's mirror.

Traffic comes first. What is recorded is a copy, handed to another process through a pipe of bounded
size: when that process, or its disk, cannot keep up, exchanges are dropped and counted. When the
recording is over (--max-time, --max-size) the traffic is still passed on.
"""

from __future__ import annotations

import asyncio
import resource
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from .address import Address
from .body_tap import Budget
from .capture import Captured, Headers
from .format import Header, RecordingError
from .identity import Identities, access_token, origin
from .keys import Keys
from .mirror import MirrorConnection
from .observer import Observer, Watch
from .probe import Upstream
from .progress import Progress
from .sampling import Sample
from .settings import Settings
from .sink import Sink, State
from .tool import tool
from .tunnel import Tunnel

_GRACE = 10.0  # seconds that TERM leaves to requests under way


@dataclass
class Options:
    """What the command line says."""

    listen: Address
    upstream: Address | None  # None: the mirror
    out: Path
    force: bool = False
    include_content: bool = False
    max_size: int | None = None
    max_time: float | None = None
    queue: int = 64 * 1024 * 1024
    sample: Sample = field(default_factory=Sample)


class Recorder:
    """One run, from listening to the end mark."""

    def __init__(self, options: Options, about: Upstream) -> None:
        self._options = options
        self._keys = Keys.fresh()
        self._identities = Identities(about.server_name)
        self._connections: set[Tunnel | MirrorConnection] = set()
        self._stop = asyncio.Event()
        self._hurry = asyncio.Event()
        self._reason = "stopped"
        self._finishing: asyncio.Task[State] | None = None
        self._sink = Sink(self._settings(about), options.queue)
        self._watch = Watch(
            self._keys, Budget(options.queue), self._wanted, self._emit, time.monotonic()
        )

    def _settings(self, about: Upstream) -> Settings:
        options = self._options
        header = Header(
            tool=tool(),
            began=int(time.time() * 1000),
            server_name=about.server_name,
            server=about.server,
            source="proxy" if options.upstream else "mirror",
            content_included=options.include_content,
            sample=str(options.sample),
        )
        return Settings(options.out, header, self._keys.key, options.force, options.max_size)

    async def run(self, ready: Callable[[], None] = lambda: None) -> State:
        """Until TERM or INT. RecordingError, OSError when it cannot begin."""
        _open_many_files()
        # First of all the address: an old recording must not be replaced for nothing.
        server = await self._options.listen.listen(self._accept)
        try:
            await self._sink.start()
        except RecordingError:
            server.close()
            raise
        await server.start_serving()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._signalled)
        ready()
        told = loop.create_task(self._tell())
        await self._stop.wait()
        server.close()
        await self._drain()
        told.cancel()
        return await (self._finishing or self._finish())

    async def _finish(self) -> State:
        self._watch.recording = False
        self._sink.lose(self._watch.lost)
        return await self._sink.finish(self._reason)

    def _signalled(self) -> None:
        """The second signal does not wait for requests under way."""
        (self._hurry if self._stop.is_set() else self._stop).set()

    def _accept(self) -> asyncio.Protocol:
        connection: Tunnel | MirrorConnection
        if self._options.upstream:
            observer = Observer(self._watch)
            connection = Tunnel(self._options.upstream.connect, observer, self._gone)
        else:
            connection = MirrorConnection(self._watch, self._gone)
        self._connections.add(connection)
        return connection

    def _gone(self, connection: Tunnel | MirrorConnection) -> None:
        self._connections.discard(connection)

    def _wanted(self, target: str, headers: Headers) -> bool:
        """Spares the work for users that are known not to be in the sample."""
        if self._options.sample.everybody:
            return True
        token = access_token(target, headers)
        who = self._identities.user(token) if token else origin(headers)
        return self._options.sample.takes(who)

    def _emit(self, captured: Captured) -> None:
        if self._watch.recording:
            self._sink.put(captured)

    async def _tell(self) -> None:
        """Progress, and the limits."""
        progress = Progress("record")
        limit = self._options.max_time
        while True:
            await asyncio.sleep(0.2)
            state = self._sink.state
            if limit is not None and self._watch.now() >= limit:
                self._end_recording("time")
            elif state.full or state.error or state.done:
                self._end_recording(state.full)
            dropped = f", {self._sink.dropped} dropped" if self._sink.dropped else ""
            progress.update(
                f"{state.exchanges} exchanges, {state.size / 1e6:.1f} MB{dropped}, "
                f"{len(self._connections)} connections"
            )

    def _end_recording(self, reason: str) -> None:
        if self._finishing:
            return
        self._reason = reason or "stopped"
        self._finishing = asyncio.get_running_loop().create_task(self._finish())
        why = self._sink.state.error or {"time": "--max-time", "size": "--max-size"}.get(reason, "")
        print(
            f"aksono-replay record: the recording is over ({why}); requests are still passed on "
            "until TERM",
            file=sys.stderr,
        )

    async def _drain(self) -> None:
        """Closes idle connections, and the others once they are, or when their time is up."""
        deadline = time.monotonic() + _GRACE
        while self._connections and time.monotonic() < deadline and not self._hurry.is_set():
            for connection in list(self._connections):
                if connection.idle:
                    connection.close()
            await asyncio.sleep(0.05)
        for connection in list(self._connections):
            connection.close()
        await asyncio.sleep(0.05)


def _open_many_files() -> None:
    """Two for each connection: as many as we are allowed to, not as few as is usual."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
