# SPDX-License-Identifier: Apache-2.0
"""A server that cannot start says why in one line, ends with 1, and leaves everything as it was."""

import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from aksono_compat.config import Site
from aksono_compat.ports import free_port
from aksono_compat.postgres import Cluster
from aksono_compat.servers import Aksono, Synapse
from aksono_compat.snapshot import take_snapshot
from aksono_compat.tools import make_synapse_schema

DATABASE = "refusals"


@pytest.fixture(scope="module")
def schema(cluster: Cluster) -> Cluster:
    make_synapse_schema(cluster, DATABASE)
    return cluster


@pytest.fixture
def site(schema: Cluster, tmp_path: Path) -> Site:
    found = Site(tmp_path / "site", free_port(), schema.connection_args(DATABASE))
    found.directory.mkdir()
    return found


def missing_key(site: Site) -> str:
    (site.directory / "signing.key").unlink()
    return "signing.key"


def empty_key(site: Site) -> str:
    (site.directory / "signing.key").write_text("\n")
    return "signing_key_path"


def broken_key(site: Site) -> str:
    (site.directory / "signing.key").write_text("ed25519 a_1 !!!\n")
    return "signing_key_path"


def missing_log_config(site: Site) -> str:
    (site.directory / "log.yaml").unlink()
    return "log.yaml"


def broken_log_config(site: Site) -> str:
    (site.directory / "log.yaml").write_text("version: [1\n")
    return "log.yaml"


def log_file_nowhere(site: Site) -> str:
    log = yaml.safe_load((site.directory / "log.yaml").read_text())
    log["handlers"]["file"]["filename"] = "/nonexistent/directory/homeserver.log"
    (site.directory / "log.yaml").write_text(yaml.safe_dump(log))
    return "/nonexistent/directory"


def media_store_is_a_file(site: Site) -> str:
    site.media_store.rmdir()
    site.media_store.write_text("")
    return "media_store_path"


def with_options(**options: Any) -> Callable[[Site], str]:
    def change(site: Site) -> str:
        whole = {**yaml.safe_load(site.config_file.read_text()), **options}
        site.config_file.write_text(yaml.safe_dump(whole))
        return next(iter(options))

    return change


def wrong_database(site: Site) -> str:
    args = {**site.database, "dbname": "nowhere"}
    with_options(database={"name": "psycopg2", "args": args})(site)
    return "nowhere"


def missing_certificate(site: Site) -> str:
    listener = {"port": site.port, "type": "http", "tls": True, "bind_addresses": ["127.0.0.1"]}
    with_options(
        listeners=[listener],
        tls_certificate_path="/nonexistent.pem",
        tls_private_key_path="/nonexistent.key",
    )(site)
    return "/nonexistent.pem"


def foreign_address(site: Site) -> str:
    listener = {"port": site.port, "type": "http", "bind_addresses": ["192.0.2.1"]}
    with_options(listeners=[listener])(site)
    return "192.0.2.1"


CAUSES: dict[str, Callable[[Site], str]] = {
    "missing key": missing_key,
    "empty key": empty_key,
    "broken key": broken_key,
    "missing log configuration": missing_log_config,
    "broken log configuration": broken_log_config,
    "log file nowhere": log_file_nowhere,
    "media store is a file": media_store_is_a_file,
    "media store cannot be made": with_options(media_store_path="/proc/nowhere"),
    "application service without a file": with_options(app_service_config_files=["/nonexistent"]),
    "secret without a file": with_options(turn_shared_secret_path="/nonexistent"),
    "wrong database": wrong_database,
    "foreign address": foreign_address,
    "certificate without a file": missing_certificate,
}


def files_below(directory: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in directory.rglob("*") if file.is_file()}


def rows(cluster: Cluster) -> dict[str, list[str]]:
    """Every row of every table."""
    tables = take_snapshot(cluster, DATABASE)
    return {name: sorted(map(repr, table.rows)) for name, table in tables.items()}


def start(command: list[str], site: Site) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=site.directory)


def check_refusal(cluster: Cluster, site: Site, word: str) -> None:
    before = files_below(site.directory), rows(cluster)
    done = start(Aksono(site).command(), site)
    assert done.returncode == 1
    assert done.stdout == ""
    said = [line for line in done.stderr.splitlines() if " - " not in line]
    assert len(said) == 1, done.stderr
    assert word in said[0]
    after = files_below(site.directory)
    after.pop(site.log_file, None)
    assert after == before[0]
    assert rows(cluster) == before[1]


@pytest.mark.parametrize("name", CAUSES)
def test_refuses_in_one_line(schema: Cluster, site: Site, name: str) -> None:
    site.write()
    check_refusal(schema, site, CAUSES[name](site))


def test_refuses_a_port_in_use(schema: Cluster, site: Site) -> None:
    site.write()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", site.port))
        taken.listen()
        check_refusal(schema, site, str(site.port))


# Where the log configuration is missing Synapse makes one, and starts.
@pytest.mark.parametrize("name", ["broken key", "broken log configuration", "log file nowhere"])
def test_synapse_does_not_start_either(site: Site, name: str) -> None:
    site.write()
    CAUSES[name](site)
    assert start(Synapse(site).command(), site).returncode != 0
