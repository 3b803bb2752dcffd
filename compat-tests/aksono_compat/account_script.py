# SPDX-License-Identifier: Apache-2.0
"""Scripted requests about accounts: registration, sessions, filters, profiles."""

import re
from typing import Any

from .client import Answer, Client
from .pair import Twin

PASSWORD = "pw-Frida-1"
_DUMMY = {"type": "m.login.dummy"}
_LETTERS = re.compile(r"[A-Z]{10}|[A-Za-z]{24}|MDAx[A-Za-z0-9_-]{80,}|[0-9a-f]{128}")


def named(value: Any) -> Any:
    """Answers without the words that a server makes up: devices, sessions, guests' tokens."""
    if isinstance(value, dict):
        return {key: named(part) for key, part in value.items()}
    if isinstance(value, list):
        return [named(part) for part in value]
    if isinstance(value, str):
        if value.startswith("http://127.0.0.1:"):
            return "<url>"
        return "<made up>" if _LETTERS.fullmatch(value) else value
    return value


class AccountScript:
    """Runs on one server; every answer is kept under the name of its step."""

    def __init__(self, twin: Twin) -> None:
        self.client = Client(twin.url)
        self.answers: dict[str, Answer] = {}

    def run(self) -> dict[str, Answer]:
        self._register()
        self._log_in()
        self._refresh()
        self._filters_and_profiles()
        self._log_out()
        return self.answers

    def _do(
        self, step: str, method: str, path: str, content: Any = None, token: str | None = None
    ) -> Any:
        self.client.token = token
        answer = self.client.request(method, path, content)
        self.answers[step] = answer
        return answer.json if isinstance(answer.json, dict) else {}

    def _register(self) -> None:
        wish = {"username": "Frida", "password": PASSWORD, "device_id": "FIRST"}
        session = self._do("challenge", "POST", "/register", wish)["session"]
        proof = {"auth": {**_DUMMY, "session": session}}
        self._do("register", "POST", "/register", {**wish, **proof})
        self._do("replay", "POST", "/register", proof)
        self._do("other name", "POST", "/register", {"username": "gerd", **proof})
        self._do("taken", "POST", "/register", {"username": "frida", "password": "x"})
        self._do(
            "no name", "POST", "/register", {"password": "x", "device_id": "N", "auth": _DUMMY}
        )
        quiet = {"username": "quiet", "password": "x", "inhibit_login": True, "auth": _DUMMY}
        self._do("inhibit login", "POST", "/register", quiet)
        for name in ("", "_x", "123", "a b", "x" * 300):
            self._do(f"name {name[:5]!r}", "POST", "/register", {"username": name})
            self._do(f"available {name[:5]!r}", "GET", f"/register/available?username={name}")
        # No more of guests here: their tokens would stand in rows, another one on each server.
        self._do("guest", "POST", "/register?kind=guest", {})

    def _log_in(self) -> None:
        body = {"type": "m.login.password", "user": "frida", "password": PASSWORD}
        self.first = self._do("login", "POST", "/login", {**body, "device_id": "FIRST"})
        name = {"device_id": "PHONE", "initial_device_display_name": "Phone"}
        self._do("new device", "POST", "/login", {**body, **name})
        for wrong in ({"password": "bad"}, {"user": "@frida:elsewhere"}, {"user": ""}):
            self._do(f"wrong {wrong}", "POST", "/login", {**body, **wrong})
        self._do("who", "GET", "/account/whoami", token=self.first["access_token"])
        self._do("flows", "GET", "/login")

    def _refresh(self) -> None:
        body = {"type": "m.login.password", "user": "frida", "password": PASSWORD}
        begun = self._do(
            "refreshable", "POST", "/login", {**body, "device_id": "R", "refresh_token": True}
        )
        one = self._refreshed("refresh", begun)
        two = self._refreshed("refresh again", one)
        other = self._refreshed("refresh the same", one)
        self._do("replaced", "GET", "/account/whoami", token=two.get("access_token"))
        self._do("newest", "GET", "/account/whoami", token=other["access_token"])
        self._refreshed("used up", one)
        self._refreshed("long gone", begun)

    def _refreshed(self, step: str, session: dict[str, Any]) -> Any:
        body = {"refresh_token": session["refresh_token"]}
        return self._do(step, "POST", "/refresh", body)

    def _filters_and_profiles(self) -> None:
        token, user = self.first["access_token"], self.first["user_id"]
        path = f"/user/{user}/filter"
        for number, content in enumerate(({}, {"room": {"timeline": {"limit": 5000}}}, {})):
            self._do(f"filter {number}", "POST", path, content, token)
        self._do("filter back", "GET", f"{path}/1", token=token)
        self._do("filter of another", "POST", "/user/@alice:test.local/filter", {}, token)
        for who in (user, f"{user}/displayname", f"{user}/m.tz", "@nobody:test.local", "nobody"):
            self._do(f"profile {who}", "GET", f"/profile/{who}")

    def _log_out(self) -> None:
        self._do("log out", "POST", "/logout", {}, self.first["access_token"])
        self._do("logged out", "GET", "/account/whoami", token=self.first["access_token"])
        body = {"type": "m.login.password", "user": "quiet", "password": "x"}
        tokens = [
            self._do(f"login {name}", "POST", "/login", {**body, "device_id": name})["access_token"]
            for name in ("A", "B")
        ]
        self._do("log out everywhere", "POST", "/logout/all", {}, tokens[0])
        self._do("logged out everywhere", "GET", "/account/whoami", token=tokens[1])
