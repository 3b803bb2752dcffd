# SPDX-License-Identifier: Apache-2.0
"""Work for the updates about devices, addresses they were seen at, pushers and device messages."""

import json

from .crafter import Crafter


def craft_devices(crafter: Crafter) -> None:
    _last_seen(crafter)
    _duplicate_addresses(crafter)
    _outbound_pokes(crafter)
    _pushers(crafter)
    _inboxes(crafter)
    _outbox(crafter)
    _signatures(crafter)


def _last_seen(crafter: Crafter) -> None:
    devices = [
        ("a", "D1", None, None, None),
        ("a", "D2", None, None, None),
        ("a", "SEEN", 5, "9.9.9.9", "old"),
        ("a", "NEVER", None, None, None),
        ("b", "D1", None, None, None),
        ("b", "D2", 7, "8.8.8.8", None),
        ("c", "D1", None, None, None),
        ("d", "D1", None, None, None),
        ("e", "D1", None, None, None),
        ("f", "HIDDEN", None, None, None),
    ]
    crafter.rows(
        "devices",
        "user_id device_id last_seen ip user_agent",
        [(f"@seen_{name}:test.local", *rest) for name, *rest in devices],
    )
    crafter.run("UPDATE devices SET hidden = true WHERE device_id = 'HIDDEN'")
    seen = [
        ("a", "t1", "D1", "1.1.1.1", "one", 100),
        ("a", "t1", "D1", "1.1.1.2", "two", 300),
        ("a", "t1", "D1", "1.1.1.3", "three", 200),
        ("a", "t2", "D2", "1.1.1.4", "", 50),
        ("a", "t3", "SEEN", "1.1.1.5", "new", 500),
        ("a", "t4", None, "1.1.1.6", "no device", 900),
        ("a", "t4", "GONE", "1.1.1.7", "deleted device", 900),
        ("b", "t5", "D1", "2.1.1.1", "b", 10),
        ("b", "t6", "D2", "2.1.1.2", "older than known", 1),
        ("c", "t7", "D1", "3.1.1.1", "c", 10),
        ("d", "t8", "D1", "4.1.1.1", "d", 10),
        ("e", "t9", "D1", "5.1.1.1", "e", 10),
        ("f", "t10", "HIDDEN", "6.1.1.1", "f", 10),
    ]
    crafter.rows(
        "user_ips",
        "user_id access_token device_id ip user_agent last_seen",
        [(f"@seen_{name}:test.local", *rest) for name, *rest in seen],
    )


def _duplicate_addresses(crafter: Crafter) -> None:
    """Of the same user, token and address: some seen at the same moment, some far apart."""
    crafter.run("DROP INDEX IF EXISTS user_ips_user_token_ip_unique_index")
    groups: list[tuple[str, str, str, list[tuple[str | None, str, int]]]] = [
        ("a", "x1", "7.1.1.1", [("D1", "old", 1000), ("D1", "new", 5000)]),
        ("a", "x1", "7.1.1.2", [("D1", "alone", 1000)]),
        ("a", "x2", "7.1.1.1", [("D1", "same", 1500), ("D1", "same", 1500), ("D1", "same", 1500)]),
        ("b", "x3", "7.1.1.1", [(None, "no device", 3000), ("D2", "device", 2000)]),
        ("b", "x3", "7.1.1.2", [("D2", "device", 2100), (None, "no device", 2050)]),
        ("c", "x4", "7.1.1.1", [("D1", f"agent {i}", 3000 + i) for i in range(7)]),
        ("c", "x5", "7.1.1.1", [("D3", "b", 4000), ("D3", "a", 4000)]),
        ("c", "x6", "7.1.1.1", [("D4", "agent", 4100), ("D5", "agent", 4100)]),
        ("d", "x8", "7.1.1.1", [("D1", "z", 9000), ("D2", "a", 9000), (None, "m", 9000)]),
        ("d", "x9", "7.1.1.1", [(None, "m", 9001), (None, "n", 9001)]),
        ("d", "x7", "7.1.1.1", [("D1", "last", 9000), ("D1", "last but one", 8999)]),
    ]
    crafter.rows(
        "user_ips",
        "user_id access_token device_id ip user_agent last_seen",
        [
            (f"@dup_{user}:test.local", token, device, ip, agent, seen)
            for user, token, ip, rows in groups
            for device, agent, seen in rows
        ],
    )


