# SPDX-License-Identifier: Apache-2.0
"""A scripted client as real ones are: it long-polls, sends one message after the other with
transaction ids, and tries again whatever got no answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import requests

from ..client import Answer, Client, q

_BACK_OFF = 0.1
_FILTER = '{"room":{"timeline":{"limit":100}}}'


@dataclass
class Sent:
    """A message and what became of it."""

    body: str
    event_id: str = ""  # as the server acknowledged it
    attempts: int = 0


@dataclass
class Diary:
    """What one client did and saw."""

    user_id: str = ""
    sent: list[Sent] = field(default_factory=list)
    # Of each room: event ids with bodies in the order of arrival, over all syncs.
    seen: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    # Answers that a client cannot go on from: what it asked, status and text.
    refused: list[str] = field(default_factory=list)
    # Answers without which a client tries again: no connection, 5xx.
    failures: int = 0
    gaps: int = 0  # timelines that were cut short
    newcomer: bool = False  # began in the middle of the conversation


class Talker:
    """One user's client: a thread that syncs and a thread that talks."""

    def __init__(self, client: Client, room: str, pause: float = 0.05) -> None:
        self.diary = Diary(client.user_id)
        self._room = room
        self._pause = pause
        self._client = client
        self._url = client.url
        self._stop_talking = threading.Event()
        self._last: set[str] | None = None  # events to wait for before syncing ends
        self._ended = threading.Event()
        self._since = self._first_sync()
        self._threads = [
            threading.Thread(target=work, daemon=True, name=f"{client.user_id} {work.__name__}")
            for work in (self._listen, self._talk)
        ]

    def _own(self) -> Client:
        """Threads do not share connections."""
        return Client(self._url, self._client.token)

    def _first_sync(self) -> str:
        answer = self._client.get("/sync", timeout=0, filter=_FILTER).ok()
        return str(answer["next_batch"])

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def hush(self) -> list[Sent]:
        """Says nothing new; what is under way is sent. All that was acknowledged."""
        self._stop_talking.set()
        self._threads[1].join(120)
        return [sent for sent in self.diary.sent if sent.event_id]

    def acknowledged(self) -> int:
        return sum(bool(sent.event_id) for sent in list(self.diary.sent))

    def listen_for(self, events: set[str], timeout: float = 60) -> None:
        """Until it has seen all of them, or the time is over; then it ends."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline and not events <= self._seen_ids():
            time.sleep(0.05)
        self._ended.set()
        self._threads[0].join(60)

    def _seen_ids(self) -> set[str]:
        return {event_id for seen in list(self.diary.seen.values()) for event_id, _ in list(seen)}

    def _listen(self) -> None:
        client = self._own()
        while not self._ended.is_set():
            answer = self._until_answered("GET /sync", partial(self._poll, client))
            if answer is None:
                return
            self._note(answer.json)
            self._since = answer.json["next_batch"]

    def _poll(self, client: Client) -> Answer:
        return client.get("/sync", since=self._since, timeout=2000, filter=_FILTER)

    def _note(self, answer: dict[str, Any]) -> None:
        for room, joined in answer.get("rooms", {}).get("join", {}).items():
            self.diary.gaps += bool(joined["timeline"].get("limited"))
            for event in joined["timeline"]["events"]:
                if event["type"] == "m.room.message":
                    entry = (event["event_id"], event["content"].get("body", ""))
                    self.diary.seen.setdefault(room, []).append(entry)

    def _talk(self) -> None:
        client = self._own()
        number = 0
        while not self._stop_talking.is_set():
            self._say(client, number)
            number += 1
            self._stop_talking.wait(self._pause)

    def _say(self, client: Client, number: int) -> None:
        sent = Sent(f"{self.diary.user_id} {number}")
        self.diary.sent.append(sent)
        path = f"/rooms/{q(self._room)}/send/m.room.message/talk{number}"
        content = {"msgtype": "m.text", "body": sent.body}

        def attempt() -> Answer:
            sent.attempts += 1
            return client.put(path, content)

        answer = self._until_answered("PUT /send", attempt)
        if answer is not None:
            sent.event_id = answer.json["event_id"]

    def _until_answered(self, what: str, ask: Callable[[], Answer]) -> Answer | None:
        """The first 200. Without connection and after 5xx it asks again, as clients do."""
        while True:
            try:
                answer = ask()
            except requests.RequestException:
                answer = None
            if answer is not None and answer.status == 200 and isinstance(answer.json, dict):
                return answer
            if answer is not None and 400 <= answer.status < 500 and answer.status != 429:
                self.diary.refused.append(f"{what}: {answer.status} {answer.text[:200]}")
                return None
            self.diary.failures += 1
            if self._ended.is_set():
                return None
            time.sleep(_BACK_OFF)
