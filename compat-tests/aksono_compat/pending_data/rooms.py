# SPDX-License-Identifier: Apache-2.0
"""Work for the updates about rooms, their state, members, receipts, and about media."""

from typing import Any

from .crafter import Crafter


def craft_rooms(crafter: Crafter) -> None:
    _create_events(crafter)
    _members(crafter)
    _left_rooms(crafter)
    _retention(crafter)
    _tombstones(crafter)
    _receipts(crafter)
    _depths(crafter)
    _auth(crafter)
    _media(crafter)
    _newest(crafter)


def _create_events(crafter: Crafter) -> None:
    """What rooms.room_version, rooms.creator and room_stats_state.room_type come from."""
    maker = "@maker:test.local"
    rooms: list[tuple[str, str | None, str | None, Any, dict[str, Any]]] = [
        ("v1", None, None, {"creator": maker}, {}),
        ("v4", None, None, {"creator": maker, "room_version": "4"}, {}),
        ("v9", "9", None, {"creator": "@other:far.example", "room_version": "9"}, {}),
        ("odd", None, None, {"creator": maker, "room_version": 7}, {}),
        ("null", None, None, {"creator": maker, "room_version": None}, {}),
        ("unknown", None, None, {"creator": maker, "room_version": "org.unknown"}, {}),
        ("space", "9", maker, {"creator": maker, "type": "m.space", "room_version": "9"}, {}),
        ("oddtype", "9", maker, {"creator": maker, "type": 5}, {}),
        ("nulltype", "9", maker, {"creator": maker, "type": None}, {}),
        ("emptytype", "9", "", {"creator": maker, "type": ""}, {}),
        ("nocreator", "11", None, {"room_version": "11"}, {}),
        ("oddcreator", "9", None, {"creator": 5}, {}),
        ("nullcreator", "9", None, {"creator": None}, {}),
        ("emptycreator", "9", None, {"creator": ""}, {}),
        ("v11", None, None, {"room_version": "11"}, {}),
        ("done", "9", maker, {"creator": "@x:test.local", "room_version": "10"}, {}),
    ]
    for name, version, creator, content, more in rooms:
        room = f"!create_{name}:test.local"
        crafter.room(room, version, creator)
        crafter.event(room, "m.room.create", content, maker, state_key="", **more)
    for name, version, creator in (("bare", None, None), ("filled", "5", "@f:test.local")):
        crafter.room(f"!create_{name}:test.local", version, creator)
    crafter.event(
        "!create_rowless11:test.local", "m.room.create", {"room_version": "11"}, state_key=""
    )
    crafter.event("!create_unstated:test.local", "m.room.create", {"type": "m.space"}, state_key="")
    # Known from its state only: joined and left again before there was a row in rooms.
    crafter.event("!create_rowless:test.local", "m.room.create", {"creator": maker}, state_key="")
    crafter.room("!create_old:test.local", None, None)
    crafter.event(
        "!create_old:test.local", "m.room.create", {"creator": maker}, state_key="", current=False
    )
    names = [name for name, *_ in rooms] + ["bare", "rowless", "old"]
    crafter.rows(
        "room_stats_state",
        "room_id name room_type",
        [(f"!create_{n}:test.local", n, "x" if n == "v9" else None) for n in names],
    )


