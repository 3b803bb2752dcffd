# SPDX-License-Identifier: Apache-2.0
"""The verbs of aksono-replay that have to do with recordings: record, import, inspect."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import ssl
import sys
from pathlib import Path
from typing import Any

from .access_log import read_log
from .address import parse_listen, parse_upstream
from .format import RecordingError
from .har import read_har, without_token
from .importing import Found, open_source, write_recording
from .keys import key_file
from .probe import Upstream, ask
from .proxy import Options, Recorder
from .reader import Recording
from .sampling import Sample
from .summary import as_json, as_text, summarise

DONE, USAGE, ERRORS, WARNINGS, UNREACHABLE = 0, 1, 10, 11, 12

_SIZES = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3, "t": 1024**4}
_TIMES = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}


def add_verbs(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the verbs; each sets `run`: it takes the parsed arguments and gives the exit code."""
    _add_record(subparsers)
    _add_import(subparsers)
    _add_inspect(subparsers)


def _add_record(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    verb = subparsers.add_parser(
        "record",
        help="record the traffic of a live server",
        description="A reverse proxy that passes everything on as it is and records it, secrets "
        "and content replaced by placeholders. TERM ends it. FILE is readable by its owner alone; "
        "FILE.key, beside it, is needed to replay the recording on a copy of the database.",
    )
    verb.add_argument("--listen", required=True, metavar="ADDR", type=_checked(parse_listen),
                      help="HOST:PORT or unix:PATH")  # fmt: skip
    where = verb.add_mutually_exclusive_group(required=True)
    where.add_argument("--upstream", metavar="URL", type=_checked(parse_upstream),
                       help="the server: http://HOST:PORT, https://HOST or unix:PATH")  # fmt: skip
    where.add_argument("--mirror", action="store_true",
                       help="take requests from nginx's `mirror`: no answers")  # fmt: skip
    _add_output(verb)
    verb.add_argument("--max-time", metavar="TIME", type=_checked(_time), help="such as 2h")
    verb.add_argument("--queue", metavar="SIZE", type=_checked(_size), default=64 * 1024**2,
                      help="memory for what waits to be written; default 64M")  # fmt: skip
    verb.set_defaults(run=record)


def _add_output(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--out", required=True, metavar="FILE", type=Path)
    verb.add_argument("--force", action="store_true", help="replace FILE and its key")
    verb.add_argument("--include-content", action="store_true",
                      help="keep what people wrote; secrets are replaced all the same")  # fmt: skip
    verb.add_argument("--max-size", metavar="SIZE", type=_checked(_size), help="such as 500M")
    verb.add_argument("--sample", metavar="N/M", type=_checked(Sample.parse), default=Sample(),
                      help="record so many of all users, such as 1/16")  # fmt: skip
    verb.add_argument("--server-name", default="", metavar="NAME",
                      help="of the recorded server, where it does not tell")  # fmt: skip


def _add_import(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    verb = subparsers.add_parser(
        "import",
        help="make a recording out of a HAR file or an access log",
        description="Of access logs (nginx combined or JSON, caddy JSON; also gzip) the GETs are "
        "taken; they hold no tokens, so the users are not known. HAR files hold whole exchanges, "
        "if they are exported «with sensitive data».",
    )
    verb.add_argument("file", metavar="SOURCE", type=Path)
    verb.add_argument("--from", dest="kind", choices=("har", "nginx", "caddy"),
                      help="what SOURCE is; found out when it is not given")  # fmt: skip
    verb.add_argument("--host", default="", help="HAR: the server, when there are several")
    _add_output(verb)
    verb.set_defaults(run=import_)


def _add_inspect(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    verb = subparsers.add_parser("inspect", help="say what a recording holds")
    verb.add_argument("file", metavar="FILE", type=Path)
    verb.add_argument("--json", action="store_true")
    verb.add_argument("--top", type=int, default=0, metavar="N", help="only the N most frequent")
    verb.set_defaults(run=inspect)


def record(arguments: argparse.Namespace) -> int:
    """0: stopped, the recording is whole; 10: it is not; 1: it could not begin; 12: no upstream."""
    options = Options(
        listen=arguments.listen,
        upstream=arguments.upstream,
        out=arguments.out,
        force=arguments.force,
        include_content=arguments.include_content,
        max_size=arguments.max_size,
        max_time=arguments.max_time,
        queue=arguments.queue,
        sample=arguments.sample,
    )
    return asyncio.run(_record(options, arguments.server_name))


async def _record(options: Options, server_name: str) -> int:
    if not options.force:
        for path in (options.out, key_file(options.out)):
            if path.exists():
                return _refuse(f"{path}: the file exists; --force replaces it")
    about = Upstream()
    if options.upstream:
        try:
            about = await ask(options.upstream)
        except OSError as error:
            return _refuse(f"{options.upstream}: {_why(error)}", UNREACHABLE)
    if server_name:
        about.server_name = server_name
    recorder = Recorder(options, about)

    def ready() -> None:
        where = f"to {options.upstream}" if options.upstream else "of nginx's mirror"
        name = about.server_name or "server name unknown: give --server-name"
        _say(f"recording {options.listen} {where} ({name}) into {options.out}")

    try:
        state = await recorder.run(ready)
    except RecordingError as error:
        return _refuse(str(error))
    except OSError as error:
        return _refuse(f"{options.listen}: {_why(error)}")
    _say(f"{state.exchanges} exchanges, {state.size} bytes, {state.dropped} dropped")
    if state.error or not state.whole:
        _say(f"{options.out}: {state.error or 'no room for the end mark: it is incomplete'}")
        return ERRORS
    return DONE


def import_(arguments: argparse.Namespace) -> int:
    try:
        found = _source(arguments)
        if arguments.server_name:
            found.server_name = arguments.server_name
        done = write_recording(
            found,
            arguments.out,
            force=arguments.force,
            include_content=arguments.include_content,
            max_size=arguments.max_size,
            sample=arguments.sample,
        )
    except RecordingError as error:
        return _refuse(str(error))
    _say(f"{arguments.out}: {done.exchanges} exchanges")
    for reason, count in sorted(done.left_out.items()):
        _say(f"left out: {count} ({reason})")
    if found.source == "har" and without_token(arguments.file):
        _say("no request has a token: in Chromium allow «HAR with sensitive data» in the settings")
    return DONE


def _source(arguments: argparse.Namespace) -> Found:
    kind = arguments.kind
    if kind is None and _looks_like_har(arguments.file):
        kind = "har"
    if kind == "har":
        return read_har(arguments.file, arguments.host)
    return read_log(arguments.file, kind)


def _looks_like_har(path: Path) -> bool:
    with open_source(path) as file:
        try:
            return re.match(rb'\s*\{\s*"log"\s*:', file.read(4096)) is not None
        except (OSError, EOFError) as error:
            raise RecordingError(f"{path}: {error}") from None


def inspect(arguments: argparse.Namespace) -> int:
    """0: whole; 11: incomplete, what is there is told; 1: no recording."""
    try:
        recording = Recording(arguments.file)
        summary = summarise(recording)
    except RecordingError as error:
        return _refuse(str(error))
    if arguments.json:
        print(json.dumps(as_json(recording, summary), indent=2))
    else:
        print(as_text(recording, summary, arguments.top))
    return WARNINGS if recording.incomplete else DONE


def _size(text: str) -> int:
    return int(_amount(text, _SIZES, "a size such as 500M"))


def _time(text: str) -> float:
    return _amount(text, _TIMES, "a time such as 90s, 30m or 2h")


def _amount(text: str, units: dict[str, int], what: str) -> float:
    match = re.fullmatch(r"([0-9]{1,12}(?:\.[0-9]{1,3})?)([a-zA-Z]?)", text)
    if not match or match[2].lower() not in units or float(match[1]) <= 0:
        raise ValueError(f"{text!r}: expected {what}")
    return float(match[1]) * units[match[2].lower()]


def _checked(parse: Any) -> Any:
    """argparse shows only the text of its own error."""

    def checked(text: str) -> Any:
        try:
            return parse(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return checked


def _why(error: OSError) -> str:
    """asyncio has texts of its own, and gathers several errors in one."""
    if isinstance(error, ssl.SSLError) or not error.errno or error.errno < 0:
        return str(error)
    return os.strerror(error.errno)


def _refuse(text: str, code: int = USAGE) -> int:
    _say(text)
    return code


def _say(text: str) -> None:
    print(f"aksono-replay: {text}", file=sys.stderr, flush=True)
