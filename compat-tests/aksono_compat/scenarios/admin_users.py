# SPDX-License-Identifier: Apache-2.0
"""The admin API: accounts, their sessions and devices, limits and what they have done."""

from typing import Any

from ..client import q
from .cast import PASSWORD, Actor, Cast
from .model import scenario
from .waits import wait_for, wait_for_task

ADMIN = "/_synapse/admin"
USER = f"{ADMIN}/v2/users/{{user_id}}"
OLD = f"{ADMIN}/v1/users/{{user_id}}"


def _path(user_id: str, rest: str = "", version: str = "v2") -> str:
    return f"{ADMIN}/{version}/users/{q(user_id)}{rest}"


def _admin(cast: Cast) -> Actor:
    return cast.user("admin", admin=True)


def _wait_for_profile(admin: Actor, user_id: str) -> None:
    """Until a new profile is in all rooms: a change before that cancels Synapse's task."""

    def running() -> bool:
        answer = admin.get(f"{ADMIN}/v1/scheduled_tasks", resource_id=user_id)
        # Who does not have the list has no such task either.
        tasks = answer.json["scheduled_tasks"] if answer.status == 200 else []
        return any(task["status"] in ("scheduled", "active") for task in tasks)

    admin.quiet = True
    wait_for(running, lambda still: not still)
    admin.quiet = False


@scenario(f"PUT {USER}", f"GET {USER}", branch="made, changed part by part, made an admin")
def makes_and_changes_users(cast: Cast) -> None:
    admin = _admin(cast)
    path = _path(cast.user_id("new"))
    admin.get(path)
    address = {"medium": "email", "address": "new@example.org"}
    admin.put(path, {"password": PASSWORD, "displayname": "New", "threepids": [address]})
    changes: list[dict[str, Any]] = [
        {"displayname": "Newer"},
        {"avatar_url": "mxc://test.local/a"},
        {"external_ids": [{"auth_provider": "oidc-x", "external_id": "1"}]},
        {"user_type": "bot"},
        {"user_type": None, "threepids": []},
        {"admin": True},
        {"locked": True},
        {"locked": False, "admin": False},
    ]
    for change in changes:
        _wait_for_profile(admin, cast.user_id("new"))
        admin.put(path, change)
        admin.get(path)
    admin.get(f"{ADMIN}/v1/username_available", username=cast.localpart("new"))


@scenario(f"PUT {USER}", branch="fields of wrong types, and users of others")
def refuses_user_changes(cast: Cast) -> None:
    admin, alice = _admin(cast), cast.user("alice")
    wrongs: list[Any] = [
        {"admin": "yes"},
        {"deactivated": 1},
        {"password": 1},
        {"threepids": "x"},
        {"threepids": [{"medium": "email"}]},
        {"external_ids": [{}]},
        {"user_type": "unknown"},
        {"locked": "x"},
        [],
    ]
    for wrong in wrongs:
        admin.put(_path(alice.user_id), wrong)
    for user_id in ("@x:elsewhere.invalid", "nobody", "@:test.local"):
        admin.put(_path(user_id), {})
        admin.get(_path(user_id))
    admin.put(_path(admin.user_id), {"admin": False})
    alice.put(_path(alice.user_id), {"admin": True})
    cast.nobody().get(_path(alice.user_id))


def some_users(cast: Cast) -> dict[str, Any]:
    admin = _admin(cast)
    for number, name in enumerate(("a", "b", "c")):
        path = _path(cast.user_id(name))
        admin.put(path, {"password": PASSWORD, "displayname": f"Plover {3 - number}"}).ok()
    admin.put(_path(cast.user_id("c")), {"deactivated": True}).ok()
    return {}


