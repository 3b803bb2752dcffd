# SPDX-License-Identifier: Apache-2.0
"""Who asks: the user whom an access token belongs to, as far as it can be told."""

from __future__ import annotations

import base64
import binascii
import re
from collections import OrderedDict
from typing import Any
from urllib.parse import parse_qs

from .scrub_headers import Headers, bearer, first, x_matrix

_REMEMBERED = 100_000
_SYNAPSE = re.compile(r"sy[a-z]_([A-Za-z0-9_\-+/]+)_[A-Za-z]{20}_[0-9A-Za-z]{6}")
_MACAROON_USER = re.compile(rb"user_id = (@[^\s\x00-\x1f]+)")


def access_token(target: str, headers: Headers) -> str:
    """The access token of a request, out of its header or its query; "" when there is none."""
    token = bearer(first(headers, "authorization"))
    return token or (_query(target, "access_token") if "access_token=" in target else "")


def origin(headers: Headers) -> str:
    """The server that signed a federation request; "" when none did."""
    return x_matrix(first(headers, "authorization")).get("origin", "")


def asserted_user(target: str) -> str:
    """The user as whom an application service acts."""
    return _query(target, "user_id") if "user_id=" in target else ""


def _query(target: str, name: str) -> str:
    values = parse_qs(target.partition("?")[2]).get(name)
    return values[0] if values else ""


class Identities:
    """Users by access token: read off the token, or learnt from the answers of the server."""

    def __init__(self, server_name: str) -> None:
        self._server_name = server_name
        self._users: OrderedDict[str, str] = OrderedDict()

    def user(self, token: str) -> str:
        """The user of a token, "" when that is not known."""
        known = self._users.get(token)
        return known if known is not None else self._read_off(token)

    def learn(self, path: str, token: str, answer: Any) -> None:
        """Looks at an answer of the server: who logged in, whom it took the token for."""
        if not isinstance(answer, dict) or not isinstance(answer.get("user_id"), str):
            return
        given = answer.get("access_token")
        if isinstance(given, str):
            self._remember(given, answer["user_id"])
        elif token and path.endswith("/account/whoami"):
            self._remember(token, answer["user_id"])

    def renewed(self, token: str, answer: Any) -> None:
        """A refreshed token belongs to the user of the old one."""
        given = answer.get("access_token") if isinstance(answer, dict) else None
        if isinstance(given, str) and token in self._users:
            self._remember(given, self._users[token])

    def _remember(self, token: str, user: str) -> None:
        self._users[token] = user
        if len(self._users) > _REMEMBERED:
            self._users.popitem(last=False)

    def _read_off(self, token: str) -> str:
        """Synapse's tokens carry the localpart, guests' macaroons the user."""
        made = _SYNAPSE.fullmatch(token)
        if made and self._server_name:
            localpart = _decode(made[1])
            return f"@{localpart.decode(errors='replace')}:{self._server_name}" if localpart else ""
        if token.startswith("MDA"):
            found = _MACAROON_USER.search(_decode(token))
            return found[1].decode(errors="replace") if found else ""
        return ""


def _decode(text: str) -> bytes:
    plain = text.replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4))
    except (binascii.Error, ValueError):
        return b""
