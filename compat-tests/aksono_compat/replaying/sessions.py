# SPDX-License-Identifier: Apache-2.0
"""Whose requests a replay can send: the working tokens behind the recording's placeholders."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import bcrypt

from ..recording.format import Body, Exchange
from ..recording.keys import PLACEHOLDER, Keys, tokens_by_placeholder
from .bindings import Bindings


@dataclass
class Sessions:
    """What one server accepts.

    `tokens`: by session (a placeholder, or a name of a scenario). `by_user`: given by hand.
    `shared_secret`: for registrations that are signed with it; only a clone's is known.
    """

    tokens: dict[str, str] = field(default_factory=dict)
    by_user: dict[str, str] = field(default_factory=dict)
    shared_secret: str = ""
    missing: Counter[str] = field(default_factory=Counter)

    def token(self, exchange: Exchange, bindings: Bindings) -> str | None:
        """The access token to send; None: none."""
        session = exchange.session
        if not session or exchange.surface == "federation":
            return None
        known = bindings.to_b("token", session) or bindings.word_to_b(session)
        known = known or self.tokens.get(session)
        if known is None:
            known = self.by_user.get(exchange.user_id)
        if known is None and not PLACEHOLDER.fullmatch(session):
            known = session
        return known

    def unfit(self, exchange: Exchange, bindings: Bindings) -> str:
        """Why an exchange cannot be sent; empty when it can."""
        if exchange.body.kind == "omitted" and not is_upload(exchange):
            return "bodies were not recorded"
        if exchange.surface == "federation" and exchange.session:
            return "requests signed by other servers"
        if not exchange.session or self.token(exchange, bindings):
            return ""
        if exchange.status == 401:
            # Nobody's token then, nobody's token now: the placeholder itself will do.
            self.tokens[exchange.session] = exchange.session
            return ""
        self.missing[exchange.user_id or exchange.session] += 1
        return "sessions whose token is not known"

    def signed(self, exchange: Exchange, content: Any) -> Any:
        """A registration with the shared secret, signed for the nonce of this server."""
        if not exchange.target.startswith("/_synapse/admin/v1/register"):
            return content
        if not self.shared_secret or not isinstance(content, dict) or "mac" not in content:
            return content
        parts = [str(content.get(name, "")) for name in ("nonce", "username", "password")]
        parts.append("admin" if content.get("admin") else "notadmin")
        if content.get("user_type"):
            parts.append(str(content["user_type"]))
        text = "\0".join(parts).encode()
        mac = hmac.new(self.shared_secret.encode(), text, hashlib.sha1).hexdigest()
        return {**content, "mac": mac}


def is_upload(exchange: Exchange) -> bool:
    """Whether the body is a file, of which a replay needs no more than the size."""
    return exchange.target.startswith("/_matrix/media/") and "/upload" in exchange.target


def filler(body: Body) -> bytes:
    """As many bytes as were recorded; equal ones for equal files."""
    about = body.value if isinstance(body.value, dict) else {}
    seed = str(about.get("sha256", "")).encode() or b"file"
    size = int(about.get("size", 0))
    return (seed * (size // len(seed) + 1))[:size]


def from_clone(cursor: Any, keys: Keys | None) -> dict[str, str]:
    """The clone's access and refresh tokens by the placeholders of a recording."""
    if keys is None:
        return {}
    cursor.execute("SELECT token FROM access_tokens UNION ALL SELECT token FROM refresh_tokens")
    return tokens_by_placeholder(keys, [row[0] for row in cursor.fetchall()])


def working_passwords(exchanges: Sequence[Exchange]) -> dict[str, str]:
    """By user: the first recorded password (a placeholder) with which something succeeded."""
    found: dict[str, str] = {}
    for exchange in exchanges:
        content = exchange.body.value if exchange.body.kind == "json" else None
        if exchange.status != 200 or not isinstance(content, dict):
            continue
        auth = content.get("auth")
        holder = auth if isinstance(auth, dict) else content
        password = holder.get("password")
        if not isinstance(password, str) or not PLACEHOLDER.fullmatch(password):
            continue
        if holder is content and not exchange.target.partition("?")[0].endswith("/login"):
            continue  # a new password
        answer = exchange.answer.value if isinstance(exchange.answer.value, dict) else {}
        user = answer.get("user_id") or exchange.user_id
        if isinstance(user, str) and user:
            found.setdefault(user, password)
    return found


def set_passwords(cursor: Any, passwords: dict[str, str], pepper: str) -> list[str]:
    """Makes recorded passwords work on a template of clones; users that are not there."""
    absent = []
    for user, password in passwords.items():
        text = unicodedata.normalize("NFKC", password) + pepper
        hashed = bcrypt.hashpw(text.encode()[:72], bcrypt.gensalt(4)).decode()
        cursor.execute("UPDATE users SET password_hash = %s WHERE name = %s", (hashed, user))
        if cursor.rowcount == 0:
            absent.append(user)
    return absent


class TokenError(Exception):
    """A token that was given by hand in a wrong way."""


def given_tokens(texts: Sequence[str], file: Path | None) -> dict[str, str]:
    """USER=TOKEN by hand, and lines of the same in a file."""
    lines = list(texts)
    if file is not None:
        try:
            read = file.read_text().splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise TokenError(f"{file}: {error}") from None
        lines += [line for line in read if line.strip() and not line.startswith("#")]
    found = {}
    for line in lines:
        user, equals, token = line.strip().partition("=")
        if not equals or not user.startswith("@") or ":" not in user or not token:
            raise TokenError("a token is given as @USER:SERVER=TOKEN")
        found[user.strip()] = token.strip()
    return found
