# SPDX-License-Identifier: Apache-2.0
"""What clients see once the scripted writes are done: answers full of new events."""

import json
import re
from collections.abc import Callable
from typing import Any

from .client import Answer, q
from .pair import Twin

_POSITION = re.compile(r"\b(?P<kind>[st])\d+(?:-\d+)?(?P<rest>(?:_\d+)+)\b")


def look(twin: Twin) -> dict[str, Answer]:
    """The same reads for everybody who was concerned."""
    demo = twin.world.demo
    tea = f"/rooms/{q(demo.rooms['tea'])}"
    wide = json.dumps({"room": {"timeline": {"limit": 60, "unread_thread_notifications": True}}})
    answers = {}
    for user in ("alice", "bob", "carol"):
        client, since = twin.client(user), demo.tokens[user]
        answers[f"sync of {user}"] = client.get("/sync", timeout=0, since=since)
        answers[f"wide sync of {user}"] = client.get("/sync", timeout=0, since=since, filter=wide)
        answers[f"initial sync of {user}"] = client.get("/sync", timeout=0, filter=wide)
        answers[f"messages of {user}"] = client.get(f"{tea}/messages", dir="b", limit=200)
    for label in ("first", "root", "edited", "thread0", "redacted", "mention"):
        event = q(demo.events[label])
        answers[f"event {label}"] = twin.client("alice").get(f"{tea}/event/{event}")
        answers[f"context {label}"] = twin.client("bob").get(f"{tea}/context/{event}", limit=8)
    for number in range(1, 13):
        room = q(demo.rooms.get(f"v{number}", ""))
        path = f"/rooms/{room}/messages"
        answers[f"messages of v{number}"] = twin.client("bob").get(path, dir="b", limit=10)
    return answers


def renamed(value: Any, names: Callable[[Any], Any]) -> Any:
    """The answer with ids named, times and positions in streams taken out."""
    return _timeless(names(value))


def _timeless(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _timeless(part, name) for name, part in value.items()}
    if isinstance(value, list):
        return [_timeless(part) for part in value]
    if isinstance(value, str):
        return _POSITION.sub(_fields, value)
    is_time = key in ("origin_server_ts", "ts") and isinstance(value, int)
    return "<ms>" if is_time and value > 1_600_000_000_000 else value


def _fields(match: re.Match[str]) -> str:
    return f"<{match['kind']} and {match['rest'].count('_')} fields>"
