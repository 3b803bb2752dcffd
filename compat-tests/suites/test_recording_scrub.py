# SPDX-License-Identifier: Apache-2.0
"""What is replaced and what stays, value by value."""

from __future__ import annotations

import base64
import gzip
import json
import re
import zlib
from pathlib import Path
from typing import Any

import pytest

from aksono_compat.recording import routes
from aksono_compat.recording import vocabulary as words
from aksono_compat.recording.bodies import is_media
from aksono_compat.recording.capture import Captured, CapturedBody
from aksono_compat.recording.format import Exchange, exchange_line
from aksono_compat.recording.identity import Identities
from aksono_compat.recording.keys import PLACEHOLDER, Keys
from aksono_compat.recording.routes import find_route, surface
from aksono_compat.recording.sampling import Sample
from aksono_compat.recording.scrub import Scrubber, answer_mode, request_mode

KEYS = Keys(b"k" * 32)
V3 = "/_matrix/client/v3"
TOKEN = "syt_YWxpY2U_abcdefghijklmnopqrst_0a1B2c"
KEY = "bWFzdGVyIGtleSBtYXN0ZXIga2V5IG1hc3RlciBrZXk"


def captured(
    method: str, target: str, body: Any = None, answer: Any = None, **more: Any
) -> Captured:
    found = Captured(1, 0, 0, method, target, status=200, **more)
    for name, value in (("body", body), ("answer", answer)):
        if value is not None:
            data = value if isinstance(value, bytes) else json.dumps(value).encode()
            setattr(found, name, CapturedBody(data, len(data)))
    return found


def scrub(*what: Any, content: bool = False, **more: Any) -> Exchange:
    scrubber = Scrubber(KEYS, server_name="a.example", content=content)
    exchange = scrubber.exchange(captured(*what, **more))
    assert exchange
    return exchange


def sent(target: str, body: Any, method: str = "PUT", **more: Any) -> Any:
    return scrub(method, target, body, **more).body.value


def answered(target: str, answer: Any, **more: Any) -> Any:
    return scrub("GET", target, None, answer, **more).answer.value


def text(value: str) -> str:
    return KEYS.placeholder("text", value)


MESSAGE = f"{V3}/rooms/!room:a.example/send/m.room.message/1"
EVENT = {"type": "m.room.message", "sender": "@b:a.example", "event_id": "$" + "e" * 43}


def test_a_message() -> None:
    said = {
        "msgtype": "m.text",
        "body": "hello @b:a.example",
        "formatted_body": "<b>x</b>",
        "format": "org.matrix.custom.html",
        "m.mentions": {"user_ids": ["@b:a.example"], "room": True},
        "m.relates_to": {"rel_type": "m.thread", "event_id": "$" + "e" * 43, "key": "👍"},
        "url": "mxc://a.example/media",
        "link": "https://x.example",
        "number": 7,
        "nothing": None,
        "kind of": {"my words": "said"},
    }
    assert sent(MESSAGE, said) == {
        "msgtype": "m.text",
        "body": text("hello @b:a.example"),
        "formatted_body": text("<b>x</b>"),
        "format": "org.matrix.custom.html",
        "m.mentions": {"user_ids": ["@b:a.example"], "room": True},
        "m.relates_to": {"rel_type": "m.thread", "event_id": "$" + "e" * 43, "key": text("👍")},
        "url": "mxc://a.example/media",
        text("link"): text("https://x.example"),
        text("number"): 7,
        text("nothing"): None,
        text("kind of"): {text("my words"): text("said")},
    }
    assert sent(MESSAGE, said, content=True) == said


@pytest.mark.parametrize("said", ["@b:a.example", "public", "m.room.message", "!" + "r" * 43])
def test_a_body_is_words_whatever_it_looks_like(said: str) -> None:
    assert sent(MESSAGE, {"body": said}) == {"body": text(said)}


