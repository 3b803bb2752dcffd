# SPDX-License-Identifier: Apache-2.0
"""The route that a request belongs to, and what the request does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from ..recording.routes import find_route

# One route, whatever the version in front of it: as `aksono --list-routes` prints them.
_VERSION = re.compile(r"^(/_matrix/(?:client|media)/)(?:api/v1|r0|v1|v3|unstable)/(?![a-z]+\.)")

_ANY_VERSION = r"\1*/"

# POSTs that change nothing.
_READING_POSTS = re.compile(
    r"/(?:keys/query|search|publicRooms|user_directory/search|account_status|query"
    r"|org\.matrix\.simplified_msc3575/sync)$"
)
# GETs that change something, or make the server fetch from elsewhere.
_CHANGING_GETS = re.compile(
    r"/(?:pushers/remove|submit_token|account_validity/renew|preview_url|unsubscribe|ticket)$"
    r"|/login/sso/redirect|/oidc/callback|/_synapse/client/|/dehydrated_device"
)
# Handed out once, or told once: asking twice loses something.
_SYNC = re.compile(r"/_matrix/client/(?:r0|v3|unstable/org\.matrix\.simplified_msc3575)/sync$")


@dataclass(frozen=True)
class Place:
    """The route of a request: its name for reports, and the names of its path's segments."""

    where: str  # "GET /_matrix/client/*/rooms/{room_id}/state"
    names: tuple[str, ...]  # one for each segment, "" for a literal

    def named(self) -> dict[int, str]:
        return {number: name for number, name in enumerate(self.names) if name}


@lru_cache(maxsize=65536)
def place_of(method: str, target: str) -> Place:
    """The route of a request; one that no server knows is called "(no route)"."""
    path = target.partition("?")[0]
    found = find_route(path)
    if found is None:
        return Place(f"{method} (no route)", ())
    return Place(f"{method} {_VERSION.sub(_ANY_VERSION, found.path)}", found.names)


def path_of(target: str) -> str:
    return unquote(target.partition("?")[0])


def is_sync(method: str, target: str) -> bool:
    """Whether the request waits for news."""
    return method in ("GET", "POST") and bool(_SYNC.search(path_of(target)))


def is_safe(method: str, target: str) -> bool:
    """Whether the request may be sent to somebody's live server."""
    return method in ("GET", "HEAD") and not _CHANGING_GETS.search(path_of(target))


def is_read(method: str, target: str) -> bool:
    """Whether the request leaves (hardly) a trace on the server: no other waits for it."""
    if method in ("GET", "HEAD", "OPTIONS"):
        return not _CHANGING_GETS.search(path_of(target))
    return method == "POST" and bool(_READING_POSTS.search(path_of(target)))
