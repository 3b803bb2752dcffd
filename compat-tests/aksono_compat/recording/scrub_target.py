# SPDX-License-Identifier: Apache-2.0
"""Replaces secrets and people's words in the path and query of a request.

What stays, stays as it was sent, percent-encoding included; placeholders are written without it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from urllib.parse import quote, unquote, unquote_plus

from . import vocabulary as words
from .replacer import Replacer
from .routes import find_route, literals
from .scrub_json import JsonScrubber, Mode

# Parameters of paths that hold secrets or people's words.
_SECRETS = {
    "token": "token",
    "address": "address",
    "external_id": "text",
    "session_id": "key",
    "file_name": "text",
    "any": "",
}
_NAME = re.compile(r"[A-Za-z][A-Za-z_.]{0,40}(?:msc[0-9]{4}[a-z_.]*)?")
_ACTIONS = frozenset(("join", "leave", "invite", "kick", "ban", "unban", "knock", "forget"))


class TargetScrubber:
    """Scrubs the targets of one exchange."""

    def __init__(self, replacer: Replacer, scrubber: JsonScrubber, *, content: bool) -> None:
        self._replace = replacer
        self._json = scrubber
        self._content = content

    def scrub(self, target: str) -> str:
        """`target` as it may be written down."""
        path, mark, query = target.partition("?")
        return self._path(path) + mark + self._query(query)

    def _path(self, path: str) -> str:
        if not path.startswith("/"):
            return path if path == "*" else self._replace(path, "text")
        route = find_route(path)
        segments = path.split("/")
        if route is None:
            return "/".join(self._unknown(segment) for segment in segments)
        names = [*route.names, *["any"] * (len(segments) - len(route.names))]
        return "/".join(
            self._parameter(name, segment, segments) if name else segment
            for name, segment in zip(names, segments, strict=False)
        )

    def _unknown(self, segment: str) -> str:
        plain = unquote(segment)
        if not segment or segment in literals() or words.is_plain(plain):
            return segment
        return self._replace(plain, "text")

    def _parameter(self, name: str, segment: str, segments: list[str]) -> str:
        plain = unquote(segment)
        if not plain:
            return segment
        if name == "rule_id":
            return self._kept(segment, lambda value: self._json.scrub(value, name="rule_id"))
        if name == "tag" and plain.startswith("u.") and not self._content:
            return f"u.{self._replace(plain[2:], 'text')}"
        kind = _SECRETS.get(name)
        if kind == "text" and self._content:
            kind = None
        if kind:
            return self._replace.secret(plain, kind)
        if name == "state_key" and "m.room.third_party_invite" in segments:
            return self._replace.secret(plain, "secret")
        if name in ("any", "membership_action") and plain not in _ACTIONS:
            return self._unknown(segment)
        return self._kept(segment, self._identifier)

    def _kept(self, encoded: str, judge: Callable[[str], str]) -> str:
        """The encoded form when `judge` leaves the value alone, else what it makes of it."""
        plain = unquote(encoded)
        judged = judge(plain)
        return encoded if judged == plain else judged

    def _identifier(self, value: str) -> str:
        if words.is_plain(value) or words.IDENTIFIER.fullmatch(value) or self._content:
            return self._replace.known(value)
        return self._replace(value, "text")

    def _query(self, query: str) -> str:
        return "&".join(self._pair(pair) for pair in query.split("&")) if query else ""

    def _pair(self, pair: str) -> str:
        name, mark, value = pair.partition("=")
        plain_name, plain = unquote_plus(name), unquote_plus(value)
        if not (words.is_plain(plain_name) or _NAME.fullmatch(plain_name)):
            name = self._replace(plain_name, "text")
        return f"{name}{mark}{self._value(plain_name, value, plain)}" if mark else name

    def _value(self, name: str, value: str, plain: str) -> str:
        secret = words.secret_kind(name)
        if not plain:
            return value
        if secret or name == "state":
            return self._replace.secret(plain, secret or "secret")
        if name == "filter" and plain.startswith("{"):
            return self._filter(value, plain)
        if self._content:
            judged = self._replace.known(plain)
        elif (
            words.is_plain(plain)
            or plain in ("true", "false")
            or (plain.isascii() and (plain.isdigit() and len(plain) < 15))
        ):
            return value
        elif name in words.QUERIES and words.IDENTIFIER.fullmatch(plain):
            judged = self._replace.known(plain)
        else:
            judged = self._replace(plain, "text")
        return value if judged == plain else judged

    def _filter(self, value: str, plain: str) -> str:
        try:
            parsed = json.loads(plain)
        except (ValueError, RecursionError):
            return self._replace(plain, "text")
        scrubbed = self._json.scrub(parsed, Mode.FILTER)
        return value if scrubbed == parsed else quote(json.dumps(scrubbed), safe="{}:")
