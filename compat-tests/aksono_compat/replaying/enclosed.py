# SPDX-License-Identifier: Apache-2.0
"""Runs work in a child process, which the airlock may shut in for good."""

from __future__ import annotations

import os
import pickle
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from ..reporting.result import Result
from .clones import ArenaError


def in_child(folder: Path, work: Callable[[Callable[[Result], None]], Result]) -> Result:
    """What `work` returns. It is given a function that keeps what there is so far: if the child
    ends early, that is the result, marked as incomplete."""
    left = folder / "result.pickle"
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        _run(left, work)
    try:
        status = os.waitpid(child, 0)[1]
    except KeyboardInterrupt:
        os.kill(child, signal.SIGINT)
        status = os.waitpid(child, 0)[1]
    kept = pickle.loads(left.read_bytes()) if left.exists() else None
    if isinstance(kept, str):
        raise ArenaError(kept)
    if not isinstance(kept, Result):
        raise ArenaError("the replay ended before anything was compared")
    if status != 0:
        kept.incomplete = kept.incomplete or "the replay ended early"
    return kept


def _run(left: Path, work: Callable[[Callable[[Result], None]], Result]) -> None:
    status = 1
    try:
        _keep(left, work(lambda result: _keep(left, result)))
        status = 0
    except ArenaError as error:
        _keep(left, str(error))
        status = 0
    except BaseException as error:
        print(f"error: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
    finally:
        sys.stderr.flush()
        os._exit(status)


def _keep(left: Path, value: Result | str) -> None:
    """Whole or not at all."""
    partial = left.with_suffix(".partial")
    partial.write_bytes(pickle.dumps(value))
    partial.chmod(0o600)
    partial.replace(left)