STATE = {
    "m.room.member": {"membership": "join", "join_authorised_via_users_server": "@a:a.example"},
    "m.room.create": {"room_version": "12", "predecessor": {"room_id": "!old:a.example"},
                      "type": "m.space", "additional_creators": ["@a:a.example"]},
    "m.room.power_levels": {"users": {"@a:a.example": 100}, "events": {"m.room.name": 50},
                            "notifications": {"room": 20}, "ban": 50, "users_default": 0},
    "m.room.join_rules": {"join_rule": "restricted", "allow": [
        {"type": "m.room_membership", "room_id": "!other:a.example"}]},
    "m.room.history_visibility": {"history_visibility": "world_readable"},
    "m.room.guest_access": {"guest_access": "can_join"},
    "m.room.encryption": {"algorithm": "m.megolm.v1.aes-sha2", "rotation_period_ms": 9},
    "m.room.canonical_alias": {"alias": "#x:a.example", "alt_aliases": ["#y:a.example"]},
    "m.room.server_acl": {"allow": ["*"], "deny": ["evil.example"], "allow_ip_literals": False},
    "m.room.tombstone": {"replacement_room": "!new12:a.example"},
    "m.room.pinned_events": {"pinned": ["$" + "e" * 43]},
    "m.space.child": {"via": ["a.example"], "order": "aa", "suggested": True},
    "m.room.avatar": {"url": "mxc://a.example/x"},
    "m.direct": {"@a:a.example": ["!room:a.example"]},
    "m.ignored_user_list": {"ignored_users": {"@a:a.example": {}}},
    "m.fully_read": {"event_id": "$" + "e" * 43},
}  # fmt: skip


@pytest.mark.parametrize("kind", STATE)
def test_what_rules_go_by_stays(kind: str) -> None:
    path = f"{V3}/rooms/!room:a.example/state/{kind}/"
    assert sent(path, STATE[kind]) == STATE[kind]
    event = {**EVENT, "type": kind, "state_key": "", "content": STATE[kind]}
    sync = {"rooms": {"join": {"!room:a.example": {"state": {"events": [event]}}}}}
    assert answered(f"{V3}/sync", sync) == sync


def test_sync_keeps_its_form() -> None:
    event = {**EVENT, "content": {"body": "x"}, "origin_server_ts": 9, "unsigned": {"age": 1,
        "transaction_id": "t1", "prev_content": {"name": "old"}, "m.relations": {
            "m.thread": {"count": 1,
                "latest_event": {**EVENT, "content": {"body": "x"}}}}}}  # fmt: skip
    receipt = {"type": "m.receipt", "content": {"$" + "e" * 43: {"m.read": {
        "@a:a.example": {"ts": 9, "thread_id": "main"}}}}}  # fmt: skip
    room = {"timeline": {"events": [event], "limited": True, "prev_batch": "t1-2_3~4.5"},
        "ephemeral": {"events": [receipt, {"type": "m.typing", "content": {
            "user_ids": ["@a:a.example"]}}]}, "summary": {"m.heroes": ["@a:a.example"]},
        "unread_notifications": {"highlight_count": 0}}  # fmt: skip
    sync = {"next_batch": "s1_2_3", "rooms": {"join": {"!room:a.example": room}},
        "device_one_time_keys_count": {"signed_curve25519": 50},
        "device_unused_fallback_key_types": ["signed_curve25519"],
        "device_lists": {"changed": ["@a:a.example"], "left": []}}  # fmt: skip
    expected = json.dumps(sync).replace('"body": "x"', f'"body": "{text("x")}"')
    expected = expected.replace('"name": "old"', f'"name": "{text("old")}"')
    assert answered(f"{V3}/sync?since=s1", sync) == json.loads(expected)


def test_equal_values_are_equal_everywhere() -> None:
    headers = [("Authorization", f"Bearer {TOKEN}")]
    stands = KEYS.token(TOKEN)
    for target in (f"{V3}/sync?access_token={TOKEN}", f"{V3}/sync?x=1&access_token={TOKEN}&y=2"):
        found = scrub("GET", target)
        assert found.target.count(stands) == 1
        assert found.session == stands
        assert found.user_id == "@alice:a.example"
    found = scrub("POST", f"{V3}/logout", {"x": TOKEN}, headers=headers)
    assert found.headers == {"Authorization": f"Bearer {stands}"}
    assert found.session == stands


