# SPDX-License-Identifier: Apache-2.0
"""What every comparison's command line has: options for reports and for what counts, and the verb
`report`, which makes reports of a result that was saved."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from . import as_json, ignore, junit, page, terminal
from .as_json import ResultFileError
from .classes import add_unbuilt
from .files import STDOUT, write_private
from .ignore import IgnoreError
from .result import Result
from .verdict import USAGE, Policy, judge, parse_budget, parse_fail_on


def add_output_options(parser: argparse.ArgumentParser) -> None:
    """What they say is checked when they are parsed: not after an hour of comparing."""
    reports = parser.add_argument_group("reports")
    for name, what in (
        ("json", "the whole result; can be read again by `aksono-replay report`"),
        ("junit", "JUnit XML, a test case for each route and table"),
        ("html", "one page, nothing in it loaded from elsewhere"),
    ):
        reports.add_argument(
            f"--{name}", type=_target, metavar="FILE", help=f"{what} (-: standard output)"
        )
    verdict = parser.add_argument_group("what counts")
    verdict.add_argument(
        "--ignore", type=_ignore_file, action="append", default=[], metavar="FILE",
        help="TOML: known differences, each with a reason and a last day; may be given again",
    )  # fmt: skip
    verdict.add_argument(
        "--fail-on", type=_fail_on, default=Policy().fail_on, metavar="KINDS",
        help="error (the default), warning, or kinds of differences with commas: exit code 10;"
        " other differences: 11",
    )  # fmt: skip
    verdict.add_argument(
        "--budget", type=_budget, default=(0.0, False), metavar="N|N%",
        help="how many exchanges may differ before it is a failure (exit code 11 up to there);"
        " no row may",
    )  # fmt: skip


def _target(text: str) -> str:
    path = Path(text)
    if text != STDOUT and (path.is_dir() or not path.parent.is_dir()):
        why = "is a folder" if path.is_dir() else "its folder does not exist"
        raise argparse.ArgumentTypeError(f"{text}: {why}")
    return text


def _ignore_file(text: str) -> list[ignore.Entry]:
    try:
        return ignore.read(text)
    except IgnoreError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _fail_on(text: str) -> frozenset[str]:
    try:
        return parse_fail_on(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _budget(text: str) -> tuple[float, bool]:
    try:
        return parse_budget(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text}: neither a number nor N%") from None


def policy_of(options: argparse.Namespace) -> Policy:
    budget, percent = options.budget
    return Policy(options.fail_on, budget, percent)


def save_progress(result: Result, options: argparse.Namespace) -> None:
    """To be called now and then while comparing: what a run that is killed leaves behind."""
    if options.json and options.json != STDOUT:
        as_json.write_unfinished(options.json, result)


def apply_known(result: Result, options: argparse.Namespace) -> None:
    """Marks what is ignored or intended; may be done again."""
    add_unbuilt(result)
    ignore.apply(result, [entry for entries in options.ignore for entry in entries])


def write_outputs(result: Result, options: argparse.Namespace) -> int:
    """Applies what is ignored, writes all reports, and returns the exit code."""
    apply_known(result, options)
    policy = policy_of(options)
    reports = {
        "json": lambda: as_json.dumps(result),
        "junit": lambda: junit.dumps(result, policy),
        "html": lambda: page.dumps(result, policy),
    }
    targets = {name: getattr(options, name) for name in reports if getattr(options, name)}
    try:
        for name, target in targets.items():
            write_private(target, reports[name]())
    except OSError as error:
        print(f"error: {error.filename or target}: {error.strerror}", file=sys.stderr)
        return USAGE
    to_stdout = STDOUT in targets.values()
    terminal.show(result, policy, sys.stderr if to_stdout else sys.stdout)
    return judge(result, policy).code


def add_verbs(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the verb; it sets `run`, which takes the parsed options and gives the exit code."""
    parser = subparsers.add_parser(
        "report",
        help="make reports of a saved result",
        description="Reads the JSON of a comparison, also of one that was killed, and makes"
        " reports of it; another ignore file or budget needs no new comparison.",
    )
    parser.add_argument("result", metavar="FILE.json", help="written by --json")
    add_output_options(parser)
    parser.set_defaults(run=report)


def report(options: argparse.Namespace) -> int:
    try:
        result = as_json.read(options.result)
    except ResultFileError as error:
        print(f"error: {error}", file=sys.stderr)
        return USAGE
    return write_outputs(result, options)
