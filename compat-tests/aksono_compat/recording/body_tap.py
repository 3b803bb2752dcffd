# SPDX-License-Identifier: Apache-2.0
"""Takes a copy of a body that passes by, within limits."""

from __future__ import annotations

import hmac

from .bodies import LARGEST
from .capture import CapturedBody
from .keys import Keys


class Budget:
    """The memory that all bodies together may take while they pass by, in bytes."""

    def __init__(self, limit: int) -> None:
        self._left = limit

    def take(self, size: int) -> bool:
        if size > self._left:
            return False
        self._left -= size
        return True

    def give_back(self, size: int) -> None:
        self._left += size


class BodyTap:
    """One body: its bytes while they are few enough, its keyed hash when they are not kept."""

    def __init__(self, keys: Keys, budget: Budget, *, keep: bool) -> None:
        self._keys, self._budget = keys, budget
        self._parts: list[bytes] = []
        self._held = 0
        self._size = 0
        self._digest: hmac.HMAC | None = None if keep else keys.digest()

    def add(self, part: bytes) -> None:
        self._size += len(part)
        if self._digest is None:
            if self._size <= LARGEST and self._budget.take(len(part)):
                self._parts.append(part)
                self._held += len(part)
                return
            self._forget()
        assert self._digest is not None
        self._digest.update(part)

    def _forget(self) -> None:
        """From now on there is the hash alone."""
        self._digest = self._keys.digest()
        for part in self._parts:
            self._digest.update(part)
        self._release()

    def _release(self) -> None:
        self._parts.clear()
        self._budget.give_back(self._held)
        self._held = 0

    def finish(self) -> CapturedBody:
        """What was taken. What it held is free again."""
        if self._digest is not None:
            return CapturedBody(None, self._size, self._digest.hexdigest() if self._size else "")
        data = b"".join(self._parts)
        self._release()
        return CapturedBody(data, self._size)

    def abandon(self) -> CapturedBody:
        """The body was cut off: what came of it is not kept."""
        self._release()
        return CapturedBody(None, self._size)
