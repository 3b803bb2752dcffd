# SPDX-License-Identifier: Apache-2.0
"""Releases of Synapse: what cannot be had is told in one line, what is half made does not count."""

import sys
from pathlib import Path

import pytest

from aksono_compat import releases
from aksono_compat.releases import ReleaseError, python_of


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("AKSONO_CACHE", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("version", ["1.140", "newest", "1.2.3.4", "../1.2.3", ""])
def test_a_name_that_is_no_release(version: str) -> None:
    with pytest.raises(ReleaseError, match=r"not a release of Synapse; they are named like"):
        python_of(version)


def test_our_own_release_is_there_already() -> None:
    assert python_of(releases._own_version()) == Path(sys.executable)


def _folder(cache: Path) -> Path:
    return cache / "synapse-1.140.0"


def test_what_is_in_the_cache_is_used(cache: Path) -> None:
    _folder(cache).mkdir()
    assert python_of("1.140.0") == _folder(cache) / "bin" / "python"


def test_an_index_without_the_release(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    output = (
        "ERROR: Could not find a version that satisfies the requirement matrix-synapse==1.140.0 "
        "(from versions: 0.33.5, 1.9.0, 1.150.0, 1.163.2, 1.164.0rc3)\n"
        "ERROR: No matching distribution found for matrix-synapse==1.140.0\n"
    )
    _pip_that_prints(monkeypatch, cache, output)
    with pytest.raises(ReleaseError) as refused:
        python_of("1.140.0")
    assert str(refused.value) == "Synapse 1.140.0: there is no such release; the newest is 1.163.2"
    assert not [path for path in cache.iterdir() if path.name.startswith("synapse-")]


def test_an_index_that_is_out_of_reach(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    output = (
        "WARNING: Retrying\nERROR: Could not find a version (from versions: none)\n"
        "ERROR: No matching distribution found for matrix-synapse[postgres]==1.140.0\n"
    )
    _pip_that_prints(monkeypatch, cache, output)
    with pytest.raises(ReleaseError, match="the package index cannot be reached"):
        python_of("1.140.0")


def test_what_is_half_made_is_made_anew(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    half = cache / "synapse-1.140.0.partial" / "bin"
    half.mkdir(parents=True)
    (half / "left").write_text("by a process that was killed")
    _pip_that_prints(monkeypatch, cache, "ERROR: disk full\n")
    with pytest.raises(ReleaseError, match=r"Synapse 1.140.0: pip: ERROR: disk full"):
        python_of("1.140.0")
    assert not half.exists()
    assert not _folder(cache).exists()


def test_the_wrong_package_does_not_count(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _pip_that_prints(monkeypatch, cache, "", status=0)
    with pytest.raises(ReleaseError, match="what was installed says"):
        python_of("1.140.0")
    assert not _folder(cache).exists()


def test_no_python_to_make_it_with(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(releases, "PYTHON", "/nowhere/python3")
    with pytest.raises(ReleaseError, match=r"/nowhere/python3: No such file"):
        python_of("1.140.0")


def _pip_that_prints(
    monkeypatch: pytest.MonkeyPatch, folder: Path, output: str, status: int = 1
) -> None:
    """An interpreter whose `-m venv` makes one that prints `output` and ends with `status`."""
    (folder / "output").write_text(output)
    program = folder / "python3"
    program.write_text(
        '#!/bin/sh\n[ "$2" != venv ] || { mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; exit 0; }\n'
        f"cat {folder}/output; exit {status}\n"
    )
    program.chmod(0o755)
    monkeypatch.setattr(releases, "PYTHON", str(program))


@pytest.mark.full
def test_the_index_itself_says_so() -> None:
    with pytest.raises(ReleaseError, match=r"Synapse 1.99.99: there is no such release"):
        python_of("1.99.99")
