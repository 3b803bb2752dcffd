# SPDX-License-Identifier: Apache-2.0
"""Bad requests as data: broken bodies, wrong types, odd characters, broken HTTP."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .client import V3, q
from .demo import PASSWORD, Demo
from .raw import request_bytes


@dataclass(frozen=True)
class Bad:
    """One request as bytes. `loose`: only the status counts, the text is the HTTP library's."""

    name: str
    parts: tuple[bytes, ...]
    loose: bool = False
    # Seconds between the parts.
    pause: float = 0


# Bodies that are wrong as a whole, wherever they are sent.
BODIES: dict[str, bytes] = {
    "nothing": b"",
    "an open brace": b"{",
    "a list": b"[]",
    "null": b"null",
    "a number": b"1",
    "a string": b'"x"',
    "single quotes": b"{'a': 1}",
    "a trailing comma": b'{"a": 1,}',
    "a comment": b'{"a": 1} // x',
    "two values": b'{"a": 1}{"b": 2}',
    "NaN": b'{"a": NaN}',
    "Infinity": b'{"a": -Infinity}',
    "invalid UTF-8": b'{"a": "\xff\xfe"}',
    "overlong UTF-8": b'{"a": "\xc0\xaf"}',
    "encoded surrogate": b'{"a": "\xed\xa0\x80"}',
    "a raw NUL": b'{"a": "\x00"}',
    "a raw newline in a string": b'{"a": "\n"}',
    "a byte order mark": b'\xef\xbb\xbf{"a": 1}',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "10000 levels": b'{"a":' + b"[" * 10000 + b"]" * 10000 + b"}",
    "10000 objects": b'{"a":' * 10000 + b"1" + b"}" * 10000,
    "unclosed levels": b"[" * 5000,
    "a bad escape": b'{"a": "\\x"}',
    "a short escape": b'{"a": "\\u12"}',
    "a leading zero": b'{"a": 01}',
    "a plus sign": b'{"a": +1}',
    "a hex number": b'{"a": 0x1}',
}

# Contents of an event that are odd but may be right.
CONTENTS: dict[str, bytes] = {
    "duplicate keys": b'{"msgtype": "m.text", "body": "one", "body": "two"}',
    "NUL in the body": b'{"msgtype": "m.text", "body": "a\\u0000b"}',
    "NUL in a key": b'{"msgtype": "m.text", "body": "x", "a\\u0000b": 1}',
    "a lone surrogate": b'{"msgtype": "m.text", "body": "\\ud800"}',
    "surrogates the wrong way round": b'{"msgtype": "m.text", "body": "\\udc00\\ud800"}',
    "a lone surrogate in a key": b'{"msgtype": "m.text", "body": "x", "\\udfff": 1}',
    "a pair of surrogates": b'{"msgtype": "m.text", "body": "\\ud83d\\ude00"}',
    "400 levels": b'{"a":' + b"[" * 400 + b"]" * 400 + b"}",
    "a float": b'{"a": 1.5}',
    "a whole float": b'{"a": 1.0}',
    "an exponent": b'{"a": 1e3}',
    "1e400": b'{"msgtype": "m.text", "body": "x", "a": 1e400}',
    "minus zero": b'{"a": -0}',
    "2^53": b'{"a": 9007199254740992}',
    "2^53 - 1": b'{"a": 9007199254740991}',
    "-2^53": b'{"a": -9007199254740992}',
    "2^64": b'{"a": 18446744073709551616}',
    "a hundred digits": b'{"a": ' + b"9" * 100 + b"}",
    "5000 digits": b'{"a": ' + b"9" * 5000 + b"}",
    "60 kB": b'{"msgtype": "m.text", "body": "' + b"x" * 60000 + b'"}',
    "66 kB": b'{"msgtype": "m.text", "body": "' + b"x" * 66000 + b'"}',
    "relation is a string": b'{"body": "x", "m.relates_to": "y"}',
    "relation without event": b'{"body": "x", "m.relates_to": {"rel_type": "m.thread"}}',
    "relation to a number": b'{"m.relates_to": {"rel_type": "m.thread", "event_id": 1}}',
    "relation type is a list": b'{"m.relates_to": {"rel_type": [], "event_id": "$x"}}',
    "mentions is a list": b'{"body": "x", "m.mentions": []}',
    "mentioned users are numbers": b'{"body": "x", "m.mentions": {"user_ids": [1, null]}}',
    "membership in a message": b'{"membership": "join"}',
    "body is an object": b'{"msgtype": "m.text", "body": {"a": 1}}',
    "url is a list": b'{"msgtype": "m.image", "body": "x", "url": []}',
    "ten thousand keys": b"{" + b",".join(b'"k%d":1' % n for n in range(5000)) + b"}",
}

