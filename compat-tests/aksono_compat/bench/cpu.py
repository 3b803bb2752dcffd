# SPDX-License-Identifier: Apache-2.0
"""CPU time and memory of process trees, as the kernel counts them."""

import os
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


def _fields(pid: int) -> list[str]:
    """/proc/PID/stat behind the command name."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [int(child) for child in task.read_text().split()]
    return found


def tree_seconds(pid: int) -> float:
    """User and system time of a process, its living descendants and its ended children."""
    fields = _fields(pid)
    if not fields:
        return 0.0
    own = sum(int(fields[index]) for index in (11, 12, 13, 14)) / _TICK
    return own + sum(tree_seconds(child) for child in _children(pid))


def resident_mib(pid: int) -> float:
    """Resident memory of a process and its descendants."""
    own = 0.0
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            own = int(line.split()[1]) / 1024
    return own + sum(resident_mib(child) for child in _children(pid))
