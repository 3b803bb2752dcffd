# SPDX-License-Identifier: Apache-2.0
"""Rooms of which statistics are to be counted, with all that their state can say."""

from typing import Any

from .crafter import Crafter

MAKER = "@stats_maker:test.local"

_STATES: dict[str, list[tuple[str, Any]]] = {
    "full": [
        ("m.room.join_rules", {"join_rule": "public"}),
        ("m.room.history_visibility", {"history_visibility": "world_readable"}),
        ("m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"}),
        ("m.room.name", {"name": "Name"}),
        ("m.room.topic", {"topic": "Topic"}),
        ("m.room.avatar", {"url": "mxc://x/y"}),
        ("m.room.canonical_alias", {"alias": "#a:test.local"}),
        ("m.room.guest_access", {"guest_access": "can_join"}),
    ],
    "odd": [
        ("m.room.join_rules", {"join_rule": 5}),
        ("m.room.history_visibility", {"history_visibility": None}),
        ("m.room.encryption", {"algorithm": ["x"]}),
        ("m.room.name", {"name": {"a": 1}}),
        ("m.room.topic", {"topic": True}),
        ("m.room.avatar", {"url": 1.5}),
        ("m.room.canonical_alias", {"alias": ["#a:test.local"]}),
        ("m.room.guest_access", {"guest_access": 0}),
    ],
    "nul": [
        ("m.room.name", {"name": "A\0B"}),
        ("m.room.topic", {"topic": "A\0B"}),
        ("m.room.avatar", {"url": "mxc://x/ok", "x": "\0"}),
    ],
    "empty": [
        ("m.room.join_rules", {}),
        ("m.room.name", {}),
        ("m.room.topic", {"topic": ""}),
        ("m.room.encryption", {}),
        ("m.room.avatar", {}),
    ],
    "bare": [],
}
_TOPICS: list[dict[str, Any]] = [
    {"topic": "plain", "m.topic": {"m.text": [{"body": "rich"}]}},
    {
        "topic": "plain",
        "m.topic": {
            "m.text": [
                {"mimetype": "text/html", "body": "<b>first</b>"},
                {"mimetype": "text/plain", "body": "second"},
            ]
        },
    },
    {"topic": "plain", "m.topic": {"m.text": "text"}},
    {"topic": "plain", "m.topic": {"m.text": [{"mimetype": "text/html", "body": "<b>"}]}},
    {"topic": "plain", "m.topic": {"m.text": []}},
    {"topic": "plain", "m.topic": "text"},
    {"m.topic": {"m.text": [{"body": "alone"}]}},
    {"topic": "plain", "m.topic": {"m.text": [{"body": 5}, {"body": "after a number"}]}},
    {"topic": "plain", "m.topic": {"m.text": ["x", {"body": "after a text"}]}},
    {"topic": "plain", "m.topic": {"m.text": [{"mimetype": None, "body": "null type"}]}},
    {"topic": "plain", "m.topic": {"m.text": [{"body": ""}]}},
    {"topic": 5, "m.topic": {"m.text": [{"body": "beside a number"}]}},
    {"topic": "plain", "m.topic": {"m.text": [{"body": "a\0b"}]}},
]
_CREATIONS: dict[str, dict[str, Any]] = {
    "closed": {"m.federate": False},
    "fedstring": {"m.federate": "no"},
    "fednull": {"m.federate": None},
    "space": {"type": "m.space"},
    "typeodd": {"type": ["m.space"]},
}
_MEMBERS = [
    ("@a:test.local", "join"), ("@b:test.local", "join"), ("@c:test.local", "invite"),
    ("@d:test.local", "leave"), ("@e:test.local", "ban"), ("@f:test.local", "knock"),
    ("@a:far.example", "join"), ("@b:far.example", "invite"), ("@g:nottest.local", "join"),
    ("@h:test.local:8448", "join"),
]  # fmt: skip


