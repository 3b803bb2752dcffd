# SPDX-License-Identifier: Apache-2.0
"""An admin's homeserver.yaml, rewritten for a rehearsal on a copy: everything that reaches outward
or belongs to the live server is cut off or replaced, everything that shapes answers is kept."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from ..config import Site

# What speaks to the outside world, or to what the live server uses; left out, the reason told.
CUT_OFF = {
    "app_service_config_files": "application services hear nothing",
    "auto_join_rooms": "users of the rehearsal join nothing by themselves",
    "cas_config": "no identity provider",
    "daemonize": "the rehearsal's own",
    "email": "no mail",
    "enable_media_repo": "one process",
    "federation_sender_instances": "one process",
    "instance_map": "one process",
    "media_retention": "no media is deleted",
    "media_storage_providers": "no object storage",
    "modules": "modules may reach anywhere",
    "oidc_providers": "no identity provider",
    "opentracing": "no traces",
    "pusher_instances": "one process",
    "recaptcha_public_key": "no captcha service",
    "redis": "the live Redis is not touched",
    "registration_shared_secret_path": "the rehearsal's own",
    "retention": "no message is purged",
    "saml2_config": "no identity provider",
    "send_federation": "one process",
    "sentry": "no crash reports",
    "signing_key": "a throwaway key",
    "start_pushers": "one process",
    "stream_writers": "one process",
    "tls_certificate_path": "plain HTTP on loopback",
    "tls_private_key_path": "plain HTTP on loopback",
    "turn_uris": "no TURN server",
    "user_consent": "users of the rehearsal accept no terms",
}


class ConfigError(Exception):
    """The configuration cannot be rehearsed; the text says what to do."""


def load(paths: list[Path]) -> dict[str, Any]:
    """Reads configuration files as Synapse does: a later file's options replace earlier ones."""
    merged: dict[str, Any] = {}
    for path in paths:
        for file in sorted(path.glob("*.yaml")) if path.is_dir() else [path]:
            try:
                content = yaml.safe_load(file.read_text())
            except (OSError, yaml.YAMLError) as error:
                raise ConfigError(f"{file}: {error}") from error
            if not isinstance(content, dict):
                raise ConfigError(f"{file}: not a mapping of options")
            merged.update(content)
    if not isinstance(merged.get("server_name"), str):
        raise ConfigError(f"{paths[0]}: server_name: missing")
    return merged


def database_args(config: dict[str, Any]) -> dict[str, str | int]:
    """The original's connection arguments (libpq's names)."""
    database = config.get("database")
    if not isinstance(database, dict) or database.get("name") != "psycopg2":
        raise ConfigError(
            "database: only one PostgreSQL database (name: psycopg2) can be rehearsed"
        )
    args = dict(database.get("args") or {})
    if "database" in args:
        args["dbname"] = args.pop("database")
    return {key: value for key, value in args.items() if not key.startswith("cp_")}


@dataclass
class EnclosedSite(Site):
    """A Site whose configuration is an admin's own, but for what must not get out."""

    original: dict[str, Any] = field(default_factory=dict)

    @property
    def cut_off(self) -> list[str]:
        """What was left out and why, for the account."""
        return [f"{key}: {CUT_OFF[key]}" for key in sorted(self.original) if key in CUT_OFF]

    def homeserver_yaml(self) -> dict[str, Any]:
        kept = {
            key: value
            for key, value in self.original.items()
            if key not in CUT_OFF and not key.startswith("worker_")
        }
        own = super().homeserver_yaml()
        # The admin's own word on what shapes answers; everything else of ours goes on top.
        for key in ("public_baseurl", "macaroon_secret_key", "form_secret", "bcrypt_rounds"):
            if key in kept:
                own.pop(key, None)
        for key in ("enable_registration", "enable_registration_without_verification"):
            own.pop(key, None)
        own["push"] = {**(kept.get("push") or {}), "enabled": False}
        own["database"]["allow_unsafe_locale"] = bool(
            kept["database"].get("allow_unsafe_locale", False)
        )
        return {**kept, **own}

    def write(self) -> None:
        super().write()
        self.config_file.chmod(0o600)
        key = self.directory / "signing.key"
        marker = self.directory / "signing.key.own"
        if not marker.exists():
            seed = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")
            marker.write_text(f"ed25519 a_rehearsal {seed}\n")
            marker.chmod(0o600)
        key.write_text(marker.read_text())
