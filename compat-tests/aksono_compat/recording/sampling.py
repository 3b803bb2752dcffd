# SPDX-License-Identifier: Apache-2.0
"""Which users are recorded when not all are: whole users, the same ones on every recorder."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

_ALL = 2**64


@dataclass(frozen=True)
class Sample:
    """`taken` out of `of` users (or, in federation, servers)."""

    taken: int = 1
    of: int = 1

    @classmethod
    def parse(cls, text: str) -> Sample:
        """`1/16`; ValueError when it is no such fraction."""
        match = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", text)
        if not match or not 0 < int(match[1]) <= int(match[2]):
            raise ValueError(f"{text!r}: a sample is a fraction of all users, such as 1/16")
        return cls(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        return f"{self.taken}/{self.of}"

    @property
    def everybody(self) -> bool:
        return self.taken == self.of

    def takes(self, who: str) -> bool:
        """Whether a user, or a server, is in the sample; nobody ("") always is."""
        if self.everybody or not who:
            return True
        digest = hashlib.sha256(b"aksono-sample\0" + who.encode("utf-8", "surrogatepass")).digest()
        return int.from_bytes(digest[:8], "big") * self.of < self.taken * _ALL


def named_user(body: Any, answer: Any, server_name: str) -> str:
    """Whom a request without token is about: who logs in or registers; "" for nobody."""
    for said in (answer, body):
        if isinstance(said, dict) and isinstance(said.get("user_id"), str):
            return _full(said["user_id"], server_name)
    return _full(_named(body), server_name)


def _named(body: Any) -> str:
    """Whom a login or a registration is for."""
    if not isinstance(body, dict):
        return ""
    identifier = body.get("identifier")
    user = identifier.get("user") if isinstance(identifier, dict) else None
    name = user or body.get("user") or body.get("username")
    return name if isinstance(name, str) else ""


def _full(user: str, server_name: str) -> str:
    if not user or user.startswith("@") or not server_name:
        return user
    return f"@{user}:{server_name}"
