# SPDX-License-Identifier: Apache-2.0
"""`python -m aksono_compat.recording`: the verbs of recordings alone."""

import argparse
import sys

from .cli import add_verbs


def main() -> int:
    parser = argparse.ArgumentParser(prog="aksono-replay")
    add_verbs(parser.add_subparsers(required=True, metavar="VERB"))
    arguments = parser.parse_args()
    code: int = arguments.run(arguments)
    return code


sys.exit(main())
