# SPDX-License-Identifier: Apache-2.0
"""Where options stand in homeserver.yaml, so that each can be given values of every type."""

import copy
import re
from collections.abc import Iterator
from typing import Any

from .servers import REPOSITORY

VALUES: list[Any] = [
    *(True, False, 0, 5, -1, 1.5, "", "abc", "5s", "1.5", "true"),
    *([], ["abc"], [5], [{}], [None], {}, {"a": 1}, {"a": "b"}, {"a": {}}, None),
]
# Enough to find out that a type is not looked at.
FEW_VALUES: list[Any] = ["abc", {"a": 1}, None]

_LIMIT = {"per_second": 1, "burst_count": 2}
_WRITERS = ["events", "typing", "to_device", "account_data", "receipts", "presence", "push_rules"]
_LISTENER = {"port": 8008, "type": "http", "resources": [{"names": ["client"], "compress": False}]}

# Members of options, under a mapping that is good: path of the mapping, the mapping, its members.
GROUPS: list[tuple[str, dict[str, Any], list[str]]] = [
    ("account_threepid_delegates", {}, ["msisdn", "email"]),
    ("auto_accept_invites", {}, ["enabled", "only_for_direct_messages"]),
    ("background_updates", {}, ["sleep_enabled", "sleep_duration_ms", "min_batch_size"]),
    ("caches", {}, ["global_factor", "per_cache_factors", "expire_caches", "cache_entry_ttl"]),
    ("caches", {}, ["sync_response_cache_duration", "cache_autotuning"]),
    ("caches.per_cache_factors", {}, ["get_users"]),
    (
        "caches.cache_autotuning",
        {"max_cache_memory_usage": "1G", "target_cache_memory_usage": "1G", "min_cache_ttl": "5m"},
        ["max_cache_memory_usage", "target_cache_memory_usage", "min_cache_ttl"],
    ),
    ("cas_config", {"server_url": "https://cas"}, ["enabled", "required_attributes"]),
    ("database", {"name": "psycopg2", "args": {"dbname": "x"}}, ["name", "args", "txn_limit"]),
    ("database.args", {"dbname": "x"}, ["cp_min", "cp_max", "port", "host"]),
    ("email", {"notif_from": "a@b.c"}, ["smtp_host", "smtp_port", "notif_from", "subjects"]),
    ("email", {"notif_from": "a@b.c"}, ["validation_token_lifetime", "template_dir"]),
    ("email", {"notif_from": "a@b.c"}, ["invite_client_location", "enable_notifs"]),
    ("experimental_features", {}, ["msc3026_enabled", "msc3881_enabled", "msc3861"]),
    ("experimental_features", {}, ["msc4108_enabled", "msc4108_delegation_endpoint"]),
    ("extra_well_known_client_content", {}, ["m.homeserver", "m.identity_server", "foo"]),
    ("federation", {}, ["client_timeout", "max_short_retry_delay", "max_long_retry_delay"]),
    ("federation", {}, ["destination_min_retry_interval", "destination_max_retry_interval"]),
    ("instance_map", {}, ["w1", "main"]),
    ("instance_map.w1", {"host": "h", "port": 5}, ["host", "port", "tls"]),
    ("limit_remote_rooms", {}, ["enabled", "complexity", "complexity_error", "admins_can_join"]),
    ("login_via_existing_session", {}, ["enabled", "require_ui_auth", "token_timeout"]),
    ("manhole_settings", {}, ["username", "password", "ssh_priv_key_path", "ssh_pub_key_path"]),
    ("matrix_rtc", {}, ["transports"]),
    ("media_retention", {}, ["local_media_lifetime", "remote_media_lifetime"]),
    ("oembed", {}, ["disable_default_providers", "additional_providers"]),
    ("password_config", {}, ["enabled", "localdb_enabled", "pepper", "policy"]),
    ("password_config.policy", {"enabled": True}, ["minimum_length", "require_digit"]),
    ("presence", {}, ["enabled", "include_offline_users_on_sync", "presence_router"]),
    ("presence", {}, ["last_active_granularity", "sync_online_timeout", "idle_timeout"]),
    ("push", {}, ["enabled", "include_content", "group_unread_count_by_room", "jitter_delay"]),
    ("rc_message", _LIMIT, ["per_second", "burst_count"]),
    ("rc_admin_redaction", _LIMIT, ["per_second", "burst_count"]),
    ("rc_room_creation", _LIMIT, ["per_second", "burst_count"]),
    ("rc_login", {}, ["address", "account", "failed_attempts"]),
    ("rc_login.address", _LIMIT, ["per_second", "burst_count"]),
    ("rc_joins", {}, ["local", "remote"]),
    ("rc_invites", {}, ["per_room", "per_user", "per_issuer"]),
    ("rc_presence", {}, ["per_user"]),
    ("rc_federation", {}, ["window_size", "sleep_limit", "sleep_delay", "concurrent"]),
    ("retention", {"enabled": True}, ["enabled", "allowed_lifetime_min", "purge_jobs"]),
    ("retention.default_policy", {}, ["min_lifetime", "max_lifetime"]),
    ("room_prejoin_state", {}, ["disable_default_event_types", "additional_event_types"]),
    ("server_notices", {"system_mxid_localpart": "n"}, ["room_name", "system_mxid_localpart"]),
    ("sso", {}, ["client_whitelist", "update_profile_information", "template_dir"]),
    ("stats", {}, ["enabled"]),
    ("stream_writers", {}, _WRITERS),
    ("templates", {}, ["custom_template_directory"]),
    ("ui_auth", {}, ["session_timeout"]),
    ("user_consent", {"version": 1, "template_dir": "/tmp"}, ["version", "template_dir"]),
    ("user_directory", {}, ["enabled", "search_all_users", "prefer_local_users"]),
    ("user_types", {}, ["default_user_type", "extra_user_types"]),
]
_LISTENER_FIELDS = [
    *("port", "type", "tls", "bind_addresses", "bind_address", "x_forwarded", "resources", "tag"),
    *("request_id_header", "additional_resources"),
]


def table_names() -> list[str]:
    """The options in Aksono's own table, but for those that are Aksono's alone."""
    source = (REPOSITORY / "server/lib/config/options_table.cpp").read_text()
    names = re.findall(r"^    \{\"([a-z0-9_]+)\",", source, re.MULTILINE)
    return [name for name in names if name not in ("rollback_floor", "emulate_version")]


def cases(values: list[Any], *, members: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each place with each value: what to call it, and the options to set."""
    for name in table_names():
        for value in values:
            yield f"{name}: {value!r}", {name: value}
    if not members:
        return
    for path, group, keys in GROUPS:
        for key in keys:
            for value in values:
                yield f"{path}.{key}: {value!r}", _nested(path, {**group, key: value})
    for key in _LISTENER_FIELDS:
        for value in values:
            yield f"listeners.0.{key}: {value!r}", {"listeners": [{**_LISTENER, key: value}]}


def _nested(path: str, group: dict[str, Any]) -> dict[str, Any]:
    outer, _, inner = path.partition(".")
    if not inner:
        return {outer: copy.deepcopy(group)}
    around = next((one for name, one, _ in GROUPS if name == outer), {})
    return {outer: {**copy.deepcopy(around), inner: copy.deepcopy(group)}}
