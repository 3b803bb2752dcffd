# SPDX-License-Identifier: Apache-2.0
"""register: the conversation, names, guests, tokens, and what is refused."""

from functools import partial
from typing import Any

from .cast import PASSWORD, Cast
from .model import scenario

REGISTER = "POST /_matrix/client/*/register"
AVAILABLE = "GET /_matrix/client/*/register/available"
VALIDITY = "GET /_matrix/client/*/register/m.login.registration_token/validity"
WHOAMI = "GET /_matrix/client/*/account/whoami"
DUMMY = {"type": "m.login.dummy"}


@scenario(REGISTER, WHOAMI, branch="asked for the flows first, then done in the same session")
def registers_in_two_steps(cast: Cast) -> None:
    alice = cast.nobody("alice")
    wish = {"username": cast.localpart("alice"), "password": PASSWORD}
    challenge = alice.post("/register", wish)
    auth = {**DUMMY, "session": challenge.json["session"]}
    alice.token = alice.post("/register", {**wish, "auth": auth}).ok()["access_token"]
    alice.get("/account/whoami")


@scenario(REGISTER, branch="the second step needs no body but the session")
def registers_with_the_session_alone(cast: Cast) -> None:
    alice = cast.nobody("alice")
    wish = {"username": cast.localpart("alice"), "password": PASSWORD, "device_id": "PHONE"}
    challenge = alice.post("/register", wish)
    auth = {**DUMMY, "session": challenge.json["session"]}
    alice.post("/register", {"auth": auth}).ok()
    # The session is done: the same answer again.
    alice.post("/register", {"auth": auth})


@scenario(REGISTER, branch="without logging in, then a login")
def registers_without_login(cast: Cast) -> None:
    alice = cast.nobody("alice")
    wish = {"username": cast.localpart("alice"), "password": PASSWORD, "inhibit_login": True}
    alice.post("/register", {**wish, "auth": DUMMY}).ok()
    alice.login(cast.user_id("alice"), PASSWORD, device_id="PHONE")


@scenario(REGISTER, branch="a device of one's own with a name, and a refresh token")
def registers_a_named_device(cast: Cast) -> None:
    wish = {
        "username": cast.localpart("alice"),
        "password": PASSWORD,
        "device_id": "MY-PHONE",
        "initial_device_display_name": "Alice's phone",
        "refresh_token": True,
    }
    cast.nobody("alice").post("/register", {**wish, "auth": DUMMY}).ok()


@scenario(REGISTER, AVAILABLE, branch="user names that are taken, malformed or kept for others")
def refuses_user_names(cast: Cast) -> None:
    alice, nobody = cast.user("alice"), cast.nobody()
    names = [cast.localpart("alice"), cast.localpart("ALICE"), "_bot", "a b", "a:b", "ä", "x" * 250]
    for name in [*names, "1234", "", "@a", "a/b+c=d"]:
        nobody.get("/register/available", username=name)
        if name != "a/b+c=d":
            nobody.post("/register", {"username": name, "password": PASSWORD})
    nobody.get("/register/available")
    alice.get("/register/available", username=cast.localpart("somebody"))


@scenario(REGISTER, branch="passwords that are missing, empty, too long or no texts")
def refuses_passwords(cast: Cast) -> None:
    nobody = cast.nobody()
    passwords: list[Any] = ["", "x" * 513, 1, None, ["x"]]
    for number, password in enumerate(passwords):
        wish = {"username": cast.localpart(f"u{number}"), "password": password, "auth": DUMMY}
        nobody.post("/register", wish)
    nobody.post("/register", {"username": cast.localpart("none"), "auth": DUMMY})


@scenario(REGISTER, branch="sessions that are unknown, of another kind, or of another name")
def refuses_sessions(cast: Cast) -> None:
    nobody = cast.nobody()
    wish = {"username": cast.localpart("one"), "password": PASSWORD}
    session = nobody.post("/register", wish).json["session"]
    nobody.post("/register", {**wish, "auth": {**DUMMY, "session": "x" * 24}})
    nobody.post("/register", {**wish, "auth": {"type": "m.login.magic", "session": session}})
    nobody.post("/register", {**wish, "auth": {"session": session}})
    nobody.post("/register", {**wish, "auth": []})
    other = {"username": cast.localpart("two"), "password": PASSWORD}
    nobody.post("/register", {**other, "auth": {**DUMMY, "session": session}})


@scenario(REGISTER, WHOAMI, branch="guests: an account without name, and what it may ask")
def registers_a_guest(cast: Cast) -> None:
    guest = cast.nobody("guest")
    answer = guest.request("POST", "/register", {}, params={"kind": "guest"}).ok()
    guest.token = answer["access_token"]
    guest.get("/account/whoami")
    guest.get("/sync", timeout=0)
    guest.get("/pushrules/")
    guest.get("/joined_rooms")
    guest.post("/logout")
    guest.get("/account/whoami")


@scenario(REGISTER, branch="kinds of accounts that there are not")
def refuses_kinds(cast: Cast) -> None:
    nobody = cast.nobody()
    for kind in ("admin", "", "GUEST"):
        nobody.request("POST", "/register", {}, params={"kind": kind})


@scenario(REGISTER, AVAILABLE, branch="several ask for one name at once: one gets it", rows=False)
def registers_once_per_name(cast: Cast) -> None:
    nobody = cast.nobody()
    nobody.quiet = True
    wish = {"username": cast.localpart("alice"), "password": PASSWORD, "auth": DUMMY}
    made = cast.at_once(*(partial(nobody.post, "/register", wish) for _ in range(4)))
    assert sorted(one.status for one in made) == [200, 400, 400, 400]
    nobody.quiet = False
    nobody.get("/register/available", username=cast.localpart("alice"))
    nobody.post("/register", wish)


def registration_tokens(cast: Cast) -> dict[str, Any]:
    admin = cast.user("admin", admin=True)
    path = "/_synapse/admin/v1/registration_tokens/new"
    admin.post(path, {"token": "one-use", "uses_allowed": 1}).ok()
    admin.post(path, {"token": "endless"}).ok()
    return {}


@scenario(
    REGISTER,
    VALIDITY,
    branch="with a token that is good once",
    prepare=registration_tokens,
    profile="strict",
)
def registers_with_a_token(cast: Cast) -> None:
    alice = cast.nobody("alice")
    validity = "/_matrix/client/v1/register/m.login.registration_token/validity"
    for token in ("one-use", "endless", "unknown"):
        alice.get(validity, token=token)
    for name, token in (("a", "one-use"), ("b", "one-use"), ("c", "unknown"), ("d", "endless")):
        wish = {"username": cast.localpart(name), "password": PASSWORD}
        session = alice.post("/register", wish).json["session"]
        auth = {"type": "m.login.registration_token", "token": token, "session": session}
        alice.post("/register", {**wish, "auth": auth})
        alice.post("/register", {**wish, "auth": {**DUMMY, "session": session}})
        alice.get(validity, token=token)


@scenario(REGISTER, branch="a policy for passwords", profile="strict")
def keeps_the_password_policy(cast: Cast) -> None:
    nobody = cast.nobody()
    nobody.get("/password_policy")
    for password in ("short", "longer but still fine"):
        nobody.post("/register", {"username": cast.localpart("alice"), "password": password})
