# SPDX-License-Identifier: Apache-2.0
"""Profiles: display names, avatars and what others see of them."""

from typing import Any

from ..client import q
from .cast import Cast
from .model import scenario

PROFILE = "/_matrix/client/*/profile/{user_id}"
FIELD = "/_matrix/client/*/profile/{user_id}/{field_name}"


def shared_room(cast: Cast) -> dict[str, Any]:
    alice, bob = cast.users("alice", "bob")
    return {"room": alice.create_room(bob)}


@scenario(f"GET {PROFILE}", branch="own, another's, of nobody, of an unknown user")
def looks_up_profiles(cast: Cast) -> None:
    alice, bob = cast.users("alice", "bob")
    for client in (alice, cast.nobody()):
        for user in (alice.user_id, bob.user_id, cast.user_id("unknown"), "@x:elsewhere.invalid"):
            client.get(f"/profile/{q(user)}")


@scenario(f"PUT {FIELD}", branch="a display name changes in every room", prepare=shared_room)
def renames_in_rooms(cast: Cast, room: str) -> None:
    alice, bob = cast["alice"], cast["bob"]
    since = bob.since()
    alice.put(f"/profile/{q(alice.user_id)}/displayname", {"displayname": "Alice B."}).ok()
    bob.sync_until(since, lambda seen: room in seen.get("rooms", {}).get("join", {}))
    bob.get(f"/rooms/{q(room)}/joined_members")
