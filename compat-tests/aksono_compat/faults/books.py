# SPDX-License-Identifier: Apache-2.0
"""Bookkeeping and media."""

from .fault import Fault, change, put

_FAR = 7_000_000


def _ahead(name: str, table: str, column: str = "stream_id") -> Fault:
    found = f"{name}-position-ahead"
    return change(found, f"UPDATE {table} SET {column} = {_FAR} RETURNING '{table}'")


POSITIONS = (
    _ahead("stats", "stats_incremental_position"),
    _ahead("user-directory", "user_directory_stream_pos"),
    _ahead("appservice", "appservice_stream_position", "stream_ordering"),
    _ahead("push-summary", "event_push_summary_stream_ordering", "stream_ordering"),
    _ahead("room-forgetter", "room_forgetter_stream_pos"),
    _ahead("delayed-events", "delayed_events_stream_pos"),
    _ahead("federation", "federation_stream_position"),
    _ahead("push-receipts", "event_push_summary_last_receipt_stream_id"),
    _ahead("device-lists", "device_lists_changes_converted_stream_position"),
    change("sequence-behind", "SELECT 'events_stream_seq' FROM setval('events_stream_seq', 3)"),
    put("stream-position-ahead", "stream_positions", "receipts/other", stream_name="receipts",
        instance_name="other", stream_id=_FAR),
)  # fmt: skip

WORK = (
    put("background-update-blocked", "background_updates", "media_repository_drop_index_wo_method",
        update_name="media_repository_drop_index_wo_method", depends_on="nothing",
        progress_json="{}"),
    put(("background-update-cycle", "background-update-unknown"), "background_updates", "made_up",
        update_name="made_up", depends_on="made_up", progress_json="{}"),
    put("background-update-progress", "background_updates", "event_resign",
        update_name="event_resign", progress_json="["),
    put("task-unknown-state", "scheduled_tasks", "t1", id="t1", status="lost"),
    put("task-old", "scheduled_tasks", "t2", id="t2", status="active", timestamp=1),
    put("task-failed", "scheduled_tasks", "t3", id="t3", status="failed"),
    put("delayed-event-late", "delayed_events", "d1", delay_id="d1", send_ts=1, content="{}",
        is_processed=False),
    put("lock-stale", "worker_locks", "purge", lock_name="purge", last_renewed_ts=1),
    put("partial-state-room", "partial_state_rooms", "!partial", room_id="!partial"),
    put("partial-state-event-whole", "partial_state_events", "$partial", room_id="!whole",
        event_id="$partial"),
    put("deactivation-pending", "users_pending_deactivation", "@x:test.local",
        user_id="@x:test.local"),
    put("thumbnail-without-media", "local_media_repository_thumbnails", "lost", media_id="lost"),
    put("remote-thumbnail-without-media", "remote_media_cache_thumbnails", "far/lost",
        media_origin="far", media_id="lost"),
    put("media-without-user", "local_media_repository", "kept", media_id="kept",
        user_id="@ghost:test.local"),
    change(
        "schema-not-upgraded",
        "UPDATE schema_version SET upgraded = false RETURNING 'schema_version'",
    ),
    change(
        "compat-version-low",
        "UPDATE schema_compat_version SET compat_version = 60 RETURNING 'schema_compat_version'",
    ),
)  # fmt: skip
