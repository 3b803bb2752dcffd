# SPDX-License-Identifier: Apache-2.0
"""Users, devices, keys, sessions."""

from .fault import change, put

_GHOST = "@ghost:test.local"

USERS = (
    put("user-id-malformed", "users", "bob", name="bob"),
    change(
        ("deactivated-with-token", "deactivated-with-device", "deactivated-in-rooms"),
        "UPDATE users SET deactivated = 1 WHERE name = %(alice)s RETURNING name",
    ),
    change(
        "user-without-profile", "DELETE FROM profiles WHERE user_id = 'dave' RETURNING"
        " '@' || user_id"
    ),
    put("token-without-user", "access_tokens", _GHOST, id=900001, user_id=_GHOST, token="t1"),
    put(("refresh-token-without-user", "refresh-token-without-device"), "refresh_tokens", "900002",
        id=900002, user_id=_GHOST, token="t2"),
    put("device-without-user", "devices", _GHOST, user_id=_GHOST, device_id="D", hidden=False),
    put("threepid-without-user", "user_threepids", _GHOST, user_id=_GHOST),
    put("external-id-without-user", "user_external_ids", _GHOST, user_id=_GHOST),
    put("pusher-without-user", "pushers", "900003", id=900003, user_name=_GHOST),
    put("account-data-without-user", "account_data", _GHOST, user_id=_GHOST),
    put("room-account-data-without-user", "room_account_data", _GHOST, user_id=_GHOST),
    put("room-account-data-without-room", "room_account_data", "!nowhere", room_id="!nowhere",
        user_id="@bob:test.local", content="{}"),
    put("tag-without-user", "room_tags", _GHOST, user_id=_GHOST),
    put("push-rule-without-user", "push_rules", _GHOST, id=900004, user_name=_GHOST),
    put("push-rule-switch-without-user", "push_rules_enable", _GHOST, id=900005, user_name=_GHOST),
    put("ignored-without-user", "ignored_users", _GHOST, ignorer_user_id=_GHOST),
    put("key-backup-without-user", "e2e_room_keys_versions", _GHOST, user_id=_GHOST),
    put("monthly-user-without-user", "monthly_active_users", _GHOST, user_id=_GHOST),
    put("erased-without-user", "erased_users", _GHOST, user_id=_GHOST),
    put("rate-limit-without-user", "ratelimit_override", _GHOST, user_id=_GHOST),
    put("filter-without-user", "user_filters", _GHOST, user_id="ghost", full_user_id=_GHOST,
        filter_json=b"{}"),
    put("profile-without-user", "profiles", _GHOST, user_id="ghost", full_user_id=_GHOST),
)  # fmt: skip

DEVICES = (
    put(("device-keys-without-device", "device-keys-broken"), "e2e_device_keys_json", "GONE1",
        user_id="@bob:test.local", device_id="GONE1", key_json="{"),
    put("one-time-keys-without-device", "e2e_one_time_keys_json", "GONE2",
        user_id="@bob:test.local", device_id="GONE2"),
    put("fallback-keys-without-device", "e2e_fallback_keys_json", "GONE3",
        user_id="@bob:test.local", device_id="GONE3"),
    put("dehydrated-without-device", "dehydrated_devices", "GONE4", user_id="@bob:test.local",
        device_id="GONE4"),
    put("cross-signing-without-device", "e2e_cross_signing_keys", "master",
        user_id="@bob:test.local", keytype="master", keydata="{}", stream_id=900001),
    put("cross-signing-without-user", "e2e_cross_signing_keys", _GHOST, user_id=_GHOST,
        keytype="master", keydata="{}", stream_id=900002),
    put("backup-keys-without-version", "e2e_room_keys", "@bob:test.local",
        user_id="@bob:test.local", version=77),
    put("token-without-device", "access_tokens", "GONE5", id=900011, user_id="@bob:test.local",
        device_id="GONE5", token="t3"),
    put("refresh-token-without-device", "refresh_tokens", "900012", id=900012,
        user_id="@bob:test.local", device_id="GONE6", token="t4"),
    put(("pusher-without-login", "pusher-without-token"), "pushers", "900013", id=900013,
        user_name="@bob:test.local", device_id="GONE7", access_token=912345),
    put("inbox-without-device", "device_inbox", "GONE8", user_id="@bob:test.local",
        device_id="GONE8"),
    change(
        "device-hidden-in-use",
        "UPDATE devices SET hidden = true WHERE user_id = %(alice)s AND device_id = 'ALICE2'"
        " RETURNING device_id",
    ),
    change(
        "inbox-large",
        "INSERT INTO device_inbox (user_id, device_id, stream_id, message_json)"
        " SELECT %(bob)s, 'BOB1', n, '{}' FROM generate_series(1, 1001) n RETURNING device_id",
    ),
    change(
        "outbound-pokes-large",
        "INSERT INTO device_lists_outbound_pokes (destination, stream_id, user_id, device_id,"
        " sent, ts) SELECT 'far.example', n, %(bob)s, 'BOB1', false, 1"
        " FROM generate_series(1, 10001) n RETURNING destination",
    ),
)  # fmt: skip
