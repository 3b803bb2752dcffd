# SPDX-License-Identifier: Apache-2.0
"""What other servers read of rooms: events, states, what came before, what is missing."""

from ..client import q
from ..event_checks import Json
from .acting_peer import FEDERATION
from .cast import Cast
from .model import scenario
from .peer_rooms_ready import closed_room, prepare_room, shared_room, talked_room

V1 = f"{FEDERATION}/v1"
UNKNOWN = "$" + "A" * 43
NOWHERE = "!nowhere:test.local"


@scenario(
    f"GET {V1}/event/{{event_id}}", branch="a message, a state, a member", prepare=talked_room,
    profile="federation",
)  # fmt: skip
def gives_events(cast: Cast, room_id: str, joined: str, events: list[str]) -> None:
    for wanted in (events[1], events[-2], joined):
        cast.peer.get(f"/v1/event/{q(wanted)}")


@scenario(
    f"GET {V1}/event/{{event_id}}/", branch="with a slash, and unknown ones", prepare=talked_room,
    profile="federation",
)  # fmt: skip
def gives_events_with_a_slash(cast: Cast, room_id: str, joined: str, events: list[str]) -> None:
    for wanted in (events[1], joined, UNKNOWN, "nonsense"):
        cast.peer.get(f"/v1/event/{q(wanted)}/")


@scenario(
    *(f"GET {V1}/{path}" for path in (
        "event/{event_id}", "state/{room_id}", "state_ids/{room_id}", "backfill/{room_id}",
        "event_auth/{room_id}/{event_id}", "timestamp_to_event/{room_id}",
    )),
    f"POST {V1}/get_missing_events/{{room_id}}",
    branch="of a room where the asking server is not", prepare=closed_room, profile="federation",
)  # fmt: skip
def hides_rooms_from_strangers(cast: Cast, room_id: str, event_id: str) -> None:
    peer, room = cast.peer, q(room_id)
    peer.get(f"/v1/event/{q(event_id)}")
    peer.get(f"/v1/state/{room}", event_id=event_id)
    peer.get(f"/v1/state_ids/{room}", event_id=event_id)
    peer.get(f"/v1/backfill/{room}", v=event_id, limit=5)
    peer.get(f"/v1/event_auth/{room}/{q(event_id)}")
    peer.get(f"/v1/timestamp_to_event/{room}", ts=0, dir="f")
    body = {"earliest_events": [], "latest_events": [event_id], "limit": 5}
    peer.post(f"/v1/get_missing_events/{room}", body)


@scenario(
    f"GET {V1}/state/{{room_id}}", f"GET {V1}/state_ids/{{room_id}}",
    branch="before an early event, a change of state, the newest", prepare=talked_room,
    profile="federation",
)  # fmt: skip
def gives_states(cast: Cast, room_id: str, joined: str, events: list[str]) -> None:
    for wanted in (events[1], events[-2], events[-1], joined):
        for verb in ("state", "state_ids"):
            cast.peer.get(f"/v1/{verb}/{q(room_id)}", event_id=wanted)


@scenario(
    f"GET {V1}/state/{{room_id}}/", f"GET {V1}/state_ids/{{room_id}}/",
    branch="with a slash; no event, unknown, of another room", prepare=talked_room,
    profile="federation",
)  # fmt: skip
def gives_states_with_a_slash(cast: Cast, room_id: str, joined: str, events: list[str]) -> None:
    for verb in ("state", "state_ids"):
        cast.peer.get(f"/v1/{verb}/{q(room_id)}/", event_id=events[-1])
        cast.peer.get(f"/v1/{verb}/{q(room_id)}/")
        cast.peer.get(f"/v1/{verb}/{q(room_id)}/", event_id=UNKNOWN)
        cast.peer.get(f"/v1/{verb}/{q(NOWHERE)}/", event_id=joined)


@scenario(
    f"GET {V1}/event_auth/{{room_id}}/{{event_id}}",
    branch="of a message, of a member, of an unknown event", prepare=talked_room,
    profile="federation",
)  # fmt: skip
def gives_auth_chains(cast: Cast, room_id: str, joined: str, events: list[str]) -> None:
    for wanted in (events[-1], joined, UNKNOWN):
        cast.peer.get(f"/v1/event_auth/{q(room_id)}/{q(wanted)}")
    cast.peer.get(f"/v1/event_auth/{q(NOWHERE)}/{q(joined)}")


@scenario(
    f"GET {V1}/backfill/{{room_id}}", branch="few, many, from several, from nowhere",
    prepare=talked_room, profile="federation",
)  # fmt: skip
def gives_the_past(cast: Cast, room_id: str, joined: str, events: list[str]) -> None:
    peer, path = cast.peer, f"/v1/backfill/{q(room_id)}"
    for limit in (1, 3, 100, 0, 1000):
        peer.get(path, v=events[-1], limit=limit)
    peer.get(path, v=[events[2], events[4]], limit=4)
    peer.get(path, v=UNKNOWN, limit=4)
    peer.get(path, v=joined, limit=50)


@scenario(
    f"GET {V1}/backfill/{{room_id}}/", branch="with a slash; without what is needed",
    prepare=talked_room, profile="federation",
)  # fmt: skip
def refuses_to_give_the_past(cast: Cast, room_id: str, joined: str, events: list[str]) -> None:
    peer, path = cast.peer, f"/v1/backfill/{q(room_id)}/"
    peer.get(path, v=events[-1], limit=3)
    peer.get(path, v=joined)
    peer.get(path, limit=3)
    for limit in ("x", -1):
        peer.get(path, v=events[-1], limit=limit)
    peer.get(f"/v1/backfill/{q(NOWHERE)}/", v=events[-1], limit=3)


