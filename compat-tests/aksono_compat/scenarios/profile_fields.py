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


@scenario(f"PUT {FIELD}", f"GET {FIELD}", branch="an avatar: set, changed, taken away")
def changes_the_avatar(cast: Cast) -> None:
    alice = cast.user("alice")
    path = f"/profile/{q(alice.user_id)}/avatar_url"
    values: list[Any] = ["mxc://test.local/one", "https://test.local/x", "", "x" * 1001, 1, None]
    for value in values:
        alice.put(path, {"avatar_url": value})
        alice.get(path)
    alice.put(path, {})
    alice.get(f"/profile/{q(alice.user_id)}")


@scenario(f"PUT {FIELD}", f"DELETE {FIELD}", branch="fields of one's own making")
def keeps_custom_fields(cast: Cast) -> None:
    alice, bob = cast.users("alice", "bob")
    base = f"/profile/{q(alice.user_id)}"
    values: list[Any] = ["text", 1, True, None, [1, "two"], {"a": {"b": None}}]
    for value in values:
        alice.put(f"{base}/org.example.field", {"org.example.field": value})
        bob.get(f"{base}/org.example.field")
    alice.put(f"{base}/m.tz", {"m.tz": "Europe/London"})
    bob.get(base)
    for _ in range(2):
        alice.delete(f"{base}/org.example.field")
        bob.get(f"{base}/org.example.field")
    bob.get(base)


@scenario(f"PUT {FIELD}", branch="of others, with wrong names, and too large")
def refuses_profile_fields(cast: Cast) -> None:
    alice, bob = cast.users("alice", "bob")
    base = f"/profile/{q(alice.user_id)}"
    for name in ("displayname", "org.example.field"):
        bob.put(f"{base}/{name}", {name: "x"})
    alice.put(f"{base}/displayname", {"displayname": "x" * 257})
    for name in ("UPPER", "with space", "x" * 256, "org.example.other"):
        alice.put(f"{base}/{q(name)}", {name: "x"})
    alice.put(f"{base}/org.example.field", {"other": "x"})
    alice.put(f"{base}/org.example.field", {"org.example.field": "x" * 70000})
    alice.get(base)


@scenario(f"DELETE {FIELD}", f"GET {FIELD}", branch="names that every profile has are taken away")
def deletes_names(cast: Cast) -> None:
    alice, bob = cast.users("alice", "bob")
    base = f"/profile/{q(alice.user_id)}"
    bob.delete(f"{base}/displayname")
    for _ in range(2):
        alice.delete(f"{base}/displayname")
        alice.delete(f"{base}/avatar_url")
    bob.get(f"{base}/displayname")
    bob.get(base)
