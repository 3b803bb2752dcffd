# SPDX-License-Identifier: Apache-2.0
"""A scripted server of a federation: it signs requests and events, answers for its keys, takes
transactions, and has rooms of its own that others can join."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import requests
import signedjson.key
import signedjson.sign

from .client import Answer, q
from .event_checks import Json, content_hash, event_id, redacted
from .peer_keys import signing_key
from .peer_rooms import PeerRoom, now_ms

VERSION = 11
_YEAR_MS = 366 * 86_400_000
_WAIT = 60.0
Told = tuple[int, Json]
_NOT_HERE: Told = (404, {"errcode": "M_NOT_FOUND", "error": "not here"})


def header_of(proof: dict[str, str]) -> str:
    """The header Authorization."""
    return "X-Matrix " + ",".join(f'{name}="{value}"' for name, value in proof.items())


class Peer:
    """`name` is address:port; `certificate` and `key` as Authority.issue made them.

    Make it, and use it, inside the network where it is to be reached.
    """

    def __init__(self, name: str, certificate: Path, key: Path, authority: Path) -> None:
        self.name = name
        self.authority = authority
        self.key = signing_key(name)
        self.key_id = f"{self.key.alg}:{self.key.version}"
        # Where others are asked, if it is not at https://NAME.
        self.urls: dict[str, str] = {}
        self.rooms: dict[str, PeerRoom] = {}
        # What it answers besides: (method, path) -> status and JSON.
        self.answers: dict[tuple[str, str], Told] = {}
        # What it refuses: the word after the version in the path -> status and JSON.
        self.refusals: dict[str, Told] = {}
        # What other servers sent, in order: PDUs, EDUs; and all requests as (method, path).
        self.pdus: list[Json] = []
        self.edus: list[Json] = []
        self.asked: list[tuple[str, str]] = []
        self._news = threading.Condition()
        self.connections: set[socket.socket] = set()
        self._transactions = 0
        self._session = requests.Session()
        self._session.trust_env = False
        self._serve(certificate, key)

    def _serve(self, certificate: Path, key: Path) -> None:
        address, _, port = self.name.rpartition(":")
        self._server = ThreadingHTTPServer((address, int(port)), _handler(self))
        self._server.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        # The handshake belongs to the thread of the connection, not to the one that accepts.
        self._server.socket = context.wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.socket.close()
        self._thread.join(10)
        # Those that the others keep alive: another peer may come to this address.
        for connection in list(self.connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def user(self, localpart: str) -> str:
        return f"@{localpart}:{self.name}"

    def host(self, localpart: str, join_rule: str = "public") -> PeerRoom:
        """A new room, made by that user of the peer."""
        creator = self.user(localpart)
        room = PeerRoom(self.sign, f"!{localpart}:{self.name}", VERSION)
        room.add("m.room.create", {"room_version": str(VERSION)}, creator, "")
        room.add("m.room.member", {"membership": "join"}, creator, creator)
        room.add("m.room.power_levels", {"users": {creator: 100}, "users_default": 0}, creator, "")
        room.add("m.room.join_rules", {"join_rule": join_rule}, creator, "")
        self.rooms[room.room_id] = room
        return room

    # What it asks of others.

    def request(
        self, to: str, method: str, path: str, content: Any = None, authorization: str | None = None
    ) -> Answer:
        """A signed request. Paths without `/_` are under /_matrix/federation; `authorization`: this
        header instead ("": none)."""
        full = path if path.startswith("/_") else f"/_matrix/federation{path}"
        if authorization is None:
            authorization = self.authorization(to, method, full, content)
        sent = {"User-Agent": "aksono-compat"}
        if authorization:
            sent["Authorization"] = authorization
        answer = self._session.request(
            method, f"{self.urls.get(to, f'https://{to}')}{full}", json=content, headers=sent,
            timeout=_WAIT, verify=str(self.authority),
        )  # fmt: skip
        try:
            parsed = answer.json()
        except ValueError:
            parsed = None
        return Answer(answer.status_code, answer.headers, answer.content, parsed)

    def authorization(self, to: str, method: str, uri: str, content: Any = None) -> str:
        return header_of(self.proof(to, method, uri, content))

    def proof(
        self, to: str, method: str, uri: str, content: Any = None, key: Any = None
    ) -> dict[str, str]:
        """https://spec.matrix.org/v1.16/server-server-api/#request-authentication

        `key`: instead of its own.
        """
        signed: Json = {"method": method, "uri": uri, "origin": self.name, "destination": to}
        if content is not None:
            signed["content"] = content
        made = signedjson.sign.sign_json(signed, self.name, key or self.key)["signatures"]
        key_id, signature = next(iter(made[self.name].items()))
        return {"origin": self.name, "destination": to, "key": key_id, "sig": signature}

    def join(self, to: str, room_id: str, user: str, version: int = VERSION) -> PeerRoom:
        """A user of the peer joins a room that `to` has. The join is the newest event."""
        path = f"/v1/make_join/{q(room_id)}/{q(user)}?ver={version}"
        template = self.request(to, "GET", path).ok()["event"]
        event, made = self.sign({**template, "origin_server_ts": now_ms()}, version)
        told = self.request(to, "PUT", f"/v2/send_join/{q(room_id)}/{q(made)}", event).ok()
        return self.joined(room_id, version, event, told)

    def joined(self, room_id: str, version: int, event: Json, told: Json) -> PeerRoom:
        """The room after its join was accepted with that answer."""
        room = PeerRoom(self.sign, room_id, version)
        room.believe(told["state"])
        room.learn(told["auth_chain"])
        room.take(told.get("event", event))
        return room

    def send(self, to: str, events: list[Json], edus: list[Json] | None = None) -> Json:
        """One transaction; the result for each event."""
        content = self.transaction(events, edus or [])
        self._transactions += 1
        path = f"/v1/send/{content['origin_server_ts']}x{self._transactions}"
        results: Json = self.request(to, "PUT", path, content).ok()["pdus"]
        return results

    def transaction(self, events: list[Json], edus: list[Json]) -> Json:
        return {"origin": self.name, "origin_server_ts": now_ms(), "pdus": events, "edus": edus}

    def sign(self, event: Json, version: int = VERSION) -> tuple[Json, str]:
        """With hash and signature, and its id."""
        event = {key: value for key, value in event.items() if key not in ("event_id", "unsigned")}
        event["hashes"] = {"sha256": content_hash(event)}
        signed = signedjson.sign.sign_json(redacted(event, version), self.name, self.key)
        event["signatures"] = {**event.get("signatures", {}), **signed["signatures"]}
        return event, str(event_id(event, version))

    def wait_for(self, arrived: Callable[[Json], bool], timeout: float = _WAIT) -> Json:
        """The first PDU for which it is true, sent already or not yet."""
        return self._wait(self.pdus, arrived, timeout)

    def wait_for_edu(self, kind: str, timeout: float = _WAIT) -> Json:
        """The first EDU of that type, sent already or not yet."""
        return self._wait(self.edus, lambda edu: bool(edu["edu_type"] == kind), timeout)

    def _wait(self, come: list[Json], arrived: Callable[[Json], bool], timeout: float) -> Json:
        with self._news:
            found = self._news.wait_for(
                lambda: next((one for one in come if arrived(one)), None), timeout
            )
        if found is None:
            raise AssertionError(f"{self.name}: not sent in {timeout} s")
        return found

    # What others ask of it.

    def answer(self, method: str, target: str, content: Any) -> Told:
        parts = urlsplit(target)
        self.asked.append((method, parts.path))
        if (method, parts.path) in self.answers:
            return self.answers[method, parts.path]
        words = [unquote(word) for word in parts.path.strip("/").split("/")]
        if words[:3] == ["_matrix", "key", "v2"]:
            return 200, self.keys()
        if words[:2] == ["_matrix", "federation"] and len(words) > 3:
            return self._federation(words[3], words[4:], parse_qs(parts.query), content)
        return 404, {"errcode": "M_UNRECOGNIZED", "error": "Unrecognized request"}

    def keys(self, valid_ms: int = _YEAR_MS) -> Json:
        encoded = signedjson.key.encode_verify_key_base64(self.key.verify_key)
        keys: Json = {
            "server_name": self.name,
            "valid_until_ts": now_ms() + valid_ms,
            "verify_keys": {self.key_id: {"key": encoded}},
            "old_verify_keys": {},
        }
        signed: Json = signedjson.sign.sign_json(keys, self.name, self.key)
        return signed

    def _federation(
        self, verb: str, rest: list[str], query: dict[str, list[str]], content: Any
    ) -> Told:
        if verb == "version":
            return 200, {"server": {"name": "scripted peer", "version": "1"}}
        if verb == "send":
            return 200, self._receive(content)
        if verb == "event" and rest:
            return self._event(rest[0])
        if verb in self.refusals:
            return self.refusals[verb]
        if verb == "invite":
            event, _ = self.sign(content["event"], int(content["room_version"]))
            return 200, {"event": event}
        room = self.rooms.get(rest[0]) if rest else None
        return _NOT_HERE if room is None else self._of_room(room, verb, rest, query, content)

    def _of_room(
        self, room: PeerRoom, verb: str, rest: list[str], query: dict[str, list[str]], content: Any
    ) -> Told:
        match verb:
            case "make_join" | "make_leave" | "make_knock":
                return _template(room, verb.removeprefix("make_"), rest[1], query)
            case "send_join":
                return 200, self._send_join(room, content)
            case "send_leave" | "send_knock":
                room.take(content)
                return 200, {"knock_room_state": []} if verb == "send_knock" else {}
            case "state_ids" | "state":
                return _state_at(room, query["event_id"][0], ids=verb == "state_ids")
            case "get_missing_events":
                until, limit = content["earliest_events"], content.get("limit", 10)
                start = [
                    one for made in content["latest_events"] if made in room.events
                    for one in room.events[made]["prev_events"]
                ]  # fmt: skip
                found = room.back(start, until, limit)
                return 200, {"events": [room.events[one] for one in reversed(found)]}
            case "backfill":
                found = room.back(query["v"], [], int(query["limit"][0]))
                return 200, self._pdus([room.events[one] for one in found])
            case "event_auth":
                return 200, {"auth_chain": [room.events[one] for one in room.chain([rest[1]])]}
        return _NOT_HERE

    def _send_join(self, room: PeerRoom, event: Json) -> Json:
        """The state before, and what allows it."""
        state = room.state_events()
        made = room.take(event)
        chain = room.chain([*(str(event_id(one, room.version)) for one in state), made])
        return {
            "state": state,
            "auth_chain": [room.events[one] for one in chain],
            "event": event,
            "origin": self.name,
            "members_omitted": False,
        }

    def _receive(self, content: Json) -> Json:
        results: Json = {}
        with self._news:
            for event in content.get("pdus", []):
                self.pdus.append(event)
                room = self.rooms.get(event["room_id"])
                made = str(event_id(event, room.version if room else VERSION))
                results[made] = {}
                if room is not None:
                    room.take(event)
            self.edus += content.get("edus", [])
            self._news.notify_all()
        return {"pdus": results}

    def _event(self, wanted: str) -> Told:
        for room in self.rooms.values():
            if wanted in room.events:
                return 200, self._pdus([room.events[wanted]])
        return _NOT_HERE

    def _pdus(self, events: list[Json]) -> Json:
        return {"origin": self.name, "origin_server_ts": now_ms(), "pdus": events}


def _template(room: PeerRoom, membership: str, user: str, query: dict[str, list[str]]) -> Told:
    version = str(room.version)
    if membership != "leave" and version not in query.get("ver", []):
        error = "Your homeserver does not support the features required to interact with this room"
        code = "M_INCOMPATIBLE_ROOM_VERSION"
        return 400, {"errcode": code, "error": error, "room_version": version}
    event = room.template("m.room.member", {"membership": membership}, user, user)
    return 200, {"event": event, "room_version": version}


def _state_at(room: PeerRoom, wanted: str, *, ids: bool) -> Told:
    if wanted not in room.events:
        return _NOT_HERE
    state = list(room.before(wanted).values())
    chain = room.chain(state)
    if ids:
        return 200, {"pdu_ids": state, "auth_chain_ids": chain}
    found = [[room.events[one] for one in part] for part in (state, chain)]
    return 200, {"pdus": found[0], "auth_chain": found[1]}


def _handler(peer: Peer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            peer.connections.add(self.request)

        def finish(self) -> None:
            peer.connections.discard(self.request)
            super().finish()

        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length) if length else b""
            status, answer = peer.answer(self.command, self.path, json.loads(body or b"null"))
            sent = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        do_GET = do_PUT = do_POST = _answer  # noqa: N815

        def log_message(self, format: str, *values: Any) -> None:
            """Says nothing."""

    return Handler
