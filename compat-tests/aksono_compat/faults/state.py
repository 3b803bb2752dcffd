# SPDX-License-Identifier: Apache-2.0
"""State groups, the state of rooms, and who is in them."""

from .fault import change, group, message, put, state

GROUPS = (
    change(
        "event-without-state-group",
        f"DELETE FROM event_to_state_groups WHERE event_id = {message('v1')} RETURNING event_id",
    ),
    put("event-state-group-without-event", "event_to_state_groups", "$g", event_id="$g"),
    change(
        "state-group-missing", f"DELETE FROM state_groups WHERE id = {group('v2')} RETURNING id"
    ),
    change(
        ("state-group-empty", "current-state-wrong"),
        f"WITH edge AS (DELETE FROM state_group_edges WHERE state_group = {group('v3')})"
        f" DELETE FROM state_groups_state WHERE state_group = {group('v3')} RETURNING state_group",
    ),
    change(
        "event-state-group-wrong",
        "UPDATE event_to_state_groups SET state_group = (SELECT min(id) FROM state_groups WHERE"
        f" room_id = %(room_bulk1)s) WHERE event_id = {message('bulk1')} RETURNING event_id",
    ),
    change(
        "state-event-not-in-group",
        f"UPDATE event_to_state_groups SET state_group = {group('bulk2')}"
        f" WHERE event_id = {state('bulk2', 'join_rules')} RETURNING event_id",
    ),
    change(
        "event-state-group-other-room",
        f"UPDATE event_to_state_groups SET state_group = {group('v5')}"
        f" WHERE event_id = {message('v4')} RETURNING event_id",
    ),
    change(
        "state-chain-broken",
        f"UPDATE state_group_edges SET prev_state_group = 99999999 WHERE state_group ="
        f" {group('v6')} RETURNING state_group",
    ),
    put("state-edge-without-group", "state_group_edges", "99999998", state_group=99999998),
    change(
        "state-chain-forked",
        "INSERT INTO state_group_edges (state_group, prev_state_group)"
        f" SELECT {group('v7')}, min(id) FROM state_groups WHERE room_id = %(room_v7)s"
        " RETURNING state_group",
    ),
    change(
        "state-chain-cycle",
        f"UPDATE state_group_edges SET prev_state_group = {group('v8')} WHERE state_group ="
        f" (SELECT prev_state_group FROM state_group_edges WHERE state_group = {group('v8')})"
        " RETURNING state_group",
    ),
    change(
        "state-chain-other-room",
        f"UPDATE state_group_edges SET prev_state_group = {group('v10')}"
        f" WHERE state_group = {group('v9')} RETURNING state_group",
    ),
    put("state-row-without-group", "state_groups_state", "99999997", state_group=99999997),
    change(
        "state-row-other-room",
        f"UPDATE state_groups_state SET room_id = '!other' WHERE state_group = {group('v11')}"
        " RETURNING state_group",
    ),
    change(
        "state-row-twice",
        "INSERT INTO state_groups_state SELECT state_group, room_id, type, state_key, event_id"
        f" FROM state_groups_state WHERE state_group = {group('v12')} RETURNING state_group",
    ),
    change(
        ("state-row-wrong", "current-state-wrong"),
        f"UPDATE state_groups_state SET event_id = '$lost' WHERE state_group = {group('bulk0')}"
        " RETURNING event_id",
    ),
    put(("state-group-without-room", "state-groups-unreferenced"), "state_groups", "!nowhere",
        id=99999996, room_id="!nowhere"),
    put("state-persisting-stale", "state_groups_persisting", "99999995", state_group=99999995,
        instance_name="dead", inserted_ts=1),
)  # fmt: skip


def _current(room: str, kind: str = "history_visibility") -> str:
    return f"WHERE room_id = %(room_{room})s AND type = 'm.room.{kind}'"


def _bob(room: str) -> str:
    """The event by which bob is in a room."""
    return state(room, "member", "%(bob)s")


