# SPDX-License-Identifier: Apache-2.0
"""/versions, capabilities, .well-known and their like under several configurations.

One database serves both: Synapse answers first, then Aksono with the same file and the same tokens.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from aksono_compat.answers import differences
from aksono_compat.client import Client
from aksono_compat.config import Site
from aksono_compat.ports import free_port
from aksono_compat.postgres import Cluster
from aksono_compat.servers import make_server
from aksono_compat.tools import make_synapse_schema

DATABASE = "announcements"
PASSWORD = "correct horse battery"

# Every switch of experimental_features that Synapse reads.
FLAGS = [
    "msc1763_enabled", "msc1767_enabled", "msc2409_to_device_messages_enabled", "msc2654_enabled",
    "msc2815_enabled", "msc3026_enabled", "msc3202_transaction_extensions",
    "msc3381_polls_enabled", "msc3391_enabled", "msc3575_enabled", "msc3664_enabled",
    "msc3720_enabled", "msc3773_enabled", "msc3814_enabled", "msc3848_enabled", "msc3874_enabled",
    "msc3881_enabled", "msc3890_enabled", "msc3912_enabled", "msc4028_push_encrypted_events",
    "msc4069_profile_inhibit_propagation", "msc4075_enabled", "msc4076_enabled",
    "msc4133_enabled", "msc4143_enabled", "msc4155_enabled", "msc4169_enabled", "msc4210_enabled",
    "msc4222_enabled", "msc4235_enabled", "msc4242_enabled",
    "msc4263_limit_key_queries_to_users_who_share_rooms", "msc4267_enabled", "msc4277_enabled",
    "msc4293_enabled", "msc4306_enabled", "msc4354_enabled", "msc4370_enabled", "msc4446_enabled",
    "msc4450_enabled", "msc4452_enabled", "msc4491_enabled", "msc4502_enabled", "msc4512_enabled",
]  # fmt: skip
HALF = {**dict.fromkeys(FLAGS[::2], True), **dict.fromkeys(FLAGS[1::2], False)}

POLICY = {"enabled": True, "minimum_length": 9, "require_digit": True, "require_symbol": False}

CONFIGURATIONS: dict[str, dict[str, Any]] = {
    "all on": {
        "experimental_features": dict.fromkeys(FLAGS, True),
        "login_via_existing_session": {"enabled": True, "token_timeout": "1m"},
        "max_event_delay_duration": "24h",
        "encryption_enabled_by_default_for_room_type": "all",
        "serve_server_wellknown": True,
        "default_identity_server": "https://id.example.com",
        "extra_well_known_client_content": {"a.b": {"c": [1, True, None]}, "d": "é"},
        "enable_set_displayname": False,
        "enable_set_avatar_url": False,
        "enable_3pid_changes": False,
        "default_room_version": "11",
        "password_config": {"enabled": "only_for_reauth", "policy": POLICY},
        "web_client_location": "https://app.example.com",
        "require_auth_for_profile_requests": True,
        "enable_metrics": True,
    },
    "half on": {
        "experimental_features": {
            **HALF,
            "msc3391_enabled": True,  # msc3890 needs it
            "msc4140_max_delayed_events_per_user": 7,
        },
        "include_profile_updates_in_sync": True,
        "login_via_existing_session": {"enabled": False},
        "max_event_delay_duration": 5000,
        "encryption_enabled_by_default_for_room_type": "invite",
        "public_baseurl": None,
        "serve_server_wellknown": True,
        "extra_well_known_client_content": {"a": 1},
        "enable_set_avatar_url": False,
        "default_room_version": "org.matrix.msc3757.11",
        "password_config": {"localdb_enabled": False, "policy": {**POLICY, "enabled": False}},
        "enable_registration": False,
        "allow_guest_access": False,
    },
    "odd values": {
        "experimental_features": {"msc3026_enabled": True, "unknown": "word"},
        "public_baseurl": "http://m.example.com:8448/deep",
        "encryption_enabled_by_default_for_room_type": "off",
        "default_room_version": 9,
        "password_config": {"enabled": False},
        "default_identity_server": "",
        "extra_well_known_client_content": {},
        "enable_set_displayname": False,
        "registrations_require_3pid": [],
        "inhibit_user_in_use_error": True,
    },
}

PATHS = [
    "/_matrix/client/versions",
    "/_matrix/client/v3/capabilities",
    "/_matrix/client/r0/capabilities",
    "/_matrix/client/v3/login",
    "/_matrix/client/v3/password_policy",
    "/_matrix/client/v3/profile/@user:test.local",
    "/_matrix/client/v3/profile/@user:test.local/displayname",
    "/.well-known/matrix/client",
    "/.well-known/matrix/server",
    "/.well-known/matrix/support",
    "/health",
    "/",
]
LOGIN = {"type": "m.login.password", "user": "user", "password": PASSWORD}
POSTS: dict[str, Any] = {
    "/_matrix/client/v3/register": {},
    "/_matrix/client/v3/register?kind=guest": {},
    "/_matrix/client/v3/login": LOGIN,
}
FRESH = ["session", "user_id", "access_token", "device_id"]
HEADERS = ["Cache-Control", "Vary", "Content-Type", "Location", "Access-Control-Allow-Origin"]


def shown(answer: requests.Response) -> dict[str, Any]:
    """Pages are each server's own; documents are the same."""
    kind = answer.headers.get("Content-Type", "").partition(";")[0]
    headers: dict[str, Any] = {name: answer.headers.get(name) for name in HEADERS}
    seen = {"status": answer.status_code, **headers, "Content-Type": kind}
    seen["body"] = answer.json() if kind == "application/json" else None
    return seen


