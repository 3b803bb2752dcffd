# SPDX-License-Identifier: Apache-2.0
"""Writes reports: for their owner alone, and either whole or not at all."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from pathlib import Path

STDOUT = "-"


def write_private(path: Path | str, text: str, mode: int = 0o600) -> None:
    """Replaces the file in one step; a reader sees the old content or the new one.

    "-" is stdout; a pipe or a device is written to as it is.
    """
    content = text.encode("utf-8", "backslashreplace")
    if str(path) == STDOUT:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
        return
    path = Path(os.path.realpath(path))
    if path.exists() and not path.is_file():
        path.write_bytes(content)
        return
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name[:100]}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(file.fileno(), mode)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