def craft_statistics(crafter: Crafter) -> None:
    for name, state in _STATES.items():
        room = _room(crafter, name, {})
        for kind, content in state:
            crafter.event(room, kind, content, MAKER, state_key="")
    for number, content in enumerate(_TOPICS):
        room = _room(crafter, f"topic{number}", {})
        crafter.event(room, "m.room.topic", content, MAKER, state_key="")
    for name, creation in _CREATIONS.items():
        _room(crafter, name, creation)
    _members(crafter)
    _redacted(crafter)
    room = "!stats_nocreate:test.local"
    crafter.room(room, "1", MAKER)
    crafter.event(room, "m.room.name", {"name": "No creation"}, MAKER, state_key="")
    crafter.event(room, "m.room.name", {"name": "Other key"}, MAKER, state_key="x")
    crafter.rows(
        "room_stats_current",
        "room_id current_state_events joined_members invited_members left_members banned_members"
        " local_users_in_room completed_delta_stream_id knocked_members",
        [("!stats_full:test.local", 99, 98, 97, 96, 95, 94, 1, None)],
    )
    crafter.rows("room_stats_state", "room_id name", [("!stats_bare:test.local", "stale name")])
    crafter.rows(
        "user_stats_current",
        "user_id joined_rooms completed_delta_stream_id",
        [("@stats_user:test.local", 55, 1)],
    )
    crafter.rows(
        "users",
        "name password_hash is_guest deactivated",
        [
            ("@stats_user:test.local", "hash", 0, 0),
            ("@stats_guest:test.local", None, 1, 0),
            ("@stats_gone:test.local", "hash", 0, 1),
            ("@a:test.local", "hash", 0, 0),
            ("@d:test.local", "hash", 0, 0),
        ],
    )
    crafter.run("SELECT setval('events_stream_seq', max(stream_ordering)) FROM events")


def _room(crafter: Crafter, name: str, creation: dict[str, Any]) -> str:
    room = f"!stats_{name}:test.local"
    crafter.room(room, "1", MAKER)
    content = {"creator": MAKER, **creation}
    crafter.event(room, "m.room.create", content, MAKER, state_key="")
    return room


def _members(crafter: Crafter) -> None:
    room = _room(crafter, "members", {})
    for user, membership in _MEMBERS:
        event = crafter.event(
            room, "m.room.member", {"membership": membership}, user, state_key=user
        )
        columns = "event_id user_id sender room_id membership"
        crafter.rows("room_memberships", columns, [(event, user, user, room, membership)])
    crafter.run(
        "UPDATE current_state_events c SET membership = m.membership FROM room_memberships m"
        " WHERE c.event_id = m.event_id AND c.room_id = '!stats_members:test.local'"
    )
    crafter.event(room, "m.room.member", {"membership": "join"}, state_key="@unfilled:test.local")


def _redacted(crafter: Crafter) -> None:
    room = _room(crafter, "redacted", {})
    contents = {
        "m.room.name": {"name": "Gone"},
        "m.room.topic": {"topic": "Stays"},
        "m.room.join_rules": {"join_rule": "invite"},
        "m.room.history_visibility": {"history_visibility": "shared"},
        "m.room.avatar": {"url": "mxc://x/gone"},
        "m.room.guest_access": {"guest_access": "can_join"},
        "m.room.encryption": {"algorithm": "m.megolm.v1.aes-sha2"},
        "m.room.canonical_alias": {"alias": "#stays:test.local"},
    }
    for kind, content in contents.items():
        event = crafter.event(room, kind, content, MAKER, state_key="")
        if kind == "m.room.topic":
            continue
        sender = "@other:far.example" if kind == "m.room.canonical_alias" else MAKER
        redaction = crafter.event(room, "m.room.redaction", {}, sender, redacts=event)
        crafter.rows(
            "redactions",
            "event_id redacts have_censored received_ts recheck",
            [(redaction, event, False, 1, kind == "m.room.canonical_alias")],
        )
