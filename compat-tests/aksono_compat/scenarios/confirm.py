# SPDX-License-Identifier: Apache-2.0
"""Requests that a user confirms with the password (user-interactive authentication)."""

from __future__ import annotations

from typing import Any

from ..client import Answer
from .cast import PASSWORD, Actor


def password_of(actor: Actor, session: str, password: str = PASSWORD) -> dict[str, Any]:
    """The `auth` of a request, as the password stage wants it."""
    return {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": actor.user_id},
        "password": password,
        "session": session,
    }


def confirmed(actor: Actor, method: str, path: str, content: dict[str, Any]) -> Answer:
    """Asks without confirmation, and once more with it."""
    challenge = actor.request(method, path, content)
    auth = password_of(actor, challenge.json["session"])
    return actor.request(method, path, {**content, "auth": auth})
