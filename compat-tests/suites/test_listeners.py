# SPDX-License-Identifier: Apache-2.0
"""`listeners`: which addresses answer what, and what the log says of a request.

One database serves both: Synapse answers first, then Aksono with the same file.
"""

import re
import socket
import stat
import subprocess
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

import pytest
import requests

from aksono_compat.answers import differences
from aksono_compat.config import Site
from aksono_compat.ports import free_port
from aksono_compat.postgres import Cluster
from aksono_compat.servers import make_server
from aksono_compat.tools import make_synapse_schema

DATABASE = "listeners"
PATHS = [
    *("/health", "/", "/nowhere", "/_matrix/static/", "/_matrix/client/versions"),
    *("/_matrix/federation/v1/version", "/_synapse/metrics", "/metrics"),
    *("/_synapse/admin/v1/server_version", "/.well-known/matrix/client"),
]
PLACES = ["main", "metrics", "health", "bare", "static", "federation", "tls", "both"]


class Unix(HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=10)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(str(self._path))


def resources(*names: str, compress: bool = False) -> list[dict[str, Any]]:
    return [{"names": list(names), "compress": compress}]


def listeners(ports: dict[str, int], sock: Path) -> list[dict[str, Any]]:
    here = {"type": "http", "bind_addresses": ["127.0.0.1"]}
    return [
        {
            **here,
            "port": ports["main"],
            "x_forwarded": True,
            "tag": "front",
            "request_id_header": "X-Trace",
            "resources": resources("client", "metrics", compress=True),
        },
        {**here, "port": ports["metrics"], "type": "metrics"},
        {"type": "http", "port": ports["health"], "bind_address": "127.0.0.1"}
        | {"resources": resources("health")},
        {**here, "port": ports["bare"]},
        {**here, "port": ports["static"], "resources": resources("static")},
        {**here, "port": ports["federation"], "resources": resources("federation")},
        {**here, "port": ports["tls"], "tls": True, "resources": resources("client")},
        {"type": "http", "port": ports["both"], "bind_addresses": ["::1", "127.0.0.1"]}
        | {"resources": resources("client", "federation", "keys", "openid")},
        {"type": "http", "path": str(sock), "mode": 0o600, "resources": resources("client")},
    ]


def make_certificate(directory: Path) -> dict[str, str]:
    key, certificate = str(directory / "tls.key"), str(directory / "tls.crt")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=localhost", "-keyout", key, "-out", certificate]
    subprocess.run(command, check=True, capture_output=True)
    return {"tls_certificate_path": certificate, "tls_private_key_path": key}


def ask(ports: dict[str, int]) -> dict[str, dict[str, Any]]:
    told: dict[str, dict[str, Any]] = {}
    session = requests.Session()
    session.trust_env = False
    session.headers["Accept-Encoding"] = "gzip"
    for place in PLACES:
        scheme = "https" if place == "tls" else "http"
        for path in PATHS:
            url = f"{scheme}://127.0.0.1:{ports[place]}{path}"
            try:
                answer = session.get(url, timeout=10, verify=False, allow_redirects=False)
            except requests.ConnectionError:
                told[f"{place} {path}"] = {"status": "refused", "body": None}
                continue
            told[f"{place} {path}"] = {
                "status": answer.status_code,
                "type": answer.headers.get("Content-Type", "").partition(";")[0],
                "encoding": answer.headers.get("Content-Encoding"),
                "body": None,
            }
    return told


def ask_socket(path: Path) -> dict[str, Any]:
    connection = Unix(path)
    connection.request("GET", "/_matrix/client/versions", headers={"X-Forwarded-For": "9.8.7.6"})
    answer: HTTPResponse = connection.getresponse()
    return {"status": answer.status, "mode": stat.S_IMODE(path.stat().st_mode), "body": None}


def logged(log: Path) -> list[str]:
    """Who asked for the versions through which listener, as the request log has it."""
    pattern = r"synapse\.access\.http\.(\S+) - .* (GET-\S+) - (\S+) - (\S+) - .*client/versions"
    lines = re.findall(pattern, log.read_text())
    ids = [(site, re.sub(r"GET-\d+", "GET-n", made), who, tag) for site, made, who, tag in lines]
    return sorted({repr(line) for line in ids if line[2] != "127.0.0.1"})


@pytest.fixture(scope="module")
def told(
    cluster: Cluster, kind_b: str, tmp_path_factory: pytest.TempPathFactory
) -> list[tuple[dict[str, dict[str, Any]], list[str]]]:
    make_synapse_schema(cluster, DATABASE)
    ports = {place: free_port() for place in PLACES}
    certificate = make_certificate(tmp_path_factory.mktemp("certificate"))
    found = []
    for kind in ("synapse", kind_b):
        directory = tmp_path_factory.mktemp("listeners")
        sock = directory / "s.sock"
        options = {**certificate, "listeners": listeners(ports, sock)}
        args = cluster.connection_args(DATABASE)
        site = Site(directory, ports["main"], args, options)
        with make_server(kind, site):
            answers = ask(ports)
            answers["socket"] = ask_socket(sock)
            requests.get(
                f"{site.url}/_matrix/client/versions",
                headers={"X-Forwarded-For": "1.2.3.4, 5.6.7.8", "X-Trace": "abc"},
                timeout=10,
            )
        found.append((answers, logged(site.log_file)))
    return found


def test_answers_are_the_same(told: list[tuple[dict[str, dict[str, Any]], list[str]]]) -> None:
    (a, _), (b, _) = told
    lines = [f"{place}: {line}" for place in a for line in differences(a[place], b[place])]
    if lines:
        pytest.fail("\n".join(lines), pytrace=False)


def test_request_log_is_the_same(told: list[tuple[dict[str, dict[str, Any]], list[str]]]) -> None:
    assert told[0][1]
    assert told[0][1] == told[1][1]
