# SPDX-License-Identifier: Apache-2.0
"""Starts and stops real Synapse and Aksono, each on a Site."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import requests

from .config import Site
from .serverlog import Problem, problems

REPOSITORY = Path(__file__).resolve().parents[2]


class ServerError(RuntimeError):
    """A server that does not start, or does not stop."""


class Server:
    """One server process. The subclass knows its command line."""

    kind = "server"

    def __init__(self, site: Site) -> None:
        self.site = site
        self._process: subprocess.Popen[bytes] | None = None
        self._log_offset = 0

    def command(self) -> list[str]:
        raise NotImplementedError

    @property
    def output(self) -> Path:
        """What the process printed, beside its log."""
        return self.site.directory / "output.txt"

    @property
    def pid(self) -> int:
        if self._process is None:
            raise ServerError(f"{self.kind} is not running")
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self, timeout: float = 60) -> float:
        """Starts the process and waits until it answers. Returns the seconds that took."""
        self.site.write()
        log = self.site.log_file
        self._log_offset = log.stat().st_size if log.exists() else 0
        began = time.monotonic()
        with self.output.open("ab") as output:
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", *self.command()],
                stdout=output, stderr=output, stdin=subprocess.DEVNULL,
                cwd=self.site.directory, start_new_session=True,
            )  # fmt: skip
        while time.monotonic() < began + timeout:
            if self._answers():
                return time.monotonic() - began
            if self._process.poll() is not None:
                raise ServerError(f"{self.kind} ended at start: {self.last_words()}")
            time.sleep(0.02)
        self.kill()
        raise ServerError(f"{self.kind} did not answer in {timeout} s: {self.last_words()}")

    def _answers(self) -> bool:
        try:
            answer = requests.get(f"{self.site.url}/_matrix/client/versions", timeout=5)
        except requests.RequestException:
            return False
        return answer.status_code < 500

    def last_words(self) -> str:
        """The ends of its output and of its log."""
        files = [file for file in (self.output, self.site.log_file) if file.exists()]
        return "\n".join(file.read_text(errors="replace")[-2000:] for file in files)

    def stop(self, timeout: float = 30) -> float:
        """SIGTERM and wait. Returns the seconds that took; a server that hangs is an error."""
        if self._process is None:
            return 0.0
        began = time.monotonic()
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise ServerError(f"{self.kind} did not stop in {timeout} s") from None
        status = self._process.returncode
        self._process = None
        if status not in (0, -signal.SIGTERM) or self._sanitizers_complain():
            raise ServerError(f"{self.kind} ended with {status}: {self.last_words()}")
        return time.monotonic() - began

    def _sanitizers_complain(self) -> bool:
        output = self.output.read_bytes()
        return any(word in output for word in (b"Sanitizer", b": runtime error: "))

    def kill(self) -> None:
        """SIGKILL: what a crash looks like to the database."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def problems(self) -> list[Problem]:
        """Lines of level WARNING and above that the last start has written."""
        return list(problems(self.site.log_file, self._log_offset))

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


class Synapse(Server):
    """Real Synapse out of a virtual environment, by default the one that runs us."""

    kind = "synapse"

    def __init__(self, site: Site, python: str | Path = sys.executable) -> None:
        super().__init__(site)
        self.python = str(python)

    def command(self) -> list[str]:
        return [self.python, "-m", "synapse.app.homeserver", "-c", str(self.site.config_file)]


class Aksono(Server):
    """`build/bin/aksono`; AKSONO_BUILD names another build directory."""

    kind = "aksono"

    @staticmethod
    def build() -> Path:
        return Path(os.environ.get("AKSONO_BUILD", REPOSITORY / "build")).resolve()

    def command(self) -> list[str]:
        program = self.build() / "bin" / "aksono"
        if not program.exists():
            raise ServerError(f"{program} is not built: run scripts/setup, or set AKSONO_BUILD")
        return [str(program), "-c", str(self.site.config_file)]


def make_server(kind: str, site: Site) -> Server:
    """A server by its name, `synapse` or `aksono`."""
    return Synapse(site) if kind == "synapse" else Aksono(site)
