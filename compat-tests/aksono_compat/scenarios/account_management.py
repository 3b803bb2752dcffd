# SPDX-License-Identifier: Apache-2.0
"""The account itself: password, deactivation, third-party ids, and what the server offers."""

from typing import Any

from ..client import q
from .cast import PASSWORD, Cast
from .confirm import confirmed, password_of
from .model import scenario

CLIENT = "/_matrix/client/*"
NEW = "another long password"


@scenario(f"POST {CLIENT}/account/password", branch="other devices are logged out, or are not")
def changes_the_password(cast: Cast) -> None:
    alice = cast.user("alice")
    phone = cast.again(alice, "PHONE")
    wish = {"new_password": NEW, "logout_devices": False}
    confirmed(alice, "POST", "/account/password", wish).ok()
    phone.get("/account/whoami")
    path, change = "/account/password", {"new_password": PASSWORD}
    session = alice.post(path, change).json["session"]
    alice.post(path, {**change, "auth": password_of(alice, session, NEW)}).ok()
    for one in (phone, alice):
        one.get("/account/whoami")
    for password in (NEW, PASSWORD):
        who = {"type": "m.id.user", "user": alice.user_id}
        login = {"type": "m.login.password", "identifier": who, "password": password}
        cast.nobody().post("/login", {**login, "device_id": "PAD"})


@scenario(
    f"POST {CLIENT}/account/password", branch="confirmations that are wrong, then a right one"
)
def confirms_with_the_password(cast: Cast) -> None:
    alice, bob = cast.users("alice", "bob")
    path, wish = "/account/password", {"new_password": NEW}
    session = alice.post(path, wish).json["session"]
    right = password_of(alice, session)
    wrongs: list[Any] = [
        password_of(alice, session, "wrong"),
        password_of(bob, session),
        {**right, "session": "x" * 24},
        {**right, "type": "m.login.dummy"},
        {**right, "identifier": {"type": "m.id.user", "user": bob.user_id}},
        "x",
    ]
    for wrong in wrongs:
        alice.post(path, {**wish, "auth": wrong})
    alice.post(path, {**wish, "auth": right}).ok()
    # The session belongs to what it was made for.
    bob.post(path, {**wish, "auth": right})


@scenario(f"POST {CLIENT}/account/password", branch="new passwords that are none, and nobody's")
def refuses_new_passwords(cast: Cast) -> None:
    alice, nobody = cast.user("alice"), cast.nobody()
    passwords: list[Any] = ["", 1, None, "x" * 513]
    for password in passwords:
        alice.post("/account/password", {"new_password": password})
    alice.post("/account/password", {})
    nobody.post("/account/password", {"new_password": NEW})


def pair_in_a_room(cast: Cast) -> dict[str, Any]:
    alice, bob = cast.users("alice", "bob")
    room = alice.create_room(bob)
    alice.say(room, "hello")
    return {"room": room}


@scenario(
    f"POST {CLIENT}/account/deactivate",
    branch="the account leaves its rooms and is gone for good",
    prepare=pair_in_a_room,
)
def deactivates(cast: Cast, room: str) -> None:
    alice, bob = cast["alice"], cast["bob"]
    since = bob.since()
    confirmed(alice, "POST", "/account/deactivate", {}).ok()
    bob.sync_until(since, lambda seen: room in seen.get("rooms", {}).get("join", {}))
    alice.get("/account/whoami")
    bob.get(f"/profile/{q(alice.user_id)}")
    bob.get("/register/available", username=cast.localpart("alice"))
    alice.post("/account/deactivate")
    bob.get(f"/rooms/{q(room)}/messages", dir="b", limit=5)


@scenario(
    f"POST {CLIENT}/account/deactivate",
    branch="erased: who comes later does not read what was said",
    prepare=pair_in_a_room,
)
def erases(cast: Cast, room: str) -> None:
    alice, bob = cast["alice"], cast["bob"]
    since = bob.since()
    confirmed(alice, "POST", "/account/deactivate", {"erase": True}).ok()
    bob.sync_until(since, lambda seen: room in seen.get("rooms", {}).get("join", {}))
    bob.get(f"/rooms/{q(room)}/messages", dir="b", limit=5)


