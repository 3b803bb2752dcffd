# SPDX-License-Identifier: Apache-2.0
"""homeserver.yaml: what is refused and how, what is generated, what each option comes to."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from aksono_compat.config import Site
from aksono_compat.tools import Run, run_tool

NOWHERE: dict[str, str | int] = {"user": "nobody", "host": "/nonexistent", "dbname": "none"}

# Options on top of a good configuration that both servers refuse with the same sentence.
REFUSED: dict[str, dict[str, Any]] = {
    "no server name": {"server_name": None},
    "odd server name": {"server_name": "foo bar"},
    "listeners are no list": {"listeners": "foo"},
    "listener is no mapping": {"listeners": [5]},
    "listener without a place": {"listeners": [{"type": "http"}]},
    "port in quotes": {"listeners": [{"type": "http", "port": "80"}]},
    "port and path": {"listeners": [{"type": "http", "port": 80, "path": "/x"}]},
    "TLS without a certificate": {"listeners": [{"type": "http", "port": 80, "tls": True}]},
    "no database": {"database": None},
    "unknown database": {"database": {"name": "mysql"}},
    "open registration": {
        "enable_registration": True,
        "enable_registration_without_verification": False,
    },
    "base URL without a scheme": {"public_baseurl": "example.com"},
    "two macaroon keys": {"macaroon_secret_key_path": "/nonexistent/file"},
    "missing secret file": {
        "macaroon_secret_key": None,
        "macaroon_secret_key_path": "/nonexistent/file",
    },
    "two registration secrets": {"registration_shared_secret_path": "/etc/hostname"},
    "retention upside down": {
        "retention": {"default_policy": {"min_lifetime": "2d", "max_lifetime": "1d"}}
    },
    "cache factor": {"caches": {"global_factor": "abc"}},
    "MSC3861": {"experimental_features": {"msc3861": {"enabled": True}}},
    "unknown writer": {"stream_writers": {"events": "w1"}},
    "well-known content": {"extra_well_known_client_content": "foo"},
    "old key of another kind": {"old_signing_keys": {"rsa:1": {"key": "abc", "expired_ts": 1}}},
    "session shorter than token": {
        "session_lifetime": "1h",
        "nonrefreshable_access_token_lifetime": "2h",
    },
}

# What only we refuse, or refuse in words of our own, and a word of the line that says so.
OURS: dict[str, tuple[dict[str, Any], str]] = {
    "modules": ({"modules": [{"module": "foo.Bar"}]}, "modules: names Python modules"),
    "spam checker": ({"spam_checker": {"module": "foo.Bar"}}, "spam_checker: names Python"),
    "SQLite": ({"database": {"name": "sqlite3"}}, "PostgreSQL only"),
    "database argument": (
        {"database": {"name": "psycopg2", "args": {"foo": "bar"}}},
        'invalid connection option "foo"',
    ),
    "missing key": ({"signing_key_path": "/nonexistent/file"}, "[Errno 2]"),
    "wrong type": ({"rc_message": 5}, "rc_message: must be a mapping, not 5"),
    "duration": ({"session_lifetime": "5x"}, "Bad duration suffix 5x"),
    "size": ({"max_upload_size": "50Z"}, "invalid literal for int() with base 10: '50Z'"),
    "worker": ({"worker_app": "synapse.app.generic_worker"}, "worker_app: makes this a worker"),
    "floor": ({"rollback_floor": "1.99.0"}, "rollback_floor: must be 1.100.0 or newer"),
}


def write_site(directory: Path, options: dict[str, Any]) -> Path:
    """None takes an option away."""
    site = Site(directory, 18999, NOWHERE, options)
    site.write()
    whole = site.homeserver_yaml()
    kept = {name: value for name, value in whole.items() if value is not None}
    site.config_file.write_text(yaml.safe_dump(kept))
    return site.config_file


def check(*files: Path) -> Run:
    arguments = [argument for file in files for argument in ("-c", str(file))]
    return run_tool("aksono", *arguments, "--check-config")


def synapse_says(file: Path) -> str:
    command = [sys.executable, "-m", "synapse.app.homeserver", "-c", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=file.parent)
    assert done.returncode == 1
    return done.stdout + done.stderr


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("name", REFUSED)
def test_refuses_in_the_words_of_synapse(tmp_path: Path, name: str) -> None:
    file = write_site(tmp_path, REFUSED[name])
    ours = check(file)
    assert (ours.code, ours.out) == (1, "")
    assert ours.err.startswith("Error in configuration")
    assert ours.err.count("\n") == 1
    sentence, _, rest = ours.err.rpartition(f"; {file}: ")
    assert rest
    sentence = sentence.removeprefix("Error in configuration")
    if sentence.startswith(" at '"):
        sentence = sentence.partition("'")[2].partition("': ")[2]
    assert words(sentence).removeprefix(": ") in words(synapse_says(file))


@pytest.mark.parametrize("name", OURS)
def test_refuses_what_it_cannot_do(tmp_path: Path, name: str) -> None:
    options, sentence = OURS[name]
    ours = check(write_site(tmp_path, options))
    assert (ours.code, ours.out) == (1, "")
    assert sentence in ours.err
    assert ours.err.count("\n") == 1


@pytest.mark.parametrize("text", ["foo: [1\n", "a: b: c\n", "- a\n- b\n", "a: *nope\n", "\0"])
def test_broken_yaml_is_one_line(tmp_path: Path, text: str) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text(text)
    ours = check(file)
    assert (ours.code, ours.out) == (1, "")
    assert str(file) in ours.err
    assert ours.err.count("\n") == 1


def test_later_files_and_directories_replace_options_as_a_whole(tmp_path: Path) -> None:
    main = write_site(tmp_path, {"rc_message": {"per_second": 1, "burst_count": 2}})
    more = tmp_path / "conf.d"
    more.mkdir()
    (more / "20.yaml").write_text("session_lifetime: 5x\n")
    (more / "30.yaml").write_text("session_lifetime: 5h\nfrobnicate: 1\n")
    (more / "40.yml").write_text("session_lifetime: 6x\n")
    ours = check(main, more)
    assert ours.code == 0, ours.err
    assert f"# {more}/20.yaml\n# {more}/30.yaml\n" in ours.out
    assert "40.yml" not in ours.out
    (more / "30.yaml").unlink()
    assert f"; {more}/20.yaml: session_lifetime: " in check(main, more).err


def test_every_option_has_its_fate(tmp_path: Path) -> None:
    file = write_site(tmp_path, {"frobnicate": 1, "rc_mesage": {}, "turn_uris": ["turn:x"]})
    fates = {}
    for line in check(file).out.splitlines():
        if not line.startswith(("#", "warning:")):
            name, fate, *_ = line.split()
            fates[name] = fate
    assert set(fates) == {key for key, _ in yaml.safe_load(file.read_text()).items()}
    assert fates["server_name"] == "honoured"
    assert fates["turn_uris"] == "ignored"
    assert fates["frobnicate"] == fates["rc_mesage"] == "unknown"


def test_synapse_reads_what_is_generated(tmp_path: Path) -> None:
    file = tmp_path / "homeserver.yaml"
    arguments = ["--generate-config", "-c", str(file), "-H", "my.domain", "--report-stats", "no"]
    made = run_tool("aksono", *arguments, "--data-directory", str(tmp_path / "data"))
    assert made.code == 0, made.err
    key = tmp_path / "my.domain.signing.key"
    assert key.stat().st_mode & 0o007 == 0
    assert check(file).code == 0
    command = [sys.executable, "-m", "synapse.config", "-c", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=tmp_path)
    assert "Config parses OK!" in done.stdout
    before = (file.read_text(), key.read_text())
    assert run_tool("aksono", *arguments).code == 0
    assert (file.read_text(), key.read_text()) == before
    key.unlink()
    assert check(file).code == 1
    assert run_tool("aksono", "--generate-keys", "-c", str(file)).code == 0
    assert check(file).code == 0
