# SPDX-License-Identifier: Apache-2.0
"""What a recording is to be, and how it is begun."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

from .format import Header
from .keys import Keys
from .writer import RecordingWriter

# Before each pickle on the pipe to the writing process: its length.
FRAME = struct.Struct("!Q")


@dataclass
class Settings:
    """What a recording is to be."""

    path: Path
    header: Header
    key: bytes
    force: bool
    max_size: int | None


def open_recording(settings: Settings) -> RecordingWriter:
    """The recording and its key; neither, when one of them cannot be made."""
    writer = RecordingWriter(
        settings.path, settings.header, force=settings.force, max_size=settings.max_size
    )
    try:
        Keys(settings.key).store(settings.path, force=settings.force)
    except OSError:
        settings.path.unlink()
        raise
    return writer