CURRENT = (
    change(
        ("current-state-without-event", "current-state-wrong"),
        f"UPDATE current_state_events SET event_id = '$x' {_current('v1')} RETURNING event_id",
    ),
    change(
        "current-state-different",
        f"UPDATE current_state_events SET state_key = 'odd' {_current('v2')} RETURNING event_id",
    ),
    change(
        ("current-state-rejected", "rejection-column"),
        "INSERT INTO rejections (event_id, reason, last_check)"
        f" SELECT {state('v3', 'history_visibility')}, 'x', 'y' RETURNING event_id",
    ),
    change(
        ("current-state-membership", "local-membership-different"),
        f"UPDATE current_state_events SET membership = 'leave' {_current('v4', 'member')}"
        " AND state_key = %(bob)s RETURNING room_id",
    ),
    change(
        "current-state-ordering",
        "UPDATE current_state_events SET event_stream_ordering = event_stream_ordering + 1"
        f" {_current('v5')} RETURNING event_id",
    ),
    change(
        "current-state-wrong",
        f"DELETE FROM current_state_events {_current('v6')} RETURNING room_id",
    ),
    change(
        ("current-state-no-create", "current-state-wrong"),
        f"DELETE FROM current_state_events {_current('v7', 'create')} RETURNING room_id",
    ),
)

MEMBERS = (
    put("membership-without-event", "room_memberships", "$m", event_id="$m"),
    change(
        ("member-event-without-row", "current-state-membership"),
        f"DELETE FROM room_memberships WHERE event_id = {_bob('v8')} RETURNING event_id",
    ),
    change(
        "membership-different",
        f"UPDATE room_memberships SET user_id = '@x:y' WHERE event_id = {_bob('v9')}"
        " RETURNING event_id",
    ),
    change(
        ("membership-not-of-event", "current-state-membership"),
        f"UPDATE room_memberships SET membership = 'ban' WHERE event_id = {_bob('v10')}"
        " RETURNING event_id",
    ),
    change(
        "membership-ordering",
        "UPDATE room_memberships SET event_stream_ordering = event_stream_ordering + 1"
        f" WHERE event_id = {_bob('v11')} RETURNING event_id",
    ),
    change(
        "local-membership-missing",
        "DELETE FROM local_current_membership WHERE room_id = %(room_v12)s AND user_id = %(bob)s"
        " RETURNING room_id",
    ),
    change(
        ("local-membership-different", "sliding-membership-wrong"),
        "UPDATE local_current_membership SET membership = 'leave' WHERE room_id = %(room_bulk0)s"
        " AND user_id = %(bob)s RETURNING room_id",
    ),
    change(
        ("local-membership-stale", "current-state-wrong"),
        "DELETE FROM current_state_events WHERE room_id = %(room_bulk1)s AND state_key = %(bob)s"
        " RETURNING room_id",
    ),
    change(
        ("local-membership-without-event", "sliding-membership-wrong"),
        "UPDATE local_current_membership SET event_id = '$x' WHERE room_id = %(room_bulk2)s"
        " AND user_id = %(bob)s RETURNING room_id",
    ),
    put("local-membership-without-user", "local_current_membership", "!nowhere",
        room_id="!nowhere", user_id="@ghost:test.local", event_id="$m", membership="invite"),
    change(
        ("forgotten-joined", "sliding-forgotten-wrong"),
        f"UPDATE room_memberships SET forgotten = 1 WHERE event_id = {_bob('bulk3')}"
        " RETURNING room_id",
    ),
    change(
        "forgotten-half",
        "UPDATE room_memberships SET forgotten = 0 WHERE event_id = (SELECT min(m.event_id) FROM"
        " room_memberships m WHERE m.room_id = %(room_forgotten)s AND m.user_id = %(bob)s AND"
        " m.membership = 'join') RETURNING room_id",
    ),
)  # fmt: skip
