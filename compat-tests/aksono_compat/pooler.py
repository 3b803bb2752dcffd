# SPDX-License-Identifier: Apache-2.0
"""A pooler in transaction mode, as small as can be: all clients share one session by turns."""

import socket
import struct
import threading
from types import TracebackType
from typing import Self

from .postgres import Cluster

_PROTOCOL = 3 << 16
_WANTS_ENCRYPTION = (80877103, 80877104)  # TLS, GSS
_IDLE = b"I"


class _Stream:
    """Messages of PostgreSQL's protocol on a socket."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection

    def _exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            more = self.connection.recv(size - len(data))
            if not more:
                raise ConnectionError("closed")
            data += more
        return data

    def message(self, typed: bool = True) -> bytes:
        kind = self._exactly(1) if typed else b""
        length = self._exactly(4)
        return kind + length + self._exactly(struct.unpack("!i", length)[0] - 4)

    def send(self, data: bytes) -> None:
        self.connection.sendall(data)


class TransactionPooler:
    """Listens on a port of 127.0.0.1 and gives its one session away at each end of a transaction.

    For a cluster that trusts everybody. Prepared statements and settings stay behind in the
    session, as in any such pooler.
    """

    def __init__(self, cluster: Cluster, database: str, port: int) -> None:
        self.port = port
        self._greeting = b""
        self._turn = threading.Lock()
        upstream = socket.socket(socket.AF_UNIX)
        upstream.connect(str(cluster.directory / f".s.PGSQL.{cluster.PORT}"))
        self._server = _Stream(upstream)
        wishes = f"user\0{cluster.USER}\0database\0{database}\0\0".encode()
        self._server.send(struct.pack("!ii", len(wishes) + 8, _PROTOCOL) + wishes)
        self._greeting = self._until_ready()[0]
        self._listener = socket.create_server(("127.0.0.1", port))

    def _until_ready(self, client: _Stream | None = None) -> tuple[bytes, bytes]:
        """Passes the server's answer on, up to and with ReadyForQuery; the answer, the status."""
        answer = b""
        while True:
            message = self._server.message()
            answer += message
            if client is not None:
                client.send(message)
            if message[:1] == b"Z":
                return answer, message[-1:]

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        holds = False
        try:
            client = _Stream(connection)
            while struct.unpack("!i", client.message(typed=False)[4:8])[0] in _WANTS_ENCRYPTION:
                client.send(b"N")
            client.send(self._greeting)
            while (message := client.message())[:1] != b"X":
                if not holds:
                    holds = self._turn.acquire()
                self._server.send(message)
                # A query, or the end of an extended one: now the server answers.
                if message[:1] in b"QS" and self._until_ready(client)[1] == _IDLE:
                    self._turn.release()
                    holds = False
        except OSError:
            pass
        finally:
            if holds:
                self._turn.release()
            connection.close()

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._listener.close()
        self._server.connection.close()
