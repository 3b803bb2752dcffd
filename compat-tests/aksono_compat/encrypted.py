# SPDX-License-Identifier: Apache-2.0
"""An encrypted conversation of real clients that goes on while servers change under it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .client import Client, q
from .clients.installed import js_command, nio_command
from .clients.program import Program, ProgramError, SealedDiary
from .cutover import Passage, Probe, Switch, history, stream_of
from .demo import PASSWORD
from .pair import Twin

_EACH = 6  # messages that everybody says at least on each server
_ROTATE = 8  # messages of one Megolm session
_PATIENCE = 180.0


@dataclass(frozen=True)
class Cast:
    """Who speaks, by user name: `nio` or `js`. The first one makes the room."""

    speakers: dict[str, str]
    newcomer: str  # has no device before the middle server
    restarted_on_middle: str
    restarted_at_end: str

    @property
    def needed(self) -> set[str]:
        return set(self.speakers.values())


CASTS = {
    "nio": Cast({"nia": "nio", "ned": "nio", "nora": "nio"}, "nora", "ned", "nia"),
    "js and nio": Cast({"nia": "nio", "joe": "js", "jil": "js"}, "jil", "joe", "nia"),
}
_COMMANDS: dict[str, Callable[[], list[str]]] = {"nio": nio_command, "js": js_command}


def furnish(maker: Twin) -> dict[str, Any]:
    """Users without any keys yet; their tokens for reading what the server tells."""
    tokens = {}
    for name in sorted({name for cast in CASTS.values() for name in cast.speakers}):
        client = Client(maker.url).register(name, PASSWORD)
        tokens[name] = {"token": client.token, "user_id": client.user_id}
    return tokens


@dataclass
class SealedPassage(Passage):
    """The same, and what everybody could read of it."""

    stuck: str = ""  # why it did not come to its end

    def sealed(self) -> Iterator[SealedDiary]:
        return (diary for diary in self.diaries if isinstance(diary, SealedDiary))

    def examples(self) -> dict[str, list[str]]:
        found = super().examples()
        for kind, detail in self._of_texts():
            found.setdefault(kind, []).append(detail)
        if self.stuck:
            found["stuck: the conversation does not go on"] = [self.stuck]
        return found

    def figures(self) -> str:
        read = sum(len(diary.read) for diary in self.sealed())
        late = sum(diary.late for diary in self.sealed())
        return f"{super().figures()}; read {read} times, {late} of them late"

    def _of_texts(self) -> Iterator[tuple[str, str]]:
        said = {one.event_id: one.body for diary in self.diaries for one in diary.sent}
        for diary in self.sealed():
            for event_id in diary.plain:
                yield "open: a message without encryption", f"{diary.user_id}: {event_id}"
            texts = list(diary.read.values())
            for text in {text for text in texts if texts.count(text) > 1}:
                yield "doubled: a text", f"{diary.user_id}: {text}"
            for event_id, text in diary.read.items():
                if said.get(event_id, text) != text:
                    yield "wrong: another text than was said", f"{diary.user_id}: {text}"
            yield from self._unread(diary)

    def _unread(self, diary: SealedDiary) -> Iterator[tuple[str, str]]:
        """A newcomer reads nothing until a sender knows its device, then everything."""
        known = set() if diary.newcomer else set(diary.senders.values())
        for event_id, _ in diary.seen.get(self.room, []):
            sender = diary.senders[event_id]
            if event_id in diary.read:
                known.add(sender)
            elif sender in known:
                reason = diary.unread.get(event_id, "never tried")
                yield "lost: cannot be read", f"{diary.user_id}: {event_id} {sender}: {reason}"
        if diary.newcomer and known != {other.user_id for other in self.diaries if other.sent}:
            yield "lost: a newcomer reads nothing", f"{diary.user_id} reads only {sorted(known)}"


@dataclass
class Conversation:
    """The people of a cast on the servers of a twin."""

    twin: Twin
    cast: Cast
    folder: Path
    room: str = ""
    people: dict[str, Program] = field(default_factory=dict)
    switches: list[Switch] = field(default_factory=list)

    def begin(self) -> None:
        """Everybody but the newcomer talks, in a room that all are in."""
        names = list(self.cast.speakers)
        early = [name for name in names if name != self.cast.newcomer]
        for name in early:
            self._start(name)
        users = [self.twin.world.grown[name]["user_id"] for name in names]
        maker = self.people[names[0]]
        self.room = maker.ask("create", invite=users[1:], rotate=_ROTATE)["room"]
        for name in early[1:]:
            self.people[name].ask("enter", room=self.room)
        self.reader(self.cast.newcomer).post(f"/join/{q(self.room)}").ok()
        for name in early:
            self.people[name].ask("know", room=self.room, members=len(names))
        for name in early:
            self.people[name].talk(self.room)
        self.go_on()

    def reader(self, name: str) -> Client:
        """A client without any keys."""
        return Client(self.twin.url, self.twin.world.grown[name]["token"])

    def _start(self, name: str) -> Program:
        kind = self.cast.speakers[name]
        wish = {
            "url": self.twin.url, "user": self.twin.world.grown[name]["user_id"],
            "device": name.upper(), "password": PASSWORD,
        }  # fmt: skip
        program = Program(_COMMANDS[kind](), self.folder / name, wish)
        self.people[name] = program
        program.start()
        return program

    def switch(self, kind: str) -> None:
        with Probe(self.twin.url) as probe:
            took = self.twin.become(kind)
        self.switches.append(Switch(kind, took, probe.longest))
        self.go_on()

    def meet(self) -> None:
        """A new device in mid-conversation: the others must find it and share their keys."""
        newcomer = self._start(self.cast.newcomer)
        newcomer.diary.newcomer = True
        newcomer.ask("know", room=self.room, members=len(self.cast.speakers))
        newcomer.talk(self.room)
        self.go_on()

    def restart(self, name: str) -> None:
        self.people[name].restart(self.room)
        self.go_on()

    def go_on(self) -> None:
        """Until everybody said some more and could read more of everybody."""
        people = list(self.people.values())
        wanted = [(one, one.acknowledged() + _EACH) for one in people]
        pairs = [
            (one, other, one.heard(other.diary.user_id) + 2) for one in people for other in people
        ]
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            slow = [one.diary.user_id for one, count in wanted if one.acknowledged() < count]
            deaf = [
                f"{one.diary.user_id} of {other.diary.user_id}"
                for one, other, count in pairs
                if one.heard(other.diary.user_id) < count
            ]
            if not slow and not deaf:
                return
            refused = [text for one in people for text in one.diary.refused]
            if refused:
                raise ProgramError(f"refused: {refused[0]}")
            time.sleep(0.1)
        raise ProgramError(f"in {_PATIENCE:.0f} s nobody heard {slow}; could not read: {deaf}")

    def end(self) -> None:
        """Everybody hears everything, or gives up."""
        for person in self.people.values():
            person.ask("hush")
        diaries = [person.diary for person in self.people.values()]
        said = {one.event_id for diary in diaries for one in diary.sent if one.event_id}
        for person in self.people.values():
            if not person.diary.newcomer:
                person.wait_for(said)
        for person in self.people.values():
            last = {one.event_id for diary in diaries for one in diary.sent[-1:]}
            person.wait_for(last - {""}, 10)
            person.end()


@contextmanager
def _conversation(twin: Twin, cast: Cast, folder: Path) -> Iterator[Conversation]:
    conversation = Conversation(twin, cast, folder)
    try:
        yield conversation
    finally:
        for person in conversation.people.values():
            person.close()


def pass_over(twin: Twin, middle: str, cast: Cast, folder: Path) -> SealedPassage:
    """Synapse, then `middle`, then Synapse, SIGTERM in mid-conversation each time."""
    for kind in cast.needed:
        _COMMANDS[kind]()
    stuck = ""
    twin.server.start()
    with _conversation(twin, cast, folder) as talk:
        talk.begin()
        try:
            talk.switch(middle)
            talk.meet()
            talk.restart(cast.restarted_on_middle)
            talk.switch("synapse")
            talk.restart(cast.restarted_at_end)
            talk.end()
        except ProgramError as error:
            stuck = str(error)
    if twin.server.kind != "synapse":
        twin.become("synapse")
    told = history(talk.reader(next(iter(cast.speakers))), talk.room)
    twin.server.stop()
    diaries = [person.diary for person in talk.people.values()]
    return SealedPassage(
        talk.room, list(diaries), told, talk.switches, twin.server.problems(),
        stream_of(twin, talk.room), stuck,
    )  # fmt: skip
