# SPDX-License-Identifier: Apache-2.0
"""Recognises values that servers make up: by their form inside any text, or by their JSON key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_HOST = r"(?:[A-Za-z0-9.-]*[A-Za-z0-9]|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?"
_FIELD = r"(?:[0-9]+|m[0-9]+(?:~[0-9]+\.[0-9]+)*)"

# One named group per kind. `mxc` is not a kind: the media id behind the server's name is.
_FORMS = re.compile(
    rf"""
    (?P<event>\$(?:[A-Za-z0-9_+/-]{{43}}(?![A-Za-z0-9_+/-])|[A-Za-z0-9_=.-]+:{_HOST}))
    |(?P<room>!(?:[A-Za-z0-9_-]{{43}}(?![A-Za-z0-9_-])|[A-Za-z0-9_=./-]+:{_HOST}))
    |(?:(?P<mxc>mxc://{_HOST}/)(?P<media>[A-Za-z0-9_-]+))
    |(?P<placeholder>\{{\{{[a-z_]+:[0-9a-f]{{20}}(?:~[0-9]+)?\}}\}})
    |(?P<token>(?<![A-Za-z0-9])(?:sy[trl]_[A-Za-z0-9_-]*_?[A-Za-z]{{20}}_[0-9A-Za-z]{{6}}
        |MDA[A-Za-z0-9_-]{{60,}}))
    |(?P<delay>\bsyd_[A-Za-z0-9]{{16,}}\b)
    |(?P<position>(?<![A-Za-z0-9_~.])(?:[0-9]+/)?
        (?:(?:s|t[0-9]+-)[0-9]+|m[0-9]+(?:~[0-9]+\.[0-9]+)*)(?:_{_FIELD})+(?![A-Za-z0-9_]))
    |(?P<guest>@[0-9]{{1,18}}:{_HOST})
    |(?P<device>(?<![A-Za-z0-9_])[A-Z]{{10}}(?![A-Za-z0-9_]))
    |(?P<random>(?<![A-Za-z0-9_])[A-Za-z]{{24}}(?![A-Za-z0-9_]))
    """,
    re.VERBOSE,
)

# Positions in streams and other values that may be given twice, or be given anew for nothing:
# the latest pair counts, and only their form is compared.
LOOSE = frozenset(("position", "page", "pos", "time"))
# A token is looked for among those of its own use first: where a page ends may be written like
# where a sync ended, and be another place on the other server.
OTHER_USES = {"position": ("page",), "page": ("position",), "pos": ()}

# Too short to be found inside a text: only where their key names them.
SHORT = 8

_BY_KEY = {
    "access_token": "token",
    "refresh_token": "token",
    "login_token": "token",
    "next_batch": "position",
    "prev_batch": "page",
    "next_token": "page",
    "start": "page",
    "end": "page",
    "since": "position",
    "from": "page",
    "to": "page",
    "at": "page",
    "pos": "pos",
    "session": "session",
    "session_id": "session",
    "nonce": "nonce",
    "delay_id": "delay",
    "delete_id": "task",
    "purge_id": "task",
    "redact_id": "task",
    "password_hash": "password hash",
    "filter_id": "filter",
    "filter": "filter",
    "sid": "sid",
}

_SECRET = re.compile(r"\{\{(?!text:)[a-z_]+:[0-9a-f]{20}\}\}")


@dataclass(frozen=True)
class Word:
    """A value found in a text."""

    kind: str
    value: str
    start: int
    end: int


def words(text: str) -> Iterator[Word]:
    """The values in a text that have the form of something made up by a server."""
    for match in _FORMS.finditer(text):
        kind = str(match.lastgroup)
        yield Word(kind, match[kind], match.start(kind), match.end(kind))


def skeleton(text: str, found: list[Word]) -> list[str]:
    """What stands between the words."""
    parts, at = [], 0
    for word in found:
        parts.append(text[at : word.start])
        at = word.end
    return [*parts, text[at:]]


def kind_of(key: str, value: Any, where: str = "") -> str | None:
    """The kind of the whole of `value`, when its key (or its name in the route) says so."""
    if not isinstance(value, str) or not value:
        return None
    kind = _BY_KEY.get(key)
    if kind is None:
        return "backup" if key == "version" and "/room_keys/" in where else None
    if kind == "session" and "/room_keys/" in where:
        return None  # the session of a room key is the client's
    if kind == "filter" and not re.fullmatch(r"[0-9A-Za-z]{1,20}", value):
        return None  # a filter written out
    if kind == "session" and key == "session_id" and not re.fullmatch(r"[A-Za-z]{24}", value):
        return None
    return kind


def form(kind: str, value: str) -> str:
    """What two values of a loose kind must have in common."""
    if kind in ("position", "page", "pos"):
        return re.sub(r"m[0-9]+(?:~[0-9]+\.[0-9]+)*|[0-9]+", "N", value) if "_" in value else ""
    return ""


_ID_KEY = re.compile(r"[!$@#].+|[A-Z]{10}|(?:signed_)?(?:curve|ed)25519:.+|mxc://.+", re.DOTALL)


def is_id_key(key: str) -> bool:
    """Whether a JSON key is an id: one of many alike, not the name of a field."""
    return bool(_ID_KEY.fullmatch(key))


def is_secret(value: str) -> bool:
    """Whether a recorded value is a placeholder of a secret (not of people's words)."""
    return bool(_SECRET.fullmatch(value))