def _outbound_pokes(crafter: Crafter) -> None:
    """Per destination, user, device and number several rows, sent and unsent."""
    pokes = [
        ("a.example", 201, "u1", "D1", False, 10),
        ("a.example", 201, "u1", "D1", False, 20),
        ("a.example", 202, "u1", "D1", False, 20),
        ("a.example", 203, "u1", "D1", True, 30),
        ("a.example", 203, "u1", "D1", False, 30),
        ("a.example", 204, "u1", "D2", True, 5),
        ("a.example", 204, "u1", "D2", True, 3),
        ("b.example", 201, "u1", "D1", False, 10),
        ("b.example", 202, "u2", "D1", False, 10),
        ("b.example", 202, "u2", "D1", False, 10),
        ("c.example", 205, "u3", "D1", False, 1),
        ("c.example", 205, "u3", "D1", False, 2),
        ("c.example", 205, "u3", "D1", True, 3),
        ("d.example", 206, "u4", "D1", False, 1),
        ("e.example", 207, "u5", "D1", False, 9),
        ("e.example", 207, "u5", "D1", False, 9),
        ("f.example", 208, "u6", "D1", True, 9),
        ("f.example", 208, "u6", "D1", True, 9),
    ]
    crafter.rows(
        "device_lists_outbound_pokes",
        "destination stream_id user_id device_id sent ts",
        [(d, s, f"@{u}:test.local", *rest) for d, s, u, *rest in pokes],
    )
    crafter.run("UPDATE device_lists_outbound_pokes SET opentracing_context = '{}' WHERE ts = 20")


def _pushers(crafter: Crafter) -> None:
    people = {"alive": 0, "gone": 1, "gone2": 1, "gone3": 1, "other": 0}
    crafter.rows(
        "users",
        "name password_hash deactivated",
        [(f"@push_{name}:test.local", "hash", flag) for name, flag in people.items()],
    )
    crafter.rows(
        "access_tokens",
        "id user_id device_id token",
        [
            (501, "@push_alive:test.local", "PD1", "push1"),
            (502, "@push_alive:test.local", None, "push2"),
            (503, "@push_other:test.local", "PD3", "push3"),
            (504, "@push_gone:test.local", "PD4", "push4"),
        ],
    )
    crafter.rows(
        "user_threepids",
        "user_id medium address validated_at added_at",
        [
            ("@push_alive:test.local", "email", "alive@example.org", 1, 1),
            ("@push_alive:test.local", "msisdn", "493", 1, 1),
            ("@push_other:test.local", "email", "other@example.org", 1, 1),
            ("@push_other:test.local", "email", "Mixed@example.org", 1, 1),
        ],
    )
    pushers = [
        # user, token, kind, app, pushkey, device
        ("alive", 501, "http", "app", "k1", None),
        ("alive", 502, "http", "app", "k2", None),
        ("alive", 599, "http", "app", "k3", None),
        ("alive", None, "http", "app", "k4", None),
        ("alive", None, "http", "app", "k5", "KEPT"),
        ("alive", 501, "http", "app", "k6", "OTHER"),
        ("alive", 598, "http", "app", "k7", "OTHER"),
        ("alive", 503, "http", "app", "k8", None),
        ("alive", None, "email", "m.email", "alive@example.org", None),
        ("alive", 501, "email", "m.email", "other@example.org", None),
        ("alive", None, "email", "m.email", "493", None),
        ("alive", None, "email", "app", "missing0@example.org", None),
        ("other", None, "email", "m.email", "other@example.org", None),
        ("other", None, "email", "m.email", "mixed@example.org", None),
        ("other", 503, "email", "m.email", "missing1@example.org", None),
        ("other", None, "email", "m.email", "missing2@example.org", None),
        ("other", None, "http", "m.email", "missing3@example.org", None),
        ("other", None, "email", "m.email", "missing4@example.org", None),
        ("gone", 504, "http", "app", "g1", None),
        ("gone", None, "email", "m.email", "gone@example.org", None),
        ("gone2", 597, "http", "app", "g2", None),
        ("gone3", None, "http", "app", "g3", "D"),
        ("gone3", None, "http", "app2", "g3", "D"),
        ("nobody", None, "http", "app", "n1", None),
        ("nobody", 596, "http", "app", "n2", None),
        ("alive", 595, "http", "app", "k9", None),
        ("alive", 501, "http", "app2", "k9", None),
    ]
    crafter.rows(
        "pushers",
        "id user_name access_token profile_tag kind app_id app_display_name device_display_name"
        " pushkey ts lang data device_id",
        [
            (
                300 + i,
                f"@push_{u}:test.local",
                token,
                "",
                kind,
                app,
                "a",
                "d",
                key,
                1,
                "en",
                "{}",
                d,
            )
            for i, (u, token, kind, app, key, d) in enumerate(pushers)
        ],
    )
    crafter.rows(
        "deleted_pushers",
        "stream_id app_id pushkey user_id",
        [(290, "app", "g1", "@push_gone:test.local"), (291, "app", "z", "@push_gone:test.local")],
    )


