# SPDX-License-Identifier: Apache-2.0
"""Tables, columns, indexes, constraints, sequences, functions, triggers."""

from .fault import Fault


def _ddl(found: str, sql: str, thing: str) -> Fault:
    return Fault((found,), sql=sql, object=thing)


SHAPE = (
    _ddl("table-missing", "DROP TABLE room_reports", "room_reports"),
    _ddl("table-foreign", "CREATE TABLE mine (a integer)", "mine"),
    _ddl("table-unlogged", "ALTER TABLE event_reports SET UNLOGGED", "event_reports"),
    _ddl("column-missing", "ALTER TABLE users DROP COLUMN suspended", "users.suspended"),
    _ddl("column-foreign", "ALTER TABLE users ADD COLUMN mine integer", "users.mine"),
    _ddl("column-type", "ALTER TABLE destinations ALTER COLUMN retry_interval TYPE integer",
         "destinations.retry_interval"),
    _ddl("column-null", "ALTER TABLE devices ALTER COLUMN user_id DROP NOT NULL",
         "devices.user_id"),
    _ddl("column-default", "ALTER TABLE users ALTER COLUMN locked SET DEFAULT true",
         "users.locked"),
    _ddl("column-statistics", "ALTER TABLE event_search ALTER COLUMN room_id RESET (n_distinct)",
         "event_search.room_id"),
    _ddl("index-missing", "DROP INDEX events_ts", "events_ts"),
    _ddl("index-foreign", "CREATE INDEX mine_idx ON presence_stream (status_msg)", "mine_idx"),
    _ddl("index-different", "DROP INDEX users_creation_ts; CREATE INDEX users_creation_ts ON users"
         " (creation_ts, name)", "users_creation_ts"),
    _ddl("index-invalid", "UPDATE pg_index SET indisvalid = false WHERE indexrelid ="
         " 'room_stats_earliest_token_idx'::regclass", "room_stats_earliest_token_idx"),
    _ddl("constraint-missing", "ALTER TABLE user_directory_search DROP CONSTRAINT IF EXISTS none;"
         " ALTER TABLE event_txn_id_device_id DROP CONSTRAINT"
         " event_txn_id_device_id_event_id_fkey", "event_txn_id_device_id"),
    _ddl("constraint-foreign", "ALTER TABLE users ADD CONSTRAINT mine CHECK (name <> '')",
         "users.mine"),
    _ddl("sequence-missing", "DROP SEQUENCE quarantined_media_id_seq", "quarantined_media_id_seq"),
    _ddl("sequence-different", "ALTER SEQUENCE receipts_sequence INCREMENT BY 2",
         "receipts_sequence"),
    _ddl("function-missing", "DROP FUNCTION check_partial_state_events() CASCADE",
         "check_partial_state_events"),
    _ddl("trigger-disabled", "ALTER TABLE local_current_membership DISABLE TRIGGER"
         " check_event_stream_ordering", "local_current_membership.check_event_stream_ordering"),
    _ddl("trigger-missing", "DROP TRIGGER check_event_stream_ordering ON room_memberships",
         "room_memberships.check_event_stream_ordering"),
    _ddl("rows-twice", "ALTER TABLE room_depth DROP CONSTRAINT room_depth_room_id_key; INSERT INTO"
         " room_depth SELECT * FROM room_depth WHERE room_id = %(room_v1)s", "room_depth"),
    _ddl("state-rows-twice", "DROP INDEX state_group_edges_unique_idx; INSERT INTO"
         " state_group_edges SELECT * FROM state_group_edges LIMIT 1", "state_group_edges"),
    _ddl("position-row-missing", "DELETE FROM stats_incremental_position",
         "stats_incremental_position"),
)  # fmt: skip
