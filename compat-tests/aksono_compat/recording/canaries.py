# SPDX-License-Identifier: Apache-2.0
"""Canaries: texts that are planted in traffic and must not be found in its recording."""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote


@dataclass
class Nest:
    """The canaries, each with the field that it sits in."""

    secrets: dict[str, str] = field(default_factory=dict)
    contents: dict[str, str] = field(default_factory=dict)

    def secret(self, where: str, form: str = "{}") -> str:
        return self._plant(self.secrets, where, form)

    def content(self, where: str, form: str = "{}") -> str:
        return self._plant(self.contents, where, form)

    def made(self, where: str, value: Any) -> None:
        """A secret that the server made."""
        assert isinstance(value, str), (where, value)
        assert len(value) > 7, (where, value)
        self.secrets[value] = where

    @staticmethod
    def _plant(into: dict[str, str], where: str, form: str) -> str:
        canary = f"cnry{secrets.token_hex(9)}"
        into[canary] = where
        return form.format(canary)


def found_in(data: bytes, canary: str) -> bool:
    """Whether a text is there, as it is, encoded for URLs, in base64 or hexadecimal."""
    raw = canary.encode()
    forms = [raw, quote(canary, safe="").encode(), quote(quote(canary, safe=""), safe="").encode()]
    forms += [json.dumps(canary)[1:-1].encode(), raw.hex().encode(), canary.upper().encode()]
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + raw)[2 * shift : -4]
        forms += [encoded, encoded.replace(b"+", b"-").replace(b"/", b"_")]
    return any(form in data for form in forms)


def leaks(data: bytes, canaries: dict[str, str]) -> list[str]:
    return [f"{where}: {canary}" for canary, where in canaries.items() if found_in(data, canary)]