def _members(crafter: Crafter) -> None:
    """current_state_events.membership, and names in room_memberships."""
    room = "!members:test.local"
    crafter.room(room, "6", "@maker:test.local")
    crafter.event(room, "m.room.create", {"creator": "@maker:test.local"}, state_key="")
    contents: list[tuple[str, Any, bool]] = [
        ("a", {"membership": "join", "displayname": "A", "avatar_url": "mxc://x/a"}, True),
        ("b", {"membership": "leave"}, True),
        ("c", {"membership": "invite", "displayname": None}, True),
        ("d", {"membership": "join", "avatar_url": "mxc://x/d"}, True),
        ("e", {"membership": "ban", "displayname": "E"}, True),
        ("f", {"membership": "join", "displayname": ""}, False),
        ("g", {"membership": "knock", "displayname": "G"}, True),
        ("far", {"membership": "join", "displayname": "F"}, True),
        ("h", {"membership": "join", "displayname": "H"}, True),
        ("i", {"membership": "join", "displayname": ""}, True),
        ("k", {"membership": "join", "avatar_url": 7}, True),
    ]
    for name, content, rowed in contents:
        user = f"@member_{name}:{'far.example' if name == 'far' else 'test.local'}"
        event = crafter.event(room, "m.room.member", content, user, state_key=user)
        if rowed:
            row = (event, user, user, room, content["membership"])
            crafter.rows("room_memberships", "event_id user_id sender room_id membership", [row])
    crafter.run(
        "UPDATE current_state_events SET membership = 'knock'"
        " WHERE state_key = '@member_b:test.local'"
    )
    # A name that is there already, of which the event knows nothing.
    crafter.run(
        "UPDATE room_memberships SET display_name = 'kept', avatar_url = 'kept'"
        " WHERE user_id IN ('@member_b:test.local', '@member_h:test.local', '@member_i:test.local')"
    )
    old = crafter.event(
        room,
        "m.room.member",
        {"membership": "join", "displayname": "Former"},
        "@member_a:test.local",
        state_key="@member_a:test.local",
        current=False,
    )
    row = (old, "@member_a:test.local", "@member_a:test.local", room, "join")
    crafter.rows("room_memberships", "event_id user_id sender room_id membership", [row])


def _left_rooms(crafter: Crafter) -> None:
    """Rooms with and without users of this server, in all the ways of being a member."""
    cases = {
        "joined": [("l:test.local", "join"), ("f:far.example", "join")],
        "left": [("l:test.local", "leave"), ("f:far.example", "join")],
        "invited": [("l:test.local", "invite"), ("f:far.example", "join")],
        "banned": [("l:test.local", "ban"), ("f:far.example", "join")],
        "knocked": [("l:test.local", "knock"), ("f:far.example", "join")],
        "far": [("f:far.example", "join")],
        "alike": [("l:nottest.local", "join"), ("l:test.local:8448", "join")],
        "empty": [],
        "fresh": [("f:far.example", "join")],
        "noends": [("f:far.example", "join")],
        "both": [("l:test.local", "leave")],
        "two": [("l:test.local", "leave"), ("m:test.local", "join")],
    }
    for name, members in cases.items():
        room = f"!left_{name}:far.example"
        crafter.room(room, "6", "@f:far.example")
        create = crafter.event(room, "m.room.create", {"creator": "@f:far.example"}, state_key="")
        last = crafter.event(room, "m.room.name", {"name": name}, state_key="")
        for user, membership in members:
            event = crafter.event(
                room, "m.room.member", {"membership": membership}, state_key=f"@{user}"
            )
            crafter.rows(
                "room_memberships",
                "event_id user_id sender room_id membership",
                [(event, f"@{user}", f"@{user}", room, membership)],
            )
            if user.endswith(":test.local"):
                row = (room, f"@{user}", event, membership)
                columns = "room_id user_id event_id membership"
                crafter.rows("local_current_membership", columns, [row])
        ends = {"fresh": [create], "noends": [], "both": [create, last]}.get(name, [last])
        crafter.rows(
            "event_forward_extremities",
            "event_id room_id",
            [(end, room) for end in ends] or [(create, "!left_other:far.example")],
        )
    crafter.run(
        "UPDATE current_state_events c SET membership = m.membership FROM room_memberships m"
        " WHERE c.event_id = m.event_id AND c.room_id LIKE '!left_%'"
    )
    # Devices are followed of those only with whom a room is shared.
    crafter.rows(
        "device_lists_remote_extremeties",
        "user_id stream_id",
        [("@f:far.example", "1"), ("@l:nottest.local", "2"), ("@stranger:far.example", "3")],
    )
    # State that nothing else in the database is about.
    crafter.rows(
        "current_state_events",
        "event_id room_id type state_key",
        [("$alone", "!left_alone:far.example", "m.room.topic", "")],
    )


