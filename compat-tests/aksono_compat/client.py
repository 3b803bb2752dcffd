# SPDX-License-Identifier: Apache-2.0
"""A thin Matrix client: one user's requests, the whole answer back."""

import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import quote

import requests
from requests.structures import CaseInsensitiveDict

from .config import SHARED_SECRET

V3 = "/_matrix/client/v3"
# What is not of the client-server API; all other paths are short for one under v3.
_ELSEWHERE = ("/_", "/.well-known/", "/health")


def full_path(path: str) -> str:
    return path if path == "/" or path.startswith(_ELSEWHERE) else V3 + path


def q(text: str) -> str:
    """`text` as one path segment."""
    return quote(text, safe="")


@dataclass
class Answer:
    """Status, headers and body of a response; `json` is None when the body is not JSON."""

    status: int
    headers: CaseInsensitiveDict[str]
    body: bytes
    json: Any

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def ok(self) -> Any:
        """The JSON of a 2xx answer; anything else is an error."""
        if not 200 <= self.status < 300:
            raise AssertionError(f"HTTP {self.status}: {self.text[:500]}")
        return self.json


class Client:
    """Requests to one server, with one user's access token when it has one."""

    def __init__(self, url: str, token: str | None = None) -> None:
        self.url = url
        self.token = token
        self.user_id = ""
        self.device_id = ""
        self._session = requests.Session()
        self._session.trust_env = False

    def request(
        self,
        method: str,
        path: str,
        content: Any = None,
        *,
        params: dict[str, Any] | None = None,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        timeout: float = 60,
    ) -> Answer:
        """Sends `content` as JSON, or `body` as it is, to `full_path(path)`."""
        sent: dict[str, str] = {"User-Agent": "aksono-compat"}
        if self.token is not None:
            sent["Authorization"] = f"Bearer {self.token}"
        if content is not None:
            body = json.dumps(content).encode()
            sent["Content-Type"] = "application/json"
        sent.update(headers or {})
        answer = self._session.request(
            method,
            self.url + full_path(path),
            params=params,
            data=body,
            headers=sent,
            timeout=timeout,
        )
        try:
            parsed = json.loads(answer.content)
        except ValueError:
            parsed = None
        return Answer(answer.status_code, answer.headers, answer.content, parsed)

    def get(self, path: str, **params: Any) -> Answer:
        return self.request("GET", path, params=params or None)

    def post(self, path: str, content: Any = None) -> Answer:
        return self.request("POST", path, {} if content is None else content)

    def put(self, path: str, content: Any) -> Answer:
        return self.request("PUT", path, content)

    def delete(self, path: str) -> Answer:
        return self.request("DELETE", path)

    def register(self, username: str, password: str, **extra: Any) -> Self:
        """Open registration with m.login.dummy; logs in."""
        content = {"username": username, "password": password, **extra}
        content["auth"] = {"type": "m.login.dummy"}
        return self._logged_in(self.post("/register", content).ok())

    def register_guest(self) -> Self:
        return self._logged_in(self.post("/register?kind=guest").ok())

    def register_by_secret(self, username: str, password: str, *, admin: bool = False) -> Self:
        """Registration with the server's shared secret; logs in."""
        path = "/_synapse/admin/v1/register"
        nonce = self.get(path).ok()["nonce"]
        signed = [nonce, username, password, "admin" if admin else "notadmin"]
        mac = hmac.new(SHARED_SECRET.encode(), "\0".join(signed).encode(), hashlib.sha1)
        content = {"nonce": nonce, "username": username, "password": password, "admin": admin}
        return self._logged_in(self.post(path, {**content, "mac": mac.hexdigest()}).ok())

    def login(self, user: str, password: str, **extra: Any) -> Self:
        content = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": user},
            "password": password,
            **extra,
        }
        return self._logged_in(self.post("/login", content).ok())

    def _logged_in(self, answer: dict[str, Any]) -> Self:
        self.token = answer["access_token"]
        self.user_id = answer["user_id"]
        self.device_id = answer.get("device_id", "")
        return self

    def send(self, room: str, kind: str, content: Any, txn: str | None = None) -> Answer:
        """PUT /send with a transaction id of our own when none is given."""
        txn = f"auto{time.time_ns()}" if txn is None else txn
        return self.put(f"/rooms/{q(room)}/send/{q(kind)}/{q(txn)}", content)

    def say(self, room: str, text: str, **extra: Any) -> str:
        """Sends a text message and returns its event id."""
        content = {"msgtype": "m.text", "body": text, **extra}
        event_id: str = self.send(room, "m.room.message", content).ok()["event_id"]
        return event_id
