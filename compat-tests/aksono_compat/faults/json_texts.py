# SPDX-License-Identifier: Apache-2.0
"""JSON that is none, though it begins and ends as if it were; keys that are none."""

from .fault import Fault, change, message, put, state

_BROKEN = '{"a": 1}}'
_ALICE = "@alice:test.local"
_DAY = 86_400_000


def _text(found: str, table: str, column: str, user: str = "user_id", **row: object) -> Fault:
    return put(found, table, _ALICE, **{user: _ALICE, column: _BROKEN, **row})


def _event(found: str, event: str, column: str = "json") -> Fault:
    return change(
        found,
        f"UPDATE event_json SET {column} = {column} || '}}' WHERE event_id = {event}"
        " RETURNING event_id",
    )


TEXTS = (
    _event("event-json-broken", message("v1")),
    _event("event-json-broken", state("v2", "create")),
    _event("event-json-broken", state("v3", "member", "%(bob)s")),
    _event("event-json-broken", state("v4", "join_rules"), "internal_metadata"),
    _text("device-keys-broken", "e2e_device_keys_json", "key_json"),
    _text("one-time-key-broken", "e2e_one_time_keys_json", "key_json"),
    _text("cross-signing-key-broken", "e2e_cross_signing_keys", "keydata"),
    _text("inbox-broken", "device_inbox", "message_json"),
    _text("account-data-broken", "account_data", "content"),
    _text("room-account-data-broken", "room_account_data", "content"),
    _text("tag-broken", "room_tags", "content"),
    _text("push-rule-broken", "push_rules", "actions", "user_name", id=7_000_000, conditions="[]"),
    put("receipt-broken", "receipts_linearized", "7000001", stream_id=7_000_001, data=_BROKEN),
    put("filter-broken", "user_filters", "alice", user_id="alice", filter_id=7_000_002,
        filter_json=_BROKEN.encode(), full_user_id=_ALICE),
)  # fmt: skip

# Beside the broken ones, by questions that read JSON themselves.
HIDDEN = (
    change(
        "event-auth-incomplete",
        f"DELETE FROM event_auth WHERE event_id = {state('v6', 'join_rules')} AND auth_id ="
        f" {state('v6', 'power_levels')} RETURNING event_id",
    ),
    change(
        "membership-not-of-event",
        "UPDATE room_memberships SET membership = 'ban' WHERE event_id ="
        f" {state('v10', 'member', '%(bob)s')} RETURNING event_id",
    ),
    change(
        "redaction-missing",
        "DELETE FROM redactions WHERE event_id = (SELECT event_id FROM events WHERE room_id ="
        " %(room_v7)s AND type = 'm.room.redaction' LIMIT 1) RETURNING event_id",
    ),
    change(
        "room-version-different",
        "UPDATE rooms SET room_version = '1' WHERE room_id = %(room_v8)s RETURNING room_id",
    ),
)

SERVER_KEYS = (
    put("server-key-broken", "server_signature_keys", "short.example ed25519:a",
        server_name="short.example", key_id="ed25519:a", verify_key=b"short",
        ts_valid_until_ms=9_000_000_000_000),
    put("server-key-old", "server_signature_keys", "old.example", server_name="old.example",
        key_id="ed25519:a", verify_key=b"k" * 32, ts_valid_until_ms=_DAY),
    put("server-key-missing", "destinations", "nokey.example", destination="nokey.example"),
)  # fmt: skip
