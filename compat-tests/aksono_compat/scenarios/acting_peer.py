# SPDX-License-Identifier: Apache-2.0
"""A scripted server as an actor of a scenario: what it asks, and what it hears, is kept."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from requests.structures import CaseInsensitiveDict

from ..client import Answer, q
from ..event_checks import Json
from ..peer import VERSION, Peer
from ..peer_rooms import PeerRoom, now_ms
from .steps import LANE, Step

FEDERATION = "/_matrix/federation"
_PATIENCE = 30.0


class ActingPeer(Peer):
    """Talks to the server of its scenario; `quiet` requests are not kept in the transcript."""

    def __init__(self, name: str, crt: Path, key: Path, authority: Path) -> None:
        super().__init__(name, crt, key, authority)
        self.home = ""
        self.quiet = False
        self.unordered = False
        self.transcript: list[Step] = []
        self._label = "peer"
        self._sent = 0

    def meet(self, label: str, server_name: str, url: str, transcript: list[Step]) -> None:
        """Which server it talks to, and where that is kept."""
        self._label, self.home, self.transcript = label, server_name, transcript
        self.urls[server_name] = url

    def request(
        self, to: str, method: str, path: str, content: Any = None, authorization: str | None = None
    ) -> Answer:
        asked = time.time()
        answer = _without_boundary(super().request(to, method, path, content, authorization))
        if not self.quiet:
            full = path if path.startswith("/_") else FEDERATION + path
            name = f"{self._label}: {method} {path}"
            plain = full.partition("?")[0]
            times = (asked, time.time())
            step = Step(name, method, plain, answer, self.unordered, LANE.get(), *times)
            self.transcript.append(step)
        return answer

    def get(self, path: str, **wanted: Any) -> Answer:
        """Of the server of the scenario; `wanted`: the query."""
        pairs = [
            f"{name}={q(str(one))}"
            for name, value in wanted.items()
            for one in (value if isinstance(value, list) else [value])
        ]
        return self.request(self.home, "GET", path + ("?" + "&".join(pairs) if pairs else ""))

    def post(self, path: str, content: Any) -> Answer:
        return self.request(self.home, "POST", path, content)

    def put(self, path: str, content: Any) -> Answer:
        return self.request(self.home, "PUT", path, content)

    def transact(self, events: list[Json], edus: list[Json] | None = None) -> Answer:
        """One transaction."""
        self._sent += 1
        content = self.transaction(events, edus or [])
        return self.put(f"/v1/send/{content['origin_server_ts']}x{self._sent}", content)

    def tell(self, kind: str, content: Json) -> Answer:
        """One EDU."""
        return self.transact([], [{"edu_type": kind, "content": content}])

    def enter(self, room_id: str, localpart: str, version: int = VERSION) -> PeerRoom:
        """Joins a room of the server; that is no part of what the scenario is about."""
        was_quiet, self.quiet = self.quiet, True
        try:
            return self.join(self.home, room_id, self.user(localpart), version)
        finally:
            self.quiet = was_quiet

    def room(self, kept: Json) -> PeerRoom:
        """A room that `prepare` has returned as JSON."""
        return PeerRoom.from_json(self.sign, kept)

    def membership(
        self, room: str, localpart: str, membership: str, version: int = VERSION
    ) -> tuple[Json, str]:
        """make_join, make_leave, make_knock: the template, filled in and signed; its id."""
        path = f"/v1/make_{membership}/{q(room)}/{q(self.user(localpart))}"
        query = {} if membership == "leave" else {"ver": str(version)}
        template = self.get(path, **query).ok()["event"]
        return self.sign({**template, "origin_server_ts": now_ms()}, version)

    def hears(self, what: str, arrived: Callable[[Json], bool]) -> Json:
        """Waits for a PDU; it is kept."""
        return self._kept(what, self.wait_for(arrived, _PATIENCE))

    def hears_edu(self, kind: str) -> Json:
        """Waits for an EDU; it is kept."""
        return self._kept(kind, self.wait_for_edu(kind, _PATIENCE))

    def _kept(self, what: str, found: Json) -> Json:
        answer = Answer(200, CaseInsensitiveDict(), json.dumps(found).encode(), found)
        step = Step(f"{self._label} hears {what}", "HEAR", "/", answer)
        step.asked = step.ended = time.time()
        self.transcript.append(step)
        return found


_BOUNDARY = re.compile(r"multipart/mixed; *boundary=\"?([0-9a-f]{32})\"?$")


def _without_boundary(answer: Answer) -> Answer:
    """What stands between the parts of a file's answer is random: another word instead."""
    kind = answer.headers.get("Content-Type", "")
    found = _BOUNDARY.match(kind)
    if not found:
        return answer
    headers = CaseInsensitiveDict(answer.headers)
    headers["Content-Type"] = kind.replace(found[1], "BOUNDARY")
    body = answer.body.replace(found[1].encode(), b"BOUNDARY")
    return Answer(answer.status, headers, body, answer.json)
