# SPDX-License-Identifier: Apache-2.0
"""login, refresh, logout, whoami: sessions from their beginning to their end."""

import time
from functools import partial
from typing import Any

from ..client import q
from .cast import PASSWORD, Actor, Cast
from .confirm import confirmed
from .model import scenario

FLOWS = "GET /_matrix/client/*/login"
LOGIN = "POST /_matrix/client/*/login"
REFRESH = "POST /_matrix/client/*/refresh"
LOGOUT = "POST /_matrix/client/*/logout"
LOGOUT_ALL = "POST /_matrix/client/*/logout/all"
WHOAMI = "GET /_matrix/client/*/account/whoami"
GET_TOKEN = "POST /_matrix/client/*/login/get_token"


def _try(actor: Actor, identifier: Any, **extra: Any) -> None:
    content = {"type": "m.login.password", "identifier": identifier, "password": PASSWORD, **extra}
    actor.post("/login", content)


@scenario(FLOWS, LOGIN, branch="the ways to say who one is")
def logs_in_by_identifiers(cast: Cast) -> None:
    alice, nobody = cast.user("alice"), cast.nobody()
    nobody.get("/login")
    names = [
        alice.user_id,
        cast.localpart("alice"),
        cast.localpart("ALICE"),
        "@x:elsewhere.invalid",
    ]
    for name in [*names, cast.localpart("unknown"), "@:", ""]:
        _try(nobody, {"type": "m.id.user", "user": name})
    _try(nobody, {"type": "m.id.thirdparty", "medium": "email", "address": "a@example.org"})
    _try(nobody, {"type": "m.id.phone", "country": "GB", "phone": "07700900001"})
    _try(nobody, {"type": "m.id.unknown"})
    _try(nobody, {})
    nobody.post("/login", {"type": "m.login.password", "user": alice.user_id, "password": PASSWORD})


@scenario(LOGIN, branch="wrong passwords and types of login that there are not")
def refuses_logins(cast: Cast) -> None:
    alice, nobody = cast.user("alice"), cast.nobody()
    who = {"type": "m.id.user", "user": alice.user_id}
    passwords: list[Any] = ["wrong", "", PASSWORD.upper(), 1, None]
    for password in passwords:
        _try(nobody, who, password=password)
    for kind in ("m.login.token", "m.login.magic", "m.login.application_service", ""):
        _try(nobody, who, type=kind)
    nobody.post("/login", {"type": "m.login.token", "token": "unknown"})


def deactivated_user(cast: Cast) -> dict[str, Any]:
    alice = cast.user("alice")
    confirmed(alice, "POST", "/account/deactivate", {}).ok()
    return {}


@scenario(LOGIN, branch="of a deactivated account", prepare=deactivated_user)
def refuses_the_deactivated(cast: Cast) -> None:
    nobody = cast.nobody()
    _try(nobody, {"type": "m.id.user", "user": cast.user_id("alice")})
    cast["alice"].get("/account/whoami")


@scenario(WHOAMI, branch="a device logs in again: its earlier token ends")
def replaces_the_token_of_a_device(cast: Cast) -> None:
    alice = cast.user("alice")
    first = cast.again(alice, "PHONE")
    second = cast.again(alice, "PHONE")
    for one in (alice, first, second):
        one.get("/account/whoami")


@scenario(LOGIN, WHOAMI, branch="several devices at once", rows=False)
def logs_in_at_once(cast: Cast) -> None:
    alice = cast.user("alice")
    devices = cast.at_once(*(partial(cast.again, alice, f"D{n}") for n in range(4)))
    for device in sorted(devices, key=lambda one: one.device_id):
        device.get("/account/whoami").ok()
    _try(cast.nobody(), {"type": "m.id.user", "user": alice.user_id})


@scenario(LOGIN, REFRESH, branch="refresh tokens: each is good until its successor is used")
def refreshes(cast: Cast) -> None:
    alice, client = cast.user("alice"), cast.nobody("client")
    who = {"type": "m.id.user", "user": alice.user_id}
    wish = {"type": "m.login.password", "identifier": who, "password": PASSWORD}
    first = client.post("/login", {**wish, "device_id": "PHONE", "refresh_token": True}).ok()
    second = client.post("/refresh", {"refresh_token": first["refresh_token"]}).ok()
    # The answer was lost: once more.
    third = client.post("/refresh", {"refresh_token": first["refresh_token"]}).ok()
    for session in (first, second, third):
        client.token = session["access_token"]
        client.get("/account/whoami")
    client.token = None
    client.post("/refresh", {"refresh_token": first["refresh_token"]})
    client.post("/refresh", {"refresh_token": second["refresh_token"]})
    client.post("/refresh", {"refresh_token": third["refresh_token"]})


