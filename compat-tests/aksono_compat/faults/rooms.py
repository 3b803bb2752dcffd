# SPDX-License-Identifier: Apache-2.0
"""Rooms, aliases, statistics, sliding sync."""

from .fault import change, put

ROOMS = (
    change(
        "room-version-missing",
        "UPDATE rooms SET room_version = NULL WHERE room_id = %(room_v1)s RETURNING room_id",
    ),
    change(
        "room-version-different",
        "UPDATE rooms SET room_version = '7' WHERE room_id = %(room_v2)s RETURNING room_id",
    ),
    change(
        "room-depth-missing", "DELETE FROM room_depth WHERE room_id = %(room_v3)s RETURNING room_id"
    ),
    put(("alias-without-room", "alias-without-servers"), "room_aliases", "#lost:test.local",
        room_alias="#lost:test.local", room_id="!nowhere"),
    put("alias-servers-left", "room_alias_servers", "#left:test.local",
        room_alias="#left:test.local"),
    change(
        "room-stats-wrong",
        "UPDATE room_stats_current SET joined_members = joined_members + 1"
        " WHERE room_id = %(room_v4)s RETURNING room_id",
    ),
    put("user-directory-unknown-user", "user_directory", "@ghost:test.local",
        user_id="@ghost:test.local"),
    change(
        "sliding-room-missing",
        "DELETE FROM sliding_sync_joined_rooms WHERE room_id = %(room_v5)s RETURNING room_id",
    ),
    change(
        "sliding-room-wrong",
        "UPDATE sliding_sync_joined_rooms SET is_encrypted = NOT is_encrypted"
        " WHERE room_id = %(room_v6)s RETURNING room_id",
    ),
    change(
        "sliding-membership-missing",
        "DELETE FROM sliding_sync_membership_snapshots WHERE room_id = %(room_v7)s"
        " AND user_id = %(bob)s RETURNING room_id",
    ),
    change(
        "sliding-membership-wrong",
        "UPDATE sliding_sync_membership_snapshots SET membership = 'ban'"
        " WHERE room_id = %(room_v8)s AND user_id = %(bob)s RETURNING room_id",
    ),
    change(
        "sliding-forgotten-wrong",
        "UPDATE sliding_sync_membership_snapshots SET forgotten = 1 - forgotten"
        " WHERE room_id = %(room_v9)s AND user_id = %(bob)s RETURNING room_id",
    ),
)  # fmt: skip
