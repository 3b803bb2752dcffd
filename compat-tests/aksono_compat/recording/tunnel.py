# SPDX-License-Identifier: Apache-2.0
"""One connection of a client, tied to one of the upstream: bytes pass as they are, both ways.

Nothing is changed, added or held back: interim answers, HEAD, chunks, half-closed and aborted
connections arrive as they were sent. An observer gets copies, after the bytes have been passed on.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from typing import cast

from .observer import Observer

Connect = Callable[[asyncio.Protocol], Awaitable[asyncio.Transport]]


class Side(asyncio.Protocol):
    """One of the two ends."""

    def __init__(self, tunnel: Tunnel, observe: Callable[[bytes], None]) -> None:
        self._tunnel = tunnel
        self._observe = observe
        self.transport: asyncio.Transport | None = None
        self.peer: Side | None = None
        self.ended = False  # nothing more comes from it

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if self.peer and self.peer.transport:
            self.peer.transport.write(data)
        self._observe(data)

    def eof_received(self) -> bool:
        self.ended = True
        peer = self.peer
        if peer is None or peer.transport is None:
            return False
        if peer.transport.can_write_eof():
            peer.transport.write_eof()
            # The other direction stays open, unless it has ended before.
            return not peer.ended
        peer.transport.close()
        return False

    def pause_writing(self) -> None:
        if self.peer and self.peer.transport:
            self.peer.transport.pause_reading()

    def resume_writing(self) -> None:
        if self.peer and self.peer.transport:
            self.peer.transport.resume_reading()

    def connection_lost(self, error: Exception | None) -> None:
        self.transport = None
        peer = self.peer
        if peer and peer.transport:
            if error:
                reset(peer.transport)
            else:
                peer.transport.close()
        self._tunnel.side_lost()


class Tunnel(Side):
    """The client's side, which owns the upstream's."""

    def __init__(
        self, connect: Connect, observer: Observer, on_end: Callable[[Tunnel], None]
    ) -> None:
        super().__init__(self, observer.request_bytes)
        self.observer = observer
        self._connect = connect
        self._on_end = on_end
        self._open = 0
        self._early: list[bytes] = []  # what came before the upstream was reached
        self._task: asyncio.Task[None] | None = None

    @property
    def idle(self) -> bool:
        """No request is waiting for its answer."""
        return self.observer.idle

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._open = 1
        upstream = Side(self, self.observer.answer_bytes)
        self.peer, upstream.peer = upstream, self
        self._task = asyncio.get_running_loop().create_task(self._reach(upstream))

    def data_received(self, data: bytes) -> None:
        if self.peer and self.peer.transport:
            super().data_received(data)
        elif self.transport:
            self._early.append(data)
            self.transport.pause_reading()

    def eof_received(self) -> bool:
        if self.peer and self.peer.transport:
            return super().eof_received()
        self.ended = True
        return True

    async def _reach(self, upstream: Side) -> None:
        try:
            await self._connect(upstream)
        except OSError:
            # As near to a refused connection as an accepted one can come.
            if self.transport:
                reset(self.transport)
            return
        self._open += 1
        if upstream.transport is None or self.transport is None:
            self.close()
            return
        for data in self._early:
            super().data_received(data)
        self._early.clear()
        self.transport.resume_reading()
        if self.ended:
            super().eof_received()

    def side_lost(self) -> None:
        self._open -= 1
        if self._open <= 0:
            self.observer.closed()
            self._on_end(self)

    def close(self) -> None:
        """Ends both directions, after what is already under way."""
        for side in (self, self.peer):
            if side and side.transport:
                side.transport.close()


def reset(transport: asyncio.Transport) -> None:
    """Closes at once, with a reset that the other end sees."""
    handle = transport.get_extra_info("socket")
    if handle is not None and handle.family in (socket.AF_INET, socket.AF_INET6):
        handle.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