def _retention(crafter: Crafter) -> None:
    contents: list[Any] = [
        {"min_lifetime": 1000, "max_lifetime": 2000},
        {"max_lifetime": 86400000},
        {"min_lifetime": 5},
        {},
        {"min_lifetime": None, "max_lifetime": None},
        {"max_lifetime": 0},
    ]
    for i, content in enumerate(contents):
        room = f"!retention{i}:test.local"
        crafter.room(room, "6", "@maker:test.local")
        crafter.event(room, "m.room.retention", {"max_lifetime": 7}, state_key="", current=False)
        crafter.event(room, "m.room.retention", content, state_key="")
    crafter.event("!retention0:test.local", "m.room.retention", {"max_lifetime": 9}, state_key="x")
    crafter.event("!retention_done:test.local", "m.room.retention", {}, state_key="")
    row = ("!retention_done:test.local", "$before", 1, 2)
    crafter.rows("room_retention", "room_id event_id min_lifetime max_lifetime", [row])


def _tombstones(crafter: Crafter) -> None:
    cases: list[tuple[str, bool | None, Any]] = [
        ("public", True, None),
        ("upgraded", True, {"body": "gone", "replacement_room": "!new:test.local"}),
        ("nowhere", True, {"body": "gone"}),
        ("oddly", True, {"replacement_room": 5}),
        ("blank", True, {}),
        ("private", False, {"replacement_room": "!new:test.local"}),
        ("unset", None, {"replacement_room": "!new:test.local"}),
        ("upgraded2", True, {"replacement_room": "!new:test.local"}),
        ("upgraded3", True, {"replacement_room": ""}),
    ]
    for name, public, content in cases:
        room = f"!tomb_{name}:test.local"
        crafter.rows(
            "rooms",
            "room_id is_public creator room_version",
            [(room, public, "@m:test.local", "6")],
        )
        if content is not None:
            crafter.event(room, "m.room.tombstone", content, state_key="")
    # One that was taken back, one with another state key.
    for name, key in (("past", ""), ("keyed", "x")):
        room = f"!tomb_{name}:test.local"
        crafter.rows(
            "rooms", "room_id is_public creator room_version", [(room, True, "@m:test.local", "6")]
        )
        content = {"replacement_room": "!new:test.local"}
        current = name != "past"
        crafter.event(room, "m.room.tombstone", content, state_key=key, current=current)


def _receipts(crafter: Crafter) -> None:
    room = "!receipts:test.local"
    crafter.room(room, "6", "@maker:test.local")
    events = [crafter.event(room, "m.room.message", {"body": str(i)}) for i in range(3)]
    rows = [
        ("m.read", "a", events[0], None, None),
        ("m.read", "b", events[1], None, None),
        ("m.read.private", "a", events[2], None, None),
        ("m.read", "c", "$missing", None, None),
        ("m.read", "d", events[0], 5, None),
        ("m.read", "e", events[1], None, "main"),
        ("m.read", "f", events[2], None, None),
        ("m.read", "g", events[2], None, "$thread"),
        ("m.read", "h", events[0], None, None),
        ("m.read", "i", "$missing", 5, None),
        ("m.read", "j", "$event0001", None, None),
    ]
    crafter.rows(
        "receipts_linearized",
        "stream_id room_id receipt_type user_id event_id data event_stream_ordering thread_id",
        [
            (1 + i * (1 if i < 5 else 3), room, kind, f"@receipt_{u}:test.local", e, "{}", o, t)
            for i, (kind, u, e, o, t) in enumerate(rows)
        ],
    )


