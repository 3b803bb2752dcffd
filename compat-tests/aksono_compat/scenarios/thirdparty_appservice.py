# SPDX-License-Identifier: Apache-2.0
"""Application services: their users and names, and what they know of other networks."""

from ..client import q
from .cast import Actor, Cast
from .model import scenario

CLIENT = "/_matrix/client/*"
THIRDPARTY = f"{CLIENT}/thirdparty"
WHOAMI = f"GET {CLIENT}/account/whoami"
REGISTER = f"POST {CLIENT}/register"
LOGIN = f"POST {CLIENT}/login"
PING = f"POST {CLIENT}/appservice/{{appservice_id}}/ping"
AS = "m.login.application_service"


UNKNOWN = "application services are not known: their tokens, their users, their names"


def _name(cast: Cast, name: str) -> str:
    """A user name that belongs to the bridge, and to this scenario."""
    return cast.localpart(f"bridged_{name}")


def _bridge(cast: Cast, token: str = "as-token-of-the-bridge") -> Actor:
    bridge = cast.nobody("bridge")
    bridge.token = token
    return bridge


@scenario(REGISTER, WHOAMI, branch="users of its own, and speaking for them", profile="bridge",
          differs=UNKNOWN)  # fmt: skip
def speaks_for_its_users(cast: Cast) -> None:
    alice, bridge = cast.user("alice"), _bridge(cast)
    bridge.get("/account/whoami")
    one = cast.user_id("bridged_one")
    wish = {"type": AS, "username": _name(cast, "one"), "inhibit_login": True}
    for _ in range(2):
        bridge.post("/register", wish)
    names = (one, "@bridged_none:test.local", alice.user_id, "nobody")
    for name in (*names, "@bridged_one:elsewhere.invalid"):
        bridge.get("/account/whoami", user_id=name)
    bridge.get("/account/whoami", user_id=one, device_id="NONE")
    alice.get("/account/whoami", user_id=one)


@scenario(REGISTER, branch="names that belong to it, and to others", profile="bridge",
          differs=UNKNOWN)  # fmt: skip
def keeps_its_names(cast: Cast) -> None:
    bridge, wrong = _bridge(cast), _bridge(cast, "unknown")
    for name in ("outside", _name(cast, "Upper"), _name(cast, "two"), ""):
        for client in (bridge, wrong):
            client.post("/register", {"type": AS, "username": name})
    nobody = cast.nobody()
    three = _name(cast, "three")
    nobody.post("/register", {"username": three, "password": "x"})
    nobody.get("/register/available", username=three)
    nobody.post("/register", {"type": AS, "username": three})


@scenario(LOGIN, branch="logs its users in without a password", profile="bridge",
          differs=UNKNOWN)  # fmt: skip
def logs_its_users_in(cast: Cast) -> None:
    alice, bridge = cast.user("alice"), _bridge(cast)
    name = _name(cast, "login")
    bridge.post("/register", {"type": AS, "username": name, "inhibit_login": True})
    for name in (cast.user_id("bridged_login"), "bridged_unknown", alice.user_id):
        who = {"type": "m.id.user", "user": name}
        wish = {"type": AS, "identifier": who, "device_id": "BRIDGE"}
        for client in (bridge, cast.nobody(), alice):
            client.post("/login", wish)


@scenario(PING, branch="an application service that does not listen", profile="bridge")
def is_not_there(cast: Cast) -> None:
    alice, bridge = cast.user("alice"), _bridge(cast)
    for client in (bridge, alice, cast.nobody()):
        for name in ("bridge", "other"):
            client.post(f"/_matrix/client/v1/appservice/{name}/ping", {"transaction_id": "1"})


@scenario(
    f"POST {CLIENT}/createRoom",
    f"PUT {CLIENT}/directory/room/{{room_alias}}",
    f"PUT {CLIENT}/rooms/{{room_id}}/send/{{event_type}}/{{txn_id}}",
    branch="its users make rooms and speak, at times of its own",
    profile="bridge",
    rows=False,  # how many events one transaction tells the bridge of is a matter of moments
)
def speaks_in_rooms(cast: Cast) -> None:
    alice, bridge = cast.user("alice"), _bridge(cast)
    name = _name(cast, "room")
    bridge.post("/register", {"type": AS, "username": name, "inhibit_login": True})
    who = {"user_id": cast.user_id("bridged_room")}
    made = bridge.request("POST", "/createRoom", {"preset": "public_chat"}, params=who)
    room = made.ok()["room_id"]
    path = f"/rooms/{q(room)}/send/m.room.message/1"
    said = {"msgtype": "m.text", "body": "from elsewhere"}
    bridge.request("PUT", path, said, params={**who, "ts": 1500000000000})
    alias = "/directory/room/%23bridged_room%3Atest.local"
    alice.put(alias, {"room_id": room})
    bridge.request("PUT", alias, {"room_id": room}, params=who)
    alice.join("#bridged_room:test.local")
    alice.get(f"/rooms/{q(room)}/messages", dir="b", limit=3)


@scenario(
    *(f"GET {THIRDPARTY}/{name}" for name in ("protocols", "user", "location")),
    *(f"GET {THIRDPARTY}/{name}/{{protocol}}" for name in ("protocol", "user", "location")),
    branch="no other network is known",
)
def knows_no_other_network(cast: Cast) -> None:
    alice = cast.user("alice")
    for path in ("protocols", "protocol/irc", "user", "user/irc", "location", "location/irc"):
        alice.get(f"/thirdparty/{path}")
        alice.get(f"/thirdparty/{path}", userid="@x:test.local", alias="#x:test.local")
    cast.nobody().get("/thirdparty/protocols")


@scenario(
    f"GET {THIRDPARTY}/protocols",
    f"GET {THIRDPARTY}/user/{{protocol}}",
    branch="a network whose application service does not answer",
    profile="bridge",
)
def knows_a_silent_network(cast: Cast) -> None:
    alice = cast.user("alice")
    for path in ("protocols", "protocol/smoke", "user/smoke", "location/smoke"):
        alice.get(f"/thirdparty/{path}")
