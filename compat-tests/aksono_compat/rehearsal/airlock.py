# SPDX-License-Identifier: Apache-2.0
"""The airlock: where servers run on a copy of somebody's data.

A network namespace whose only interface is its own loopback, and a mount namespace in which every
file is read-only but those of the rehearsal. Sockets of the machine (PostgreSQL, Redis, mail) are
out of reach: their folders are covered by empty ones. Nothing that a server does in here gets out.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
from pathlib import Path

CLONE_NEWNS = 0x00020000
CLONE_NEWNET = 0x40000000

# Folders where a machine's services keep their sockets.
COVERED = ("/run", "/var/run", "/tmp", "/var/tmp", "/dev/shm")


class AirlockError(Exception):
    """The machine cannot shut the rehearsal in (not root, or namespaces are switched off)."""


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise AirlockError(f"{' '.join(command)}: {done.stderr.strip()}")


def _unshare() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET | CLONE_NEWNS) != 0:
        reason = os.strerror(ctypes.get_errno())
        raise AirlockError(f"cannot make a network and mount namespace: {reason} (root is needed)")


def _mount_points() -> list[str]:
    """Every mount point, the deepest last."""
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    points = {line.split()[4].encode().decode("unicode_escape") for line in lines}
    return sorted(points, key=len)


def _overlay(original: Path, folder: Path) -> None:
    """Shows `original` at folder/media; what is written there stays in `folder`."""
    upper, work, target = (folder / name for name in ("media-upper", "media-work", "media"))
    for path in (upper, work, target):
        path.mkdir()
    options = f"lowerdir={original},upperdir={upper},workdir={work}"
    _run("mount", "-t", "overlay", "-o", options, "overlay", str(target))


def _freeze_files(writable: Path) -> None:
    for point in _mount_points():
        if Path(point).is_relative_to(writable) or point.startswith(("/proc", "/sys", "/dev")):
            continue
        _run("mount", "-o", "remount,bind,ro", point)


def _cover_sockets(folders: list[str]) -> None:
    """Puts empty folders over those where the machine's sockets are."""
    for folder in folders:
        if Path(folder).is_dir() and not Path(folder).is_symlink():
            _run("mount", "-t", "tmpfs", "-o", "mode=1777", "airlock", folder)


def enter(writable: Path, media: Path, socket_folders: list[str]) -> None:
    """Shuts this process, and whatever it starts, in. There is no way back out.

    `writable` is the one folder that stays writable; `media` appears below it as `media`, and what
    is written there stays there. `socket_folders` are further places with sockets (the original's
    PostgreSQL, Redis), covered like the usual ones.
    """
    writable = writable.resolve()
    covered = [*COVERED, *socket_folders]
    if any(writable.is_relative_to(folder) for folder in covered):
        raise AirlockError(
            f"{writable} lies where the machine's sockets are; choose another folder"
        )
    _unshare()
    _run("mount", "--make-rprivate", "/")
    _run("mount", "--bind", str(writable), str(writable))
    _overlay(media.resolve(), writable)
    _freeze_files(writable)
    _cover_sockets(covered)
    _run("ip", "link", "set", "lo", "up")


def proof() -> list[str]:
    """What shows that nothing gets out, for the account; raises when something could."""
    links = _interfaces()
    if links != ["lo"]:
        raise AirlockError(f"network interfaces besides lo: {', '.join(links)}")
    routes = subprocess.run(["ip", "route"], capture_output=True, text=True, check=True).stdout
    if routes.strip():
        raise AirlockError(f"routes to elsewhere: {routes.strip()}")
    if not os.statvfs("/").f_flag & os.ST_RDONLY:
        raise AirlockError("the file system is writable")
    return ["network: loopback only, no route", "files: read-only outside the rehearsal's folder"]


def _interfaces() -> list[str]:
    lines = Path("/proc/net/dev").read_text().splitlines()[2:]
    return sorted(line.split(":")[0].strip() for line in lines)