def test_a_secret_is_found_again_inside_other_texts() -> None:
    scrubber = Scrubber(KEYS, server_name="a.example")
    secret = "opaque-Token/0123456789+="
    first = captured("POST", f"{V3}/login", {}, {"access_token": secret, "user_id": "@a:a.example"})
    assert scrubber.exchange(first)
    encoded = "opaque-Token%2F0123456789%2B%3D"
    for target in (
        f"{V3}/devices/{encoded}",
        f"{V3}/rooms/!room:a.example/send/m.room.message/{encoded}",
        f"{V3}/sync?since={encoded}",
        f"{V3}/sync?filter={encoded}",
        f"{V3}/sync?filter=%7B%22types%22%3A%5B%22{encoded}%22%5D%7D",
    ):
        found = scrubber.exchange(captured("GET", target))
        assert found
        assert "0123456789" not in found.target, target
        assert KEYS.hash(secret.encode()) in found.target
    found = scrubber.exchange(captured("GET", f"{V3}/sync", None, {"next_batch": f"s1,{secret},2"}))
    assert found
    assert found.answer.value == {"next_batch": f"s1,{KEYS.token(secret)},2"}


@pytest.mark.parametrize(
    "target",
    [
        f"{V3}/sync?since=s1_2_3~4&timeout=30000&full_state=false&set_presence=offline&filter=0",
        f"{V3}/sync?filter=%7B%22room%22%3A%7B%22types%22%3A%5B%22m.x%22%5D%7D%7D",
        f"{V3}/rooms/%21room%3Aa.example/messages?dir=b&from=t1-2_3&limit=20",
        f"{V3}/rooms/!room:a.example/state/m.room.member/@a:a.example",
        f"{V3}/rooms/!room:a.example/state/m.room.name/",
        f"{V3}/rooms/!room:a.example/send/org.example.custom/m1234.5",
        f"{V3}/join/%23alias%3Aa.example?via=b.example&server_name=c.example",
        f"{V3}/user/@a:a.example/account_data/m.direct",
        f"{V3}/pushrules/global/override/.m.rule.master/enabled",
        f"{V3}/profile/@a:a.example/displayname",
        f"{V3}/register/available?username=alice",
        f"{V3}/directory/list/room/!room:a.example",
        "/_matrix/media/v3/download/a.example/AbCdEf?allow_remote=false",
        "/_matrix/client/v1/media/thumbnail/a.example/AbC?width=9&height=9&method=crop",
        "/_matrix/federation/v1/send/1234",
        "/_matrix/federation/v2/send_join/!room:a.example/$event:a.example?omit_members=true",
        "/_matrix/federation/v1/query/directory?room_alias=%23a%3Aa.example",
        "/_synapse/admin/v2/users/@a:a.example",
        "/_synapse/admin/v2/users?from=0&limit=10&guests=false&dir=f",
        "/_matrix/client/versions",
        "*",
    ],
)
def test_targets_that_stay_as_they_are(target: str) -> None:
    assert scrub("GET", target).target == target


@pytest.mark.parametrize(
    ("target", "kinds"),
    [
        (f"{V3}/sync?access_token=abc", ["token"]),
        (f"{V3}/room_keys/keys/!room:a.example/{KEY}?version=1", ["key"]),
        (f"{V3}/user_directory/search?x=my+words", ["text"]),
        ("/_matrix/client/v1/media/preview_url?url=https%3A%2F%2Fx.example&ts=9", ["text"]),
        ("/_matrix/media/v3/upload?filename=my%20cat.png", ["text"]),
        ("/_matrix/media/v3/download/a.example/AbC/cat.png", ["text"]),
        ("/_synapse/admin/v1/registration_tokens/t0ken", ["token"]),
        ("/_synapse/admin/v1/threepid/email/users/a%40x.example", ["email"]),
        ("/_synapse/admin/v1/threepid/msisdn/users/4412345678", ["phone"]),
        ("/_synapse/admin/v2/users?name=alice", ["text"]),
        (f"{V3}/user/@a:a.example/rooms/!room:a.example/tags/u.My%20work", ["text"]),
        (f"{V3}/pushrules/global/content/keyword", ["text"]),
        (f"{V3}/rooms/!room:a.example/state/m.room.third_party_invite/abc", ["secret"]),
        (f"{V3}/login/sso/redirect?redirectUrl=https%3A%2F%2Fx", ["text"]),
        ("/_synapse/client/oidc/callback?state=abc&code=def", ["secret", "text"]),
        (f"{V3}/add_threepid/email/submit_token?token=a&client_secret=b&sid=c",
         ["token", "secret", "session"]),
        ("/.env", ["text"]),
        ("/_matrix/client/v3/what/is%20this?who=me", ["text", "text", "text"]),
        ("http://a.example/x", ["text"]),
        (f"{V3}/sync?my%20words", ["text"]),
        (f"{V3}/sync?joe@x.example=1", ["text"]),
        (f"{V3}/sync?h7nter2=1", ["text"]),
    ],
)  # fmt: skip
def test_targets_with_secrets(target: str, kinds: list[str]) -> None:
    found = scrub("GET", target).target
    assert [match[1] for match in PLACEHOLDER.finditer(found)] == kinds