@scenario(
    f"GET {ADMIN}/v2/users", f"GET {ADMIN}/v3/users", branch="by name, in order", prepare=some_users
)
def lists_users(cast: Cast) -> None:
    admin, word = cast["admin"], cast.scenario
    for version in ("v2", "v3"):
        path = f"{ADMIN}/{version}/users"
        admin.get(path, name=word)
        admin.get(path, name=word, deactivated="true", order_by="displayname", dir="b")
        for order in ("creation_ts", "last_seen_ts", "is_guest"):
            admin.get(path, user_id=word, order_by=order, limit=1)
        admin.request("GET", path, params={"name": word, "limit": 1, "from": 1})
        admin.get(path, order_by="unknown")
        admin.get(path, limit=-1)
        admin.get(path, dir="x")
    admin.get(f"{ADMIN}/v2/users", name=word, admins="true")
    admin.get(f"{ADMIN}/v3/users", name=word, not_user_type="bot", locked="true")


def user_to_end(cast: Cast) -> dict[str, Any]:
    _admin(cast)
    alice, bob = cast.users("alice", "bob")
    return {"room": alice.create_room(bob)}


@scenario(
    f"POST {ADMIN}/v1/deactivate/{{target_user_id}}",
    f"PUT {USER}",
    branch="ended and brought back with a new password",
    prepare=user_to_end,
)
def ends_and_revives_users(cast: Cast, room: str) -> None:
    admin, alice, bob = cast["admin"], cast["alice"], cast["bob"]
    since = bob.since()
    path = f"{ADMIN}/v1/deactivate/{q(alice.user_id)}"
    admin.post(path, {"erase": True}).ok()
    bob.sync_until(since, lambda seen: room in seen.get("rooms", {}).get("join", {}))
    admin.get(_path(alice.user_id))
    alice.get("/account/whoami")
    admin.put(_path(alice.user_id), {"deactivated": False, "password": PASSWORD})
    admin.get(_path(alice.user_id))
    cast.again(alice, "PHONE").get("/account/whoami")
    bob.post(path)


@scenario(f"POST {ADMIN}/v1/reset_password/{{target_user_id}}", branch="sessions end, or do not")
def resets_passwords(cast: Cast) -> None:
    admin, alice = _admin(cast), cast.user("alice")
    path = f"{ADMIN}/v1/reset_password/{q(alice.user_id)}"
    admin.post(path, {"new_password": "other words", "logout_devices": False}).ok()
    alice.get("/account/whoami")
    admin.post(path, {"new_password": PASSWORD}).ok()
    alice.get("/account/whoami")
    cast.again(alice, "PHONE").get("/account/whoami")
    for wrong in ({}, {"new_password": ""}, {"new_password": 1}):
        admin.post(path, wrong)
    admin.post(f"{ADMIN}/v1/reset_password/{q(cast.user_id('x'))}", {"new_password": "words"})


@scenario(f"GET {OLD}/admin", f"PUT {OLD}/admin", branch="made an admin, and a plain user again")
def makes_admins(cast: Cast) -> None:
    admin, alice = _admin(cast), cast.user("alice")
    path = _path(alice.user_id, "/admin", "v1")
    for word in (True, False, "x"):
        admin.put(path, {"admin": word})
        admin.get(path)
        alice.get(path)
    admin.put(_path(admin.user_id, "/admin", "v1"), {"admin": False})
    admin.put(path, {})


@scenario(f"POST {OLD}/login", branch="a token to act for a user, without a device")
def acts_for_users(cast: Cast) -> None:
    admin, alice = _admin(cast), cast.user("alice")
    path = _path(alice.user_id, "/login", "v1")
    puppet = cast.nobody("puppet")
    puppet.token = admin.post(path).ok()["access_token"]
    puppet.get("/account/whoami")
    puppet.put(f"/user/{q(alice.user_id)}/account_data/org.example.a", {"a": 1})
    admin.post(path, {"valid_until_ms": "x"})
    admin.post(_path(admin.user_id, "/login", "v1"))
    admin.post(_path(cast.user_id("unknown"), "/login", "v1"))
    alice.post(path)
    alice.post("/logout/all").ok()
    puppet.get("/account/whoami")


