# SPDX-License-Identifier: Apache-2.0
"""A network of one server and its scripted peers, whom it trusts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from .certificates import Authority
from .netns import Namespace
from .peer import Peer

PORT = 8448
AnyPeer = TypeVar("AnyPeer", bound=Peer)
Result = TypeVar("Result")
Maker = Callable[[str, Path, Path, Path], AnyPeer]


def address_of(label: str) -> str:
    """An address for everyone: the same on both sides of a comparison."""
    first, second, third = hashlib.sha256(label.encode()).digest()[:3]
    return f"127.{first % 250 + 2}.{second}.{third % 250 + 2}"


class PeerNetwork:
    """The namespace in which a server runs, and the peers that were asked for so far."""

    def __init__(self, folder: Path) -> None:
        self._authority = Authority(folder)
        self._namespace = Namespace()
        self._peers: list[Peer] = []

    @property
    def options(self) -> dict[str, Any]:
        """What the server's configuration needs so that it reaches the peers."""
        return {"federation_custom_ca_list": [str(self._authority.file)]}

    def run(self, work: Callable[[], Result]) -> Result:
        """Does it in the network, on a thread that stays: for servers to be started."""
        return self._namespace.run(work)

    def enter(self) -> None:
        """The calling thread goes in, and those that it starts."""
        self._namespace.enter()

    def peer(self, label: str, make: Maker[AnyPeer]) -> AnyPeer:
        """A peer with an address of its own; from a thread inside."""
        address = address_of(label)
        crt, key = self._authority.issue(address)
        peer = make(f"{address}:{PORT}", crt, key, self._authority.file)
        self._peers.append(peer)
        return peer

    def close_peers(self) -> None:
        while self._peers:
            self._peers.pop().close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close_peers()
        self._namespace.close()