def ask(url: str, tokens: dict[str, str | None]) -> dict[str, dict[str, Any]]:
    """What a server says, by request."""
    told = {}
    session = requests.Session()
    session.trust_env = False
    for who, token in tokens.items():
        sent = {} if token is None else {"Authorization": f"Bearer {token}"}
        for path in PATHS:
            answer = session.get(url + path, headers=sent, allow_redirects=False, timeout=30)
            told[f"{path} as {who}"] = shown(answer)
    for path, content in POSTS.items():
        answer = session.post(url + path, json=content, timeout=30)
        told[path] = shown(answer)
        for fresh in FRESH:
            (told[path]["body"] or {}).pop(fresh, None)
    return told


@dataclass
class Place:
    """The database and the users that every configuration finds there."""

    cluster: Cluster
    directory: Path
    tokens: dict[str, str | None]

    def site(self, options: dict[str, Any]) -> Site:
        args = self.cluster.connection_args(DATABASE)
        return Site(self.directory, free_port(), args, options)


@pytest.fixture(scope="module")
def place(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Place:
    make_synapse_schema(cluster, DATABASE)
    found = Place(cluster, tmp_path_factory.mktemp("announcements"), {"nobody": None})
    with make_server("synapse", found.site({})) as server:
        for name in ("user", "tester"):
            user = Client(server.site.url).register_by_secret(name, PASSWORD)
            found.tokens[name] = user.token
        found.tokens["guest"] = Client(server.site.url).register_guest().token
        found.tokens["a wrong token"] = "wrong"
    with cluster.session(DATABASE) as cursor:
        cursor.execute(
            "INSERT INTO per_user_experimental_features (user_id, feature, enabled)"
            " VALUES ('@tester:test.local', 'msc3881', true),"
            " ('@user:test.local', 'msc3881', false)"
        )
    return found


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_tells_what_synapse_tells(place: Place, name: str, kind_b: str) -> None:
    told = []
    for kind in ("synapse", kind_b):
        with make_server(kind, place.site(CONFIGURATIONS[name])) as server:
            told.append(ask(server.site.url, place.tokens))
    lines = [
        f"{request}: {line}"
        for request in told[0]
        for line in differences(told[0][request], told[1][request])
    ]
    if lines:
        pytest.fail("\n".join(lines), pytrace=False)
