# SPDX-License-Identifier: Apache-2.0
"""A real client as a process of its own, driven by JSON lines.

On its stdin, one at a time, each answered by `done` (or `broken` with `what`):
  start   folder, url, user, device, password: logs in, or goes on from what the folder keeps
  create  invite, rotate: makes an encrypted room; `room` in the answer
  enter   room: joins
  know    room, members: until it knows the room with so many members
  talk    room, run: says `<user id> <run>-<number>` again and again until `hush`
  hush    what is under way is sent first
  end     keeps its state in the folder and ends
On its stdout, at any time, with `tell` one of:
  sent (txn, body), attempt (txn), acknowledged (txn, event_id)   its own messages
  seen (room, event_id, sender)     an encrypted or plain message came with a sync
  read (event_id, body, sealed), unread (event_id, why)   what became of it; later ones replace
  synced                            the first sync after `start` is over
  failure (what)                    no connection or 5xx: it tries again
  refused (what)                    4xx: it cannot go on from there
  gap (room)                        a timeline was cut short
"""

from __future__ import annotations

import json
import queue
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .talker import Diary, Sent

PATIENCE = 120.0  # seconds that a client may take for what it is asked


class ProgramError(RuntimeError):
    """A client that ended, or does not do what it is asked to."""


@dataclass
class SealedDiary(Diary):
    """What an encrypting client did, saw and could read."""

    read: dict[str, str] = field(default_factory=dict)  # texts by event id
    plain: list[str] = field(default_factory=list)  # event ids that were not encrypted
    unread: dict[str, str] = field(default_factory=dict)  # reasons by event id
    late: int = 0  # what could be read only after a while
    senders: dict[str, str] = field(default_factory=dict)  # of seen events
    starts: int = 0
    failed: list[str] = field(default_factory=list)


class Program:
    """One user's device; the process may be ended and started again."""

    def __init__(self, command: list[str], folder: Path, wish: dict[str, str]) -> None:
        """`wish`: url, user, device and password."""
        self.diary = SealedDiary()
        self._command = command
        self._wish = {**wish, "folder": str(folder / "state")}
        self._errors = folder / "errors.txt"
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self._answers: queue.Queue[dict[str, Any]] = queue.Queue()
        self._sent: dict[str, Sent] = {}
        self._seen: set[str] = set()
        self._synced = False
        folder.mkdir(parents=True)

    def start(self) -> None:
        self._synced = False
        self.diary.starts += 1
        with self._errors.open("ab") as errors:
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *self._command],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
                text=True, bufsize=1, start_new_session=True,
            )  # fmt: skip
        self._reader = threading.Thread(target=self._listen, args=(self._process,), daemon=True)
        self._reader.start()
        self.diary.user_id = self.ask("start", **self._wish)["user_id"]

    def ask(self, word: str, **what: Any) -> dict[str, Any]:
        process = self._process
        if process is None or process.stdin is None:
            raise ProgramError(f"{self._name}: is not running")
        try:
            process.stdin.write(json.dumps({"do": word, **what}) + "\n")
            answer = self._answers.get(timeout=PATIENCE)
        except BrokenPipeError:
            answer = {"tell": "broken", "what": "ended"}
        except queue.Empty:
            answer = {"tell": "broken", "what": f"no answer in {PATIENCE:.0f} s"}
        if answer["tell"] == "broken":
            refused = "".join(f"; {one}" for one in self.diary.refused[:3])
            raise ProgramError(f"{self._name}: {word}: {answer['what']}{refused}{self._words()}")
        return answer

    @property
    def _name(self) -> str:
        return f"{self._wish['user']} ({Path(self._command[-1]).name})"

    def _words(self) -> str:
        words = self._errors.read_text(errors="replace").strip()
        return f": {words[-500:]}" if words else ""

    def restart(self, room: str) -> None:
        """Ends it in mid-conversation and starts it again from what it keeps on disk."""
        self.ask("hush")
        self.end()
        self.start()
        self.talk(room)

    def talk(self, room: str) -> None:
        self.ask("talk", room=room, run=f"run{self.diary.starts}")

    def acknowledged(self) -> int:
        return sum(bool(sent.event_id) for sent in list(self.diary.sent))

    def heard(self, sender: str) -> int:
        """How many messages of `sender` it could read."""
        senders = self.diary.senders
        return sum(senders.get(event_id) == sender for event_id in list(self.diary.read))

    def wait_for(self, events: set[str], timeout: float = 60) -> None:
        """Until it has seen and read all of them, or the time is over."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline and not events <= set(self.diary.read):
            time.sleep(0.05)

    def end(self) -> None:
        try:
            self.ask("end")
        finally:
            self.close()

    def close(self) -> None:
        """Ends the process, however it is."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if self._reader is not None:
            self._reader.join(10)

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            try:
                told = json.loads(line)
                word = told["tell"]
            except (ValueError, TypeError, KeyError):
                continue  # a library that prints
            if word in ("done", "broken"):
                self._answers.put(told)
            else:
                getattr(self, f"_on_{word}")(told)
        if process is self._process:
            self._answers.put({"tell": "broken", "what": "ended"})

    def _on_sent(self, told: dict[str, Any]) -> None:
        self._sent[told["txn"]] = sent = Sent(told["body"])
        self.diary.sent.append(sent)

    def _on_attempt(self, told: dict[str, Any]) -> None:
        if told["txn"] in self._sent:
            self._sent[told["txn"]].attempts += 1

    def _on_acknowledged(self, told: dict[str, Any]) -> None:
        self._sent[told["txn"]].event_id = told["event_id"]

    def _on_synced(self, _: dict[str, Any]) -> None:
        self._synced = True

    def _on_seen(self, told: dict[str, Any]) -> None:
        event_id = told["event_id"]
        # The first sync after a start may begin before what was seen already.
        if self._synced or event_id not in self._seen:
            self.diary.senders[event_id] = told["sender"]
            self.diary.seen.setdefault(told["room"], []).append((event_id, ""))
        self._seen.add(event_id)

    def _on_read(self, told: dict[str, Any]) -> None:
        event_id = told["event_id"]
        if self.diary.unread.pop(event_id, None) is not None:
            self.diary.late += 1
        if not told["sealed"]:
            self.diary.plain.append(event_id)
        self.diary.read[event_id] = told["body"]

    def _on_unread(self, told: dict[str, Any]) -> None:
        # After a restart an event may come again that was read before.
        if told["event_id"] not in self.diary.read:
            self.diary.unread[told["event_id"]] = told["why"]

    def _on_failure(self, told: dict[str, Any]) -> None:
        self.diary.failures += 1
        self.diary.failed.append(told["what"])

    def _on_refused(self, told: dict[str, Any]) -> None:
        self.diary.refused.append(told["what"])

    def _on_gap(self, _: dict[str, Any]) -> None:
        self.diary.gaps += 1
