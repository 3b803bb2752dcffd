# SPDX-License-Identifier: Apache-2.0
"""Users of all kinds in rooms of all kinds, of which the user directory is to be made anew."""

from typing import Any

from .crafter import Crafter

MAKER = "@dir_maker:test.local"
_USERS: list[tuple[str, dict[str, Any], str | None, str | None]] = [
    ("plain", {}, "Plain Person", "mxc://x/plain"),
    ("maker", {}, "Maker", None),
    ("deactivated", {"deactivated": 1}, "Gone", None),
    ("support", {"user_type": "support"}, "Support", None),
    ("bot", {"user_type": "bot"}, "Bot", None),
    ("guest", {"is_guest": 1}, "Guest", None),
    ("service", {"appservice_id": "bridge"}, "Service", None),
    ("locked", {"locked": True}, "Locked", None),
    ("suspended", {"suspended": True}, "Suspended", None),
    ("shadow", {"shadow_banned": True}, "Shadow", None),
    ("unapproved", {"approved": False}, "Unapproved", None),
    ("nameless", {}, None, None),
    ("empty", {}, "", ""),
    ("odd", {}, "Ünïcode ﬁ \uff37\uff29\uff24\uff25 foo_bar-baz o'neil 漢字 😀 a.b@c x/y", None),
    ("with.dots_and-more=2f/s", {}, "Multi  Space\tTab", "mxc://x/y"),
    ("profileless", {}, None, None),
    ("lonely", {}, "Lonely", None),
]  # fmt: skip
_LOCAL = [f"@dir_{name}:test.local" for name, *_ in _USERS if name != "lonely"]
_FAR: dict[str, Any] = {
    "@dir_far:far.example": {"displayname": "Far", "avatar_url": "mxc://far/1"},
    "@dir_far2:far.example": {},
    "@dir_far3:far.example": {"displayname": "Émile_x Zola", "avatar_url": ""},
}


def craft_directory(crafter: Crafter) -> None:
    for name, columns, display, avatar in _USERS:
        row = {"name": f"@dir_{name}:test.local", "password_hash": "hash", **columns}
        crafter.rows("users", " ".join(row), [tuple(row.values())])
        if name != "profileless":
            local = f"dir_{name}"
            columns_ = "user_id displayname avatar_url full_user_id"
            crafter.rows("profiles", columns_, [(local, display, avatar, f"@{local}:test.local")])
    everybody = [*_LOCAL, "@dir_unregistered:test.local", *_FAR]
    some = ["@dir_plain:test.local", "@dir_maker:test.local", "@dir_far:far.example"]
    _room(crafter, "public", {"m.room.join_rules": {"join_rule": "public"}}, everybody)
    _room(crafter, "private", {"m.room.join_rules": {"join_rule": "invite"}}, everybody)
    readable = {"m.room.history_visibility": {"history_visibility": "world_readable"}}
    _room(crafter, "readable", readable, some)
    _room(crafter, "stateless", {}, some)
    _room(crafter, "knock", {"m.room.join_rules": {"join_rule": "knock"}}, some[1:])
    _room(crafter, "odd", {"m.room.join_rules": {"join_rule": ["public"]}}, some[:2])
    _room(crafter, "far_only", {}, ["@dir_far2:far.example", "@dir_hidden:far.example"])
    left = {"@dir_plain:test.local": "leave", "@dir_far:far.example": "invite"}
    _room(crafter, "left", {}, ["@dir_maker:test.local"], left)
    _room(crafter, "gone", {}, ["@dir_deactivated:test.local", "@dir_far3:far.example"])
    _other_names(crafter)
    crafter.rows("user_directory", "user_id display_name", [("@dir_stale:test.local", "Stale")])
    crafter.rows("users_in_public_rooms", "user_id room_id", [("@dir_stale:test.local", "!r")])
    crafter.run("UPDATE user_directory_stream_pos SET stream_id = NULL")
    crafter.rows(
        "current_state_delta_stream",
        "stream_id room_id type state_key event_id",
        [(5, "!dir_public:test.local", "m.room.name", "", None)],
    )


def _room(
    crafter: Crafter,
    name: str,
    state: dict[str, Any],
    joined: list[str],
    others: dict[str, str] | None = None,
) -> None:
    room = f"!dir_{name}:test.local"
    crafter.room(room, "1", MAKER)
    crafter.event(room, "m.room.create", {"creator": MAKER}, MAKER, state_key="")
    for kind, content in state.items():
        crafter.event(room, kind, content, MAKER, state_key="")
    for user, membership in [*((one, "join") for one in joined), *(others or {}).items()]:
        _member(crafter, room, user, membership, _FAR.get(user, {}))


def _member(
    crafter: Crafter, room: str, user: str, membership: str, profile: dict[str, Any]
) -> None:
    content = {"membership": membership, **profile}
    event = crafter.event(room, "m.room.member", content, user, state_key=user)
    crafter.rows(
        "room_memberships",
        "event_id user_id sender room_id membership display_name avatar_url",
        [
            (event, user, user, room, membership, profile.get("displayname"),
             profile.get("avatar_url"))
        ],
    )  # fmt: skip
    crafter.run(
        f"UPDATE current_state_events SET membership = '{membership}' WHERE event_id = '{event}'"
    )


def _other_names(crafter: Crafter) -> None:
    """The same user is called otherwise in a room with fewer rows of state."""
    room = "!dir_names:test.local"
    crafter.room(room, "1", MAKER)
    crafter.event(room, "m.room.create", {"creator": MAKER}, MAKER, state_key="")
    _member(crafter, room, MAKER, "join", {})
    _member(crafter, room, "@dir_far:far.example", "join", {"displayname": "Far otherwise"})
