# SPDX-License-Identifier: Apache-2.0
"""What runs into each rate limit: how many are let in, and what a refusal says."""

from typing import Any

from .account_phases import Phase
from .client import q
from .demo import PASSWORD
from .steps import Steps

_TIGHT = {"per_second": 0.01, "burst_count": 2}
_OPEN = {"per_second": 100000, "burst_count": 100000}


def _login(**limits: Any) -> dict[str, Any]:
    return {"rc_login": {"address": _OPEN, "account": _OPEN, "failed_attempts": _OPEN, **limits}}


def _by_address(s: Steps) -> None:
    s.login("wrong", "alice", "wrong")
    s.do("no type", "POST", "/login", {})
    s.do("unknown type", "POST", "/login", {"type": "m.other"})
    s.do("for services", "POST", "/login", {"type": "m.login.application_service"})
    s.do("flows", "GET", "/login")
    s.login("refused", "alice", device_id="LIMIT")
    s.login("refused again", "bob", device_id="LIMIT")
    s.do("token", "POST", "/login", {"type": "m.login.token", "token": "x"})
    s.do("for services, refused", "POST", "/login", {"type": "m.login.application_service"})


def _by_account(s: Steps) -> None:
    for number in range(4):
        s.login(f"alice {number}", "alice", device_id="LIMIT")
    s.login("alice in other letters", "ALICE", device_id="LIMIT")
    s.login("wrong for alice", "alice", "wrong")
    s.login("bob", "bob", device_id="LIMIT")
    s.login("unknown", "nobody")


def _by_failures(s: Steps) -> None:
    for number in range(4):
        s.login(f"wrong {number}", "alice", "wrong")
    s.login("right", "alice", device_id="LIMIT")
    s.login("other letters", "@ALICE:test.local", "wrong")
    for number in range(4):
        s.login(f"unknown {number}", "Nobody", "wrong")
    s.login("unknown in other letters", "nobody", "wrong")
    mail = {"type": "m.id.thirdparty", "medium": "email", "address": "none@example.com"}
    body = {"type": "m.login.password", "identifier": mail, "password": "wrong"}
    for number in range(4):
        s.do(f"mail {number}", "POST", "/login", body)
    for number in range(3):
        s.login(f"bob {number}", "bob", device_id="LIMIT")


def _registrations(s: Steps) -> None:
    for number in range(2):
        s.do(f"challenge {number}", "POST", "/register", {"username": "some", "password": "x"})
    s.register("one", "one-more", PASSWORD)
    s.do("guest", "POST", "/register?kind=guest", {"initial_device_display_name": "x"})
    s.do("guest, refused", "POST", "/register?kind=guest", {})
    s.do("challenge, refused", "POST", "/register", {"username": "some", "password": "x"})
    s.register("refused", "two-more", PASSWORD)
    s.do("available", "GET", "/register/available?username=free")
    s.do("bad name, refused", "POST", "/register", {"username": "_bad"})
    s.do("nonce", "GET", "/_synapse/admin/v1/register")


def _token_validity(s: Steps) -> None:
    path = "/_matrix/client/v1/register/m.login.registration_token/validity"
    for number in range(4):
        s.do(f"valid {number}", "GET", f"{path}?token=x")
    s.do("no token", "GET", path)


# The puppet is a session of an admin who acts as Bob.
OVERRIDES = """INSERT INTO ratelimit_override (user_id, messages_per_second, burst_count) VALUES
    ('@bob:test.local', 0, 0), ('@carol:test.local', 1, 3), ('@dave:test.local', 1, 1)"""
NO_OVERRIDES = """DELETE FROM ratelimit_override; UPDATE users SET admin = 1
    WHERE name = '@alice:test.local';
    INSERT INTO access_tokens (id, user_id, token, device_id, puppets_user_id, used) VALUES
    (90001, '@admin:test.local', 'syt_puppet', NULL, '@bob:test.local', false)"""


def _say(s: Steps, who: str, step: str, room: str = "public", kind: str = "m.room.message") -> str:
    path = f"/rooms/{q(s.twin.world.demo.rooms[room])}/send/{kind}/{q(s.phase + step + who)}"
    content = {"msgtype": "m.text", "body": step}
    token = s.twin.world.demo.users[who]["token"]
    return str(s.do(f"{who}: {step}", "PUT", path, content, token).get("event_id", ""))