def with_addresses(cast: Cast) -> dict[str, Any]:
    alice, admin = cast.user("alice"), cast.user("admin", admin=True)
    kept = [("email", "alice@example.org"), ("msisdn", "447700900001")]
    threepids = [{"medium": medium, "address": address} for medium, address in kept]
    path = f"/_synapse/admin/v2/users/{q(alice.user_id)}"
    admin.put(path, {"threepids": threepids}).ok()
    return {}


@scenario(
    f"GET {CLIENT}/account/3pid",
    f"POST {CLIENT}/account/3pid/delete",
    branch="addresses are listed, used to log in, and forgotten",
    prepare=with_addresses,
)
def forgets_addresses(cast: Cast) -> None:
    alice = cast["alice"]
    alice.get("/account/3pid")
    one = {"medium": "email", "address": "alice@example.org"}
    who = {"type": "m.id.thirdparty", **one}
    login = {"type": "m.login.password", "identifier": who, "password": PASSWORD}
    for address in (one, one, {"medium": "email", "address": "nobody@example.org"}):
        cast.nobody().post("/login", {**login, "device_id": "PHONE"})
        alice.post("/account/3pid/delete", address)
        alice.get("/account/3pid")


@scenario(
    f"POST {CLIENT}/account/3pid/email/requestToken",
    f"POST {CLIENT}/account/3pid/msisdn/requestToken",
    f"POST {CLIENT}/account/password/email/requestToken",
    f"POST {CLIENT}/register/email/requestToken",
    f"POST {CLIENT}/register/msisdn/requestToken",
    branch="a server that sends no mail and no text messages",
)
def cannot_prove_addresses(cast: Cast) -> None:
    alice, nobody = cast.user("alice"), cast.nobody()
    base = {"client_secret": "monkeys", "send_attempt": 1}
    mail = {**base, "email": "alice@example.org"}
    phone = {**base, "country": "GB", "phone_number": "07700900001"}
    for path in ("/account/3pid", "/account/password", "/register"):
        nobody.post(f"{path}/email/requestToken", mail)
    alice.post("/account/3pid/email/requestToken", mail)
    for path in ("/account/3pid", "/register"):
        nobody.post(f"{path}/msisdn/requestToken", phone)


@scenario(
    f"POST {CLIENT}/account/3pid/add",
    f"POST {CLIENT}/account/3pid/unbind",
    branch="an address that nothing has proved",
)
def adds_no_unproved_address(cast: Cast) -> None:
    alice = cast.user("alice")
    confirmed(alice, "POST", "/account/3pid/add", {"client_secret": "monkeys", "sid": "1"})
    alice.post("/account/3pid/add", {"sid": "1"})
    alice.post("/account/3pid/unbind", {"medium": "email", "address": "alice@example.org"})


@scenario(
    f"GET {CLIENT}/account_validity/renew",
    f"POST {CLIENT}/account_validity/send_mail",
    branch="accounts that do not end",
)
def has_endless_accounts(cast: Cast) -> None:
    alice = cast.user("alice")
    alice.get("/account_validity/renew")
    alice.post("/account_validity/send_mail")


@scenario(
    f"GET {CLIENT}/capabilities",
    "GET /_matrix/client/versions",
    "GET /.well-known/matrix/client",
    f"GET {CLIENT}/password_policy",
    branch="what the server offers, to a user and to nobody",
)
def tells_what_it_offers(cast: Cast) -> None:
    alice, nobody = cast.user("alice"), cast.nobody()
    paths = ("/capabilities", "/_matrix/client/versions", "/.well-known/matrix/client")
    for path in paths:
        alice.get(path)
        nobody.get(path)
    nobody.get("/password_policy")


@scenario("GET /.well-known/matrix/server", branch="a server that does not say where it is")
def does_not_say_where_it_is(cast: Cast) -> None:
    cast.nobody().get("/.well-known/matrix/server")


@scenario(
    f"GET {CLIENT}/capabilities",
    "GET /_matrix/client/versions",
    branch="with experiments switched on",
    profile="experiments",
)
def tells_of_experiments(cast: Cast) -> None:
    alice = cast.user("alice")
    for path in ("/capabilities", "/_matrix/client/versions", "/login"):
        alice.get(path)
