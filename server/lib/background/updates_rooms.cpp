// SPDX-License-Identifier: Apache-2.0
#include "background/event_json_sql.h"
#include "background/updates.h"
#include "background/walk.h"

namespace aksono::background {

namespace {

/// So many events, and the others of the last room.
constexpr auto kRetentionSql = joined(R"(
WITH bound AS (
    SELECT count(*) AS items, max(room_id) AS upto FROM (
        SELECT room_id FROM current_state_events
        WHERE room_id > $1 AND type = 'm.room.retention' ORDER BY room_id LIMIT $2) batch),
events AS (
    SELECT c.room_id, c.event_id, )",
                                      kEventJson, R"( -> 'content' AS content FROM bound
    JOIN current_state_events c
        ON c.room_id > $1 AND c.room_id <= bound.upto AND c.type = 'm.room.retention'
    JOIN event_json j ON j.event_id = c.event_id),
kept AS (
    INSERT INTO room_retention (room_id, event_id, min_lifetime, max_lifetime)
    SELECT room_id, event_id,
        substring(content ->> 'min_lifetime' FROM '^-?\d{1,18}$')::bigint,
        substring(content ->> 'max_lifetime' FROM '^-?\d{1,18}$')::bigint
    FROM events
    ON CONFLICT DO NOTHING)
SELECT items, upto FROM bound)");
constexpr pg::Statement kRetention{"background_room_retention", kRetentionSql.data()};

constexpr pg::Statement kTombstones{"background_room_tombstones", R"(
WITH batch AS (
    SELECT r.room_id FROM rooms r
    JOIN current_state_events c ON c.room_id = r.room_id
        AND c.type = 'm.room.tombstone' AND c.state_key = ''
    WHERE r.room_id > $1 AND r.is_public ORDER BY r.room_id LIMIT $2),
hidden AS (UPDATE rooms r SET is_public = false FROM batch b WHERE r.room_id = b.room_id)
SELECT count(*), max(room_id) FROM batch)"};

/// Rooms of before there were versions are of version 1; rooms without a row get one.
constexpr auto kVersionsSql =
    joined(R"(
WITH batch AS (
    SELECT c.room_id, )",
           kEventJson, R"( -> 'content' AS content FROM current_state_events c
    JOIN event_json j ON j.event_id = c.event_id
    WHERE c.room_id > $1 AND c.type = 'm.room.create' AND c.state_key = ''
    ORDER BY c.room_id LIMIT $2),
noted AS (
    INSERT INTO rooms (room_id, is_public, creator, room_version)
    SELECT room_id, false,
        content ->> 'creator',
        CASE WHEN content -> 'room_version' IS NULL THEN '1' ELSE content ->> 'room_version' END
    FROM batch
    ON CONFLICT (room_id) DO UPDATE SET room_version = excluded.room_version)
SELECT count(*), max(room_id) FROM batch)");
constexpr pg::Statement kVersions{"background_room_versions", kVersionsSql.data()};

constexpr auto kCreatorsSql = joined(R"(
WITH batch AS (
    SELECT r.room_id, )",
                                     kEventJson, R"( #>> '{content,creator}' AS creator FROM rooms r
    JOIN current_state_events c ON c.room_id = r.room_id
        AND c.type = 'm.room.create' AND c.state_key = ''
    JOIN event_json j ON j.event_id = c.event_id
    WHERE r.room_id > $1 AND coalesce(r.creator, '') = ''
    ORDER BY r.room_id LIMIT $2),
named AS (
    UPDATE rooms r SET creator = b.creator FROM batch b WHERE r.room_id = b.room_id)
SELECT count(*), max(room_id) FROM batch)");
constexpr pg::Statement kCreators{"background_room_creators", kCreatorsSql.data()};

constexpr auto kTypesSql =
    joined(R"(
WITH batch AS (
    SELECT c.room_id, )",
           kEventJson, R"( #> '{content,type}' AS type FROM current_state_events c
    JOIN event_json j ON j.event_id = c.event_id
    WHERE c.room_id > $1 AND c.type = 'm.room.create' AND c.state_key = ''
    ORDER BY c.room_id LIMIT $2),
typed AS (
    UPDATE room_stats_state s SET room_type = b.type #>> '{}'
    FROM batch b
    WHERE s.room_id = b.room_id AND json_typeof(b.type) = 'string')
SELECT count(*), max(room_id) FROM batch)");
constexpr pg::Statement kTypes{"background_room_types", kTypesSql.data()};

Outcome note_retention(const Work& work) {
    return walk_texts(work, kRetention, "room_id");
}

Outcome hide_upgraded(const Work& work) {
    return walk_texts(work, kTombstones, "room_id");
}

Outcome note_versions(const Work& work) {
    return walk_texts(work, kVersions, "room_id");
}

Outcome name_creators(const Work& work) {
    return walk_texts(work, kCreators, "room_id");
}

Outcome note_types(const Work& work) {
    return walk_texts(work, kTypes, "room_id");
}

}  // namespace

void add_room_updates(Updates& updates) {
    const auto add_one = [&updates](const char* name, const char* table, auto* step) {
        add(updates, {.name = name, .walks = table, .step = step});
    };
    add_one("insert_room_retention", "rooms", note_retention);
    add_one("remove_tombstoned_rooms_from_directory", "rooms", hide_upgraded);
    add_one("add_rooms_room_version_column", "rooms", note_versions);
    add_one("populate_rooms_creator_column", "rooms", name_creators);
    add_one("add_room_type_column", "rooms", note_types);
}

}  // namespace aksono::background