def test_headers() -> None:
    headers = [
        ("Host", "a.example"), ("User-Agent", "me"), ("X-Forwarded-For", "203.0.113.1"),
        ("Content-Type", "application/json"), ("Origin", "https://x"), ("Range", "bytes=0-9"),
        ("authorization", 'X-Matrix origin="b.example",destination="a.example",'
         'key="ed25519:1",sig="c2ln"'), ("Cookie", "a=b; c=d"),
        ("Accept-Language", "joe@x.example"),
    ]  # fmt: skip
    found = scrub("GET", "/_matrix/federation/v1/version", headers=headers)
    assert found.session == "b.example"
    assert found.surface == "federation"
    signature, secret = KEYS.placeholder("signature", "c2ln"), KEYS.placeholder("cookie", "b")
    assert found.headers == {
        "Content-Type": "application/json",
        "Range": "bytes=0-9",
        "authorization": 'X-Matrix origin="b.example",destination="a.example",key="ed25519:1",'
        f'sig="{signature}"',
        "Cookie": f"a={secret}; c={KEYS.placeholder('cookie', 'd')}",
        "Accept-Language": KEYS.placeholder("email", "joe@x.example"),
    }
    found = scrub("GET", f"{V3}/sync", answer_headers=[
        ("Set-Cookie", "s=1; Path=/"), ("Location", "https://x/?loginToken=y"), ("Date", "today"),
        ("Content-Disposition", 'inline; filename="cat.png"'), ("ETag", "1"),
        ("Server", "S")])  # fmt: skip
    assert found.answer_headers == {
        "Set-Cookie": f"s={KEYS.placeholder('cookie', '1')}",
        "Location": KEYS.placeholder("url", "https://x/?loginToken=y"),
        "Content-Disposition": f"inline; filename={text('cat.png')}",
        "ETag": "1",
    }


def test_secrets_of_the_wrong_type() -> None:
    body = {"password": 12345678, "user": "+44 7700 900123", "type": "m.login.password",
            "token": [1234, {"x": "y"}], "new_password": {"a": ["bee"]},
            "refresh_token": True}  # fmt: skip
    found = sent(f"{V3}/login", body, "POST", content=True)
    assert found["password"] == 0
    assert found["token"][0] == 0
    assert "y" not in found["token"][1].values()
    assert PLACEHOLDER.fullmatch(next(iter(found["new_password"].values()))[0])
    assert found["refresh_token"] is True
    found = sent(f"{V3}/login", body, "POST")
    assert found["user"] == KEYS.placeholder("phone", "+44 7700 900123")


def test_content_types() -> None:
    for kept in ("application/json", "text/plain; charset=utf-8", 'text/html;charset="UTF-8"'):
        assert scrub("PUT", MESSAGE, {}, headers=[("Content-Type", kept)]).headers == {
            "Content-Type": kept,
        }  # fmt: skip
    named = scrub("PUT", MESSAGE, {}, headers=[("Content-Type", 'image/png; name="my cat"')])
    assert named.headers["Content-Type"].startswith("image/png; {{text:")


