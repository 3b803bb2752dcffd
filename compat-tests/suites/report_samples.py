# SPDX-License-Identifier: Apache-2.0
"""Results of comparisons, made up, for the tests of the reports."""

from aksono_compat.reporting.classes import Classes
from aksono_compat.reporting.result import (
    Databases,
    Example,
    Kind,
    Noise,
    Party,
    Result,
    RouteCount,
)

SYNC = "GET /_matrix/client/v3/sync"
SEND = "PUT /_matrix/client/v3/rooms/{roomId}/send/{eventType}/{txnId}"
HOSTILE = (
    "</script><script>alert(1)</script><img src=x onerror=alert(2)> \u202egnp.exe\x1b[3m\ud800"
)


def empty(kind_b: str = "aksono") -> Result:
    return Result(
        Party("synapse 1.163.2", "synapse", "1.163.2"),
        Party(f"{kind_b} 0.1.0", kind_b, "0.1.0"),
        source="monday.jsonl",
        began=1_790_000_000_000,
        took=83.2,
        seed=7,
        read_only=False,
        exchanges=1240,
        compared=1204,
        databases=Databases(213, 5120, ["events", "receipts_linearized", "users"]),
    )


def full() -> Result:
    """A bit of everything."""
    result = empty()
    classes = Classes()

    def add(
        kind: Kind,
        where: str,
        path: str | tuple[str | int, ...],
        a: object,
        b: object,
        *numbers: int,
    ) -> None:
        for number in numbers:
            shown = path if isinstance(path, str) else ".".join(map(str, path))
            request = "" if kind.startswith("row ") else where
            classes.add(kind, where, path, Example(number, request, shown, a, b))

    joined = ("body", "rooms", "join", "!tea:test.local")
    receipt = {"room_id": "room 1", "user_id": "@alice:test.local", "thread_id": None}
    event = {"type": "m.room.message", "content": {"body": "good morning", "msgtype": "m.text"}}
    other = {"type": "m.room.message", "content": {"body": "good evening", "msgtype": "m.text"}}
    add("row lost", "table receipts_linearized", "room_id, user_id", receipt, None, 0)
    add("event lost", SYNC, (*joined, "timeline", "events", 4), event, None, 17)
    add("status", SEND, "status", 200, 500, 21, 22, 40)
    add("status", SEND, "status", 403, 404, 50)
    add("value", SYNC, (*joined, "timeline", "events", 2, "content"), event, other, 17, 18)
    add("type", SYNC, (*joined, "summary", "m.joined_member_count"), 3, "3", *range(100, 130))
    add("missing", SYNC, (*joined, "unread_notifications"), {"highlight_count": 0}, None, 18)
    add("extra", SYNC, (*joined, "org.example"), None, None, 18)
    add("error text", SEND, "body.error", "Unknown room", "Unknown rooms", 51)
    add("header", SYNC, "Cache-Control", "no-cache, no-store", "no-store", 17)
    result.classes = classes.listed()
    result.routes = {
        SYNC: RouteCount(asked=600, alike=560, differ=40),
        SEND: RouteCount(asked=300, alike=296, differ=4),
        "GET /_matrix/client/v3/publicRooms": RouteCount(asked=12, unbuilt=12),
        "GET /_matrix/client/v3/account/whoami": RouteCount(asked=292, alike=292),
        "POST /_matrix/media/v3/upload": RouteCount(asked=36, skipped=36),
    }
    result.noise = [Noise(SYNC, "body.rooms.join.<id>.summary.m.heroes[*]", "the order of a set")]
    result.notes = ["the recording had no end mark: it was cut off"]
    return result


def hostile() -> Result:
    """Everything that a server or a user could have written is an attack."""
    result = empty()
    classes = Classes()
    example = Example(1, f"GET /{HOSTILE}", HOSTILE, {HOSTILE: HOSTILE}, [HOSTILE, float("inf")])
    classes.add("value", f"GET /{HOSTILE}", (HOSTILE,), example)
    result.classes = classes.listed()
    result.a.label = result.b.label = result.source = HOSTILE
    result.routes = {f"GET /{HOSTILE}": RouteCount(asked=1, differ=1), HOSTILE: RouteCount(asked=1)}
    result.noise = [Noise(HOSTILE, HOSTILE, HOSTILE)]
    result.notes = [HOSTILE]
    result.incomplete = HOSTILE
    return result


def large(number: int = 5000) -> Result:
    """As many classes as a server that is still being built shows."""
    result = empty()
    result.exchanges = result.compared = 4 * number
    classes = Classes()
    kinds: tuple[Kind, ...] = ("status", "value", "missing", "header")
    for n in range(number):
        where = f"GET /_matrix/client/v3/area{n % 150}"
        event = {"content": {"body": f"message {n}", "tags": list(range(20))}, "depth": n}
        other = {"content": {"body": f"massage {n}", "tags": list(range(20))}, "depth": n}
        for nth in range(1, 4):
            path = f"body.part{n}.content"
            example = Example(n * 3 + nth, where, path, event, other)
            classes.add(kinds[n % 4], where, path if n % 4 else "status", example)
    result.classes = classes.listed()
    return result
