# SPDX-License-Identifier: Apache-2.0
"""matrix-nio with encryption, driven by JSON lines (what they are: program.py).

Runs in an environment of its own: of this package it may use nothing.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from aiohttp import ClientConnectionError, ClientError, ClientResponse
from nio import (
    AsyncClient,
    AsyncClientConfig,
    Event,
    JoinResponse,
    LoginResponse,
    MegolmEvent,
    RoomCreateResponse,
    RoomMessage,
    RoomSendResponse,
    SyncResponse,
)
from nio.exceptions import EncryptionError, ProtocolError

PAUSE = 0.3  # seconds between two messages
BACK_OFF = 0.2
ROTATE_AFTER = 8  # messages of one Megolm session
FILTER = {"room": {"timeline": {"limit": 100}}}


def tell(word: str, **what: Any) -> None:
    print(json.dumps({"tell": word, **what}), flush=True)


class ToldClient(AsyncClient):
    """Tells what it asks in vain."""

    async def send(self, method: str, path: str, *args: Any, **more: Any) -> ClientResponse:
        what = f"{method} {path.partition('?')[0]}"
        if "/send/m.room." in path:
            tell("attempt", txn=path.partition("?")[0].rpartition("/")[2])
        try:
            answer = await super().send(method, path, *args, **more)
        except (ClientError, TimeoutError) as error:
            tell("failure", what=f"{what}: {type(error).__name__}")
            raise
        if answer.status >= 500:
            tell("failure", what=f"{what}: {answer.status}")
            # nio 0.26 tries again only without an answer; an error to key sharing logs it out.
            answer.release()
            raise ClientConnectionError(f"{answer.status}")
        if answer.status == 429:
            tell("failure", what=f"{what}: 429")
        elif answer.status >= 400:
            tell("refused", what=f"{what}: {answer.status} {(await answer.text())[:200]}")
        return answer


class Talker:
    def __init__(self, wish: dict[str, Any]) -> None:
        self._folder = Path(wish["folder"])
        self._folder.mkdir(parents=True, exist_ok=True)
        config = AsyncClientConfig(
            store_sync_tokens=True, encryption_enabled=True, max_timeout_retry_wait_time=1
        )
        self._client = ToldClient(
            wish["url"], wish["user"], wish["device"], str(self._folder), config
        )
        self._password = wish["password"]
        self._client.add_response_callback(self._note, SyncResponse)
        self._sealed: dict[str, MegolmEvent] = {}
        self._syncs = 0
        self._rooms: set[str] = set()
        self._ending = False
        self._hush = asyncio.Event()
        self._talking: asyncio.Task[None] | None = None
        self._listening: asyncio.Task[None] | None = None

    async def start(self) -> dict[str, Any]:
        session = self._folder / "session.json"
        if session.exists():
            self._client.restore_login(**json.loads(session.read_text()))
        else:
            answer = await self._client.login(self._password)
            if not isinstance(answer, LoginResponse):
                raise ProtocolError(f"login: {answer}")
            kept = {
                "user_id": answer.user_id,
                "device_id": answer.device_id,
                "access_token": answer.access_token,
            }
            session.write_text(json.dumps(kept))
        self._listening = asyncio.create_task(self._listen())
        # Others must find the device's keys before the first message.
        while self._client.should_upload_keys or not self._syncs:
            await asyncio.sleep(0.05)
        return {"user_id": self._client.user_id}

    async def create(self, invite: list[str], rotate: int) -> dict[str, Any]:
        content = {"algorithm": "m.megolm.v1.aes-sha2", "rotation_period_msgs": rotate}
        encryption = {"type": "m.room.encryption", "state_key": "", "content": content}
        answer = await self._client.room_create(invite=invite, initial_state=[encryption])
        if not isinstance(answer, RoomCreateResponse):
            raise ProtocolError(f"create: {answer}")
        return {"room": answer.room_id}

    async def enter(self, room: str) -> dict[str, Any]:
        answer = await self._client.join(room)
        if not isinstance(answer, JoinResponse):
            raise ProtocolError(f"join: {answer}")
        return {}

    async def know(self, room: str, members: int) -> dict[str, Any]:
        """Until it sees the room encrypted and with so many members."""
        while True:
            found = self._client.rooms.get(room)
            if found is not None and found.encrypted and len(found.users) >= members:
                return {}
            await asyncio.sleep(0.05)

    async def talk(self, room: str, run: str) -> dict[str, Any]:
        self._hush.clear()
        self._talking = asyncio.create_task(self._talk(room, run))
        return {}

    async def hush(self) -> dict[str, Any]:
        """Says nothing new; what is under way is sent."""
        self._hush.set()
        if self._talking is not None:
            await self._talking
        return {}

    async def end(self) -> dict[str, Any]:
        # nio keeps the token of a sync before what came with it was told: let it finish.
        self._ending = True
        self._client.stop_sync_forever()
        if self._listening is not None:
            await asyncio.wait([self._listening], timeout=60)
        await self._client.close()
        return {}

    async def _listen(self) -> None:
        while not self._ending:
            try:
                # A filter by its text: all servers of a passage read it alike.
                await self._client.sync_forever(
                    timeout=2000,
                    sync_filter=FILTER,
                    full_state=not self._syncs,
                    loop_sleep_time=20,
                )
            except (ClientError, TimeoutError, ProtocolError) as error:
                tell("failure", what=f"sync: {type(error).__name__}: {error}")
            await asyncio.sleep(BACK_OFF)

    async def _note(self, answer: SyncResponse) -> None:
        for room, joined in answer.rooms.join.items():
            # What a sync tells of a room for the first time has a beginning, not a gap.
            if joined.timeline.limited and room in self._rooms:
                tell("gap", room=room)
            self._rooms.add(room)
            for event in joined.timeline.events:
                self._note_event(room, event)
        self._try_again()
        self._syncs += 1
        if self._syncs == 1:
            tell("synced")

    def _note_event(self, room: str, event: Event) -> None:
        if isinstance(event, MegolmEvent):
            tell("seen", room=room, event_id=event.event_id, sender=event.sender)
            tell("unread", event_id=event.event_id, why="no session")
            self._sealed[event.event_id] = event
        elif isinstance(event, RoomMessage):
            tell("seen", room=room, event_id=event.event_id, sender=event.sender)
            tell("read", event_id=event.event_id, body=event.body, sealed=event.decrypted)

    def _try_again(self) -> None:
        """Keys may come after what they open; nio leaves that to us."""
        for event_id, sealed in list(self._sealed.items()):
            try:
                event = self._client.decrypt_event(sealed)
            except EncryptionError as error:
                tell("unread", event_id=event_id, why=str(error))
                continue
            del self._sealed[event_id]
            tell("read", event_id=event_id, body=event.body, sealed=True)

    async def _talk(self, room: str, run: str) -> None:
        number = 0
        while not self._hush.is_set():
            if number % ROTATE_AFTER == ROTATE_AFTER - 1:
                self._client.invalidate_outbound_session(room)
            await self._say(room, f"{run}-{number}")
            number += 1
            await asyncio.sleep(PAUSE)

    async def _say(self, room: str, txn: str) -> None:
        body = f"{self._client.user_id} {txn}"
        tell("sent", txn=txn, body=body)
        content = {"msgtype": "m.text", "body": body}
        while True:
            try:
                answer = await self._client.room_send(
                    room, "m.room.message", content, txn, ignore_unverified_devices=True
                )
            except (ClientError, TimeoutError, ProtocolError, EncryptionError) as error:
                tell("failure", what=f"send: {type(error).__name__}: {error}")
            else:
                if isinstance(answer, RoomSendResponse):
                    tell("acknowledged", txn=txn, event_id=answer.event_id)
                    return
                status = answer.transport_response.status if answer.transport_response else 0
                if 400 <= status < 500:
                    return
            await asyncio.sleep(BACK_OFF)


async def main() -> None:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    talker: Talker | None = None
    while line := await reader.readline():
        wish = json.loads(line)
        word = wish.pop("do")
        try:
            if word == "start":
                talker = Talker(wish)
                wish = {}
            done = await getattr(talker, word)(**wish)
            tell("done", **done)
        except Exception as error:
            tell("broken", what=f"{word}: {type(error).__name__}: {error}")
        if word == "end":
            return


if __name__ == "__main__":
    asyncio.run(main())
    # Threads of the library must not hold up the end.
    os._exit(0)
