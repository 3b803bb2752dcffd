# SPDX-License-Identifier: Apache-2.0
"""Who takes part in a scenario: users of its own, whose requests are kept in a transcript."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from ..client import Answer, Client, q
from ..peer_network import PeerNetwork
from .acting_peer import ActingPeer
from .rotation import Rotation
from .steps import LANE, Step

PASSWORD = "correct horse battery staple"
Result = TypeVar("Result")


class Actor(Client):
    """A user's client; `quiet` requests are not kept in the transcript."""

    def __init__(self, name: str, url: str, transcript: list[Step]) -> None:
        super().__init__(url)
        self.name = name
        self.quiet = False
        self.unordered = False
        self.transactions = "txn"
        self._transcript = transcript
        self._sent = 0
        self._answered = (0.0, 0.0)

    def request(self, method: str, path: str, content: Any = None, **options: Any) -> Answer:
        asked = time.time()
        answer = super().request(method, path, content, **options)
        times = self._answered = (asked, time.time())
        if not self.quiet:
            plain = path.partition("?")[0]
            name = f"{self.name}: {method} {path}"
            step = Step(name, method, plain, answer, self.unordered, LANE.get(), *times)
            self._transcript.append(step)
        return answer

    def send(self, room: str, kind: str, content: Any, txn: str | None = None) -> Answer:
        """Transaction ids are numbered, not random: the sender reads them again."""
        if txn is None:
            self._sent += 1
            txn = f"{self.transactions}{self._sent}"
        return super().send(room, kind, content, txn)

    def create_room(self, *invited: Actor, **options: Any) -> str:
        """A new room; those invited join it."""
        wish: dict[str, Any] = {"preset": "private_chat", **options}
        if invited:
            wish["invite"] = [one.user_id for one in invited]
        room: str = self.post("/createRoom", wish).ok()["room_id"]
        for one in invited:
            one.join(room)
        return room

    def join(self, room: str) -> None:
        self.post(f"/join/{q(room)}").ok()

    def state(self, room: str, kind: str, content: Any, key: str = "") -> str:
        """Sends a state event and returns its id."""
        path = f"/rooms/{q(room)}/state/{q(kind)}/{q(key)}"
        event_id: str = self.put(path, content).ok()["event_id"]
        return event_id

    def since(self) -> str:
        """A sync now; the token to go on from."""
        token: str = self.get("/sync", timeout=0).ok()["next_batch"]
        return token

    def sync_until(self, since: str, arrived: Callable[[Any], bool], tries: int = 20) -> Any:
        """Syncs on from `since` until `arrived(answer)`; only the last sync is kept."""
        was_quiet, self.quiet = self.quiet, True
        began = len(self._transcript)
        try:
            for _ in range(tries):
                answer = self.get("/sync", since=since, timeout=3000)
                seen = answer.ok()
                if arrived(seen):
                    if not was_quiet:
                        path = "/sync?since=…"
                        name = f"{self.name}: GET {path} until it arrives"
                        step = Step(name, "GET", "/sync", answer, False, 0, *self._answered)
                        self._transcript.append(step)
                    return seen
                since = seen["next_batch"]
        finally:
            self.quiet = was_quiet
        raise AssertionError(f"nothing arrived in {tries} syncs (step {began})")


class Cast:
    """The actors of one scenario on one server."""

    def __init__(
        self,
        scenario: str,
        url: str,
        server_name: str,
        *,
        rotation: Rotation | None = None,
        network: PeerNetwork | None = None,
    ) -> None:
        self.scenario = scenario
        self.url = url
        self.server_name = server_name
        self.transcript: list[Step] = []
        self._actors: dict[str, Actor] = {}
        self._rotation = rotation
        self._network = network
        self._peers: dict[str, ActingPeer] = {}

    def __getitem__(self, name: str) -> Actor:
        """An actor who is there already: made by `prepare`, or earlier in the scenario."""
        return self._actors[name]

    def user_id(self, name: str) -> str:
        """Every scenario has users of its own: what they leave behind tells whose it is."""
        return f"@{name}-{self.scenario}:{self.server_name}"

    def localpart(self, name: str) -> str:
        return f"{name}-{self.scenario}"

    def users(self, *names: str) -> tuple[Actor, ...]:
        return tuple(self.user(name) for name in names)

    def user(self, name: str, *, admin: bool = False) -> Actor:
        """A new user, registered with the shared secret, logged in."""
        actor = self.nobody(name)
        actor.quiet = True
        actor.register_by_secret(self.localpart(name), PASSWORD, admin=admin)
        actor.quiet = False
        self._actors[name] = actor
        return actor

    @property
    def peer(self) -> ActingPeer:
        """Another server, which only this scenario knows (profile "federation")."""
        return self.peer_named("peer")

    def peer_named(self, label: str) -> ActingPeer:
        """A further one. In `prepare` and afterwards it has the same name and key."""
        if self._network is None:
            raise RuntimeError("peers are where the profile is of a federation")
        if label not in self._peers:
            peer = self._network.peer(f"{self.scenario} {label}", ActingPeer)
            peer.meet(label, self.server_name, self.url, self.transcript)
            self._peers[label] = peer
        return self._peers[label]

    def nobody(self, name: str = "nobody") -> Actor:
        """A client without token."""
        return Actor(name, self.url, self.transcript)

    def again(self, actor: Actor, device: str) -> Actor:
        """Another device of the same user."""
        other = self.nobody(f"{actor.name} on {device}")
        other.quiet = True
        other.login(actor.user_id, PASSWORD, device_id=device)
        other.quiet = False
        self._actors[other.name] = other
        return other

    def at_once(self, *acts: Callable[[], Result]) -> list[Result]:
        """Does several things at the same time; in the transcript one comes after the other."""

        def run(lane: int, act: Callable[[], Result]) -> Result:
            LANE.set(lane)
            return act()

        began = len(self.transcript)
        with ThreadPoolExecutor(len(acts)) as pool:
            running = [pool.submit(run, lane, act) for lane, act in enumerate(acts)]
            results = [future.result() for future in running]
        self.transcript[began:] = sorted(self.transcript[began:], key=lambda step: step.lane)
        return results

    def count_clear(self, poke: Callable[[], object], seconds: float = 12) -> None:
        """For that long the counts of /sync do not change but for what is done.

        `poke` sends an event, in a room that is looked at by nobody: it may be counted first.
        """
        if self._rotation:
            self._rotation.keep_clear(seconds, poke)

    def wait(self, seconds: float) -> None:
        time.sleep(seconds)

    def as_json(self) -> dict[str, dict[str, str]]:
        """The sessions, to be stored with the prepared database."""
        return {
            name: {"token": one.token or "", "user_id": one.user_id, "device_id": one.device_id}
            for name, one in self._actors.items()
        }

    def enter(self, sessions: dict[str, dict[str, str]]) -> None:
        """Brings back the actors that `prepare` made."""
        for name, session in sessions.items():
            actor = self.nobody(name)
            actor.token, actor.user_id = session["token"], session["user_id"]
            actor.device_id = session["device_id"]
            # Not those that `prepare` used on the same device.
            actor.transactions = "later"
            self._actors[name] = actor
