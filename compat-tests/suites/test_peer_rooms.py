# SPDX-License-Identifier: Apache-2.0
"""What a scripted server knows of rooms, and how its events are checked."""

import copy
from typing import Any

import pytest
import signedjson.sign

from aksono_compat.event_checks import (
    Json,
    content_hash,
    event_id,
    is_hashed,
    is_signed,
    redacted,
)
from aksono_compat.peer_keys import signing_key
from aksono_compat.peer_rooms import PeerRoom, auth_keys

SERVER = "127.9.9.9:8448"
OTTO, PIA = f"@otto:{SERVER}", f"@pia:{SERVER}"


def _sign(event: Json, version: int) -> tuple[Json, str]:
    event = {**event, "hashes": {"sha256": content_hash(event)}}
    signed = signedjson.sign.sign_json(redacted(event, version), SERVER, signing_key(SERVER))
    event["signatures"] = signed["signatures"]
    return event, str(event_id(event, version))


@pytest.fixture
def room() -> PeerRoom:
    room = PeerRoom(_sign, f"!room:{SERVER}", 11)
    room.add("m.room.create", {"room_version": "11"}, OTTO, "")
    room.add("m.room.member", {"membership": "join"}, OTTO, OTTO)
    room.add("m.room.power_levels", {"users": {OTTO: 100}}, OTTO, "")
    room.add("m.room.join_rules", {"join_rule": "public"}, OTTO, "")
    return room


def _member(membership: str, sender: str = OTTO, **more: Any) -> Json:
    content = {"membership": membership, **more}
    return {"type": "m.room.member", "sender": sender, "state_key": PIA, "content": content}


def test_what_allows_an_event() -> None:
    create, power, rules = (
        ("m.room.create", ""), ("m.room.power_levels", ""), ("m.room.join_rules", ""),
    )  # fmt: skip
    otto, pia = ("m.room.member", OTTO), ("m.room.member", PIA)
    assert auth_keys({"type": "m.room.create", "sender": OTTO, "content": {}}) == []
    message = {"type": "m.room.message", "sender": OTTO, "content": {}}
    assert auth_keys(message) == [create, power, otto]
    assert auth_keys(_member("ban")) == [create, power, otto, pia]
    assert auth_keys(_member("invite")) == [create, power, otto, pia, rules]
    assert auth_keys(_member("join", PIA)) == [create, power, pia, rules]
    helped = _member("join", PIA, join_authorised_via_users_server=OTTO)
    assert auth_keys(helped) == [create, power, pia, rules, otto]
    thirds = _member("invite", third_party_invite={"signed": {"token": "t"}})
    assert ("m.room.third_party_invite", "t") in auth_keys(thirds)


def test_the_past_of_a_room(room: PeerRoom) -> None:
    ids = list(room.events)
    assert room.newest == ids[-1]
    assert room.back([ids[-1]], [], 10) == ids[::-1]
    assert room.back([ids[-1]], [ids[1]], 10) == [ids[3], ids[2]]
    assert room.back([ids[-1]], [], 2) == [ids[3], ids[2]]
    assert sorted(room.chain([ids[3]])) == sorted(ids[:3])
    assert list(room.before(ids[2]).values()) == ids[:2]
    assert PeerRoom.from_json(_sign, copy.deepcopy(room.as_json())).as_json() == room.as_json()


def test_events_of_peers_are_checked(room: PeerRoom) -> None:
    made, event = next(iter(room.events.items()))
    assert is_hashed(event)
    assert is_signed(event, made, 11)
    assert not is_signed(event, "$other", 11)
    assert not is_signed({**event, "signatures": {}}, made, 11)
    assert not is_signed({**event, "sender": "@x:127.9.9.8:8448"}, made, 11)
    wrong = copy.deepcopy(event)
    wrong["signatures"]["127.9.9.8:8448"] = wrong["signatures"][SERVER]
    assert not is_signed(wrong, made, 11)
