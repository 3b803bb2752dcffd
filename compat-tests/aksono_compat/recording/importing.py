# SPDX-License-Identifier: Apache-2.0
"""Makes a recording out of something that was recorded by others."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from .capture import Captured
from .format import Header, RecordingError
from .keys import Keys
from .progress import Progress
from .sampling import Sample
from .scrub import Scrubber
from .settings import Settings, open_recording
from .tool import tool
from .writer import FullError


@dataclass
class Found:
    """What a source holds: exchanges in the order in which they were complete."""

    source: str  # "har", "nginx", "caddy"
    began: float  # seconds since 1970
    server: str = ""
    server_name: str = ""
    exchanges: Iterable[Captured] = ()
    # How many entries were left out, by reason; filled while the exchanges are read.
    left_out: dict[str, int] = field(default_factory=dict)

    def leave_out(self, reason: str) -> None:
        self.left_out[reason] = self.left_out.get(reason, 0) + 1


@dataclass
class Imported:
    """How it went."""

    exchanges: int
    left_out: dict[str, int]


def write_recording(
    found: Found,
    out: Path,
    *,
    force: bool = False,
    include_content: bool = False,
    max_size: int | None = None,
    sample: Sample | None = None,
) -> Imported:
    """Scrubs and writes what was found. When that fails no file is left behind."""
    keys = Keys.fresh()
    sample = sample or Sample()
    header = Header(
        tool=tool(),
        began=int(found.began * 1000),
        server_name=found.server_name,
        server=found.server,
        source=found.source,
        content_included=include_content,
        sample=str(sample),
    )
    scrubber = Scrubber(keys, server_name=found.server_name, content=include_content, sample=sample)
    try:
        writer = open_recording(Settings(out, header, keys.key, force, max_size))
    except OSError as error:
        raise RecordingError(f"{error.filename or out}: {error.strerror}") from None
    progress = Progress("import")
    reason = "stopped"
    try:
        for captured in found.exchanges:
            exchange = scrubber.exchange(captured)
            if exchange is None:
                found.leave_out("not in the sample")
            elif not writer.write(exchange):
                raise RecordingError(f"{out}: the disk is full")
            progress.update(f"{writer.exchanges} exchanges, {writer.size / 1e6:.1f} MB")
    except FullError:
        reason = "size"
    except BaseException:
        writer.abandon()
        raise
    progress.close()
    if not writer.finish(reason):
        raise RecordingError(f"{out}: the disk is full: the recording has no end mark")
    return Imported(writer.exchanges, found.left_out)


def open_source(path: Path) -> IO[bytes]:
    """A file to read, unpacked when it is gzip."""
    try:
        file = path.open("rb")
        packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
    except OSError as error:
        raise RecordingError(f"{path}: {error.strerror}") from None
    return gzip.open(file) if packed else file  # type: ignore[return-value]


def is_matrix(path: str) -> bool:
    """Whether a path belongs to a homeserver; a browser and a web server see other things, too."""
    return path.startswith(("/_matrix/", "/_synapse/", "/.well-known/matrix/"))


def in_order(exchanges: list[Captured], number: Callable[[], int]) -> list[Captured]:
    """Numbered as they came, in the order in which they were complete."""
    for captured in sorted(exchanges, key=lambda one: one.at):
        captured.number = number()
    return sorted(exchanges, key=lambda one: (one.at + one.took, one.number))