def _messages(s: Steps) -> None:
    for who, count in (("alice", 4), ("bob", 4), ("carol", 4), ("dave", 2), ("erin", 4)):
        for number in range(count):
            _say(s, who, f"message {number}")
    _say(s, "alice", "message 0 again")
    _say(s, "alice", "elsewhere", "tea")
    _say(s, "alice", "nowhere", "dm", "m.reaction")


def _repeats(s: Steps) -> None:
    """Transaction ids, receipts and typing pass by the limit; refusals come before it or after."""
    users, rooms = s.twin.world.demo.users, s.twin.world.demo.rooms
    token = users["alice"]["token"]
    room = q(rooms["tea"])
    path = f"/rooms/{room}/send/m.room.message"
    body = {"msgtype": "m.text", "body": "x"}
    s.do("bad content", "PUT", f"{path}/bad", {"body": 1.5}, token)
    s.do("not a member", "PUT", f"/rooms/{q('!none:test.local')}/send/m.x/1", body, token)
    s.do("first", "PUT", f"{path}/one", body, token)
    s.do("first again", "PUT", f"{path}/one", body, token)
    s.do("second", "PUT", f"{path}/two", body, token)
    s.do("third", "PUT", f"{path}/three", body, token)
    s.do("first, a third time", "PUT", f"{path}/one", body, token)
    event = q(s.twin.world.demo.events["last"])
    s.do("receipt", "POST", f"/rooms/{room}/receipt/m.read/{event}", {}, token)
    typing = f"/rooms/{room}/typing/{users['alice']['user_id']}"
    s.do("typing", "PUT", typing, {"typing": True, "timeout": 10}, token)
    s.do("redact, others", "PUT", f"/rooms/{room}/redact/{event}/r1", {}, token)
    s.do("redact, nothing", "PUT", f"/rooms/{room}/redact/$nothing/r2", {}, token)
    own = q(s.twin.world.demo.events["v1"])
    v1 = q(rooms["v1"])
    s.do("redact, own", "PUT", f"/rooms/{v1}/redact/{own}/r3", {}, token)
    bob = users["bob"]["token"]
    for number in range(2):
        s.do(f"bob {number}", "PUT", f"{path}/bob{number}", body, bob)
    s.do("bob as puppet", "PUT", f"{path}/puppet", body, "syt_puppet")
    s.do("bob, not a member", "PUT", f"/rooms/{q(rooms['space'])}/send/m.x/1", body, bob)
    s.do("bad content, refused", "PUT", f"{path}/bad2", {"body": 1.5}, token)
    s.do("not a member, refused", "PUT", f"/rooms/{q('!none:test.local')}/send/m.x/2", body, token)


def _admin_redactions(s: Steps) -> None:
    """Alice rules the room: redactions of what others said are those of an admin."""
    room = s.twin.world.demo.rooms["public"]
    for who in ("alice", "carol", "bob"):
        events = [_say(s, "bob", f"to redact by {who} {number}") for number in range(4)]
        token = s.twin.world.demo.users[who]["token"]
        for number, event in enumerate(events):
            path = f"/rooms/{q(room)}/redact/{q(event or '$none')}/{q(s.phase)}{number}"
            s.do(f"{who}: redaction {number}", "PUT", path, {}, token)
    _say(s, "alice", "message after redactions")


LIMIT_PHASES = (
    Phase("address", _by_address, _login(address={"per_second": 0.01, "burst_count": 3})),
    Phase("account", _by_account, _login(account=_TIGHT)),
    Phase("failures", _by_failures, _login(failed_attempts=_TIGHT)),
    Phase("registration", _registrations, {"rc_registration": _TIGHT}),
    Phase(
        "registration, half",
        _registrations,
        {"rc_registration": {"per_second": 0.01, "burst_count": 2.5}},
    ),
    Phase(
        "validity",
        _token_validity,
        {"rc_registration_token_validity": _TIGHT, "registration_requires_token": True},
    ),
    Phase(
        "validity, closed",
        _token_validity,
        {"rc_registration_token_validity": _TIGHT, "enable_registration": False},
    ),
    Phase("messages", _messages, {"rc_message": _TIGHT}, OVERRIDES),
    Phase("repeats", _repeats, {"rc_message": _TIGHT}, NO_OVERRIDES),
    Phase("redactions", _admin_redactions, {"rc_message": {"per_second": 0.01, "burst_count": 5}}),
    Phase(
        "admin redactions",
        _admin_redactions,
        {
            "rc_message": {"per_second": 0.01, "burst_count": 5},
            "rc_admin_redaction": {"per_second": 0.01, "burst_count": 2},
        },
    ),
)
