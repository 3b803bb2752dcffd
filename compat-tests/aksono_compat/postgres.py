# SPDX-License-Identifier: Apache-2.0
"""A throwaway PostgreSQL cluster: own directory, own Unix socket, gone after use."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg2
import psycopg2.extensions

Connection = psycopg2.extensions.connection

# Nothing in a throwaway cluster survives a crash of the machine, so nothing waits for the disk.
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "jit": "off",
    "logging_collector": "off",
    "log_timezone": "UTC",
    "timezone": "UTC",
}


def _programs() -> Path:
    """The folder of initdb and postgres: AKSONO_PG_BIN, or where Debian puts version 15."""
    return Path(os.environ.get("AKSONO_PG_BIN", "/usr/lib/postgresql/15/bin"))


def _as_ordinary_user() -> tuple[list[str], tuple[int, int] | None]:
    """A command prefix and (uid, gid): PostgreSQL refuses to run as root."""
    prefix = ["setpriv", "--pdeathsig", "QUIT"]
    if os.geteuid() != 0:
        return prefix, None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            user = pwd.getpwnam(name)
            ids = ["--reuid", str(user.pw_uid), "--regid", str(user.pw_gid), "--clear-groups"]
            return prefix + ids, (user.pw_uid, user.pw_gid)
    raise RuntimeError("no ordinary user (postgres, nobody) to run PostgreSQL as")


class Cluster:
    """One PostgreSQL server reached only through a Unix socket in a 0700 directory."""

    USER = "postgres"
    PORT = 5432

    def __init__(self, settings: dict[str, str] | None = None) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="aksono-pg-"))
        self.settings = {**SETTINGS, **(settings or {})}
        self._prefix, owner = _as_ordinary_user()
        if owner:
            os.chown(self.directory, *owner)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return self.directory / "server.log"

    @property
    def pid(self) -> int:
        """Of the postmaster, the root of the server's processes."""
        if self._process is None:
            raise RuntimeError("PostgreSQL is not running")
        return self._process.pid

    def start(self) -> None:
        data = self.directory / "data"
        if not data.exists():
            options = ["-U", self.USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
            self._run([_programs() / "initdb", "-D", data, *options])
        settings = [f"--{name}={value}" for name, value in self.settings.items()]
        command = [*self._prefix, str(_programs() / "postgres"), "-D", str(data)]
        command += ["-k", str(self.directory), "-p", str(self.PORT), *settings]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd="/",
                start_new_session=True,
            )  # fmt: skip
        self._wait_until_ready()

    def _run(self, command: list[str | Path]) -> None:
        done = subprocess.run(
            [*self._prefix, *map(str, command)], capture_output=True, text=True, cwd="/"
        )
        if done.returncode != 0:
            raise RuntimeError(f"{command[0]} failed: {done.stderr.strip()}")

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                break
            with contextlib.suppress(psycopg2.OperationalError):
                self.connect("postgres").close()
                return
            time.sleep(0.05)
        raise RuntimeError(f"PostgreSQL did not start: {self.log.read_text()[-2000:]}")

    def stop(self) -> None:
        """Stops the server (at once: nothing in it is kept) and removes everything it wrote."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process = None
        shutil.rmtree(self.directory, ignore_errors=True)

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def connection_args(self, database: str) -> dict[str, str | int]:
        """What psycopg2.connect, and `database: args:` of homeserver.yaml, take."""
        return {
            "user": self.USER,
            "host": str(self.directory),
            "port": self.PORT,
            "dbname": database,
        }

    def dsn(self, database: str) -> str:
        """The same as a libpq key=value string."""
        return " ".join(f"{key}={value}" for key, value in self.connection_args(database).items())

    def connect(self, database: str) -> Connection:
        return psycopg2.connect(
            user=self.USER, host=str(self.directory), port=self.PORT, dbname=database,
            application_name="aksono-compat",
        )  # fmt: skip

    @contextlib.contextmanager
    def session(self, database: str) -> Iterator[psycopg2.extensions.cursor]:
        """A cursor in autocommit mode, closed at the end."""
        connection = self.connect(database)
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()

    def create(self, name: str, template: str = "template0") -> None:
        """Makes a database; `template` must have no sessions."""
        with self.session("postgres") as cursor:
            # Copying files is quicker here; before 15 there is no other way.
            strategy = "STRATEGY file_copy" if cursor.connection.server_version >= 150000 else ""
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" {strategy}')

    def drop(self, name: str) -> None:
        with self.session("postgres") as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def dump(self, name: str, file: Path) -> None:
        """Writes the database to `file` in pg_dump's custom format."""
        self._client_tool(["pg_dump", "-Fc", "-f", str(file), *self._tool_options(name)])

    def restore(self, name: str, file: Path) -> None:
        """Makes database `name` from a file that `dump` wrote."""
        self.create(name)
        options = ["-j2", "--no-owner", "--no-privileges", *self._tool_options(name)]
        self._client_tool(["pg_restore", *options, str(file)])

    def _tool_options(self, name: str) -> list[str]:
        return ["-h", str(self.directory), "-p", str(self.PORT), "-U", self.USER, "-d", name]

    @staticmethod
    def _client_tool(command: list[str]) -> None:
        done = subprocess.run(
            [str(_programs() / command[0]), *command[1:]], capture_output=True, text=True
        )
        if done.returncode != 0:
            raise RuntimeError(f"{command[0]} failed: {done.stderr.strip()}")


class Standby(Cluster):
    """A hot standby of another cluster, which must let it (wal_level, max_wal_senders)."""

    def __init__(self, primary: Cluster) -> None:
        super().__init__({**primary.settings, "hot_standby": "on"})
        self.primary = primary

    def start(self) -> None:
        data = self.directory / "data"
        if not data.exists():
            source: list[str | Path] = [
                "-h",
                self.primary.directory,
                "-p",
                str(self.PORT),
                "-U",
                self.USER,
            ]
            copy: list[str | Path] = [
                "-D",
                data,
                "-R",
                "-X",
                "stream",
                "--checkpoint=fast",
                "--no-sync",
            ]
            self._run([_programs() / "pg_basebackup", *source, *copy])
        super().start()