def test_keys_keep_their_structure() -> None:
    me, device = "@a:a.example", "DEVICE"
    body = {"device_keys": {"user_id": me, "device_id": device, "algorithms": ["m.olm.v1"],
        "keys": {f"ed25519:{device}": KEY}, "signatures": {me: {f"ed25519:{device}": "c2ln"}}},
        "one_time_keys": {"signed_curve25519:AAAA": {"key": KEY}}}  # fmt: skip
    key = KEYS.placeholder("key", KEY)
    found = sent(f"{V3}/keys/upload", body, "POST", content=True)
    assert found == {
        "device_keys": {
            "user_id": me,
            "device_id": device,
            "algorithms": ["m.olm.v1"],
            "keys": {f"ed25519:{device}": key},
            "signatures": {me: {f"ed25519:{device}": KEYS.placeholder("signature", "c2ln")}},
        },
        "one_time_keys": {"signed_curve25519:AAAA": {"key": key}},
    }
    cross = {"master_key": {"user_id": me, "usage": ["master"], "keys": {f"ed25519:{KEY}": KEY}}}
    found = sent(f"{V3}/keys/device_signing/upload", cross, "POST")
    assert found["master_key"] == {
        "user_id": me, "usage": ["master"], "keys": {f"ed25519:{key}": key},
    }  # fmt: skip
    query = {"device_keys": {me: []}, "timeout": 10}
    assert sent(f"{V3}/keys/query", query, "POST") == query
    claim = {"one_time_keys": {me: {device: "signed_curve25519"}}}
    assert sent(f"{V3}/keys/claim", claim, "POST") == claim


def test_a_pusher_keeps_the_form_that_the_server_checks() -> None:
    body = {"kind": "http", "app_id": "org.x", "pushkey": "k", "lang": "en", "append": False,
        "data": {"url": "https://push.x.example/_matrix/push/v1/notify",
                 "format": "event_id_only"}}  # fmt: skip
    found = sent(f"{V3}/pushers/set", body, "POST")
    host = KEYS.placeholder("host", "push.x.example")
    assert found == {**body, "pushkey": KEYS.placeholder("pushkey", "k"), "data": {
        "url": f"https://{host}/_matrix/push/v1/notify", "format": "event_id_only"}}  # fmt: skip


def test_filters_stay() -> None:
    body = {"room": {"timeline": {"types": ["m.x", "my type"], "limit": 9, "senders": ["@a:b"]}},
            "event_fields": ["content.body"], "event_format": "client"}  # fmt: skip
    assert sent(f"{V3}/user/@a:a.example/filter", body, "POST") == body
    assert answered(f"{V3}/user/@a:a.example/filter/0", body) == body


def test_sliding_sync_stays() -> None:
    body = {"conn_id": "main", "lists": {"all": {"ranges": [[0, 9]], "timeline_limit": 1,
        "required_state": [["m.room.member", "$LAZY"], ["*", ""]],
        "filters": {"is_dm": True, "room_types": ["m.space"]}}},
        "extensions": {"receipts": {"enabled": True, "rooms": ["*"]}}}  # fmt: skip
    path = "/_matrix/client/unstable/org.matrix.simplified_msc3575/sync?pos=12/s1_2&timeout=0"
    found = scrub("POST", path, body)
    assert found.body.value == body
    assert found.target == path


def test_errors_keep_their_text_but_not_what_they_repeat() -> None:
    error = {"errcode": "M_INVALID_PARAM", "error": "'my words' is not a valid preset"}
    found = scrub("POST", f"{V3}/createRoom", {"preset": "my words"}, error)
    assert found.answer.value == {
        "errcode": "M_INVALID_PARAM",
        "error": f"'{text('my words')}' is not a valid preset",
    }
    for said in (
        "Unrecognized request",
        "Query parameter 'dir' must be one of ['b', 'f']",
        "User @a:a.example not in room !room:a.example",
    ):
        assert answered(f"{V3}/x", {"errcode": "M_X", "error": said})["error"] == said


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": ', b'"\xff"', b'{"a": NaN}', b"[" * 100_000, b"1" * 10_000, b"plain words", b"\x00",
    ],
)  # fmt: skip
def test_bodies_that_are_no_json(body: bytes) -> None:
    headers = [("Content-Type", "application/json")]
    found = scrub("PUT", MESSAGE, body, headers=headers)
    assert found.body.kind == "text"
    assert PLACEHOLDER.fullmatch(found.body.value)
    binary = scrub("PUT", MESSAGE, b"\xff\x00", headers=[("Content-Type", "image/png")])
    assert binary.body.kind == "omitted"
    assert binary.body.value["size"] == 2


