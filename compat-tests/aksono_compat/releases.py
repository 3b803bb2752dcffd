# SPDX-License-Identifier: Apache-2.0
"""Releases of Synapse from PyPI, each in a virtual environment of its own in the cache."""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import sys
from functools import partial
from pathlib import Path

from .kept import make_once
from .replaying.ticker import Ticker
from .world import cache_directory

PYTHON = "/usr/bin/python3"
_RELEASE = re.compile(r"(\d+)\.(\d+)\.(\d+)(?:rc\d+)?")
# About so many packages come with a release; for the progress only.
_PACKAGES = 50
_CHECK = (
    "import synapse.app.homeserver, importlib.metadata as m; print(m.version('matrix-synapse'))"
)

# What a release older than the first one needs besides what it asks for, seen on Python 3.11.
_PINS: tuple[tuple[tuple[int, int, int], tuple[str, ...]], ...] = (
    ((1, 157, 0), ("prometheus-client<0.24",)),
    ((1, 120, 0), ("Twisted<24.10",)),
    ((1, 90, 0), ("pydantic<2",)),
    (
        (1, 69, 0),
        (
            "Jinja2==3.0.3", "MarkupSafe==2.0.1", "Pillow==9.5.0", "Twisted==22.10.0",
            "bleach==5.0.1", "cryptography==38.0.4", "frozendict==2.3.10", "matrix-common==1.3.0",
            "netaddr==0.10.1", "pyOpenSSL==22.1.0", "pymacaroons==0.13.0",
            "service-identity==21.1.0", "setuptools<81", "signedjson==1.1.4",
        ),
    ),
    (
        (1, 60, 0),
        ("attrs==21.4.0", "canonicaljson==1.4.0", "jsonschema==3.2.0", "prometheus-client==0.8.0"),
    ),
)  # fmt: skip


class ReleaseError(Exception):
    """A release that cannot be had; the text is one line that says why."""


def python_of(version: str) -> Path:
    """The interpreter that runs this release of Synapse; installed if it is not there yet."""
    _parse(version)
    if version == _own_version():
        return Path(sys.executable)
    folder = cache_directory() / f"synapse-{version}"
    make_once(folder, partial(_install, version, folder))
    return folder / "bin" / "python"


def _parse(version: str) -> tuple[int, int, int]:
    match = _RELEASE.fullmatch(version)
    if match is None:
        raise ReleaseError(f"{version}: not a release of Synapse; they are named like 1.140.0")
    return int(match[1]), int(match[2]), int(match[3])


def _own_version() -> str:
    try:
        return importlib.metadata.version("matrix-synapse")
    except importlib.metadata.PackageNotFoundError:
        return ""


def _install(version: str, folder: Path, place: Path) -> None:
    ticker = Ticker(f"Synapse {version}", _PACKAGES)
    ticker.say(f"installing it into {folder}, once")
    try:
        _run([PYTHON, "-m", "venv", str(place)])
        _pip(version, place / "bin" / "python", ticker)
        found = _run([str(place / "bin" / "python"), "-c", _CHECK]).split()[-1:]
        if found != [version]:
            raise ReleaseError(f"Synapse {version}: what was installed says {found}")
    finally:
        ticker.close()


def _run(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise ReleaseError(f"{command[0]}: {error.strerror}") from error
    if done.returncode != 0:
        raise ReleaseError(f"{' '.join(command)}: {_last_line(done.stderr or done.stdout)}")
    return done.stdout


def _pip(version: str, python: Path, ticker: Ticker) -> None:
    command = [
        str(python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input",
        "--no-warn-script-location", "--progress-bar", "off", "--only-binary", "matrix-synapse",
        f"matrix-synapse[postgres]=={version}", *_pins(version),
    ]  # fmt: skip
    lines = []
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as pip:
        assert pip.stdout is not None
        packages = 0
        for line in pip.stdout:
            lines.append(line)
            packages += line.startswith("Collecting ")
            ticker.tell(min(packages, _PACKAGES))
    if pip.returncode != 0:
        raise ReleaseError(_reason(version, "".join(lines)))


def _pins(version: str) -> list[str]:
    wanted = _parse(version)
    return [pin for before, pins in _PINS if wanted < before for pin in pins]


def _reason(version: str, output: str) -> str:
    """What pip's output comes down to."""
    if "No matching distribution found for matrix-synapse" in output:
        offered = re.findall(r"\(from versions: (.*?)\)", output)
        if not offered or offered[-1] == "none":
            return f"Synapse {version}: the package index cannot be reached"
        final = [one for one in offered[-1].split(", ") if re.fullmatch(r"[\d.]+", one)]
        newest = max(final, key=lambda one: [int(part) for part in one.split(".")])
        return f"Synapse {version}: there is no such release; the newest is {newest}"
    return f"Synapse {version}: pip: {_last_line(output)}"


def _last_line(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith("error")]
    return (errors or lines or ["no output"])[-1]