@scenario(f"PUT {ADMIN}/v1/suspend/{{target_user_id}}", branch="may read, may not write")
def suspends_users(cast: Cast) -> None:
    admin, alice = _admin(cast), cast.user("alice")
    path = f"{ADMIN}/v1/suspend/{q(alice.user_id)}"
    for word in (True, False, "x"):
        admin.put(path, {"suspend": word})
        admin.get(_path(alice.user_id))
        alice.get("/joined_rooms")
        alice.put(f"/profile/{q(alice.user_id)}/org.example.f", {"org.example.f": "x"})
    admin.put(f"{ADMIN}/v1/suspend/nobody", {"suspend": True})


@scenario(f"POST {OLD}/shadow_ban", f"DELETE {OLD}/shadow_ban", branch="switched on and off")
def bans_into_the_shadow(cast: Cast) -> None:
    admin, alice = _admin(cast), cast.user("alice")
    path = _path(alice.user_id, "/shadow_ban", "v1")
    for method in ("POST", "POST", "DELETE", "DELETE"):
        admin.request(method, path, {})
        admin.get(_path(alice.user_id))
    admin.post(_path("@x:elsewhere.invalid", "/shadow_ban", "v1"))
    alice.post(path)


LIMITS = f"{OLD}/override_ratelimit"


@scenario(f"GET {LIMITS}", f"POST {LIMITS}", f"DELETE {LIMITS}", branch="limits of one user's own")
def overrides_limits(cast: Cast) -> None:
    admin, alice = _admin(cast), cast.user("alice")
    path = _path(alice.user_id, "/override_ratelimit", "v1")
    admin.get(path)
    wishes: list[Any] = [
        {"messages_per_second": 3, "burst_count": 5},
        {"messages_per_second": 0},
        {"burst_count": -1},
        {"messages_per_second": "x"},
        {},
    ]
    for wish in wishes:
        admin.post(path, wish)
        admin.get(path)
    for _ in range(2):
        admin.delete(path)
        admin.get(path)


DEVICES = f"{USER}/devices"


@scenario(
    f"GET {DEVICES}",
    f"POST {DEVICES}",
    f"PUT {DEVICES}/{{device_id}}",
    f"DELETE {DEVICES}/{{device_id}}",
    f"POST {USER}/delete_devices",
    branch="devices of a user, seen and changed by an admin",
)
def changes_devices_of_users(cast: Cast) -> None:
    admin, alice = _admin(cast), cast.user("alice")
    phone = cast.again(alice, "PHONE")
    path = _path(alice.user_id, "/devices")
    admin.post(path, {"device_id": "MADE"})
    admin.put(f"{path}/PHONE", {"display_name": "by admin"})
    alice.get("/devices/PHONE")
    admin.get(f"{path}/MADE")
    admin.delete(f"{path}/PHONE")
    phone.get("/account/whoami")
    for device in ("PHONE", "NONE"):
        admin.get(f"{path}/{device}")
        admin.put(f"{path}/{device}", {"display_name": "x"})
    admin.post(_path(alice.user_id, "/delete_devices"), {"devices": ["MADE", "NONE"]})
    admin.get(path)


def active_user(cast: Cast) -> dict[str, Any]:
    _admin(cast)
    alice, bob = cast.users("alice", "bob")
    room = alice.create_room(bob)
    alice.create_room(invite=[bob.user_id])
    alice.put(f"/user/{q(alice.user_id)}/account_data/org.example.a", {"a": 1}).ok()
    return {"room": room}


