# SPDX-License-Identifier: Apache-2.0
"""The verb `up`: one server by hand, on something that is thrown away afterwards."""

from __future__ import annotations

import argparse
import os
import secrets
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .demo import PASSWORD
from .postgres import Cluster
from .replaying.clones import ArenaError, Choice, Clone, Home, python_of
from .replaying.homes import (
    Copied,
    copied_home,
    demo_home,
    say_to_stderr,
    take_copy,
    take_dump,
)
from .reporting.verdict import UNSUITABLE, USAGE
from .servers import REPOSITORY
from .up_federated import up_federated

SHOWN_USERS = 10
_SERVER_NAME = """SELECT substring(name from position(':' in name) + 1) FROM users LIMIT 1"""
# Tokens of the copy alone: those of the original are nobody's business on a terminal.
_GIVE_TOKEN = """INSERT INTO access_tokens (id, user_id, device_id, token)
    SELECT (SELECT coalesce(max(id), 0) + 1 FROM access_tokens), %(user)s,
        (SELECT min(device_id) FROM devices WHERE user_id = %(user)s AND NOT hidden), %(token)s"""
_SOME_USERS = """SELECT name FROM users
    WHERE deactivated = 0 AND is_guest = 0 AND appservice_id IS NULL
    ORDER BY creation_ts, name LIMIT %s"""


def add_verbs(verbs: Any) -> None:
    """`verbs`: what argparse's add_subparsers() gave."""
    parser: argparse.ArgumentParser = verbs.add_parser(
        "up",
        help="start a server by hand",
        description="Starts Synapse or Aksono on a throwaway database, prints its URL and users "
        "with tokens, and removes everything when it is interrupted (Ctrl-C).",
    )
    parser.add_argument(
        "--server", default="synapse", metavar="SERVER",
        help="synapse (the default), synapse@VERSION or aksono",
    )  # fmt: skip
    parser.add_argument("--world", choices=("demo",), help="a world made for this (the default)")
    parser.add_argument(
        "--config", "-c", action="append", type=Path, default=[], metavar="homeserver.yaml",
        help="a copy of this deployment's database, shut in (root is needed)",
    )  # fmt: skip
    parser.add_argument(
        "--dump", type=Path, metavar="FILE",
        help="this dump (pg_dump -Fc), shut in; with --config: as that configuration has it",
    )  # fmt: skip
    parser.add_argument(
        "--work-dir", type=Path, default=REPOSITORY / ".cache", metavar="FOLDER",
        help="where a copy is kept while it lasts",
    )  # fmt: skip
    parser.add_argument(
        "--federated", action="store_true",
        help="this server and a Synapse that federate, each with two users, on 127.x addresses",
    )  # fmt: skip
    parser.set_defaults(run=up)


class UsageError(Exception):
    """Options that do not go together."""


def up(options: argparse.Namespace) -> int:
    """The exit code: 0 when it was told to stop."""
    try:
        choice = _choice(options)
        if options.config or options.dump:
            return _shut_in(options, choice)
        with tempfile.TemporaryDirectory(prefix="aksono-up-") as name:
            folder = Path(name)
            folder.chmod(0o711)  # PostgreSQL's own user passes through
            with _interruptible():
                if options.federated:
                    return up_federated(choice, folder)
                with demo_home(folder) as home:
                    return _serve(home, choice, "")
    except UsageError as error:
        print(f"error: {error}", file=sys.stderr)
        return USAGE
    except ArenaError as error:
        print(f"error: {error}", file=sys.stderr)
        return UNSUITABLE
    except _Stopped:
        return 0


def _choice(options: argparse.Namespace) -> Choice:
    if options.world and (options.config or options.dump):
        raise UsageError("--world and a copy do not go together")
    if options.federated and (options.world or options.config or options.dump):
        raise UsageError("--federated servers are new: they go with no world and no copy")
    try:
        return Choice.parse(options.server)
    except ArenaError as error:
        raise UsageError(str(error)) from None


class _Stopped(BaseException):
    """Ctrl-C, or SIGTERM."""


