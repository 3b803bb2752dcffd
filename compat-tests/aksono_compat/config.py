# SPDX-License-Identifier: Apache-2.0
"""Writes the homeserver.yaml that Synapse and Aksono share in the comparisons."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

SERVER_NAME = "test.local"
SHARED_SECRET = "registration-secret"
# A fixed key: both servers of a pair must sign alike, and a throwaway world is no secret.
SIGNING_KEY = "ed25519 a_test 8JRpB2P1xw1jYBdKBvHr0VEsDPt5uLLTtsT9KVwDPjU\n"

_OPEN = {"per_second": 100000, "burst_count": 100000}
RATE_LIMITS: dict[str, Any] = {
    "rc_message": _OPEN,
    "rc_registration": _OPEN,
    "rc_login": {"address": _OPEN, "account": _OPEN, "failed_attempts": _OPEN},
    "rc_joins": {"local": _OPEN, "remote": _OPEN},
    "rc_joins_per_room": _OPEN,
    "rc_invites": {"per_room": _OPEN, "per_user": _OPEN, "per_issuer": _OPEN},
    "rc_room_creation": _OPEN,
    "rc_admin_redaction": _OPEN,
    "rc_media_create": _OPEN,
    "rc_presence": {"per_user": _OPEN},
}

LOG_FORMAT = "%(asctime)s - %(name)s - %(lineno)d - %(levelname)s - %(request)s - %(message)s"


@dataclass
class Site:
    """What one running server needs: a directory, a port, a database, options on top."""

    directory: Path
    port: int
    database: dict[str, str | int]
    options: dict[str, Any] = field(default_factory=dict)
    server_name: str = SERVER_NAME

    @property
    def config_file(self) -> Path:
        return self.directory / "homeserver.yaml"

    @property
    def log_file(self) -> Path:
        return self.directory / "homeserver.log"

    @property
    def media_store(self) -> Path:
        return self.directory / "media"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def homeserver_yaml(self) -> dict[str, Any]:
        """The whole configuration; `options` replace entries of the same name."""
        listener = {
            "port": self.port,
            "type": "http",
            "bind_addresses": ["127.0.0.1"],
            "resources": [{"names": ["client", "federation"], "compress": False}],
        }
        return {
            "server_name": self.server_name,
            "public_baseurl": f"https://matrix.{self.server_name}/",
            "pid_file": str(self.directory / "homeserver.pid"),
            "listeners": [listener],
            "database": {"name": "psycopg2", "args": {**self.database, "cp_min": 2, "cp_max": 8}},
            "media_store_path": str(self.media_store),
            "signing_key_path": str(self.directory / "signing.key"),
            "log_config": str(self.directory / "log.yaml"),
            "macaroon_secret_key": "macaroon-secret",
            "form_secret": "form-secret",
            "registration_shared_secret": SHARED_SECRET,
            "report_stats": False,
            "suppress_key_server_warning": True,
            "trusted_key_servers": [],
            "enable_registration": True,
            "enable_registration_without_verification": True,
            "allow_guest_access": True,
            "bcrypt_rounds": 4,
            "presence": {"enabled": False},
            "caches": {"sync_response_cache_duration": 0},
            **RATE_LIMITS,
            **self.options,
        }

    def write(self) -> None:
        """Writes homeserver.yaml, log.yaml and the signing key, and makes the media store."""
        self.media_store.mkdir(parents=True, exist_ok=True)
        self.config_file.write_text(yaml.safe_dump(self.homeserver_yaml(), sort_keys=False))
        (self.directory / "log.yaml").write_text(yaml.safe_dump(self._log_yaml()))
        (self.directory / "signing.key").write_text(SIGNING_KEY)

    def _log_yaml(self) -> dict[str, Any]:
        handler = {
            "class": "logging.FileHandler",
            "filename": str(self.log_file),
            "formatter": "precise",
        }
        return {
            "version": 1,
            "formatters": {"precise": {"format": LOG_FORMAT}},
            "handlers": {"file": handler},
            "root": {"level": "INFO", "handlers": ["file"]},
            "disable_existing_loggers": False,
        }
