# SPDX-License-Identifier: Apache-2.0
"""Two homeservers that federate over TLS, in a network of their own.

Both sides of a comparison can have such a pair at the same time, with the same names, addresses
and ports: each pair lives in its own network namespace.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

from .certificates import Authority
from .client import Client
from .config import Site
from .netns import Namespace
from .postgres import Cluster
from .servers import Server
from .world import digest_of, store_world

CLIENT_PORT = 8008
FEDERATION_PORT = 8448
# Addresses are names too: no DNS is needed, and /.well-known is not asked.
HOME = "127.1.0.1"
AWAY = "127.1.0.2"
Result = TypeVar("Result")


def name_of(address: str) -> str:
    return f"{address}:{FEDERATION_PORT}"


@dataclass
class FederatedSite(Site):
    """A Site that listens for clients and, with TLS, for other servers."""

    address: str = HOME
    certificate: Path = Path()
    key: Path = Path()
    authority: Path = Path()

    @property
    def url(self) -> str:
        return f"http://{self.address}:{self.port}"

    def homeserver_yaml(self) -> dict[str, Any]:
        whole = super().homeserver_yaml()
        whole["listeners"] = [
            self._listener(self.port, "client", tls=False),
            self._listener(FEDERATION_PORT, "federation", tls=True),
        ]
        return {
            **whole,
            "tls_certificate_path": str(self.certificate),
            "tls_private_key_path": str(self.key),
            "federation_custom_ca_list": [str(self.authority)],
            # Addresses of this machine are refused by default.
            "ip_range_blacklist": [],
            "federation_ip_range_blacklist": [],
            **self.options,
        }

    def _listener(self, port: int, resource: str, *, tls: bool) -> dict[str, Any]:
        return {
            "port": port,
            "type": "http",
            "tls": tls,
            "bind_addresses": [self.address],
            "resources": [{"names": [resource], "compress": False}],
        }

    def write(self) -> None:
        """With a signing key of its own: two servers do not share one."""
        super().write()
        seed = base64.b64encode(hashlib.sha256(self.server_name.encode()).digest())
        (self.directory / "signing.key").write_text(
            f"ed25519 a_{self.address.replace('.', '_')} {seed.decode().rstrip('=')}\n"
        )


class Network(Protocol):
    """Where the servers are: a Namespace, or what is like one."""

    def run(self, work: Callable[[], Result], /) -> Result: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None: ...


Make = Callable[[Site], Server]


class FederationPair:
    """`home` is the server that is tested, `away` always real Synapse."""

    def __init__(
        self, namespace: Network, home: Server, away: Server, authority: Authority
    ) -> None:
        self.namespace = namespace
        self.home = home
        self.away = away
        self.authority = authority

    def run(self, work: Callable[[], Result]) -> Result:
        """Does it where the servers can be reached."""
        return self.namespace.run(work)

    def start(self) -> None:
        """From the namespace's own thread: with that thread they would end."""
        for server in (self.away, self.home):
            self.run(server.start)

    def stop(self) -> None:
        for server in (self.home, self.away):
            self.run(server.stop)

    def kill(self) -> None:
        for server in (self.home, self.away):
            self.run(server.kill)

    def client(self, server: Server, user: str) -> Client:
        """A new user of that server; use it inside `run`."""
        return self.run(lambda: Client(server.site.url).register(user, "a long password"))


def make_databases(cluster: Cluster, databases: Iterable[str]) -> None:
    """Databases of servers that nobody has used yet."""
    for database in databases:
        store_world(cluster, database, f"empty-{digest_of('')}", lambda _: {})


@contextmanager
def open_federation(
    cluster: Cluster,
    databases: tuple[str, str],
    make: tuple[Make, Make],
    folder: Path,
    *,
    network: Callable[[], Network] = Namespace,
    addresses: tuple[str, str] = (HOME, AWAY),
    **options: Any,
) -> Iterator[FederationPair]:
    """Both servers started on these databases, which the caller makes and drops.

    `make`: the servers of home and away. Raises NamespaceError where the machine does not let a
    namespace be made.
    """
    with network() as entered:
        authority = Authority(folder / "authority")
        servers = []
        for address, make_server, database in zip(addresses, make, databases, strict=True):
            crt, key = authority.issue(address)
            site = FederatedSite(
                folder / address, CLIENT_PORT, cluster.connection_args(database),
                dict(options), name_of(address), address, crt, key, authority.file,
            )  # fmt: skip
            servers.append(make_server(site))
        pair = FederationPair(entered, servers[0], servers[1], authority)
        try:
            pair.start()
            yield pair
        finally:
            pair.kill()