@scenario(
    *(
        f"GET {OLD}/{name}"
        for name in (
            *("joined_rooms", "memberships", "accountdata", "pushers", "media"),
            *("sent_invite_count", "cumulative_joined_room_count"),
        )
    ),
    f"GET {ADMIN}/v1/whois/{{user_id}}",
    branch="what a user has and has done",
    prepare=active_user,
)
def looks_into_users(cast: Cast, room: str) -> None:
    admin, alice = cast["admin"], cast["alice"]
    names = ("joined_rooms", "memberships", "accountdata", "pushers", "media")
    for user_id in (alice.user_id, cast.user_id("unknown"), "@x:elsewhere.invalid"):
        for name in names:
            admin.get(_path(user_id, f"/{name}", "v1"))
        for name in ("sent_invite_count", "cumulative_joined_room_count"):
            admin.get(_path(user_id, f"/{name}", "v1"), from_ts=0)
    alice.get(_path(alice.user_id, "/joined_rooms", "v1"))
    alice.get(f"{ADMIN}/v1/whois/{q(cast['bob'].user_id)}")
    admin.get(f"{ADMIN}/v1/whois/{q(cast.user_id('unknown'))}")


@scenario(
    f"GET {ADMIN}/v1/threepid/{{medium}}/users/{{address}}",
    f"GET {ADMIN}/v1/auth_providers/{{provider}}/users/{{external_id}}",
    f"GET {ADMIN}/v1/search_users/{{target_user_id}}",
    f"GET {ADMIN}/v1/username_available",
    branch="users found by what belongs to them",
)
def finds_users(cast: Cast) -> None:
    admin, alice = _admin(cast), cast.user("alice")
    address = {"medium": "email", "address": "findme@example.org"}
    external = {"auth_provider": "oidc-find", "external_id": "me"}
    admin.put(_path(alice.user_id), {"threepids": [address], "external_ids": [external]})
    for name in ("findme", "FindMe", "nobody"):
        admin.get(f"{ADMIN}/v1/threepid/email/users/{name}%40example.org")
    for name in ("me", "none"):
        admin.get(f"{ADMIN}/v1/auth_providers/oidc-find/users/{name}")
    admin.get(f"{ADMIN}/v1/search_users/{q(admin.user_id)}", term=cast.localpart("alice"))
    for name in (cast.localpart("alice"), cast.localpart("free"), "Upper"):
        admin.get(f"{ADMIN}/v1/username_available", username=name)


def chatty_user(cast: Cast) -> dict[str, Any]:
    _admin(cast)
    alice, bob = cast.users("alice", "bob")
    room = bob.create_room(alice)
    for number in range(3):
        alice.say(room, f"line {number}")
    return {"room": room}


@scenario(
    f"POST {ADMIN}/v1/user/{{user_id}}/redact",
    f"GET {ADMIN}/v1/user/redact_status/{{redact_id}}",
    branch="everything that a user said is taken back",
    prepare=chatty_user,
)
def redacts_users(cast: Cast, room: str) -> None:
    admin, alice, bob = cast["admin"], cast["alice"], cast["bob"]
    path = f"{ADMIN}/v1/user/{q(alice.user_id)}/redact"
    bob.post(path, {"rooms": []})
    admin.post(path, {})
    since = bob.since()
    task = admin.post(path, {"rooms": [room], "reason": "gone", "limit": 10}).ok()["redact_id"]
    bob.sync_until(since, lambda seen: room in seen.get("rooms", {}).get("join", {}))
    wait_for_task(admin, f"{ADMIN}/v1/user/redact_status/{task}")
    admin.get(f"{ADMIN}/v1/user/redact_status/unknown")
    bob.get(f"/rooms/{q(room)}/messages", dir="b", limit=10)


@scenario(
    f"POST {OLD}/_allow_cross_signing_replacement_without_uia",
    branch="for users with and without keys",
)
def allows_new_keys(cast: Cast) -> None:
    admin, alice = _admin(cast), cast.user("alice")
    for user_id in (alice.user_id, cast.user_id("unknown")):
        admin.post(_path(user_id, "/_allow_cross_signing_replacement_without_uia", "v1"))
    alice.post(_path(alice.user_id, "/_allow_cross_signing_replacement_without_uia", "v1"))
