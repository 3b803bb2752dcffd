# SPDX-License-Identifier: Apache-2.0
"""What scenarios wait for: in a sync (`Actor.sync_until`), or with `wait_for`."""

import time
from collections.abc import Callable
from typing import Any

from .cast import Actor

Until = Callable[[Any], bool]


def wait_for(ask: Callable[[], Any], arrived: Until, seconds: float = 20) -> None:
    """Asks again until the answer is as wished: Synapse counts members and names rooms later."""
    deadline = time.monotonic() + seconds
    while not arrived(seen := ask()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"still not as wished: {seen}")
        time.sleep(0.1)


def wait_for_task(admin: Actor, path: str) -> None:
    """Until a task of the admin API is at its end, then once more for the transcript."""
    admin.quiet = True
    try:
        wait_for(lambda: admin.get(path).ok()["status"], {"complete", "failed"}.__contains__, 60)
    finally:
        admin.quiet = False
    admin.get(path)


def room_in(part: str, room: str) -> Until:
    """The room is under join, invite, knock or leave."""
    return lambda seen: room in seen.get("rooms", {}).get(part, {})


def event_in(room: str, event_id: str, part: str = "join") -> Until:
    """The event is in the timeline of the room."""
    return lambda seen: event_id in {
        event["event_id"] for event in _room(seen, room, part).get("timeline", {}).get("events", [])
    }


def type_in(section: str, kind: str, room: str = "") -> Until:
    """An event of this type is among account_data or ephemeral, of a room if one is named."""
    return lambda seen: kind in {
        event["type"]
        for event in (_room(seen, room) if room else seen).get(section, {}).get("events", [])
    }


def _room(seen: Any, room: str, part: str = "join") -> dict[str, Any]:
    found: dict[str, Any] = seen.get("rooms", {}).get(part, {}).get(room, {})
    return found