def _depths(crafter: Crafter) -> None:
    """The shape of version 61, in which min_depth was an integer."""
    crafter.run("ALTER TABLE room_depth ALTER COLUMN min_depth TYPE integer")
    depths = [None if i == 3 else i * 7 for i in range(11)]
    crafter.rows(
        "room_depth", "room_id min_depth", [(f"!depth{i}", d) for i, d in enumerate(depths)]
    )
    crafter.run("ALTER TABLE room_depth ADD COLUMN min_depth2 bigint")
    crafter.run(
        """CREATE OR REPLACE FUNCTION populate_min_depth2() RETURNS trigger AS $$
        BEGIN new.min_depth2 := new.min_depth; RETURN new; END; $$ LANGUAGE plpgsql"""
    )
    crafter.run(
        "CREATE TRIGGER populate_min_depth2_trigger BEFORE INSERT OR UPDATE ON room_depth"
        " FOR EACH ROW EXECUTE FUNCTION populate_min_depth2()"
    )
    crafter.run("UPDATE room_depth SET min_depth = 99 WHERE room_id = '!depth4'")


def _auth(crafter: Crafter) -> None:
    """Auth events of messages are not kept any more, those of state are."""
    room = "!auth:test.local"
    crafter.room(room, "6", "@maker:test.local")
    for i in range(9):
        state_key = f"key{i}" if i % 3 == 0 else None
        event = crafter.event(room, "org.x", {"n": i}, state_key=state_key)
        crafter.rows(
            "event_auth",
            "event_id auth_id room_id",
            [(event, f"$auth{n}", room) for n in range(i % 3 + 1)],
        )
    crafter.rows("event_auth", "event_id auth_id room_id", [("$nowhere", "$auth0", room)])
    # State that never made it into state_events, and a row there without its event.
    crafter.rows(
        "state_events", "event_id room_id type state_key", [("$ghost", room, "org.x", "ghost")]
    )
    crafter.rows("event_auth", "event_id auth_id room_id", [("$ghost", "$auth0", room)])


def _newest(crafter: Crafter) -> None:
    """The newest event of all, about which walks from the newest down may disagree."""
    room, user = "!members:test.local", "@member_z:test.local"
    content = {"membership": "join", "displayname": "Z"}
    event = crafter.event(room, "m.room.member", content, user, state_key=user)
    columns = "event_id user_id sender room_id membership"
    crafter.rows("room_memberships", columns, [(event, user, user, room, "join")])


def _media(crafter: Crafter) -> None:
    owner = "@maker:test.local"
    crafter.rows(
        "local_media_repository",
        "media_id media_type media_length created_ts user_id quarantined_by sha256",
        [
            (f"local{i}", "text/plain", 5, 1000 - i, owner, by, sha)
            for i, (by, sha) in enumerate(
                [
                    (None, None), (owner, None), (owner, "aa"), ("", None), (owner, "bb"),
                    (None, "aa"), ("system", None), (owner, None), (owner, None),
                ]
            )
        ],
    )  # fmt: skip
    crafter.run("UPDATE local_media_repository SET url_cache = 'x' WHERE media_id = 'local7'")
    crafter.rows(
        "remote_media_cache",
        "media_origin media_id media_type media_length created_ts filesystem_id quarantined_by",
        [
            (origin, f"remote{i}", "text/plain", 5, 1000 + i, f"f{i}", by)
            for i, (origin, by) in enumerate(
                [
                    ("b.example", owner), ("a.example", owner), ("a.example", None),
                    ("c.example", owner), ("a.example", owner), ("b.example", ""),
                    ("d.example", owner),
                ]
            )
        ],
    )  # fmt: skip
    crafter.rows(
        "quarantined_media_changes",
        "stream_id instance_name origin media_id quarantined",
        [(2, "master", None, "local1", True), (3, "master", "a.example", "remote1", False)],
    )
    crafter.run("SELECT setval('quarantined_media_id_seq', 3)")