@scenario(
    f"POST {V1}/get_missing_events/{{room_id}}",
    branch="between two events, from the beginning, a few of them", prepare=talked_room,
    profile="federation",
)  # fmt: skip
def gives_missing_events(cast: Cast, room_id: str, joined: str, events: list[str]) -> None:
    path = f"/v1/get_missing_events/{q(room_id)}"
    for earliest in ([], [joined], [events[2]], [events[-1]]):
        for limit in (2, 100):
            body = {"earliest_events": earliest, "latest_events": [events[-1]], "limit": limit}
            cast.peer.post(path, body)


@scenario(
    f"POST {V1}/get_missing_events/{{room_id}}", branch="without limit, min_depth, wrong types",
    prepare=talked_room, profile="federation",
)  # fmt: skip
def judges_wishes_for_missing_events(
    cast: Cast, room_id: str, joined: str, events: list[str]
) -> None:
    path = f"/v1/get_missing_events/{q(room_id)}"
    whole = {"earliest_events": [joined], "latest_events": [events[-1]]}
    bodies: list[Json] = [
        whole,
        {**whole, "min_depth": 12},
        {**whole, "limit": 0},
        {**whole, "limit": "3"},
        {**whole, "limit": -1},
        {"latest_events": [UNKNOWN]},
        {"latest_events": []},
        {},
    ]
    for body in bodies:
        cast.peer.post(path, body)


@scenario(
    f"GET {V1}/timestamp_to_event/{{room_id}}", f"GET {V1}/timestamp_to_event/{{room_id}}/",
    branch="forwards, backwards, past both ends, without direction", prepare=talked_room,
    profile="federation",
)  # fmt: skip
def finds_events_by_time_for_servers(
    cast: Cast, room_id: str, joined: str, events: list[str]
) -> None:
    for slash in ("", "/"):
        path = f"/v1/timestamp_to_event/{q(room_id)}{slash}"
        for ts in (0, 10**14):
            for direction in ("f", "b"):
                cast.peer.get(path, ts=ts, dir=direction)
        cast.peer.get(path, ts=0)
        cast.peer.get(path, ts="x", dir="f")
        cast.peer.get(path, dir="f")
        cast.peer.get(path, ts=0, dir="x")


def _measured(cast: Cast) -> Json:
    """A room with the peer in it, and one of which it knows nothing."""
    room = prepare_room(cast)
    return {"rooms": [room.room_id, cast["alice"].create_room()]}


@scenario(
    f"GET {FEDERATION}/unstable/rooms/{{room_id}}/complexity",
    branch="of a public room, of one that nobody may see",
    prepare=_measured,
    profile="federation",
)
def tells_complexity(cast: Cast, rooms: list[str]) -> None:
    for room in (*rooms, NOWHERE):
        cast.peer.get(f"/unstable/rooms/{q(room)}/complexity")


@scenario(
    f"GET {FEDERATION}/unstable/org.matrix.msc4370/extremities/{{room_id}}",
    branch="of a room, of an unknown one", prepare=shared_room, profile="federation",
)  # fmt: skip
def tells_extremities(cast: Cast, room: Json) -> None:
    for wanted in (room["room_id"], NOWHERE):
        cast.peer.get(f"/unstable/org.matrix.msc4370/extremities/{q(wanted)}")


def _hidden_room(cast: Cast) -> Json:
    """History for the joined alone: what was said before the peer came is not for it."""
    alice = cast.user("alice")
    content = {"history_visibility": "joined"}
    state = [{"type": "m.room.history_visibility", "state_key": "", "content": content}]
    room_id = alice.create_room(preset="public_chat", initial_state=state)
    before = [alice.say(room_id, f"secret {n}") for n in range(2)]
    cast.peer.enter(room_id, "pia")
    return {"room_id": room_id, "before": before, "after": alice.say(room_id, "open")}


@scenario(
    f"GET {V1}/event/{{event_id}}", f"GET {V1}/backfill/{{room_id}}",
    f"POST {V1}/get_missing_events/{{room_id}}",
    branch="what the asking server may not see comes without content", prepare=_hidden_room,
    profile="federation",
)  # fmt: skip
def hides_the_past(cast: Cast, room_id: str, before: list[str], after: str) -> None:
    peer = cast.peer
    for wanted in (*before, after):
        peer.get(f"/v1/event/{q(wanted)}")
    peer.get(f"/v1/backfill/{q(room_id)}", v=after, limit=10)
    body = {"earliest_events": [], "latest_events": [after], "limit": 10}
    peer.post(f"/v1/get_missing_events/{q(room_id)}", body)


def _redacted_room(cast: Cast) -> Json:
    alice = cast.user("alice")
    room_id = alice.create_room(preset="public_chat")
    cast.peer.enter(room_id, "pia")
    said = alice.say(room_id, "rude")
    path = f"/rooms/{q(room_id)}/redact/{q(said)}/one"
    return {"room_id": room_id, "said": said, "by": alice.put(path, {}).ok()["event_id"]}


@scenario(
    f"GET {V1}/event/{{event_id}}", branch="a redacted event, and what redacted it",
    prepare=_redacted_room, profile="federation",
)  # fmt: skip
def gives_redacted_events(cast: Cast, room_id: str, said: str, by: str) -> None:
    for wanted in (said, by):
        cast.peer.get(f"/v1/event/{q(wanted)}")
    cast.peer.get(f"/v1/backfill/{q(room_id)}", v=by, limit=2)
