# SPDX-License-Identifier: Apache-2.0
"""A recorder in a process of its own, for suites and scripts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from ..ports import free_port

_PACKAGE = Path(__file__).resolve().parents[2]


class RecorderProcess:
    """`record` as an admin starts it; `url` is where it listens. TERM at the end of a `with`."""

    def __init__(
        self,
        out: Path,
        *options: str,
        upstream: str = "",
        listen: str = "",
        log: Path | None = None,
    ) -> None:
        """Without `upstream` it is the receiving end of a mirror."""
        listen = listen or f"127.0.0.1:{free_port()}"
        self.out = out
        self.url = listen if listen.startswith("unix:") else f"http://{listen}"
        self._command = [sys.executable, "-m", "aksono_compat.recording", "record"]
        self._command += ["--listen", listen, "--out", str(out), *options]
        self._command += ["--upstream", upstream] if upstream else ["--mirror"]
        self._log = log or out.with_name(out.name + ".log")
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        """What it said on standard error."""
        return self._log.read_text(errors="replace")

    def start(self, timeout: float = 20) -> None:
        """Until it listens; RuntimeError with what it said when it ends before."""
        if self.process is not None:
            return
        environment = {**os.environ, "PYTHONPATH": str(_PACKAGE)}
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(self._command, stderr=log, env=environment)
        deadline = time.monotonic() + timeout
        while "recording " not in self.log:
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.process.kill()
                raise RuntimeError(self.log)
            time.sleep(0.05)

    def stop(self, timeout: float = 60) -> int:
        """TERM; the exit code."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
