# SPDX-License-Identifier: Apache-2.0
"""`aksono-replay`: record a server's traffic, replay it to two servers, and tell what differs."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

# Each has add_verbs(subparsers); a verb sets `run`: it takes the options and gives the exit code.
_VERBS = ("recording.cli", "replaying.cli", "reporting.cli", "up")


class _Parser(argparse.ArgumentParser):
    """Wrong usage ends with 1: 2 is nobody's code."""

    def error(self, message: str) -> None:  # type: ignore[override]
        self.print_usage(sys.stderr)
        self.exit(1, f"{self.prog}: {message}\n")


def parser() -> argparse.ArgumentParser:
    found = _Parser(prog="aksono-replay", description=__doc__)
    verbs = found.add_subparsers(required=True, metavar="VERB", parser_class=_Parser)
    for name in _VERBS:
        importlib.import_module(f"aksono_compat.{name}").add_verbs(verbs)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    try:
        code: int = options.run(options)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        return 1
    return code


if __name__ == "__main__":
    sys.exit(main())
