# SPDX-License-Identifier: Apache-2.0
"""Real clients out of PyPI and npm, each in a folder of its own in the cache."""

from __future__ import annotations

import hashlib
import platform
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

from ..kept import make_once
from ..world import cache_directory

PYTHON = "/usr/bin/python3"
NPM = "npm"
_HERE = Path(__file__).parent
_NIO = _HERE / "nio.txt"
_JS = _HERE / "js"
# Codes of npm, and what pip says when it found no index at all.
_UNREACHED = ("ECONNREFUSED", "ENOTFOUND", "ETIMEDOUT", "EAI_AGAIN", "(from versions: none)")
_MACHINES = {"x86_64": "x64", "aarch64": "arm64"}


class ClientError(Exception):
    """A client that cannot be had; the text is one line that says why."""


def nio_command() -> list[str]:
    """What runs matrix-nio with vodozemac; installed if it is not there yet."""
    folder = cache_directory() / f"matrix-nio-{_digest(_NIO)}"
    make_once(folder, partial(_install_nio, folder))
    return [str(folder / "bin" / "python"), str(_HERE / "nio_talker.py")]


def js_command() -> list[str]:
    """What runs matrix-js-sdk with rust crypto, on a Node of its own."""
    lock = _JS / "package-lock.json"
    folder = cache_directory() / f"matrix-js-sdk-{_digest(_JS / 'package.json', lock)}"
    make_once(folder, partial(_install_js, folder))
    # Modules are looked for beside the program.
    for program in _JS.glob("*.mjs"):
        _copy(program, folder / program.name)
    return [str(node_of(folder)), str(folder / "talker.mjs")]


def node_of(folder: Path) -> Path:
    machine = _MACHINES.get(platform.machine())
    if machine is None:
        raise ClientError(f"matrix-js-sdk: no Node of npm for {platform.machine()}")
    return folder / "node_modules" / f"node-linux-{machine}" / "bin" / "node"


def _digest(*files: Path) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _copy(program: Path, to: Path) -> None:
    """In one step: others may be starting it."""
    if to.exists() and to.read_bytes() == program.read_bytes():
        return
    new = to.with_suffix(f".{hashlib.sha256(program.read_bytes()).hexdigest()[:8]}")
    shutil.copyfile(program, new)
    new.rename(to)


def _install_nio(folder: Path, place: Path) -> None:
    print(f"matrix-nio: installing it into {folder}, once", file=sys.stderr, flush=True)
    _run("matrix-nio", [PYTHON, "-m", "venv", str(place)])
    python = str(place / "bin" / "python")
    options = [
        "--disable-pip-version-check",
        "--no-input",
        "--only-binary",
        "vodozemac",
        "--no-deps",
    ]
    _run("matrix-nio", [python, "-m", "pip", "install", "-q", *options, "-r", str(_NIO)])
    check = "from nio.crypto import ENCRYPTION_ENABLED as e; import sys; sys.exit(not e)"
    _run("matrix-nio: what was installed cannot encrypt", [python, "-c", check])


def _install_js(folder: Path, place: Path) -> None:
    if shutil.which(NPM) is None:
        raise ClientError("matrix-js-sdk: npm is not installed: run scripts/setup --full")
    print(f"matrix-js-sdk: installing it into {folder}, once", file=sys.stderr, flush=True)
    place.mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(_JS / name, place / name)
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"]
    _run("matrix-js-sdk", [NPM, "ci", "--prefix", str(place), *options])
    node = node_of(place)
    if not node.exists():
        raise ClientError(f"matrix-js-sdk: npm brought no {node.relative_to(place)}")
    _run("matrix-js-sdk", [str(node), "--version"])


def _run(what: str, command: list[str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ClientError(f"{what}: {error}") from error
    if done.returncode != 0:
        name = Path(command[0]).name
        raise ClientError(f"{what}: {name}: {_reason(done.stderr or done.stdout)}")


def _reason(output: str) -> str:
    """What the output of pip or npm comes down to."""
    if any(word in output for word in _UNREACHED):
        return "the package registry cannot be reached"
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()]
    return "; ".join((errors or lines or ["no output"])[:3])
