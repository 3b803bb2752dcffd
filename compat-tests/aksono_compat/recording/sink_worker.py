# SPDX-License-Identifier: Apache-2.0
"""The process that scrubs and writes: it alone waits for the disk.

It reads frames (a length, then a pickle) from its standard input: Settings, then what passed by,
then the End of it. What it has to say, it says in lines of JSON on its standard output.
"""

from __future__ import annotations

import json
import os
import pickle
import signal
import sys
import time
from typing import Any, BinaryIO

from .capture import Captured
from .format import End
from .keys import Keys
from .sampling import Sample
from .scrub import Scrubber
from .settings import FRAME, Settings, open_recording
from .writer import FullError, RecordingWriter

_TELL_EVERY = 0.5


def main() -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # the recorder tells us when it is over
    os.nice(10)
    frames = sys.stdin.buffer
    settings = _frame(frames)
    if not isinstance(settings, Settings):
        return 1
    try:
        writer = open_recording(settings)
    except OSError as error:
        _tell(error=f"{error.filename or settings.path}: {error.strerror}")
        return 1
    _tell(ready=True)
    return _Worker(settings, writer).run(frames)


class _Worker:
    def __init__(self, settings: Settings, writer: RecordingWriter) -> None:
        header = settings.header
        self._writer = writer
        self._sample = Sample.parse(header.sample)
        self._scrubber = Scrubber(
            Keys(settings.key),
            server_name=header.server_name,
            content=header.content_included,
            sample=self._sample,
        )
        self._full = ""
        self._told = 0.0

    def run(self, frames: BinaryIO) -> int:
        while True:
            frame = _frame(frames)
            if frame is None:
                # The recorder was killed: without end mark the recording says that it is not whole.
                return 1
            if isinstance(frame, End):
                return self._finish(frame)
            self._write(frame)
            if time.monotonic() > self._told + _TELL_EVERY:
                self._told = time.monotonic()
                self._tell()

    def _write(self, captured: Captured) -> None:
        if self._full:
            return
        try:
            exchange = self._scrubber.exchange(captured)
            if exchange is not None:
                self._writer.write(exchange)
        except FullError:
            self._full = "size"
            self._tell()
        except OSError as error:
            self._full = "error"
            _tell(error=f"{self._writer.path}: {error.strerror}")
        except Exception as error:
            # Whatever it was that could not be scrubbed, it is not written, and not shown.
            self._writer.dropped += 1
            _tell(odd=f"{type(error).__name__} at exchange {captured.number}")

    def _finish(self, end: End) -> int:
        self._writer.dropped += end.dropped
        whole = self._writer.finish(self._full or end.reason)
        self._tell(done=True, whole=whole)
        return 0 if whole and self._full != "error" else 1

    def _tell(self, **more: Any) -> None:
        writer = self._writer
        _tell(
            exchanges=writer.exchanges,
            size=writer.size,
            dropped=writer.dropped,
            full=self._full,
            **more,
        )


def _frame(frames: BinaryIO) -> Any:
    """The next frame; None at the end of input."""
    head = frames.read(FRAME.size)
    if len(head) < FRAME.size:
        return None
    (size,) = FRAME.unpack(head)
    data = frames.read(size)
    return pickle.loads(data) if len(data) == size else None


def _tell(**what: Any) -> None:
    try:
        print(json.dumps(what), flush=True)
    except OSError:
        return


if __name__ == "__main__":
    sys.exit(main())
