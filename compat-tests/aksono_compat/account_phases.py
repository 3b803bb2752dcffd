# SPDX-License-Identifier: Apache-2.0
"""Configurations of accounts that are not the usual ones, and what is asked under each."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .demo import PASSWORD
from .pair import Twin
from .steps import Steps

_GOOD = "Long-Enough-1"
_TOKEN_STAGE = "m.login.registration_token"


@dataclass(frozen=True)
class Phase:
    """Both servers are stopped, `sql` is run, and they are started again with `options`."""

    name: str
    script: Callable[[Steps], None]
    options: dict[str, Any] = field(default_factory=dict)
    sql: str = ""


def start_phase(twin: Twin, phase: Phase) -> None:
    """Not from a thread that ends: the server would end with it."""
    twin.server.stop()
    twin.server.site.options = phase.options
    if phase.sql:
        with twin.cluster.session(twin.database) as cursor:
            cursor.execute(phase.sql)
    twin.server.start()


def _policy(s: Steps) -> None:
    s.do("policy", "GET", "/password_policy")
    wrong = {
        "short": "Ab1-",
        "no digit": "Abcdefgh-",
        "no symbol": "Abcdefgh1",
        "no upper": "abcdefgh-1",
        "no lower": "ABCDEFGH-1",
        "other letters": "Äöü-12345",
        "letters of other cases": "Éééééé-1a",
        "short in letters": "Ää1-öß",
        "nothing": "",
    }
    for name, password in wrong.items():
        s.register(f"register: {name}", f"p{len(name)}", password)
    s.register("register", "peppered", _GOOD)
    s.login("login", "peppered", _GOOD, device_id="P1")
    s.login("login: another password", "peppered", "Long-Enough-2")
    s.login("login: without pepper", "alice")
    s.register("register: other writing", "twice", "\uff26ull-Width-1")
    s.login("login: other writing", "twice", "Full-Width-1", device_id="P2")
    long = "Aa1-" + "é" * 60
    s.register("register: long", "longer", long)
    s.login("login: long", "longer", long, device_id="P3")
    s.login("login: long, cut", "longer", long[:-8])
    s.register("register: too long", "toolong", "Aa1-" + "x" * 509)
    s.login("login: too long", "longer", "Aa1-" + "x" * 5000)


def _weak_policy(s: Steps) -> None:
    s.do("policy", "GET", "/password_policy")
    s.register("register", "anything", "a")


def _no_passwords(s: Steps) -> None:
    s.do("flows", "GET", "/login")
    s.login("login", "alice")
    s.login("login: unknown", "nobody")
    s.do("login: no password", "POST", "/login", {"type": "m.login.password", "user": "alice"})
    s.do("login: nobody", "POST", "/login", {"type": "m.login.password", "password": "x"})
    s.register("register", f"r-{s.phase.replace(' ', '-')}", _GOOD)
    s.who("old token", s.twin.world.demo.users["alice"]["token"])


def _lifetimes(s: Steps) -> None:
    plain = s.login("login", "alice", device_id="L1")
    fresh = s.login("login: refreshable", "alice", device_id="L2", refresh_token=True)
    s.register("register", "mayfly", _GOOD)
    s.register("register: refreshable", "mayfly2", _GOOD, refresh_token=True)
    other = s.login("login: to end", "alice", device_id="L3")
    for body in ({}, {"refresh_token": 1}, {"refresh_token": "syr_none"}, {"refresh_token": ""}):
        s.do(f"refresh {body}", "POST", "/refresh", body)
    token = fresh.get("refresh_token", "")
    second = s.do("refresh", "POST", "/refresh", {"refresh_token": token})
    time.sleep(2.6)
    s.who("plain after 2.6 s", plain["access_token"])
    s.who("refreshable after 2.6 s", fresh["access_token"])
    s.who("refreshed after 2.6 s", second.get("access_token", ""))
    s.do("logout when expired", "POST", "/logout", {}, other["access_token"])
    s.do("logout again", "POST", "/logout", {}, other["access_token"])
    third = s.do(
        "refresh after 2.6 s", "POST", "/refresh", {"refresh_token": second.get("refresh_token")}
    )
    s.who("refreshed twice", third.get("access_token", ""))
    time.sleep(3)
    s.do(
        "refresh after 5.6 s", "POST", "/refresh", {"refresh_token": third.get("refresh_token", "")}
    )
    s.who("at the end", third.get("access_token", ""))


def _long_lifetimes(s: Steps) -> None:
    s.login("login", "alice", device_id="L4")
    fresh = s.login("refreshable", "alice", device_id="L5", refresh_token=True)
    second = s.do("refresh", "POST", "/refresh", {"refresh_token": fresh.get("refresh_token")})
    s.who("refreshed", second.get("access_token", ""))
    s.do("refresh again", "POST", "/refresh", {"refresh_token": second.get("refresh_token")})
    s.do("the first again", "POST", "/refresh", {"refresh_token": fresh.get("refresh_token")})
    s.register("register", "turtle", _GOOD)


def _registration_off(s: Steps) -> None:
    s.register("register", "late", _GOOD)
    s.do("register: nothing", "POST", "/register", {})
    s.do("register: bad name", "POST", "/register", {"username": 1})
    s.do("register: guest", "POST", "/register?kind=guest", {})
    s.do("register: other", "POST", "/register?kind=other", {})
    s.do("available", "GET", "/register/available?username=alice")
    s.do("available: nothing", "GET", "/register/available")
    s.do("validity", "GET", "/../v1/register/m.login.registration_token/validity?token=x")
    s.who("guest", s.twin.world.demo.users["guest"]["token"])


def _names(s: Steps) -> None:
    for name in ("alice", "Alice", "_under", "with space", "ümlaut", "1234", "a" * 250, "=_-./+"):
        short = name[:10]
        s.do(f"available {short!r}", "GET", f"/register/available?username={name}")
        s.do(f"challenge {short!r}", "POST", "/register", {"username": name, "password": _GOOD})
        s.register(f"register {short!r}", name, _GOOD)


TOKEN_ROWS = """INSERT INTO registration_tokens
    (token, uses_allowed, pending, completed, expiry_time) VALUES
    ('free', NULL, 0, 0, NULL), ('once', 1, 0, 0, NULL), ('used', 1, 0, 1, NULL),
    ('waiting', 1, 1, 0, NULL), ('expired', NULL, 0, 0, 1000),
    ('later', 5, 0, 2, 32503680000000), ('never', 0, 0, 0, NULL)"""


def _registration_tokens(s: Steps) -> None:
    path = "/_matrix/client/v1/register/m.login.registration_token/validity"
    for token in ("free", "once", "used", "waiting", "expired", "later", "never", "none", ""):
        s.do(f"valid: {token!r}", "GET", f"{path}?token={token}")
    s.do("valid: not told", "GET", path)
    # "Never" is no limit at all: the first of these that the session keeps.
    wish = {"username": "invited", "password": _GOOD, "device_id": "T1"}
    session = s.do("challenge", "POST", "/register", wish).get("session", "")
    wrong: tuple[Any, ...] = ("used", "waiting", "expired", "never", "none", "", 1, None, ["free"])
    for token in wrong:
        auth = {"type": _TOKEN_STAGE, "session": session, "token": token}
        s.do(f"token {token!r}", "POST", "/register", {**wish, "auth": auth})
    for auth in ({"type": _TOKEN_STAGE}, {"type": "m.login.dummy"}, {"type": "m.login.terms"}):
        s.do(f"auth {auth}", "POST", "/register", {**wish, "auth": {**auth, "session": session}})
    s.do("neither", "POST", "/register", {**wish, "auth": {"type": _TOKEN_STAGE}})
    auth = {"type": _TOKEN_STAGE, "session": session, "token": "once"}
    s.do("once, first", "POST", "/register", {**wish, "auth": auth})
    s.do("valid: once, pending", "GET", f"{path}?token=once")
    s.do("once, repeated", "POST", "/register", {**wish, "auth": auth})
    changed = {**auth, "token": "free"}
    s.do("another token in the session", "POST", "/register", {**wish, "auth": changed})
    other = s.do("challenge 2", "POST", "/register", {**wish, "username": "second"})
    late = {**auth, "session": other.get("session", "")}
    s.do("once, second session", "POST", "/register", {**wish, "username": "second", "auth": late})
    dummy = {"type": "m.login.dummy", "session": session}
    s.do("done", "POST", "/register", {**wish, "auth": dummy})
    s.do("never, when done", "POST", "/register", {**wish, "auth": {**auth, "token": "never"}})
    s.do("done, after that", "POST", "/register", {**wish, "auth": dummy})
    dummy = {"type": "m.login.dummy", "session": late["session"]}
    s.do("second: taken name", "POST", "/register", {**wish, "username": "alice", "auth": dummy})
    s.do("second: done", "POST", "/register", {**wish, "username": "second", "auth": dummy})
    s.do("valid: once, completed", "GET", f"{path}?token=once")
    s.do("done, repeated", "POST", "/register", {**wish, "auth": dummy})
    # In one request: with a token that has no limit.
    body = {"username": "third", "password": _GOOD, "device_id": "T2"}
    auth = {"type": _TOKEN_STAGE, "token": "free"}
    opened = s.do("free, without session", "POST", "/register", {**body, "auth": auth})
    dummy = {"type": "m.login.dummy", "session": opened.get("session", "")}
    s.do("free, done", "POST", "/register", {**body, "auth": dummy})
    auth = {"type": _TOKEN_STAGE, "token": "later"}
    s.do("left pending", "POST", "/register", {**body, "username": "fourth", "auth": auth})
    s.do("shared secret needs none", "GET", "/_synapse/admin/v1/register")


STATES_SQL = """
    UPDATE users SET deactivated = 1 WHERE name = '@bob:test.local';
    UPDATE users SET locked = true WHERE name = '@carol:test.local';
    UPDATE users SET suspended = true WHERE name = '@dave:test.local';
    UPDATE users SET shadow_banned = true WHERE name = '@erin:test.local';
    UPDATE users SET approved = false WHERE name = '@frank:test.local';
    INSERT INTO account_validity (user_id, expiration_ts_ms, email_sent)
        VALUES ('@alice:test.local', 1000, false);
    INSERT INTO users (name, password_hash, creation_ts, admin, is_guest, deactivated)
        SELECT v.name, u.password_hash, u.creation_ts, 0, 0, 0
        FROM users u, (VALUES ('@Mixed:test.local'), ('@mixed:test.local'), ('@Upper:test.local'))
            AS v(name) WHERE u.name = '@alice:test.local';
    INSERT INTO users (name, password_hash, creation_ts, admin, is_guest, deactivated)
        SELECT v.name, v.hash, u.creation_ts, 0, 0, 0
        FROM users u, (VALUES ('@nohash:test.local', NULL), ('@empty:test.local', ''),
            ('@odd:test.local', 'not bcrypt')) AS v(name, hash)
        WHERE u.name = '@alice:test.local';
    INSERT INTO user_threepids (user_id, medium, address, validated_at, added_at) VALUES
        ('@alice:test.local', 'email', 'alice@example.com', 1, 1),
        ('@alice:test.local', 'msisdn', '491701234567', 1, 1);
    INSERT INTO login_tokens (token, user_id, expiry_ts) VALUES
        ('tok-bob', '@bob:test.local', 32503680000000),
        ('tok-carol', '@carol:test.local', 32503680000000),
        ('tok-dave', '@dave:test.local', 32503680000000),
        ('tok-old', '@alice:test.local', 1000),
        ('tok-gone', '@noone:test.local', 32503680000000),
        ('tok-good', '@alice:test.local', 32503680000000);
