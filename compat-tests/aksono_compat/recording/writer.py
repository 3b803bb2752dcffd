# SPDX-License-Identifier: Apache-2.0
"""Writes a recording: whole lines only, whatever happens to the disk."""

from __future__ import annotations

import errno
import os
from collections import deque
from pathlib import Path

from .format import End, Exchange, Header, end_line, exchange_line, header_line
from .keys import key_file

_NO_SPACE = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG))
# Bytes that are kept free, under --max-size, for the end mark.
_END_MARK = 200
# Exchanges that may be given up to make room for the end mark on a full disk.
_LAST = 64


class FullError(Exception):
    """The file has reached its limit: nothing more goes in but the end mark."""


class RecordingWriter:
    """One recording, being written. The file is 0600, and a new one unless `force`."""

    def __init__(
        self, path: Path, header: Header, *, force: bool = False, max_size: int | None = None
    ) -> None:
        self.path = path
        self.exchanges = 0
        self.dropped = 0
        self._max_size = max_size
        if force:
            path.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        self._file = os.open(path, flags, 0o600)
        os.fchmod(self._file, 0o600)
        self.size = 0
        # Where the last exchanges begin.
        self._starts: deque[int] = deque(maxlen=_LAST)
        try:
            self._append(_line(header_line(header)))
        except OSError:
            os.close(self._file)
            path.unlink()
            raise

    def write(self, exchange: Exchange) -> bool:
        """Appends one exchange. False: the disk is full, it was dropped and counted.

        FullError when it would make the file larger than it may be.
        """
        line = _line(exchange_line(exchange))
        if self._max_size is not None and self.size + len(line) + _END_MARK > self._max_size:
            raise FullError
        start = self.size
        try:
            self._append(line)
        except OSError as error:
            if error.errno not in _NO_SPACE:
                raise
            self.dropped += 1
            return False
        self._starts.append(start)
        self.exchanges += 1
        return True

    def finish(self, reason: str) -> bool:
        """Writes the end mark and closes. On a full disk it takes the place of the last exchanges.

        False: there was no room even so, and the recording has no end mark.
        """
        try:
            return self._finish(reason)
        finally:
            os.close(self._file)

    def abandon(self) -> None:
        """Nothing half-written is left: the file goes, and its key."""
        os.close(self._file)
        self.path.unlink(missing_ok=True)
        key_file(self.path).unlink(missing_ok=True)

    def _finish(self, reason: str) -> bool:
        while True:
            try:
                self._append(_line(end_line(End(self.exchanges, self.dropped, reason))))
                os.fsync(self._file)
                return True
            except OSError:
                if not self._starts:
                    return False
                self._cut(self._starts.pop())
                self.exchanges -= 1
                self.dropped += 1

    def _append(self, line: bytes) -> None:
        """All of a line or nothing of it."""
        rest = memoryview(line)
        try:
            while rest:
                rest = rest[os.write(self._file, rest) :]
        except OSError:
            self._cut(self.size)
            raise
        self.size += len(line)

    def _cut(self, size: int) -> None:
        os.ftruncate(self._file, size)
        os.lseek(self._file, size, os.SEEK_SET)
        self.size = size


def _line(text: str) -> bytes:
    # Lone surrogates, which JSON allows, have no UTF-8: as escapes they are JSON again.
    return text.encode("utf-8", "backslashreplace") + b"\n"
