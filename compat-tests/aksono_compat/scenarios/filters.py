# SPDX-License-Identifier: Apache-2.0
"""Stored filters: made, found again, used by /sync, and refused."""

from typing import Any

from ..client import q
from .cast import Cast
from .model import scenario

FILTERS = "POST /_matrix/client/*/user/{user_id}/filter"
FILTER = "GET /_matrix/client/*/user/{user_id}/filter/{filter_id}"
SYNC = "GET /_matrix/client/*/sync"


@scenario(FILTERS, FILTER, branch="the same filter has the same id")
def finds_stored_filters(cast: Cast) -> None:
    alice = cast.user("alice")
    path = f"/user/{q(alice.user_id)}/filter"
    filters: list[Any] = [
        {},
        {"room": {"timeline": {"limit": 5}}, "presence": {"not_types": ["*"]}},
        {"presence": {"not_types": ["*"]}, "room": {"timeline": {"limit": 5}}},
        {"event_fields": ["type", "content.body"], "event_format": "federation"},
        {"org.example.unknown": {"a": 1}},
    ]
    for one in filters:
        number = alice.post(path, one).ok()["filter_id"]
        alice.get(f"{path}/{number}")


@scenario(FILTERS, FILTER, branch="of others, unknown, and of no number")
def keeps_filters_apart(cast: Cast) -> None:
    alice, bob = cast.users("alice", "bob")
    path = f"/user/{q(alice.user_id)}/filter"
    alice.post(path, {}).ok()
    bob.post(path, {})
    for who, number in ((bob, "0"), (alice, "99"), (alice, "x"), (alice, "-1"), (alice, "9" * 20)):
        who.get(f"{path}/{number}")
    bob.get(f"/user/{q(bob.user_id)}/filter/0")


@scenario(FILTERS, branch="of wrong types")
def refuses_filters(cast: Cast) -> None:
    alice = cast.user("alice")
    wrongs: list[Any] = [
        [],
        {"room": []},
        {"room": {"timeline": {"limit": "5"}}},
        {"room": {"rooms": "x"}},
        {"room": {"rooms": ["no room"]}},
        {"room": {"timeline": {"senders": ["no user"]}}},
        {"room": {"timeline": {"types": "m.room.message"}}},
        {"presence": {"limit": -1}},
        {"event_fields": "type"},
        {"event_format": "xml"},
        {"room": {"timeline": {"contains_url": "yes"}}},
    ]
    for wrong in wrongs:
        alice.post(f"/user/{q(alice.user_id)}/filter", wrong)


def talkative_room(cast: Cast) -> dict[str, Any]:
    alice = cast.user("alice")
    room = alice.create_room()
    for number in range(5):
        alice.say(room, f"message {number}")
    return {"room": room}


@scenario(FILTERS, SYNC, branch="used by its id, and by an unknown one", prepare=talkative_room)
def syncs_with_stored_filters(cast: Cast, room: str) -> None:
    alice = cast["alice"]
    path = f"/user/{q(alice.user_id)}/filter"
    wish = {"room": {"timeline": {"limit": 2, "types": ["m.room.message"]}}}
    number = alice.post(path, wish).ok()["filter_id"]
    alice.get("/sync", timeout=0, filter=number)
    for unknown in ("99", "x", "{}", "{", '{"room": 1}'):
        alice.get("/sync", timeout=0, filter=unknown)
