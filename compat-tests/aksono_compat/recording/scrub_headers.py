# SPDX-License-Identifier: Apache-2.0
"""Which headers are kept, and what is replaced in them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..answers import HEADERS as ANSWER_HEADERS
from .replacer import Replacer

_KEPT = frozenset(
    ("content-type", "content-encoding", "accept", "accept-encoding", "accept-language", "range")
) | frozenset(
    ("if-none-match", "if-match", "access-control-request-method", "access-control-request-headers")
)
_ANSWERS = frozenset(name.lower() for name in ANSWER_HEADERS) | {
    "content-encoding",
    "content-range",
    "accept-ranges",
}
_X_MATRIX = re.compile(r"([a-z_]+)=(?:\"([^\"]*)\"|([^\s,\"]*))", re.IGNORECASE)
_PLAIN = re.compile(r"[\x20-\x7e]{0,300}")
_CHARSET = re.compile(r"\s*charset=\"?[A-Za-z0-9_\-]{1,20}\"?\s*", re.IGNORECASE)
_FILENAME = re.compile(r"(filename\*?)=(?:\"([^\"]*)\"|([^;]*))", re.IGNORECASE)

Headers = Iterable[tuple[str, str]]


def first(headers: Headers, name: str) -> str:
    """The value of the first header of this name, in lower case; "" when there is none."""
    return next((value for key, value in headers if key.lower() == name), "")


def x_matrix(value: str) -> dict[str, str]:
    """The fields of `X-Matrix origin=…,key=…,sig=…`; {} for any other authorization."""
    scheme, _, rest = value.partition(" ")
    if scheme.lower() != "x-matrix":
        return {}
    return {match[1].lower(): match[2] or match[3] or "" for match in _X_MATRIX.finditer(rest)}


def bearer(value: str) -> str:
    """The token of `Bearer TOKEN`; "" for any other authorization."""
    scheme, _, rest = value.partition(" ")
    return rest.strip() if scheme.lower() == "bearer" else ""


def request_headers(headers: Headers, replace: Replacer) -> dict[str, str]:
    """What shapes the answer; no addresses, user agents, origins, referrers."""
    found: dict[str, str] = {}
    for name, value in headers:
        lower = name.lower()
        if lower == "authorization":
            found[name] = _authorization(value, replace)
        elif lower == "cookie":
            found[name] = _cookies(value, replace)
        elif lower in _KEPT:
            found[name] = _plain(value, replace, lower)
    return found


def answer_headers(headers: Headers, replace: Replacer) -> dict[str, str]:
    """What clients read."""
    found: dict[str, str] = {}
    for name, value in headers:
        lower = name.lower()
        if lower == "set-cookie":
            cookie = _cookies(value.partition(";")[0], replace)
            found[name] = f"{found[name]}, {cookie}" if name in found else cookie
        elif lower == "location":
            found[name] = replace(value, "url")
        elif lower == "content-disposition":
            found[name] = _FILENAME.sub(
                lambda match: f"{match[1]}={replace(match[2] or match[3] or '', 'text')}", value
            )
        elif lower in _ANSWERS:
            found[name] = _plain(value, replace, lower)
    return found


def _authorization(value: str, replace: Replacer) -> str:
    scheme, _, rest = value.partition(" ")
    fields = x_matrix(value)
    if fields:
        kept = [f'{name}="{fields[name]}"' for name in ("origin", "destination", "key")
                if name in fields]  # fmt: skip
        signature = replace.secret(fields.get("sig", ""), "signature")
        return f"{scheme} {','.join([*kept, f'sig={chr(34)}{signature}{chr(34)}'])}"
    if not rest or not scheme.isalnum():
        return replace.secret(value, "token")
    return f"{scheme} {replace.secret(rest.strip(), 'token')}"


def _cookies(value: str, replace: Replacer) -> str:
    pairs = [pair.strip().partition("=") for pair in value.split(";")]
    return "; ".join(
        f"{_plain(name, replace)}={replace.secret(inner, 'cookie')}" for name, _, inner in pairs
    )


def _plain(value: str, replace: Replacer, name: str = "") -> str:
    if name == "content-type":
        media, semicolon, rest = value.partition(";")
        if semicolon and not _CHARSET.fullmatch(rest):
            return f"{_plain(media, replace)}; {replace(rest, 'text')}"
    if not _PLAIN.fullmatch(value):
        return replace(value, "text")
    return replace.known(value)
