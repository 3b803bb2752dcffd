# SPDX-License-Identifier: Apache-2.0
"""The verb `replay`: its options, and where the two servers come from."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

from ..recording.format import RecordingError
from ..reporting.cli import add_output_options, apply_known, save_progress, write_outputs
from ..reporting.result import Result
from ..reporting.verdict import UNSUITABLE, USAGE
from ..servers import REPOSITORY
from .clones import ArenaError, Choice, Home, Remote
from .comparison import Comparison, Plan
from .enclosed import in_child
from .homes import copied_home, demo_home, say_to_stderr, take_copy, take_dump
from .player import Pace
from .scripts import hand_out, make_scripts
from .sessions import TokenError, given_tokens
from .source import Source, load_source


class UsageError(Exception):
    """Options that do not go together."""


def add_verbs(verbs: Any) -> None:
    """`verbs`: what argparse's add_subparsers() gave."""
    parser: argparse.ArgumentParser = verbs.add_parser(
        "replay",
        help="send a recording to two servers and compare",
        description="Sends a recording, or a written scenario (.toml, .json), to servers A and B, "
        "and compares answers, what syncs tell over time, and rows. Writes go to clones only.",
    )
    parser.add_argument("recording", type=Path, metavar="FILE")
    _add_servers(parser)
    _add_manner(parser)
    add_output_options(parser)
    parser.set_defaults(run=replay)


def _add_servers(parser: argparse.ArgumentParser) -> None:
    servers = parser.add_argument_group("servers")
    servers.add_argument("--a", metavar="URL", help="server A as it runs; it is only read from")
    servers.add_argument("--b", metavar="URL", help="server B as it runs; it is only read from")
    servers.add_argument("--world", choices=("demo",), help="clones of a world made for this")
    servers.add_argument(
        "--config", "-c", action="append", type=Path, default=[], metavar="homeserver.yaml",
        help="clones of a copy of this deployment's database, shut in (root is needed)",
    )  # fmt: skip
    servers.add_argument(
        "--dump", type=Path, metavar="FILE",
        help="with --config: clones of this dump (pg_dump -Fc) instead of a new copy",
    )  # fmt: skip
    servers.add_argument(
        "--a-server", default="synapse", metavar="SERVER",
        help="on clones: synapse (the default), synapse@VERSION or aksono",
    )  # fmt: skip
    servers.add_argument(
        "--b-server", default="aksono", metavar="SERVER", help="the same; aksono is the default"
    )
    servers.add_argument(
        "--work-dir", type=Path, default=REPOSITORY / ".cache", metavar="FOLDER",
        help="where a copy is kept while it lasts",
    )  # fmt: skip


def _add_manner(parser: argparse.ArgumentParser) -> None:
    manner = parser.add_argument_group("manner")
    manner.add_argument(
        "--read-only", action="store_true", help="send GETs alone (always so with --a and --b)"
    )
    manner.add_argument(
        "--speed", type=_speed, default=float("inf"), metavar="FACTOR",
        help="1: as recorded, 2: twice as fast; max (the default)",
    )  # fmt: skip
    manner.add_argument("--seed", type=int, default=0, metavar="N",
                        help="jostles requests that overlap, the same way each time")  # fmt: skip
    manner.add_argument(
        "--overlapping-writes", action="store_true",
        help="let writes overlap as they did; without it they come one after the other, so that "
        "rows can be compared",
    )  # fmt: skip
    manner.add_argument("--timeout", type=float, default=60.0, metavar="SECONDS",
                        help="how long an answer may take (60)")  # fmt: skip
    manner.add_argument("--no-rows", action="store_true", help="do not compare the databases")
    manner.add_argument(
        "--noise", choices=("learn", "none"),
        help="learn: play A against A first, and do not compare values that differ there (the "
        "default on clones)",
    )  # fmt: skip
    manner.add_argument(
        "--repro", type=Path, metavar="FOLDER",
        help="on clones: make a short script FOLDER/NNN.py for each of the worst classes; every "
        "trial is another replay of a part",
    )  # fmt: skip
    manner.add_argument("--key", type=Path, metavar="FILE.key", help="the recording's key")
    manner.add_argument("--token", action="append", default=[], metavar="@USER:SERVER=TOKEN",
                        help="a working token of a recorded user; may be given again")  # fmt: skip
    manner.add_argument("--tokens", type=Path, metavar="FILE", help="lines of the same")


def _speed(text: str) -> float:
    try:
        speed = float("inf") if text == "max" else float(text)
    except ValueError:
        speed = 0.0
    if not speed > 0:
        raise argparse.ArgumentTypeError(f"{text}: neither max nor a factor above 0")
    return speed


