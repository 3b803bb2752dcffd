# SPDX-License-Identifier: Apache-2.0
"""Runs work in a child process, which the airlock may shut in for good."""

from __future__ import annotations

import ctypes
import os
import pickle
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..reporting.result import Result
from .clones import ArenaError

Saved = Callable[[Result], None]
Work = Callable[[Saved], Result]

_PR_SET_PDEATHSIG = 1
_PAUSE = 0.2


def in_child(folder: Path, work: Work, saved: Saved | None = None) -> Result:
    """What `work` returns. It is given a function that keeps what there is so far: if the child
    ends early, that is the result, marked as incomplete.

    `saved` gets what was kept, here in the parent, as it comes: what is left behind if the parent
    is killed as well. The child then ends, too.
    """
    left = folder / "result.pickle"
    sys.stdout.flush()
    sys.stderr.flush()
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        _end_with(parent)
        _run(left, work)
    with _interrupted_by_sigterm():
        try:
            status = _waited(child, left, saved)
        except KeyboardInterrupt:
            # The terminal has told the child already, but nobody else does.
            os.kill(child, signal.SIGTERM)
            status = os.waitpid(child, 0)[1]
    kept = _kept(left)
    if isinstance(kept, str):
        raise ArenaError(kept)
    if kept is None:
        raise ArenaError("the replay ended before anything was compared")
    if status != 0:
        kept.incomplete = kept.incomplete or "the replay ended early"
    return kept


@contextmanager
def _interrupted_by_sigterm() -> Iterator[None]:
    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _waited(child: int, left: Path, saved: Saved | None) -> int:
    """The child's status, once it has ended."""
    seen = 0
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status
        stamp = left.stat().st_mtime_ns if left.exists() else 0
        if stamp != seen and saved is not None:
            seen = stamp
            kept = _kept(left)
            if isinstance(kept, Result):
                saved(kept)
        time.sleep(_PAUSE)


def _end_with(parent: int) -> None:
    """In the child: asked to end, it cleans up; it does so when its parent has ended as well."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(1)


def _run(left: Path, work: Work) -> None:
    status = 1
    try:
        _keep(left, work(lambda result: _keep(left, result)))
        status = 0
    except ArenaError as error:
        _keep(left, str(error))
        status = 0
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr, flush=True)
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


def _kept(left: Path) -> Result | str | None:
    kept = pickle.loads(left.read_bytes()) if left.exists() else None
    return kept if isinstance(kept, Result | str) else None