def test_very_deep_json() -> None:
    for depth in (100, 300, 450, 900, 5000):
        deep = b'{"x":[' * depth + b'"words"' + b"]}" * depth
        found = scrub("PUT", MESSAGE, deep, headers=[("Content-Type", "application/json")])
        assert found.body.kind == ("json" if depth == 100 else found.body.kind)
        assert b"words" not in exchange_line(found).encode()


@pytest.mark.parametrize("scalar", [1, True, "words", [], None])
def test_json_that_is_no_object(scalar: Any) -> None:
    found = scrub("PUT", MESSAGE, json.dumps(scalar).encode())
    assert found.body.kind == "json"
    assert found.body.value == (text("words") if scalar == "words" else scalar)


def test_packed_answers_are_unpacked() -> None:
    plain = b'{"next_batch": "s1"}'
    for encoding, packed in (("gzip", gzip.compress(plain)), ("deflate", zlib.compress(plain))):
        found = scrub("GET", f"{V3}/sync", None, packed,
                      answer_headers=[("Content-Encoding", encoding)])  # fmt: skip
        assert found.answer.value == {"next_batch": "s1"}
    for packed in (gzip.compress(plain)[:-9], b"no gzip", gzip.compress(b"0" * 40_000_000)):
        found = scrub("GET", f"{V3}/sync", None, packed,
                      answer_headers=[("Content-Encoding", "gzip")])  # fmt: skip
        assert found.answer.kind == "omitted"


def test_media_are_hashed_with_the_key() -> None:
    one = scrub("POST", "/_matrix/media/v3/upload", b"{}").body.value
    two = answered("/_matrix/client/v1/media/download/a.example/x", b"{}")
    assert one == two
    assert one["size"] == 2
    assert len(one["sha256"]) == 64
    missing = captured(
        "GET", "/_matrix/client/v1/media/download/a.example/x", None, {"errcode": "M"}
    )
    missing.status = 404
    found = Scrubber(KEYS).exchange(missing)
    assert found
    assert found.answer.value == {"errcode": "M"}


def test_who_asks() -> None:
    known = Identities("a.example")
    assert known.user(TOKEN) == "@alice:a.example"
    assert known.user("mct_x") == ""
    assert known.user("syt_!!_abcdefghijklmnopqrst_0a1B2c") == ""
    macaroon = base64.urlsafe_b64encode(
        b"0010location a.example\n0010identifier key\n0016cid user_id = @7:a.example\n"
        b"002fsignature x\n"
    )
    assert known.user(macaroon.decode().rstrip("=")) == "@7:a.example"
    known.learn(f"{V3}/account/whoami", "mct_x", {"user_id": "@b:a.example"})
    assert known.user("mct_x") == "@b:a.example"
    known.learn(f"{V3}/login", "", {"user_id": "@c:a.example", "access_token": "old"})
    assert known.user("old") == "@c:a.example"
    known.learn(f"{V3}/keys/query", "mct_x", {"user_id": "@evil:a.example"})
    assert known.user("mct_x") == "@b:a.example"


def test_an_application_service_acts_for_a_user() -> None:
    headers = [("Authorization", "Bearer as_token")]
    found = scrub("GET", f"{V3}/sync?user_id=@_irc_x:a.example", headers=headers)
    assert found.user_id == "@_irc_x:a.example"
    assert found.session == KEYS.token("as_token")