def _inboxes(crafter: Crafter) -> None:
    """Messages to devices that are there, hidden, or gone."""
    crafter.rows(
        "devices",
        "user_id device_id hidden",
        [
            ("@in_a:test.local", "D1", False),
            ("@in_a:test.local", "HID", True),
            ("@in_b:test.local", "D1", None),
            ("@in_c:test.local", "D1", False),
            ("@in_c:test.local", "HID", True),
        ],
    )
    messages = [
        ("a", "D1"), ("a", "HID"), ("a", "GONE"), ("b", "D1"), ("b", "GONE"), ("c", "D1"),
        ("c", "HID"), ("nobody", "D1"), ("a", "GONE"), ("a", "D1"), ("c", "GONE"), ("c", "D1"),
    ]  # fmt: skip
    crafter.rows(
        "device_inbox",
        "user_id device_id stream_id message_json",
        [
            (f"@in_{user}:test.local", device, 1 + i * (1 if i < 8 else 2), '{"type":"m.x"}')
            for i, (user, device) in enumerate(messages)
        ]
        + [("@in_a:test.local", device, 26, "{}") for device in ("D1", "HID", "GONE", "GONE2")],
    )


def _outbox(crafter: Crafter) -> None:
    """To servers that answer, that are unknown, and that have been down for a short or long."""
    now = 1700000000000
    far = 4102444800000
    crafter.rows(
        "destinations",
        "destination retry_last_ts retry_interval failure_ts last_successful_stream_ordering",
        [
            ("up.example", 0, 0, None, 5),
            ("never.example", None, None, None, None),
            ("down-long.example", now, 86400000, now - 86400000, 1),
            ("down-lately.example", far, 600000, far, 1),
            ("failed-only.example", 0, 0, now, None),
            ("tried-only.example", now, 1000, None, None),
            ("huge.example", now, 31536000000000, 1, 1),
        ],
    )
    places = [
        "up.example", "never.example", "down-long.example", "down-lately.example",
        "failed-only.example", "tried-only.example", "unknown.example", "huge.example",
        "test.local", "bad_name.example", "no spaces.example", "", "https://x.example",
        "host.example:8448", "host.example:port", "[::1]", "[::1]:8448", "10.0.0.1",
        "Upper.example", "host..example", "host.example/path", "-dash.example",
        "trailing.example.", "é.example", "1", "[zz]", "300.1.1.1", "host.example:",
        "host.example:123456", "[::1", "a.example\n",
    ]  # fmt: skip
    message = json.dumps({"messages": {}, "type": "m.x", "message_id": "1"})
    crafter.rows(
        "device_federation_outbox",
        "destination stream_id queued_ts messages_json",
        [(place, 1 + n * 40 + i, now, message) for i, place in enumerate(places) for n in (0, 1)],
    )


def _signatures(crafter: Crafter) -> None:
    crafter.run("DROP INDEX IF EXISTS e2e_cross_signing_signatures_idx3")
    crafter.run(
        "CREATE INDEX IF NOT EXISTS e2e_cross_signing_signatures2_idx"
        " ON e2e_cross_signing_signatures (user_id, target_user_id, target_device_id)"
    )
    signatures = [
        ("a", "k1", "a", "D1", "s1"), ("a", "k1", "a", "D1", "s1"), ("a", "k1", "a", "D1", "s2"),
        ("a", "k2", "a", "D1", "s3"), ("a", "k1", "a", "D2", "s4"), ("a", "k1", "b", "D1", "s5"),
        ("b", "k1", "a", "D1", "s6"), ("b", "k1", "a", "D1", "s7"), ("b", "k1", "a", "D1", "s6"),
        ("c", "k1", "c", "D1", "s8"), ("d", "k1", "c", "D1", "s8"), ("e", "k1", "c", "D1", "s8"),
        ("e", "k1", "c", "D1", "s9"), ("f", "k1", "c", "D1", "s8"), ("f", "k1", "c", "D1", "s8"),
        ("a", "k1", "a", "D1", "s0"),
    ]  # fmt: skip
    crafter.rows(
        "e2e_cross_signing_signatures",
        "user_id key_id target_user_id target_device_id signature",
        [(f"@{u}:test.local", f"ed25519:{k}", f"@{t}:test.local", d, s)
         for u, k, t, d, s in signatures],
    )  # fmt: skip
