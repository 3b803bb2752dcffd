# SPDX-License-Identifier: Apache-2.0
"""Network namespaces that threads enter: inside each the same addresses and ports are free."""

from __future__ import annotations

import ctypes
import os
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import TracebackType
from typing import Self, TypeVar

CLONE_NEWNET = 0x40000000
Result = TypeVar("Result")


class NamespaceError(Exception):
    """The machine makes no network namespace (not root, or they are switched off)."""


def _enter(descriptor: int | None) -> None:
    """This thread alone goes into the namespace; None: into a new one."""
    libc = ctypes.CDLL(None, use_errno=True)
    if descriptor is None:
        failed = libc.unshare(CLONE_NEWNET) != 0
    else:
        failed = libc.setns(descriptor, CLONE_NEWNET) != 0
    if failed:
        reason = os.strerror(ctypes.get_errno())
        raise NamespaceError(f"cannot make a network namespace: {reason} (root is needed)")


class Namespace:
    """A network of its own: the loopback interface with all of 127.0.0.0/8, no way out.

    One thread lives in it as long as it exists. Servers started from there are in it, and end
    with that thread, so they must be stopped before.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="netns")
        try:
            self._descriptor = self._pool.submit(self._make).result()
        except BaseException:
            self._pool.shutdown()
            raise

    @staticmethod
    def _make() -> int:
        _enter(None)
        done = subprocess.run(
            ["ip", "link", "set", "lo", "up"], capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise NamespaceError(f"ip link set lo up: {done.stderr.strip()}")
        return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)

    def run(self, work: Callable[[], Result]) -> Result:
        """Does it on the namespace's own thread, one thing after the other."""
        return self._pool.submit(work).result()

    @contextmanager
    def threads(self, number: int) -> Iterator[ThreadPoolExecutor]:
        """Threads in the namespace, for what goes on at the same time."""
        with ThreadPoolExecutor(number, initializer=_enter, initargs=(self._descriptor,)) as pool:
            yield pool

    def enter(self) -> None:
        """The calling thread goes in for good: for threads made for that."""
        _enter(self._descriptor)

    def close(self) -> None:
        self._pool.shutdown()
        os.close(self._descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