@scenario(REFRESH, branch="tokens that are unknown, of another kind, or no texts")
def refuses_refresh_tokens(cast: Cast) -> None:
    alice, nobody = cast.user("alice"), cast.nobody()
    tokens: list[Any] = ["syr_unknown", "", alice.token, 1, None, {}]
    for token in tokens:
        nobody.post("/refresh", {"refresh_token": token})
    nobody.post("/refresh", {})


@scenario(REFRESH, LOGOUT, branch="after logging out there is nothing to refresh")
def ends_refresh_tokens(cast: Cast) -> None:
    alice, client = cast.user("alice"), cast.nobody("client")
    client.login(alice.user_id, PASSWORD, device_id="PHONE", refresh_token=True)
    token = client.login(alice.user_id, PASSWORD, device_id="PAD", refresh_token=True)
    refresh = cast.transcript[-1].answer.ok()["refresh_token"]
    token.post("/logout").ok()
    client.token = None
    client.post("/refresh", {"refresh_token": refresh})


@scenario(LOGOUT, WHOAMI, branch="one device's session ends, and no other one")
def logs_out(cast: Cast) -> None:
    alice = cast.user("alice")
    phone = cast.again(alice, "PHONE")
    phone.post("/logout").ok()
    for one in (phone, alice):
        one.get("/account/whoami")
    phone.post("/logout")
    cast.nobody().post("/logout")


# Synapse ends the devices in the order of a set.
@scenario(LOGOUT_ALL, branch="every session of the user ends, and nobody else's", rows=False)
def logs_out_everywhere(cast: Cast) -> None:
    alice, bob = cast.users("alice", "bob")
    phone, pad = cast.again(alice, "PHONE"), cast.again(alice, "PAD")
    phone.post("/logout/all").ok()
    for one in (alice, phone, pad, bob):
        one.get("/account/whoami")


@scenario(WHOAMI, branch="tokens in the query, of the wrong form, twice, and none")
def tells_who_one_is(cast: Cast) -> None:
    alice, nobody = cast.user("alice"), cast.nobody()
    alice.get("/account/whoami")
    nobody.get("/account/whoami", access_token=alice.token)
    nobody.get("/account/whoami")
    for value in ("Bearer", "Bearer ", "Basic x", f"bearer {alice.token}", "Bearer unknown"):
        nobody.request("GET", "/account/whoami", headers={"Authorization": value})
    alice.get("/account/whoami", access_token=alice.token)


def expiring_token(cast: Cast) -> dict[str, Any]:
    alice, admin = cast.user("alice"), cast.user("admin", admin=True)
    path = f"/_synapse/admin/v1/users/{q(alice.user_id)}/login"
    ends = int(time.time() * 1000) + 1000
    return {"token": admin.post(path, {"valid_until_ms": ends}).ok()["access_token"]}


@scenario(WHOAMI, LOGOUT, branch="a token that has ended: a soft logout", prepare=expiring_token)
def logs_out_softly(cast: Cast, token: str) -> None:
    client = cast.nobody("client")
    client.token = token
    client.get("/account/whoami")
    client.get("/sync", timeout=0)
    client.post("/logout")


def locked_user(cast: Cast) -> dict[str, Any]:
    alice, admin = cast.user("alice"), cast.user("admin", admin=True)
    admin.put(f"/_synapse/admin/v2/users/{q(alice.user_id)}", {"locked": True}).ok()
    return {}


@scenario(LOGIN, LOGOUT, WHOAMI, branch="a locked account may log out only", prepare=locked_user)
def locks_out(cast: Cast) -> None:
    alice = cast["alice"]
    alice.get("/account/whoami")
    alice.get("/sync", timeout=0)
    alice.get("/joined_rooms")
    _try(cast.nobody(), {"type": "m.id.user", "user": alice.user_id}, device_id="PHONE")
    alice.post("/logout")
    alice.get("/account/whoami")


@scenario(GET_TOKEN, LOGIN, branch="a token for another device, good once", profile="experiments")
def hands_a_session_on(cast: Cast) -> None:
    alice, other = cast.user("alice"), cast.nobody("other")
    other.get("/login")
    path = "/_matrix/client/v1/login/get_token"
    token = confirmed(alice, "POST", path, {}).ok()["login_token"]
    for _ in range(2):
        other.post("/login", {"type": "m.login.token", "token": token, "device_id": "PHONE"})
    cast.nobody().post(path)
