# SPDX-License-Identifier: Apache-2.0
"""The recorder's end of the pipe to the process that writes: it never waits."""

from __future__ import annotations

import asyncio
import json
import os
import pickle
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .capture import Captured
from .format import End, RecordingError
from .settings import FRAME, Settings

_STOP_WITHIN = 60.0


@dataclass
class State:
    """What the writing process has told of itself."""

    exchanges: int = 0
    size: int = 0
    dropped: int = 0
    full: str = ""  # why nothing more is written: "size", "error"
    odd: int = 0  # exchanges that could not be scrubbed
    error: str = ""
    done: bool = False
    whole: bool = False


def _environment() -> dict[str, str]:
    """The child must find this package where we found it."""
    paths = [str(Path(__file__).resolve().parents[2]), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path)}


class Sink:
    """Takes exchanges, and drops them when `queue` bytes are waiting to be written."""

    def __init__(self, settings: Settings, queue: int) -> None:
        self._settings = settings
        self._queue = queue
        self._child: asyncio.subprocess.Process | None = None
        self._listener: asyncio.Task[None] | None = None
        self._dropped = 0
        self.state = State()

    @property
    def dropped(self) -> int:
        """Requests that will be missing from the recording."""
        return self._dropped + self.state.dropped

    @property
    def waiting(self) -> int:
        """Bytes that were not taken yet."""
        return self._pipe.transport.get_write_buffer_size() if self._child else 0

    @property
    def _process(self) -> asyncio.subprocess.Process:
        if self._child is None:
            raise RuntimeError("the sink was not started")
        return self._child

    @property
    def _pipe(self) -> asyncio.StreamWriter:
        if self._process.stdin is None:
            raise RuntimeError("no pipe to the writing process")
        return self._process.stdin

    @property
    def _told(self) -> asyncio.StreamReader:
        if self._process.stdout is None:
            raise RuntimeError("no pipe from the writing process")
        return self._process.stdout

    async def start(self) -> None:
        """RecordingError when the file, or its key, cannot be made."""
        self._child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "aksono_compat.recording.sink_worker",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            start_new_session=True, env=_environment(),
        )  # fmt: skip
        self._send(self._settings)
        line = await self._told.readline()
        if not line:
            raise RecordingError("the process that writes the recording does not start")
        self._heard(json.loads(line))
        if self.state.error:
            await self._process.wait()
            raise RecordingError(self.state.error)
        self._listener = asyncio.get_running_loop().create_task(self._listen())

    def put(self, captured: Captured) -> None:
        """Hands an exchange over, or counts it as dropped."""
        alive = self._process.returncode is None
        size = (captured.body.size if captured.body.data else 0) + len(captured.answer.data or b"")
        if not alive or self.state.full or self.waiting + size > self._queue:
            self._dropped += 1
        else:
            self._send(captured)

    def lose(self, count: int) -> None:
        """Counts requests that never were exchanges."""
        self._dropped += count

    async def finish(self, reason: str) -> State:
        """Writes the end mark, after what is waiting; how it went."""
        self._send(End(0, self._dropped, reason))
        self._dropped = 0
        self._pipe.close()
        try:
            async with asyncio.timeout(_STOP_WITHIN):
                await self._process.wait()
                if self._listener:
                    await self._listener
        except TimeoutError:
            self._process.kill()
            self.state.error = "the disk does not take the rest: the recording has no end mark"
        return self.state

    def _send(self, what: Any) -> None:
        data = pickle.dumps(what, pickle.HIGHEST_PROTOCOL)
        self._pipe.write(FRAME.pack(len(data)))
        self._pipe.write(data)

    async def _listen(self) -> None:
        async for line in self._told:
            self._heard(json.loads(line))
        if not self.state.done and not self.state.error:
            self.state.error = "the process that writes the recording has ended: no end mark"

    def _heard(self, told: dict[str, Any]) -> None:
        for name, value in told.items():
            if name == "odd":
                self.state.odd += 1
                print(f"aksono-replay record: not recorded: {value}", file=sys.stderr)
            elif hasattr(self.state, name):
                setattr(self.state, name, value)