WRONG: tuple[Any, ...] = (None, 1, -1, 1.5, True, "", "x", "\0", "\ud800", [], {}, [1], 2**63)

LOGIN = {
    "type": "m.login.password",
    "identifier": {"type": "m.id.user", "user": "carol"},
    "password": PASSWORD,
    "device_id": "CAROL1",
}
REGISTER = {
    "username": "newcomer",
    "password": PASSWORD,
    "device_id": "NEW",
    "initial_device_display_name": "x",
    "inhibit_login": False,
    "auth": {"type": "m.login.dummy"},
}


class BadRequests:
    """Makes all of them for one world."""

    def __init__(self, demo: Demo) -> None:
        self._demo = demo
        self._bob = {"Authorization": f"Bearer {demo.users['bob']['token']}"}
        self._tea = f"{V3}/rooms/{q(demo.rooms['tea'])}"
        self._count = 0

    def groups(self) -> dict[str, list[Bad]]:
        return {
            "bodies": list(self._bodies()),
            "contents": list(self._contents()),
            "types": list(self._types()),
            "paths": list(self._paths()),
            "queries": list(self._queries()),
            "tokens": list(self._tokens()),
            "http": list(self._http()),
        }

    def _bad(self, name: str, method: str, path: str, body: bytes | None = None) -> Bad:
        # /register refuses to be asked with a token.
        headers = {} if path.endswith(("/login", "/register", "/refresh")) else self._bob
        return Bad(name, (request_bytes(method, path, body, dict(headers)),))

    def _txn(self) -> str:
        self._count += 1
        return f"bad{self._count}"

    def _targets(self) -> dict[str, tuple[str, str]]:
        bob = q(self._demo.users["bob"]["user_id"])
        last = q(self._demo.events["last"])
        return {
            "login": ("POST", f"{V3}/login"),
            "register": ("POST", f"{V3}/register"),
            "refresh": ("POST", f"{V3}/refresh"),
            "send": ("PUT", f"{self._tea}/send/m.room.message/TXN"),
            "redact": ("PUT", f"{self._tea}/redact/{q('$' + 'D' * 43)}/TXN"),
            "receipt": ("POST", f"{self._tea}/receipt/m.read/{last}"),
            "typing": ("PUT", f"{self._tea}/typing/{bob}"),
            "filter": ("POST", f"{V3}/user/{bob}/filter"),
        }

    def _bodies(self) -> Iterator[Bad]:
        for target, (method, path) in self._targets().items():
            for name, body in BODIES.items():
                yield self._bad(f"{target}: {name}", method, path.replace("TXN", self._txn()), body)

    def _contents(self) -> Iterator[Bad]:
        for name, body in CONTENTS.items():
            path = f"{self._tea}/send/m.room.message/{self._txn()}"
            yield self._bad(f"message: {name}", "PUT", path, body)
            path = f"{self._tea}/send/org.example.bad/{self._txn()}"
            yield self._bad(f"event: {name}", "PUT", path, body)

    def _types(self) -> Iterator[Bad]:
        """Each field of each body with each wrong value."""
        targets = self._targets()
        bodies: dict[str, dict[str, Any]] = {
            "login": {**LOGIN, "refresh_token": False, "initial_device_display_name": "x"},
            "register": REGISTER,
            "refresh": {"refresh_token": "syr_x"},
            "receipt": {"thread_id": "main"},
            "typing": {"typing": True, "timeout": 1000},
            "filter": {"room": {}, "event_fields": [], "event_format": "client", "presence": {}},
            "redact": {"reason": "x"},
        }
        for target, content in bodies.items():
            method, path = targets[target]
            for key in content:
                for wrong in WRONG:
                    if target == "register":
                        content = {**content, "username": f"newcomer{self._txn()}"}
                    body = json.dumps({**content, key: wrong}).encode()
                    name = f"{target}: {key} is {json.dumps(wrong)}"
                    yield self._bad(name, method, path.replace("TXN", self._txn()), body)
        # Or it would end in the middle of later answers, at another time on each server.
        method, path = targets["typing"]
        yield self._bad("typing: no more", method, path, b'{"typing": false}')
        method, path = targets["login"]
        for key in ("type", "user"):
            for wrong in WRONG:
                identifier = {"type": "m.id.user", "user": "carol", key: wrong}
                body = json.dumps({**LOGIN, "identifier": identifier}).encode()
                yield self._bad(
                    f"login: identifier {key} is {json.dumps(wrong)}", method, path, body
                )

    def _paths(self) -> Iterator[Bad]:
        odd = {
            "NUL": "%00", "a NUL inside": "a%00b", "invalid UTF-8": "%ff",
            "a surrogate": "%ed%a0%80", "a slash": "%2F", "a percent sign": "%",
            "a bad escape": "%zz", "a space": "%20", "a question mark": "%3F", "nothing": "",
            "300 characters": "x" * 300, "9000 characters": "x" * 9000, "dots": "..",
            "an emoji": "%F0%9F%98%80", "a newline": "%0A", "a plus": "+", "a quote": "%22",
        }  # fmt: skip
        room = q(self._demo.rooms["tea"])
        event = q(self._demo.events["first"])
        body = b'{"msgtype": "m.text", "body": "odd path"}'
        for name, text in odd.items():
            send = f"{self._tea}/send"
            yield self._bad(f"transaction id: {name}", "PUT", f"{send}/m.room.message/{text}", body)
            yield self._bad(f"event type: {name}", "PUT", f"{send}/{text}/{self._txn()}", body)
            path = f"{V3}/rooms/{text}/send/m.room.message/{self._txn()}"
            yield self._bad(f"room id: {name}", "PUT", path, body)
            yield self._bad(f"room of state: {name}", "GET", f"{V3}/rooms/{text}/state")
            yield self._bad(f"event id: {name}", "GET", f"{self._tea}/event/{text}")
            yield self._bad(f"context: {name}", "GET", f"{self._tea}/context/{text}")
            yield self._bad(f"state type: {name}", "GET", f"{self._tea}/state/{text}/x")
            yield self._bad(f"state key: {name}", "GET", f"{self._tea}/state/m.room.name/{text}")
            yield self._bad(f"profile: {name}", "GET", f"{V3}/profile/{text}")
            yield self._bad(
                f"profile key: {name}", "GET", f"{V3}/profile/{q('@bob:test.local')}/{text}"
            )
            yield self._bad(
                f"filter: {name}", "GET", f"{V3}/user/{q('@bob:test.local')}/filter/{text}"
            )
            path = f"{V3}/rooms/{room}/redact/{text}/{self._txn()}"
            yield self._bad(f"redact: {name}", "PUT", path, b"{}")
            path = f"{V3}/rooms/{room}/receipt/{text}/{event}"
            yield self._bad(f"receipt type: {name}", "POST", path, b"{}")
            path = f"{V3}/rooms/{room}/receipt/m.read/{text}"
            yield self._bad(f"receipt event: {name}", "POST", path, b"{}")
            path = f"{V3}/rooms/{room}/typing/{text}"
            yield self._bad(f"typing user: {name}", "PUT", path, b'{"typing": true}')
            yield self._bad(f"push rule: {name}", "GET", f"{V3}/pushrules/global/override/{text}")
            yield self._bad(f"whole path: {name}", "GET", f"{V3}/{text}")

    def _queries(self) -> Iterator[Bad]:
        values = {
            "NUL": "%00", "invalid UTF-8": "%ff", "a surrogate": "%ed%a0%80", "nothing": "",
            "2^70": str(2**70), "minus 2^70": str(-(2**70)), "a float": "1.5", "a word": "word",
            "a brace": "%7B", "a list": "%5B%5D", "a deep filter": "%5B" * 900 + "%5D" * 900,
            "a deep object": "%7B%22room%22%3A" * 500 + "1" + "%7D" * 500,
            "9000 characters": "x" * 9000, "an emoji": "%F0%9F%98%80",
        }  # fmt: skip
        for name, text in values.items():
            for key in ("since", "filter", "timeout", "full_state", "set_presence"):
                path = f"{V3}/sync?timeout=0&{key}={text}"
                yield self._bad(f"sync {key}: {name}", "GET", path)
            for key in ("from", "to", "dir", "limit", "filter"):
                path = f"{self._tea}/messages?dir=b&{key}={text}"
                if key == "dir":
                    path = f"{self._tea}/messages?dir={text}"
                yield self._bad(f"messages {key}: {name}", "GET", path)
            for key in ("at", "membership", "not_membership"):
                yield self._bad(
                    f"members {key}: {name}", "GET", f"{self._tea}/members?{key}={text}"
                )
            context = f"{self._tea}/context/{q(self._demo.events['first'])}"
            for key in ("limit", "filter"):
                yield self._bad(f"context {key}: {name}", "GET", f"{context}?{key}={text}")
        yield self._bad("sync since twice", "GET", f"{V3}/sync?since=x&since=y&timeout=0")

    def _tokens(self) -> Iterator[Bad]:
        path = f"{V3}/account/whoami"
        token = self._demo.users["bob"]["token"]
        values: dict[str, str | bytes] = {
            "no space": f"Bearer{token}", "lower case": f"bearer {token}",
            "two spaces": f"Bearer  {token}", "a space behind": f"Bearer {token} ",
            "a tab": f"Bearer\t{token}", "nothing": "", "only Bearer": "Bearer",
            "Basic": "Basic Ym9iOmJvYg==", "a user id": "Bearer @bob:test.local",
            "not ASCII": b"Bearer \xff\xfe", "UTF-8": "Bearer \u00e9", "a NUL": b"Bearer a\x00b",
            "a macaroon": "Bearer MDAxYmxvY2F0aW9uIHRlc3QubG9jYWwK",
            "a broken macaroon": "Bearer MDA", "8000 characters": "Bearer " + "x" * 8000,
        }  # fmt: skip
        for name, value in values.items():
            yield Bad(
                f"token: {name}", (request_bytes("GET", path, None, {"Authorization": value}),)
            )
        for name, text in {
            "NUL": "%00",
            "invalid UTF-8": "%ff",
            "nothing": "",
            "twice": "a&access_token=b",
        }.items():
            yield Bad(
                f"token in the query: {name}",
                (request_bytes("GET", f"{path}?access_token={text}", None, {}),),
            )
        register = request_bytes("POST", f"{V3}/register", b"{}", dict(self._bob))
        yield Bad("token: with register", (register,))
        both = request_bytes("GET", f"{path}?access_token={token}", None, dict(self._bob))
        yield Bad("token: in header and query", (both,))

    def _http(self) -> Iterator[Bad]:
        whoami = f"{V3}/account/whoami"
        good = request_bytes("GET", whoami, None, dict(self._bob))
        send = f"{self._tea}/send/m.room.message"
        said = b'{"msgtype": "m.text", "body": "by odd HTTP"}'

        def loose(name: str, *parts: bytes, pause: float = 0) -> Bad:
            return Bad(name, parts, loose=True, pause=pause)

        def headed(headers: dict[str, str | bytes]) -> bytes:
            return request_bytes("GET", whoami, None, {**self._bob, **headers})

        yield loose("no request", b"\r\n\r\n")
        yield loose("nonsense", b"nonsense\r\n\r\n")
        yield loose("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n")
        yield loose("HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        yield loose("a method nobody knows", good.replace(b"GET", b"BREW", 1))
        yield loose("a lower-case method", good.replace(b"GET", b"get", 1))
        yield loose("an absolute URI", good.replace(b"GET ", b"GET http://test.local", 1))
        yield loose("a header without colon", headed({}).replace(b"Host", b"nonsense\r\nHost", 1))
        yield loose(
            "a negative length",
            request_bytes("PUT", f"{send}/h1", said, {**self._bob, "Content-Length": "-5"}),
        )
        yield loose(
            "a length in words",
            request_bytes("PUT", f"{send}/h2", said, {**self._bob, "Content-Length": "ten"}),
        )
        yield loose("8 kB of header", headed({"X-Filler": "x" * 8000}))
        yield loose("64 kB of header", headed({"X-Filler": "x" * 65536}))
        yield loose("600 headers", headed({f"X-{number}": "x" for number in range(600)}))
        yield loose("64 kB of path", b"GET /" + b"x" * 65536 + b" HTTP/1.1\r\nHost: a\r\n\r\n")
        yield loose("byte by byte", *(bytes([byte]) for byte in good), pause=0.002)
        yield loose(
            "a slow body",
            *_halves(request_bytes("PUT", f"{send}/h3", said, dict(self._bob))),
            pause=0.5,
        )
        yield loose("a chunked body", _chunked(f"{send}/h4", self._bob, [said[:9], said[9:]]))
        yield loose(
            "a chunk of no size",
            _chunked(f"{send}/h5", self._bob, [said]).replace(b"\r\n\r\n2", b"\r\n\r\nx2", 1),
        )
        expecting = request_bytes(
            "PUT", f"{send}/h6", said, {**self._bob, "Expect": "100-continue"}
        )
        yield loose("100-continue", *_halves(expecting), pause=0.2)
        yield loose(
            "a body over the limit",
            request_bytes(
                "PUT", f"{send}/h7", b'{"a":"' + b"x" * 14_000_000 + b'"}', dict(self._bob)
            ),
        )
        yield loose(
            "a length over the limit",
            request_bytes(
                "PUT", f"{send}/h8", b"{}", {**self._bob, "Content-Length": "99999999999"}
            ),
        )
        yield Bad(
            "text instead of JSON",
            (
                request_bytes(
                    "PUT", f"{send}/h9", said, {**self._bob, "Content-Type": "text/plain"}
                ),
            ),
        )
        yield Bad(
            "Latin-1",
            (
                request_bytes(
                    "PUT",
                    f"{send}/h10",
                    said,
                    {**self._bob, "Content-Type": "application/json; charset=latin-1"},
                ),
            ),
        )
        yield Bad("HTTP/1.0", (good.replace(b"HTTP/1.1", b"HTTP/1.0", 1),))
        yield Bad("a body with GET", (request_bytes("GET", whoami, b'{"a": 1}', dict(self._bob)),))


def _halves(request: bytes) -> tuple[bytes, bytes]:
    return request[:-20], request[-20:]


def _chunked(path: str, headers: dict[str, str], chunks: list[bytes]) -> bytes:
    head = request_bytes("PUT", path, None, {**headers, "Transfer-Encoding": "chunked"})
    body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    return head + body + b"0\r\n\r\n"
