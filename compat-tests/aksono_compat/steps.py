# SPDX-License-Identifier: Apache-2.0
"""Records the answers to named requests that a script sends to one server."""

import time
from typing import Any

from .client import Answer, Client
from .demo import PASSWORD
from .pair import Twin


class Steps:
    """Every answer is kept under the name of its step, in front of it the name of the phase."""

    def __init__(self, twin: Twin, phase: str) -> None:
        self.twin = twin
        self.phase = phase
        self.client = Client(twin.url)
        self.answers: dict[str, Answer] = {}
        self.seconds: dict[str, float] = {}

    def do(
        self, step: str, method: str, path: str, content: Any = None, token: str | None = None
    ) -> dict[str, Any]:
        """The answer's JSON object; an empty one when there is none."""
        self.client.token = token
        began = time.monotonic()
        answer = self.client.request(method, path, content)
        took = time.monotonic() - began
        name = f"{self.phase}: {step}"
        if name in self.answers:
            raise ValueError(f"two steps have the name {name}")
        self.answers[name] = answer
        self.seconds[name] = took
        return answer.json if isinstance(answer.json, dict) else {}

    def login(self, step: str, user: str, password: str = PASSWORD, **extra: Any) -> dict[str, Any]:
        body = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": user}}
        return self.do(step, "POST", "/login", {**body, "password": password, **extra})

    def register(self, step: str, user: str, password: str, **extra: Any) -> dict[str, Any]:
        """Open registration in one request; the device is named, so that rows have names."""
        body = {"username": user, "password": password, "device_id": f"OF-{user}"}
        return self.do(
            step, "POST", "/register", {**body, "auth": {"type": "m.login.dummy"}, **extra}
        )

    def who(self, step: str, token: str) -> dict[str, Any]:
        return self.do(step, "GET", "/account/whoami", token=token)