def test_surfaces_and_routes() -> None:
    assert surface(f"{V3}/sync") == "client"
    assert surface("/_matrix/media/v3/config") == "client"
    assert surface("/_matrix/federation/v1/version") == "federation"
    assert surface("/_matrix/key/v2/server") == "federation"
    assert surface("/_synapse/admin/v1/rooms") == "admin"
    assert surface("/health") == "other"
    route = find_route(f"{V3}/rooms/!a/state/m.room.name/")
    assert route
    assert route.path == f"{V3}/rooms/{{room_id}}/state/{{event_type}}/{{state_key}}"
    assert find_route("/_matrix/client/v3/nowhere") is None


def test_samples() -> None:
    assert Sample.parse("1/16").of == 16
    for wrong in ("", "1", "0/4", "5/4", "1/0", "-1/4", "a/b", "1/4/4"):
        with pytest.raises(ValueError, match="such as 1/16"):
            Sample.parse(wrong)
    taken = [Sample(1, 16).takes(f"@u{n}:a.example") for n in range(4000)]
    assert 150 < sum(taken) < 350
    assert Sample(1, 16).takes("")
    assert all(Sample(3, 3).takes(str(n)) for n in range(100))


def kinds_of_routes() -> list[str]:
    """A path of each kind of routes: whose bodies are judged alike."""
    found: dict[object, str] = {}
    for path in every_route():
        media = is_media("POST", path)[0] or is_media("GET", path)[1]
        kind = (request_mode("POST", path), answer_mode("GET", path), surface(path), media)
        found.setdefault(kind, path)
    return list(found.values())


def every_route() -> list[str]:
    """A path of each route, its parameters filled in."""
    lines = (Path(routes.__file__).parent / "routes.tsv").read_text().splitlines()
    paths = []
    for line in lines[1:]:
        _, path, versions = line.split("\t")
        filled = path.replace("*", versions.split()[-1], 1)
        filled = filled.replace("{room_id}", "!room:a.example").replace("{event_type}", "m.x")
        paths.append(re.sub(r"\{[a-z_]+\}", "x", filled))
    return paths


def everywhere(names: list[str], value: str) -> dict[str, Any]:
    """An object that has the value under every name, at every depth, in lists and objects."""
    flat = {name: value for name in names}
    parents = ("content", "to_device", "auth", "keys", "signatures", "unsigned", "events", "data",
               "device_keys", "prev_content", "rooms", "global", "account_data", "messages", "user",
               "initial_state", "info", "m.relates_to", "conditions", "lists",
               "identifier")  # fmt: skip
    nested = {name: {**flat, "inner": [flat, value]} for name in parents}
    listed = {f"{name}": [flat] for name in ("pdus", "edus", "chunk", "threepids", "state")}
    typed = [
        {"type": kind, "content": flat, "state_key": "", "edu_type": kind}
        for kind in ("m.x", "m.room.member", "m.tag", "m.push_rules", "m.secret_storage.key.x")
    ]
    return {**flat, **nested, **listed, "typed": typed}


@pytest.mark.parametrize("path", kinds_of_routes())
def test_no_words_get_out_by_any_field_of_any_route(path: str) -> None:
    names = sorted(words.ENVELOPE | words.CONTENT_NAMES | {"unheard", "org.example.unheard"})
    body = everywhere(names, "cnry said this")
    found = scrub("POST", path, body, body)
    again = scrub("GET", f"{path}?{'&'.join(f'{name}=cnry+said' for name in names)}", None, body)
    if "/filter" not in path:
        assert "cnry" not in exchange_line(found)
        assert "cnry" not in exchange_line(again)


@pytest.mark.parametrize("path", kinds_of_routes())
def test_no_secret_gets_out_by_any_field_of_any_route(path: str) -> None:
    names = sorted({*words.SECRETS, "token", "access_token", "as_token", "secretKey", "my_passwd"})
    body = everywhere(names, "cnry_S3cret/word+x=")
    query = "&".join(f"{name}=cnry_S3cret%2Fword" for name in names)
    for content in (False, True):
        found = scrub("POST", f"{path}?{query}", body, body, content=content)
        again = scrub("GET", path, None, body, content=content)
        for exchange in (found, again):
            line = exchange_line(exchange)
            if content:
                # Hashes of events are content.
                line = re.sub(r'"(?:sha256|sha1|md5)": "[^"]*"', "", line)
            assert "cnry" not in line
