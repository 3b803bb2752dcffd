# SPDX-License-Identifier: Apache-2.0
"""`up --federated`: two servers that federate, by hand, on addresses of this machine."""

from __future__ import annotations

import os
import secrets
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from .client import Client
from .demo import PASSWORD
from .federation_pair import FEDERATION_PORT, FederationPair, make_databases, open_federation
from .postgres import Cluster
from .replaying.clones import ArenaError, Choice
from .reporting.verdict import UNSUITABLE
from .servers import Server, ServerError

DATABASES = ("home", "away")
USERS = (("alice", "anna"), ("bob", "bert"))
Result = TypeVar("Result")


class ThisNetwork:
    """In place of a namespace: the network that everybody on this machine is in."""

    def run(self, work: Callable[[], Result]) -> Result:
        return work()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing to tidy."""


def _addresses() -> tuple[str, str]:
    """Of a network that nobody else is likely to have taken."""
    net = f"127.{secrets.randbelow(250) + 2}.{secrets.randbelow(256)}"
    return f"{net}.1", f"{net}.2"


def up_federated(choice: Choice, folder: Path) -> int:
    """Until it is interrupted, or a server ends by itself. The exit code."""
    with Cluster() as cluster:
        make_databases(cluster, DATABASES)
        try:
            with open_federation(
                cluster, DATABASES, (choice.server, Choice("synapse").server), folder,
                network=ThisNetwork, addresses=_addresses(),
            ) as pair:  # fmt: skip
                _tell(pair, cluster)
                return _wait(pair)
        except ServerError as error:
            raise ArenaError(str(error)) from error


def _wait(pair: FederationPair) -> int:
    while pair.home.running and pair.away.running:
        time.sleep(0.2)
    ended = pair.away if pair.home.running else pair.home
    print("error: a server ended by itself; its last words:", file=sys.stderr)
    print(ended.last_words(), file=sys.stderr)
    return UNSUITABLE


def _tell(pair: FederationPair, cluster: Cluster) -> None:
    lines: list[str] = []
    first: Client | None = None
    for server, names, database in zip((pair.home, pair.away), USERS, DATABASES, strict=True):
        lines += _server_lines(server, cluster.dsn(database))
        for name in names:
            client = Client(server.site.url).register(name, PASSWORD)
            lines.append(f"  {client.user_id}  {client.token}")
            first = first or client
        lines.append("")
    assert first is not None
    other = f"@bob:{pair.away.site.server_name}"
    ask = f"curl -H 'Authorization: Bearer {first.token}' {first.url}/_matrix/client/v3/profile"
    lines += [
        f"password of all users: {PASSWORD}",
        f"CA:     {pair.authority.file}",
        f"try:    {ask}/{other}",
        f"stop:   Ctrl-C, or kill {os.getpid()}; everything is removed then",
    ]
    print("\n".join(lines), flush=True)


def _server_lines(server: Server, dsn: str) -> list[str]:
    address = server.site.server_name.rpartition(":")[0]
    return [
        f"{server.kind} {server.site.server_name}",
        f"  clients on {server.site.url}, servers on https://{address}:{FEDERATION_PORT}",
        f"  log  {server.site.log_file}",
        f"  psql '{dsn}'",
    ]
