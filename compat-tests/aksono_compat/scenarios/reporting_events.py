# SPDX-License-Identifier: Apache-2.0
"""Reports of events, rooms and users, and what administrators see of them."""

from typing import Any

from ..client import q
from .cast import Cast
from .model import scenario

REPORT_EVENT = "POST /_matrix/client/*/rooms/{room_id}/report/{event_id}"
REPORT_ROOM = "POST /_matrix/client/*/rooms/{room_id}/report"
REPORT_USER = "POST /_matrix/client/*/users/{target_user_id}/report"
REPORTS = "/_synapse/admin/v1/event_reports"


def spoken_room(cast: Cast) -> dict[str, Any]:
    alice, bob, _ = cast.users("alice", "bob", "stranger")
    cast.user("root", admin=True)
    room = alice.create_room(bob, name="Loud")
    return {"room": room, "event": alice.say(room, "rude"), "other": alice.create_room()}


@scenario(REPORT_EVENT, branch="with reason and score, without, again", prepare=spoken_room)
def reports_events(cast: Cast, room: str, event: str, **rest: Any) -> None:
    bob = cast["bob"]
    path = f"/rooms/{q(room)}/report/{q(event)}"
    for content in ({"reason": "rude", "score": -100}, {"reason": ""}, {}, {"score": 1}):
        bob.post(path, content)


@scenario(REPORT_EVENT, branch="unknown events, foreign rooms, wrong types, no members",
          prepare=spoken_room)  # fmt: skip
def reports_events_wrongly(cast: Cast, room: str, event: str, other: str) -> None:
    bob, alice, stranger = cast["bob"], cast["alice"], cast["stranger"]
    bob.post(f"/rooms/{q(room)}/report/{q('$unknown')}", {"reason": "x"})
    alice.post(f"/rooms/{q(other)}/report/{q(event)}", {"reason": "other room"})
    stranger.post(f"/rooms/{q(room)}/report/{q(event)}", {"reason": "x"})
    cast.nobody().post(f"/rooms/{q(room)}/report/{q(event)}", {"reason": "x"})
    contents: list[Any] = [{"reason": 1}, {"score": "x"}, []]
    for content in contents:
        bob.post(f"/rooms/{q(room)}/report/{q(event)}", content)


@scenario(REPORT_ROOM, branch="with a reason, by members and others, unknown rooms",
          prepare=spoken_room)  # fmt: skip
def reports_rooms(cast: Cast, room: str, **rest: Any) -> None:
    for name in ("bob", "stranger"):
        cast[name].post(f"/rooms/{q(room)}/report", {"reason": f"by {name}"})
    bob = cast["bob"]
    bob.post(f"/rooms/{q('!unknown:test.local')}/report", {"reason": "x"})
    contents: list[Any] = [{}, {"reason": 1}]
    for content in contents:
        bob.post(f"/rooms/{q(room)}/report", content)


@scenario(REPORT_USER, branch="those one knows, strangers, unknown, oneself", prepare=spoken_room)
def reports_users(cast: Cast, **rest: Any) -> None:
    bob = cast["bob"]
    users = [cast.user_id(name) for name in ("alice", "stranger", "unknown", "bob")]
    for user in users:
        bob.post(f"/users/{q(user)}/report", {"reason": "rude"})
    alice = cast["alice"]
    wrongs: list[Any] = [{}, {"reason": 1}, {"reason": "x" * 2000}]
    for wrong in wrongs:
        alice.post(f"/users/{q(users[3])}/report", wrong)
    alice.post(f"/users/{q('@x:elsewhere.invalid')}/report", {"reason": "x"})


@scenario(REPORT_EVENT, f"GET {REPORTS}", f"GET {REPORTS}/{{report_id}}",
          f"DELETE {REPORTS}/{{report_id}}",
          branch="administrators look at a report and remove it", prepare=spoken_room)  # fmt: skip
def looks_at_reports(cast: Cast, room: str, event: str, **rest: Any) -> None:
    bob, root = cast["bob"], cast["root"]
    bob.post(f"/rooms/{q(room)}/report/{q(event)}", {"reason": "rude", "score": -5}).ok()
    listed = root.get(REPORTS, room_id=room, limit=10).ok()
    path = f"{REPORTS}/{listed['event_reports'][0]['id']}"
    bob.get(path)
    root.get(path).ok()
    for _ in range(2):
        root.delete(path)
    root.get(path)