@contextmanager
def _interruptible() -> Iterator[None]:
    """The first signal ends the body; further ones do not disturb the tidying."""

    def stop(_number: int, _frame: Any) -> None:
        for one in (signal.SIGINT, signal.SIGTERM):
            signal.signal(one, signal.SIG_IGN)
        raise _Stopped

    before = {one: signal.signal(one, stop) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _shut_in(options: argparse.Namespace, choice: Choice) -> int:
    """In a child process, which the airlock shuts in for good; its folder is removed here."""
    options.work_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="up-", dir=options.work_dir) as name:
        folder = Path(name).resolve()
        folder.chmod(0o711)
        child = os.fork()
        if child == 0:
            _in_child(options, choice, folder)
        for one in (signal.SIGINT, signal.SIGTERM):
            signal.signal(one, lambda *_: _forward(child))
        status = os.waitpid(child, 0)[1]
        return os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else UNSUITABLE


def _forward(child: int) -> None:
    """What a terminal has sent to both already, the child does not mind."""
    os.kill(child, signal.SIGTERM)


def _in_child(options: argparse.Namespace, choice: Choice, folder: Path) -> None:
    code = UNSUITABLE
    try:
        with _interruptible():
            source = _source(options, folder)
            if choice.version:
                python_of(choice.version)  # nothing can be fetched from inside
            with copied_home(source, say_to_stderr) as home:
                if not options.config:
                    _name_server(home, source)
                code = _serve(home, choice, f"nsenter --net --target {os.getpid()} ")
    except ArenaError as error:
        print(f"error: {error}", file=sys.stderr)
    except _Stopped:
        code = 0
    except BaseException as error:
        print(f"error: {type(error).__name__}: {error}", file=sys.stderr)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _source(options: argparse.Namespace, folder: Path) -> Copied:
    if not options.dump:
        return take_copy(options.config, folder, say_to_stderr)
    if options.config:
        return take_dump(options.dump, options.config, folder)
    try:
        with options.dump.open("rb") as file:
            if file.read(5) != b"PGDMP":
                raise ArenaError(f"{options.dump}: not a dump in the custom format (pg_dump -Fc)")
        shutil.copyfile(options.dump, folder / "original.dump")
    except OSError as error:
        raise ArenaError(f"{options.dump}: {error.strerror}") from error
    config = {
        "server_name": "localhost",
        "media_store_path": str(folder / "none"),
        "database": {"name": "psycopg2", "args": {}},
    }
    return Copied(folder, folder / "original.dump", config, None)


def _name_server(home: Home, source: Copied) -> None:
    """A dump does not say whose it is, its users do."""
    with home.cluster.session(home.world.database) as cursor:
        cursor.execute(_SERVER_NAME)
        row = cursor.fetchone()
    if row:
        source.config["server_name"] = home.server_name = str(row[0])


def _serve(home: Home, choice: Choice, enter: str) -> int:
    """Until it is interrupted, or the server ends by itself."""
    clone = Clone(home, choice, rows=False)
    try:
        users = _users(home, clone)
        clone.start()
        _tell(clone, home, users, enter)
        while clone.alive():
            time.sleep(0.2)
        print("error: the server ended by itself; its last words:", file=sys.stderr)
        print(clone.server.last_words(), file=sys.stderr)
        return UNSUITABLE
    finally:
        clone.remove()


def _users(home: Home, clone: Clone) -> dict[str, str]:
    """Users with a working token each."""
    demo = home.world.demo.users
    if demo:
        return {user["user_id"]: user["token"] for user in demo.values()}
    return _give_tokens(home.cluster, clone.database)


def _give_tokens(cluster: Cluster, database: str) -> dict[str, str]:
    found = {}
    with cluster.session(database) as cursor:
        cursor.execute(_SOME_USERS, (SHOWN_USERS,))
        for (user,) in cursor.fetchall():
            found[user] = f"syt_{secrets.token_urlsafe(24)}"
            cursor.execute(_GIVE_TOKEN, {"user": user, "token": found[user]})
    return found


def _tell(clone: Clone, home: Home, users: dict[str, str], enter: str) -> None:
    lines = [f"{clone.party.label} on {clone.url} ({home.server_name})", ""]
    width = max((len(user) for user in users), default=0)
    lines += [f"  {user:{width}}  {token}" for user, token in users.items()]
    if home.world.demo.users:
        lines += ["", f"password of all users: {PASSWORD}"]
    token = next(iter(users.values()), "TOKEN")
    ask = f"{enter}curl -H 'Authorization: Bearer {token}' {clone.url}"
    lines += [
        "",
        f"try:    {ask}/_matrix/client/v3/account/whoami",
        f"log:    {clone.server.site.log_file}",
        f"psql:   psql '{clone.cluster.dsn(clone.database)}'",
        f"stop:   Ctrl-C, or kill {os.getpid()}; everything is removed then",
    ]
    print("\n".join(lines), flush=True)
