# SPDX-License-Identifier: Apache-2.0
"""Options with values of every type: what Synapse does not start with, Aksono refuses as well."""

import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml

from aksono_compat.config import SIGNING_KEY
from aksono_compat.option_places import FEW_VALUES, VALUES, cases, table_names
from aksono_compat.servers import Aksono
from aksono_compat.synapse_options import judge, names_read

BASE: dict[str, Any] = {
    "server_name": "test.local",
    "report_stats": False,
    "public_baseurl": "https://test.local/",
    "listeners": [{"port": 8008, "type": "http", "resources": [{"names": ["client"]}]}],
    "database": {"name": "psycopg2", "args": {"user": "u", "host": "h", "dbname": "d"}},
    "signing_key": SIGNING_KEY.strip(),
    "macaroon_secret_key": "a",
    "form_secret": "b",
    "suppress_key_server_warning": True,
}

# Synapse refuses these for packages that are not there, or for what it finds on this machine.
ELSEWHERE = ("DependencyException", "ModuleNotFoundError")


def configuration(options: dict[str, Any], directory: Path) -> dict[str, Any]:
    whole = {"media_store_path": str(directory / "media"), **BASE, **options}
    if "databases" in options:
        del whole["database"]
    return whole


def ours(whole: dict[str, Any], file: Path) -> str | None:
    """What Aksono says against it, in one line; None: nothing."""
    file.write_text(yaml.safe_dump(whole))
    program = str(Aksono.build() / "bin" / "aksono")
    done = subprocess.run([program, "-c", str(file), "--check-config"], capture_output=True)
    file.unlink()
    assert done.returncode in (0, 1), done.stderr
    if done.returncode == 0:
        return None
    said = done.stderr.decode()
    assert done.stdout == b"", said
    assert said.count("\n") == 1, said
    return said


def find_laxness(directory: Path, values: list[Any], *, members: bool) -> list[str]:
    named = [
        (name, configuration(options, directory))
        for name, options in cases(values, members=members)
    ]
    wholes = [whole for _, whole in named]
    with ThreadPoolExecutor(2) as pool:
        verdicts = pool.submit(judge, wholes, directory)
        said = [ours(whole, directory / "homeserver.yaml") for whole in wholes]
    return [
        f"{name}: Synapse: {verdict}"
        for (name, _), verdict, line in zip(named, verdicts.result(), said, strict=True)
        if verdict is not None and line is None and not verdict.startswith(ELSEWHERE)
    ]


def test_is_as_strict_as_synapse(tmp_path: Path) -> None:
    if found := find_laxness(tmp_path, FEW_VALUES, members=False):
        pytest.fail("\n".join(found), pytrace=False)


@pytest.mark.full
def test_is_as_strict_as_synapse_with_every_value(tmp_path: Path) -> None:
    if found := find_laxness(tmp_path, VALUES, members=True):
        pytest.fail("\n".join(found), pytrace=False)


def test_knows_every_option_that_synapse_reads(tmp_path: Path) -> None:
    # What is read only when another option asks for it.
    options = {"bind_port": 8448, "tls_certificate_path": "a", "tls_private_key_path": "b"}
    whole = configuration(options, tmp_path)
    assert set(names_read(whole, tmp_path)) <= set(table_names())


def test_accepts_what_synapse_accepts(tmp_path: Path) -> None:
    """A file with something of everything; a person's own file may look like this."""
    options: dict[str, Any] = {
        "pid_file": "/run/synapse.pid",
        "soft_file_limit": 0,
        "presence": {"enabled": True, "include_offline_users_on_sync": False},
        "admin_contact": "mailto:admin@test.local",
        "ip_range_blacklist": ["10.0.0.0/8", "fe80::/10"],
        "retention": {"enabled": True, "purge_jobs": [{"interval": "1d"}]},
        "caches": {"global_factor": 1.0, "per_cache_factors": {"get_users_who_share": 2.0}},
        "email": {"smtp_host": "mail", "smtp_port": 25, "notif_from": "%(app)s <a@b.c>"},
        "trusted_key_servers": [{"server_name": "matrix.org"}],
        "turn_uris": ["turn:turn.test.local?transport=udp"],
        "turn_user_lifetime": 86400000,
        "url_preview_enabled": False,
        "federation_domain_whitelist": ["a.b"],
        "room_prejoin_state": {"additional_event_types": ["m.room.x", ["m.y", "z"]]},
        "media_retention": {"local_media_lifetime": "90d"},
        "thumbnail_sizes": [{"width": 32, "height": 32, "method": "crop"}],
        "auto_join_rooms": ["#a:test.local"],
        "user_directory": {"enabled": True},
        "alias_creation_rules": [{"user_id": "*", "alias": "*", "action": "allow"}],
        "server_notices": {"system_mxid_localpart": "notices", "room_name": "x"},
        "old_signing_keys": {"ed25519:old": {"key": "A" * 43, "expired_ts": 123456789}},
        "federation_client_minimum_tls_version": "1.2",
        "gc_thresholds": [700, 10, 10],
        "push": {"include_content": False},
        "sso": {"client_whitelist": ["https://a.b/"]},
        "default_power_level_content_override": {"private_chat": {"ban": 50}},
        "delete_stale_devices_after": "1y",
        "session_lifetime": "24h",
    }
    whole = configuration(options, tmp_path)
    assert judge([whole], tmp_path) == [None]
    assert ours(whole, tmp_path / "homeserver.yaml") is None
