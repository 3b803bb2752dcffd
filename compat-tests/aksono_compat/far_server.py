# SPDX-License-Identifier: Apache-2.0
"""A server elsewhere that only ever asks: it joins rooms and sends events that fork their history.

It has no address: its key is put into the database beforehand, so that nobody has to ask for it.
"""

import json
import time
from typing import Any

import requests
import signedjson.key
import signedjson.sign

from .client import q
from .config import SERVER_NAME
from .event_checks import Json, content_hash, event_id, redacted
from .postgres import Cluster

NAME = "far.local"
_SEED = "9mPb1zVZ5GbyFGyQn4zGdIvYkF2hnSxDkzZ0HJIyKqE"
_KEY: Any = signedjson.key.read_signing_keys([f"ed25519 far {_SEED}"])[0]
_KEY_ID = f"{_KEY.alg}:{_KEY.version}"
_FEDERATION = "/_matrix/federation"
_YEAR_MS = 366 * 86_400_000


def introduce(cluster: Cluster, database: str) -> None:
    """Makes the key of the far server known. Before Synapse starts."""
    key = _KEY.verify_key
    now = int(time.time() * 1000)
    text: Json = {
        "server_name": NAME,
        "valid_until_ts": now + _YEAR_MS,
        "verify_keys": {_KEY_ID: {"key": signedjson.key.encode_verify_key_base64(key)}},
        "old_verify_keys": {},
    }
    signed = json.dumps(signedjson.sign.sign_json(text, NAME, _KEY)).encode()
    with cluster.session(database) as cursor:
        cursor.execute(
            "INSERT INTO server_signature_keys VALUES (%s, %s, %s, %s, %s, %s)",
            (NAME, _KEY_ID, NAME, now, key.encode(), now + _YEAR_MS),
        )
        cursor.execute(
            "INSERT INTO server_keys_json VALUES (%s, %s, %s, %s, %s, %s)",
            (NAME, _KEY_ID, NAME, now, now + _YEAR_MS, signed),
        )


class FarServer:
    """Makes requests and events as `far.local`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._transactions = 0

    def request(self, method: str, path: str, content: Any = None) -> Any:
        full = _FEDERATION + path
        signed: Json = {"method": method, "uri": full, "origin": NAME, "destination": SERVER_NAME}
        if content is not None:
            signed["content"] = content
        signature = signedjson.sign.sign_json(signed, NAME, _KEY)["signatures"][NAME][_KEY_ID]
        header = f'X-Matrix origin="{NAME}",key="{_KEY_ID}",sig="{signature}"'
        header += f',destination="{SERVER_NAME}"'
        answer = requests.request(
            method, self.url + full, json=content, headers={"Authorization": header}, timeout=60
        )
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[:500]}"
        return answer.json()

    def join(self, room: str, user: str, version: int) -> str:
        """The id of the join event."""
        path = f"{q(room)}/{q(user)}"
        template = self.request("GET", f"/v1/make_join/{path}?ver={version}")["event"]
        event, made = self.sign({**template, "origin": NAME}, version)
        self.request("PUT", f"/v2/send_join/{q(room)}/{q(made)}", event)
        return made

    def sign(self, event: Json, version: int) -> tuple[Json, str]:
        """The event with hash and signature, and its id. Room versions from 3 on."""
        event = {key: value for key, value in event.items() if key not in ("event_id", "unsigned")}
        event.setdefault("origin_server_ts", int(time.time() * 1000))
        event["hashes"] = {"sha256": content_hash(event)}
        signed = signedjson.sign.sign_json(redacted(event, version), NAME, _KEY)
        event["signatures"] = signed["signatures"]
        return event, str(event_id(event, version))

    def send(self, events: list[Json]) -> None:
        """Sends the events as one transaction; an error for one of them is an error."""
        self._transactions += 1
        transaction = {
            "origin": NAME,
            "origin_server_ts": int(time.time() * 1000),
            "pdus": events,
        }
        path = f"/v1/send/{int(time.time() * 1000)}{self._transactions}"
        results = self.request("PUT", path, transaction)["pdus"]
        errors = {key: value for key, value in results.items() if "error" in value}
        assert not errors, errors
