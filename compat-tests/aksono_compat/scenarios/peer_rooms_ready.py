# SPDX-License-Identifier: Apache-2.0
"""Rooms that scenarios of federation prepare: a user of the server, and one of a peer in them."""

from typing import Any

from ..event_checks import Json
from ..peer_rooms import PeerRoom
from .cast import Cast


def prepare_room(cast: Cast, **options: Any) -> PeerRoom:
    """alice's public room, which pia of the peer has joined."""
    alice = cast.user("alice")
    room_id = alice.create_room(**{"preset": "public_chat", **options})
    return cast.peer.enter(room_id, "pia")


def shared_room(cast: Cast) -> Json:
    return {"room": prepare_room(cast).as_json()}


def talked_room(cast: Cast) -> Json:
    """The same, with something said before and after pia came."""
    alice = cast.user("alice")
    room_id = alice.create_room(preset="public_chat")
    first = alice.say(room_id, "before")
    joined = cast.peer.enter(room_id, "pia")
    said = [alice.say(room_id, f"message {n}") for n in range(5)]
    topic = alice.state(room_id, "m.room.topic", {"topic": "tea"})
    last = alice.say(room_id, "after")
    events = [first, *said, topic, last]
    return {"room_id": room_id, "joined": joined.newest, "events": events}


def closed_room(cast: Cast) -> Json:
    """alice's room, of which the peer knows nothing."""
    alice = cast.user("alice")
    room_id = alice.create_room()
    return {"room_id": room_id, "event_id": alice.say(room_id, "secret")}
