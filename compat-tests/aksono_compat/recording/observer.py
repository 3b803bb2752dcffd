# SPDX-License-Identifier: Apache-2.0
"""Watches one connection: puts requests and answers together to exchanges."""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from .bodies import is_media
from .body_tap import BodyTap, Budget
from .capture import Captured
from .http_framing import Framer, FramingError, Head, Shape, answer_shape, request_shape
from .keys import Keys


@dataclass
class Watch:
    """What all observers of one recorder share."""

    keys: Keys
    budget: Budget
    wanted: Callable[[str, list[tuple[str, str]]], bool]  # whether to record (target, headers)
    emit: Callable[[Captured], None]
    began: float  # time.monotonic() of the recording's begin
    number: int = 0
    recording: bool = True
    lost: int = 0  # requests on connections that could not be followed

    def now(self) -> float:
        return time.monotonic() - self.began


class _Pending:
    """A request whose answer is not complete. Without `captured` it is not recorded."""

    def __init__(self, method: str, captured: Captured | None, tap: BodyTap | None) -> None:
        self.method = method
        self.captured = captured
        self.request: BodyTap | None = tap
        self.answer: BodyTap | None = None


class Observer:
    """Gets copies of both directions of a connection. Never raises."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._pending: deque[_Pending] = deque()
        self._sending: _Pending | None = None  # whose request body is under way
        self._interim = False
        self._broken = False
        self._requests = Framer(self._request, self._request_data, self._request_end)
        self._answers = Framer(self._answer, self._answer_data, self._answer_end)

    @property
    def idle(self) -> bool:
        """No request is waiting for its answer."""
        return not self._pending

    def request_bytes(self, data: bytes) -> None:
        self._follow(self._requests, data)

    def answer_bytes(self, data: bytes) -> None:
        self._follow(self._answers, data)

    def _follow(self, framer: Framer, data: bytes) -> None:
        if self._broken:
            return
        try:
            framer.feed(data)
        except FramingError:
            self._give_up()
        except Exception as error:
            # Whatever is wrong with us, the connection must not suffer. Nothing of it is shown.
            print(f"aksono-replay record: not followed: {type(error).__name__}", file=sys.stderr)
            self._give_up()

    def _give_up(self) -> None:
        self._broken = True
        self._watch.lost += max(1, len(self._pending))
        for pending in self._pending:
            for tap in (pending.request, pending.answer):
                if tap:
                    tap.abandon()
        self._pending.clear()

    def closed(self) -> None:
        """Both directions have ended: what has no answer by now gets none."""
        if self._broken:
            return
        self._answers.close()
        while self._pending:
            pending = self._pending.popleft()
            if pending.captured and pending.answer:
                pending.captured.answer = pending.answer.abandon()
                pending.answer = None
            self._finish(pending)
        self._broken = True

    def _request(self, head: Head) -> tuple[Shape, int]:
        shape = request_shape(head)
        method, target, _ = head.first
        captured = tap = None
        watch = self._watch
        if watch.recording and watch.wanted(target, head.headers):
            watch.number += 1
            captured = Captured(watch.number, watch.now(), 0, method, target, head.headers)
            media, _ = is_media(method, target.partition("?")[0])
            tap = BodyTap(watch.keys, watch.budget, keep=not media)
        self._sending = _Pending(method, captured, tap)
        self._pending.append(self._sending)
        return shape

    def _request_data(self, part: bytes) -> None:
        if self._sending and self._sending.request:
            self._sending.request.add(part)

    def _request_end(self) -> None:
        pending, self._sending = self._sending, None
        if pending and pending.captured and pending.request:
            pending.captured.body = pending.request.finish()
            pending.request = None

    def _answer(self, head: Head) -> tuple[Shape, int]:
        if not self._pending or not head.first[1].isdigit():
            raise FramingError("an answer without a request")
        status = int(head.first[1])
        pending = self._pending[0]
        self._interim = 100 <= status < 200 and status != 101
        if pending.captured and not self._interim:
            captured = pending.captured
            captured.status, captured.answer_headers = status, head.headers
            media = is_media(captured.method, captured.target.partition("?")[0])[1]
            keep = not (media and status < 300)
            pending.answer = BodyTap(self._watch.keys, self._watch.budget, keep=keep)
        return answer_shape(head, pending.method, status)

    def _answer_data(self, part: bytes) -> None:
        if self._pending and self._pending[0].answer:
            self._pending[0].answer.add(part)

    def _answer_end(self) -> None:
        if not self._interim:
            pending = self._pending.popleft()
            if pending.captured and pending.answer:
                pending.captured.answer = pending.answer.finish()
            self._finish(pending)

    def _finish(self, pending: _Pending) -> None:
        captured = pending.captured
        if captured is None:
            return
        if pending.request:  # answered before it was all sent, or cut off
            captured.body = pending.request.abandon()
            pending.request = None
        captured.took = self._watch.now() - captured.at
        self._watch.emit(captured)