def replay(options: argparse.Namespace) -> int:
    """The exit code."""
    try:
        _check(options)
        plan = _plan(options, load_source(options.recording, options.key))
        result = _compare(options, plan)
    except (UsageError, TokenError) as error:
        print(f"error: {error}", file=sys.stderr)
        return USAGE
    except (RecordingError, ArenaError) as error:
        print(f"error: {error}", file=sys.stderr)
        return UNSUITABLE
    return write_outputs(result, options)


def _check(options: argparse.Namespace) -> None:
    urls = [url for url in (options.a, options.b) if url]
    ways = [bool(urls), bool(options.world), bool(options.config)]
    if len(urls) == 1:
        raise UsageError("--a and --b go together")
    try:
        for server in (options.a_server, options.b_server):
            Choice.parse(server)
        for url in urls:
            Remote(url)
    except ArenaError as error:
        raise UsageError(str(error)) from None
    if sum(ways) != 1:
        raise UsageError("say where the servers are: --a URL --b URL, --world demo, or --config")
    if options.dump and not options.config:
        raise UsageError("--dump needs the --config that belongs to it")
    if options.repro:
        _check_repro(options)
    if options.config and not options.work_dir.is_dir():
        options.work_dir.mkdir(parents=True, exist_ok=True)


def _check_repro(options: argparse.Namespace) -> None:
    options.repro = options.repro.absolute()
    if options.a:
        raise UsageError("--repro needs clones: --world or --config")
    if not options.repro.parent.is_dir():
        raise UsageError(f"--repro: {options.repro.parent} does not exist")
    if options.repro.exists() and (not options.repro.is_dir() or any(options.repro.iterdir())):
        raise UsageError(f"--repro: {options.repro} is there and not an empty folder")


def _plan(options: argparse.Namespace, source: Source) -> Plan:
    remote = bool(options.a)
    return Plan(
        source,
        read_only=options.read_only or remote,
        noise=options.noise == "learn" or (options.noise is None and not remote),
        rows=not options.no_rows,
        one_writer=not options.overlapping_writes,
        seed=options.seed,
        pace=Pace(options.speed, options.timeout, keep_since=remote, seed=options.seed),
        tokens=given_tokens(options.token, options.tokens),
        say=say_to_stderr,
        saved=lambda result: save_progress(result, options),
    )


def _compare(options: argparse.Namespace, plan: Plan) -> Result:
    comparison = Comparison(plan)
    if options.a:
        return comparison.on_urls(Remote(options.a), Remote(options.b))
    servers = Choice.parse(options.a_server), Choice.parse(options.b_server)
    if options.world:
        with tempfile.TemporaryDirectory(prefix="aksono-replay-") as name:
            folder = Path(name)
            folder.chmod(0o711)  # PostgreSQL's own user passes through
            with demo_home(folder) as home:
                result = _on_clones(options, comparison, home, servers, folder)
            _hand_out(options, folder)
            return result
    with tempfile.TemporaryDirectory(prefix="replay-", dir=options.work_dir) as name:
        folder = Path(name).resolve()
        folder.chmod(0o711)
        result = in_child(
            folder,
            lambda keep: _enclosed(options, comparison, folder, keep),
            comparison.plan.saved,
        )
        _hand_out(options, folder)
        return result


def _on_clones(
    options: argparse.Namespace,
    comparison: Comparison,
    home: Home,
    servers: tuple[Choice, Choice],
    folder: Path,
) -> Result:
    result = comparison.on_clones(home, *servers)
    if options.repro and not result.incomplete:
        if comparison.plan.saved:
            comparison.plan.saved(result)
        apply_known(result, options)
        made = folder / "scripts" / options.repro.name
        make_scripts(comparison, home, servers, made, comparison.plan.say)
    return result


def _hand_out(options: argparse.Namespace, folder: Path) -> None:
    if options.repro:
        hand_out(folder / "scripts" / options.repro.name, options.repro)


def _enclosed(
    options: argparse.Namespace, comparison: Comparison, folder: Path, keep: Any
) -> Result:
    """In a child process: on a copy inside the airlock."""
    comparison.plan.saved = keep
    if options.dump:
        copied = take_dump(options.dump, options.config, folder)
    else:
        copied = take_copy(options.config, folder, say_to_stderr)
    servers = Choice.parse(options.a_server), Choice.parse(options.b_server)
    with copied_home(copied, say_to_stderr) as home:
        return _on_clones(options, comparison, home, servers, folder)
