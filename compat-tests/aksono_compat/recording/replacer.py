# SPDX-License-Identifier: Apache-2.0
"""Puts placeholders in place of values, and finds secrets again that were seen before."""

from __future__ import annotations

import re
from collections import OrderedDict
from urllib.parse import quote, urlsplit

from . import vocabulary as words
from .keys import Keys

_REMEMBERED = 100_000
# A value that is sought in other texts must be long: «alice» is a password somewhere.
_SOUGHT_FROM = 12
_FORMS = 2000
_WORD = re.compile(r"[A-Za-z0-9_.~+/=\-]{12,}")
_QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"|\u2018([^\u2019]*)\u2019")
_INPUT = re.compile(r"input_value=.*?, input_type=", re.DOTALL)
_IP = re.compile(r"\b(?:[0-9]{1,3}\.){3}[0-9]{1,3}\b")
_PUSH_PATH = "/_matrix/push/v1/notify"


class KnownSecrets:
    """The secrets seen so far, the newest of them, with their placeholders."""

    def __init__(self) -> None:
        self._placeholders: OrderedDict[str, str] = OrderedDict()

    def add(self, value: str, placeholder: str) -> None:
        if len(value) >= _SOUGHT_FROM:
            self._placeholders[value] = placeholder
            self._placeholders.move_to_end(value)
            if len(self._placeholders) > _REMEMBERED:
                self._placeholders.popitem(last=False)

    def get(self, value: str) -> str | None:
        return self._placeholders.get(value)


class Replacer:
    """The replacements of one exchange."""

    def __init__(self, keys: Keys, secrets: KnownSecrets) -> None:
        self._keys = keys
        self._secrets = secrets
        self._local: dict[str, str] = {}

    def __call__(self, value: str, kind: str) -> str:
        """The placeholder of a value."""
        placeholder = self._keys.placeholder(kind, value)
        if len(value) >= 4:
            self._local[value] = placeholder
        return placeholder

    def secret(self, value: str, kind: str) -> str:
        """The placeholder of a secret, which is looked for in everything that comes after."""
        if kind == "address":
            kind = "email" if "@" in value else "phone"
        placeholder = self(value, kind)
        if kind not in ("hash", "ip", "agent"):
            self._secrets.add(value, placeholder)
        return placeholder

    def known(self, value: str) -> str:
        """A value that is kept, but for secrets in it that were seen before or look like one."""
        if "@" in value and not words.ID.fullmatch(value):
            value = words.EMAIL.sub(lambda match: self.secret(match[0], "email"), value)
        if len(value) < _SOUGHT_FROM:
            return value
        value = words.TOKEN.sub(lambda match: self.secret(match[0], "token"), value)
        whole = self._secrets.get(value)
        return whole if whole else _WORD.sub(self._word, value)

    def _word(self, match: re.Match[str]) -> str:
        return self._secrets.get(match[0]) or match[0]

    def error(self, value: str) -> str:
        """The text of an error: what the request brought and it repeats is replaced."""
        forms = {
            form: placeholder
            for original, placeholder in self._local.items()
            for form in (original, repr(original)[1:-1], quote(original), original.lower())
        }
        longest = sorted(forms, key=len, reverse=True)[:_FORMS]
        if longest:
            pattern = "|".join(map(re.escape, longest))
            value = re.sub(pattern, lambda match: forms[match[0]], value)
        value = _INPUT.sub("input_value={{text}}, input_type=", value)
        value = _IP.sub(lambda match: self(match[0], "ip"), value)
        return self.known(_QUOTED.sub(self._quoted, value))

    def _quoted(self, match: re.Match[str]) -> str:
        inner = match[1] or match[2] or match[3] or ""
        known = inner in words.CONTENT_NAMES or inner in words.ENVELOPE or words.is_plain(inner)
        if not inner or known or words.secret_kind(inner) or "{{" in inner:
            return match[0]
        return match[0].replace(inner, self(inner, "text"))

    def url(self, value: str) -> str:
        """A URL: that of a push gateway keeps its form, which the server checks."""
        try:
            parts = urlsplit(value)
        except ValueError:
            return self(value, "text")
        if parts.scheme in ("http", "https") and parts.path == _PUSH_PATH and not parts.query:
            return f"{parts.scheme}://{self(parts.netloc, 'host')}{_PUSH_PATH}"
        return self(value, "text")
