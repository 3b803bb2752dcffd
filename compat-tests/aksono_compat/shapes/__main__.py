# SPDX-License-Identifier: Apache-2.0
"""Brings server/lib/synschema/catalogue/history.json up to a release of Synapse.

    python -m aksono_compat.shapes RELEASE

Lets the release make a database, looks at it after each delta, and writes down what the files of
version 73 and up do. `--oldest 1.68.0` makes the older part anew too, from a release that still
began with the full schema of version 54. Files of the past (`past`) stay as they are.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from ..releases import ReleaseError, python_of
from ..servers import REPOSITORY
from .history import merged, shape, steps
from .observe import moments, watch_creation
from .readable import readable

FILE = REPOSITORY / "server" / "lib" / "synschema" / "catalogue" / "history.json"
# The full schema that releases since 1.69 begin with is of the version before.
SINCE = 73


def main() -> int:
    parser = argparse.ArgumentParser(prog="aksono_compat.shapes", description=__doc__)
    parser.add_argument("release", help="newest release to know, like 1.163.2")
    parser.add_argument("--oldest", metavar="RELEASE", help="make versions 55 to 72 anew from it")
    parser.add_argument("--file", type=Path, default=FILE, help="the history to bring up to date")
    options = parser.parse_args()
    try:
        history = json.loads(options.file.read_text())
        known = set(history["deltas"])
        if options.oldest:
            seen = moments(watch_creation(python_of(options.oldest)))
            history = {**history, "base": shape(seen[0]), "deltas": steps(seen)}
        history = merged(history, moments(watch_creation(python_of(options.release))), SINCE)
        history["newest"] = options.release
    except ReleaseError as error:
        print(f"aksono_compat.shapes: {error}", file=sys.stderr)
        return 1
    options.file.write_text(readable(history))
    for file in history["deltas"]:
        if file not in known:
            print(f"new: {file}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
