# SPDX-License-Identifier: Apache-2.0
"""Work for the updates about users, their profiles, filters, account data and key backups."""

from .crafter import Crafter


def craft_users(crafter: Crafter) -> None:
    _flags(crafter)
    _full_user_ids(crafter)
    _account_data(crafter)
    _key_backups(crafter)


def _flags(crafter: Crafter) -> None:
    """Deactivated: no password, no address, no application service … ?"""
    people = [
        ("password", "hash", 0, 0, None),
        ("none", None, 0, 0, None),
        ("empty", "", 0, 0, None),
        ("address", None, 0, 0, None),
        ("address_empty", "", 0, 0, None),
        ("appservice", None, 0, 0, "bridge"),
        ("guest", None, 1, 0, None),
        ("flagged", None, 0, 1, None),
        ("flagged_password", "hash", 0, 1, None),
        ("sso", None, 0, 0, None),
        ("late1", None, 0, 0, None),
        ("late2", "hash", 0, 0, None),
        ("late3", "", 0, 0, None),
        ("Upper", None, 0, 0, None),
        ("admin", None, 0, 0, None),
    ]
    crafter.rows(
        "users",
        "name password_hash is_guest deactivated appservice_id creation_ts",
        [(f"@flag_{name}:test.local", *rest, 1) for name, *rest in people],
    )
    crafter.run("UPDATE users SET admin = 1 WHERE name = '@flag_admin:test.local'")
    crafter.rows(
        "user_threepids",
        "user_id medium address validated_at added_at",
        [
            ("@flag_address:test.local", "email", "a@example.org", 1, 1),
            ("@flag_address:test.local", "msisdn", "491", 1, 1),
            ("@flag_address_empty:test.local", "msisdn", "492", 1, 1),
        ],
    )
    crafter.rows(
        "user_external_ids",
        "auth_provider external_id user_id",
        [("oidc", "1", "@flag_sso:test.local")],
    )


def _full_user_ids(crafter: Crafter) -> None:
    """Filled and empty ones by turns, of names that sort in many ways."""
    for table in ("profiles", "user_filters"):
        crafter.run(f"ALTER TABLE {table} DROP CONSTRAINT full_user_id_not_null")
    names = ["a", "B", "ä", "z_last", "0", "with.dot", "c", "d", "e", "=2b", "lower/slash"]
    crafter.rows(
        "profiles",
        "user_id displayname full_user_id",
        [(n, n.upper(), None if i % 3 else f"@{n}:test.local") for i, n in enumerate(names)],
    )
    crafter.run("INSERT INTO profiles (user_id, displayname) VALUES ('nameless', NULL)")
    crafter.rows(
        "user_filters",
        "user_id filter_id filter_json full_user_id",
        [
            (n, f, b'{"room":{}}', f"@{n}:test.local" if (i + f) % 4 == 0 else None)
            for i, n in enumerate(names)
            for f in range(i % 4)
        ],
    )
    for table in ("profiles", "user_filters"):
        crafter.run(
            f"ALTER TABLE {table} ADD CONSTRAINT full_user_id_not_null"
            " CHECK (full_user_id IS NOT NULL) NOT VALID"
        )


def _account_data(crafter: Crafter) -> None:
    """All kinds of it, of users who are there and users who left, and of users nobody knows."""
    states = {"gone1": 1, "gone2": 1, "gone3": 1, "gone4": 1, "gone5": 1, "here": 0}
    crafter.rows(
        "users",
        "name password_hash deactivated",
        [(f"@data_{name}:test.local", "hash", flag) for name, flag in states.items()],
    )
    for number, name in enumerate([*states, "unknown"]):
        user = f"@data_{name}:test.local"
        crafter.rows(
            "account_data",
            "user_id account_data_type stream_id content",
            [(user, "m.direct", 10 + number, "{}"), (user, "org.x", 20 + number, '{"a":1}')],
        )
        crafter.rows(
            "room_account_data",
            "user_id room_id account_data_type stream_id content",
            [(user, f"!r{r}:test.local", "org.x", 30 + number, "{}") for r in range(2)],
        )
        crafter.rows(
            "room_tags", "user_id room_id tag content", [(user, "!r:test.local", "m.low", "{}")]
        )
        crafter.rows(
            "room_tags_revisions",
            "user_id room_id stream_id",
            [(user, "!r:test.local", 40 + number)],
        )
        crafter.rows(
            "push_rules",
            "id user_name rule_id priority_class conditions actions",
            [(100 + number, user, "global/x", 5, "[]", "[]")],
        )
        crafter.rows(
            "push_rules_enable",
            "id user_name rule_id enabled",
            [(100 + number, user, "global/x", 1)],
        )
        crafter.rows(
            "push_rules_stream",
            "stream_id event_stream_ordering user_id rule_id op",
            [(100 + number, 1, user, "global/x", "ADD")],
        )
        crafter.rows(
            "ignored_users",
            "ignorer_user_id ignored_user_id",
            [(user, "@data_here:test.local"), (user, "@data_gone1:test.local")],
        )


def _key_backups(crafter: Crafter) -> None:
    """`keys_0` has no user row; guests and application service users are users like others."""
    crafter.rows(
        "users",
        "name password_hash deactivated",
        [(f"@keys_{i}:test.local", "hash", int(i % 3 != 0)) for i in range(1, 9)],
    )
    for i in range(9):
        user = f"@keys_{i}:test.local"
        crafter.rows(
            "e2e_room_keys_versions",
            "user_id version algorithm auth_data deleted etag",
            [(user, v, "m.megolm_backup.v1", "{}", int(v == 1), 0) for v in (1, 2)],
        )
        crafter.rows(
            "e2e_room_keys",
            "user_id room_id session_id version first_message_index forwarded_count is_verified"
            " session_data",
            [(user, "!r:test.local", f"s{s}", 2, 0, 0, False, "{}") for s in range(3)],
        )