"""


def _states(s: Steps) -> None:
    users = s.twin.world.demo.users
    for name in ("alice", "bob", "carol", "dave", "erin", "frank"):
        token = users[name]["token"]
        s.who(f"old token of {name}", token)
        s.do(f"rooms of {name}", "GET", "/joined_rooms", token=token)
        s.do(f"filter of {name}", "POST", f"/user/{users[name]['user_id']}/filter", {}, token)
        answer = s.login(f"login of {name}", name, device_id="STATE")
        s.login(f"wrong login of {name}", name, "wrong")
        if "access_token" in answer:
            s.who(f"new token of {name}", answer["access_token"])
    for name in ("tok-bob", "tok-carol", "tok-dave", "tok-old", "tok-gone", "tok-none", "tok-good"):
        body = {"type": "m.login.token", "token": name, "device_id": "BYTOKEN"}
        s.do(f"login by {name}", "POST", "/login", body)
    s.do(
        "login by tok-good again", "POST", "/login", {"type": "m.login.token", "token": "tok-good"}
    )
    s.do("locked: logout", "POST", "/logout", {}, users["carol"]["token"])
    s.do("locked: logout again", "POST", "/logout", {}, users["carol"]["token"])


def _identifiers(s: Steps) -> None:
    names = (
        *("alice", "Alice", "@alice:test.local", "@ALICE:test.local", "@alice:TEST.local"),
        *("alice:test.local", "@alice", "@alice:other.example", "mixed", "Mixed", "MIXED", "upper"),
        *("nohash", "empty", "odd", "", " alice", "alice ", "@:test.local", "ünï", "a" * 600),
    )
    for name in names:
        s.login(f"user {name[:25]!r}", name, device_id="IDENT")
    password: dict[str, Any] = {"type": "m.login.password"}
    password["password"] = PASSWORD
    identifiers: tuple[Any, ...] = (
        {"type": "m.id.thirdparty", "medium": "email", "address": "alice@example.com"},
        {"type": "m.id.thirdparty", "medium": "email", "address": " ALICE@Example.com "},
        {"type": "m.id.thirdparty", "medium": "email", "address": "nobody@example.com"},
        {"type": "m.id.thirdparty", "medium": "email", "address": "no address"},
        {"type": "m.id.thirdparty", "medium": "msisdn", "address": "491701234567"},
        {"type": "m.id.thirdparty", "medium": "msisdn", "address": "+491701234567"},
        {"type": "m.id.thirdparty", "medium": "other", "address": "x"},
        {"type": "m.id.thirdparty", "address": "x"},
        {"type": "m.id.phone", "country": "DE", "phone": "+49 170 1234567"},
        {"type": "m.id.phone", "country": "DE", "number": "+49 170 1234567"},
        {"type": "m.id.phone", "country": "DE", "number": "+49 170 7654321"},
        {"type": "m.id.phone", "country": "DE", "number": "words"},
        {"type": "m.id.phone", "number": "+491701234567"},
        {"type": "m.id.other", "user": "alice"},
        {"type": "m.id.user"},
        {"type": 1, "user": "alice"},
        {"user": "alice"},
        {},
        None,
    )
    for number, identifier in enumerate(identifiers):
        body = {**password, "identifier": identifier, "device_id": "IDENT"}
        s.do(f"identifier {number} {identifier}", "POST", "/login", body)
    bodies: tuple[dict[str, Any], ...] = (
        {"user": "alice"},
        {"user": "alice", "identifier": {"type": "m.id.user", "user": "bob"}},
        {"medium": "email", "address": "alice@example.com"},
        {"medium": "email"},
        {},
    )
    for number, extra in enumerate(bodies):
        s.do(f"body {number}", "POST", "/login", {**password, **extra, "device_id": "IDENT"})


def _answers_of_login(s: Steps) -> None:
    s.login("login", "alice", device_id="WK")
    s.do("well-known", "GET", "/.well-known/matrix/client")
    s.register("register", "wk", _GOOD)
    s.do("guest", "POST", "/register?kind=guest", {"refresh_token": True})


_ALL = {"enabled": True, "minimum_length": 8, "require_digit": True, "require_symbol": True}
_ALL |= {"require_lowercase": True, "require_uppercase": True}
_OPEN = {"per_second": 100000, "burst_count": 100000}
_WEAK = {"enabled": False, "minimum_length": 100, "require_digit": True}

PHASES = (
    Phase(
        "policy",
        _policy,
        {"password_config": {"pepper": "pépper", "policy": _ALL}, "bcrypt_rounds": 5},
    ),
    Phase("policy off", _weak_policy, {"password_config": {"policy": _WEAK}}),
    Phase("passwords off", _no_passwords, {"password_config": {"enabled": False}}),
    Phase("reauth", _no_passwords, {"password_config": {"enabled": "only_for_reauth"}}),
    Phase("no localdb", _no_passwords, {"password_config": {"localdb_enabled": False}}),
    Phase(
        "short tokens",
        _lifetimes,
        {
            "refreshable_access_token_lifetime": "2s",
            "nonrefreshable_access_token_lifetime": "2s",
            "refresh_token_lifetime": "4s",
        },
    ),
    Phase("short sessions", _lifetimes, {"session_lifetime": "5s"}),
    Phase(
        "short sessions, refreshable",
        _lifetimes,
        {
            "session_lifetime": "5s",
            "refreshable_access_token_lifetime": "2s",
            "nonrefreshable_access_token_lifetime": "2s",
            "refresh_token_lifetime": "5s",
        },
    ),
    Phase(
        "long lifetimes",
        _long_lifetimes,
        {
            "session_lifetime": "10h",
            "refreshable_access_token_lifetime": "1h",
            "nonrefreshable_access_token_lifetime": "2h",
            "refresh_token_lifetime": "3h",
        },
    ),
    Phase(
        "no refreshing",
        _long_lifetimes,
        {"refreshable_access_token_lifetime": None, "nonrefreshable_access_token_lifetime": "2h"},
    ),
    Phase(
        "registration off",
        _registration_off,
        {"enable_registration": False, "allow_guest_access": False},
    ),
    Phase("quiet about names", _names, {"inhibit_user_in_use_error": True}),
    Phase("underscores", _names, {"allow_underscore_prefixed_localpart": True}),
    Phase(
        "tokens",
        _registration_tokens,
        {"registration_requires_token": True, "rc_registration_token_validity": _OPEN},
        TOKEN_ROWS,
    ),
    Phase(
        "identity server",
        _answers_of_login,
        {"default_identity_server": "https://id.example", "serve_server_wellknown": True},
    ),
    Phase("identifiers", _identifiers, {}, STATES_SQL),
    Phase("states", _states),
)
