# SPDX-License-Identifier: Apache-2.0
"""Replays in a child process: whoever is killed, what was compared stands, marked as incomplete."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from aksono_compat.replaying.clones import ArenaError
from aksono_compat.replaying.enclosed import in_child
from aksono_compat.reporting import as_json
from aksono_compat.reporting.result import Party, Result
from aksono_compat.servers import REPOSITORY

PATIENCE = 60.0

# A replay that has compared seven exchanges, and goes on for ever.
_FOREVER = textwrap.dedent("""
    import os, sys, time
    from pathlib import Path
    from aksono_compat.replaying.enclosed import in_child
    from aksono_compat.reporting import as_json
    from aksono_compat.reporting.result import Party, Result

    folder = Path(sys.argv[1])

    def work(keep):
        try:
            keep(Result(Party("A", "x"), Party("B", "x"), "tape", 0, compared=7))
            (folder / "child").write_text(str(os.getpid()))
            time.sleep(600)
        finally:
            (folder / "cleaned").write_text("")

    def saved(result):
        as_json.write_unfinished(folder / "out.json", result)

    result = in_child(folder, work, saved)
    as_json.write(folder / "end.json", result)
    """)


def _result(compared: int) -> Result:
    return Result(Party("A", "x"), Party("B", "x"), "tape", 0, compared=compared)


def _until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


@pytest.fixture
def forever(tmp_path: Path) -> "subprocess.Popen[bytes]":
    """The parent; the child is at work, and what it kept was saved."""
    command = [sys.executable, "-c", _FOREVER, str(tmp_path)]
    process = subprocess.Popen(command, cwd=REPOSITORY / "compat-tests")

    def is_at_work() -> bool:
        assert process.poll() is None, "it ended at once"
        return (tmp_path / "child").exists() and (tmp_path / "out.json").exists()

    _until(is_at_work)
    return process


def _has_ended(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state == "Z"


def test_a_parent_that_is_killed(tmp_path: Path, forever: "subprocess.Popen[bytes]") -> None:
    child = int((tmp_path / "child").read_text())
    forever.kill()
    forever.wait()
    left = as_json.read(tmp_path / "out.json")
    assert (left.compared, left.incomplete) == (7, as_json.INTERRUPTED)
    _until((tmp_path / "cleaned").exists)
    _until(lambda: _has_ended(child))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_parent_that_is_asked_to_end(
    tmp_path: Path, forever: "subprocess.Popen[bytes]", number: signal.Signals
) -> None:
    forever.send_signal(number)
    assert forever.wait(PATIENCE) == 0
    left = as_json.read(tmp_path / "end.json")
    assert (left.compared, left.incomplete) == (7, "the replay ended early")
    assert (tmp_path / "cleaned").exists()


def test_a_child_that_is_killed(tmp_path: Path) -> None:
    def work(keep: Callable[[Result], None]) -> Result:
        keep(_result(3))
        os.kill(os.getpid(), signal.SIGKILL)
        return _result(9)

    left = in_child(tmp_path, work)
    assert (left.compared, left.incomplete) == (3, "the replay ended early")


def test_nothing_kept_and_reasons_told(tmp_path: Path) -> None:
    def refuses(keep: Callable[[Result], None]) -> Result:
        raise ArenaError("no room")

    def fails(keep: Callable[[Result], None]) -> Result:
        raise ValueError("broken")

    with pytest.raises(ArenaError, match="ended before anything was compared"):
        in_child(tmp_path, fails)
    with pytest.raises(ArenaError, match="no room"):
        in_child(tmp_path, refuses)


def test_a_child_that_is_done(tmp_path: Path) -> None:
    seen: list[int] = []

    def work(keep: Callable[[Result], None]) -> Result:
        keep(_result(1))
        time.sleep(1)
        return _result(2)

    whole = in_child(tmp_path, work, lambda result: seen.append(result.compared))
    assert (whole.compared, whole.incomplete, seen[:1]) == (2, "", [1])
