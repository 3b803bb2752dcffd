# SPDX-License-Identifier: Apache-2.0
"""What is replayed: a recording, or a scenario that somebody wrote."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..recording.format import Exchange, Header, RecordingError
from ..recording.keys import Keys, key_file
from ..recording.reader import Recording
from . import script


@dataclass
class Source:
    """Exchanges to be replayed."""

    name: str
    header: Header
    exchanges: list[Exchange]
    keys: Keys | None = None
    incomplete: str = ""  # what is missing of it
    written: bool = False  # a scenario: whose names of sessions are users of the demo world


def load_source(path: Path, key: Path | None = None) -> Source:
    """Reads a file; RecordingError when there is nothing in it that can be replayed."""
    if path.suffix in (".toml", ".json"):
        header, exchanges = script.load(path)
        return Source(path.name, header, exchanges, written=True)
    recording = Recording(path)
    exchanges = list(recording.exchanges())
    if not exchanges:
        raise RecordingError(f"{path}: {recording.incomplete or 'nothing was recorded'}")
    keys = None
    if key is not None or key_file(path).exists():
        keys = Keys.load(_recording_of(key) if key is not None else path)
    return Source(path.name, recording.header, exchanges, keys, recording.incomplete)


def _recording_of(key: Path) -> Path:
    """Where the recording would be, beside which this key lies."""
    if key.suffix != ".key":
        raise RecordingError(f"{key}: not the key of a recording (FILE.key)")
    return key.with_suffix("")
