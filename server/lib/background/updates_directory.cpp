// SPDX-License-Identifier: Apache-2.0
#include "background/event_json_sql.h"
#include "background/searchable.h"
#include "background/updates.h"

namespace aksono::background {

namespace {

// What is still to do is in tables that the first of these updates makes and the last one drops;
// Synapse's have these very names and columns, so that either can go on.
constexpr const char* kMakeTables[] = {
    "DROP TABLE IF EXISTS _temp_populate_user_directory_rooms, "
    "_temp_populate_user_directory_users, _temp_populate_user_directory_position",
    "CREATE TABLE _temp_populate_user_directory_rooms (room_id text, events bigint)",
    "CREATE TABLE _temp_populate_user_directory_users (user_id text)",
    "CREATE TABLE _temp_populate_user_directory_position (position bigint NOT NULL)",
    "INSERT INTO _temp_populate_user_directory_rooms "
    "SELECT room_id, count(*) FROM current_state_events GROUP BY room_id",
    "INSERT INTO _temp_populate_user_directory_users SELECT name FROM users",
    "INSERT INTO _temp_populate_user_directory_position "
    "SELECT coalesce(max(stream_id), -1) FROM current_state_delta_stream",
    "CREATE INDEX _temp_populate_user_directory_rooms_rm "
    "ON _temp_populate_user_directory_rooms (room_id)",
    "CREATE INDEX _temp_populate_user_directory_rooms_evs "
    "ON _temp_populate_user_directory_rooms (events)",
    "CREATE INDEX _temp_populate_user_directory_users_idx "
    "ON _temp_populate_user_directory_users (user_id)",
};

constexpr const char* kEmpty[] = {
    "SET LOCAL lock_timeout = '5s'",
    "TRUNCATE user_directory, user_directory_search, users_in_public_rooms, "
    "users_who_share_private_rooms",
};

/// The largest first, until they have $1 rows of state together.
constexpr pg::Statement kRooms{"background_directory_rooms", R"(
SELECT room_id FROM (
    SELECT room_id, events, sum(events) OVER (ORDER BY events DESC, room_id) AS total FROM (
        SELECT room_id, events FROM _temp_populate_user_directory_rooms
        ORDER BY events DESC, room_id LIMIT $1) largest) summed
WHERE total - events < $1 ORDER BY events DESC, room_id)"};

/// $1: the rooms, $2: this server. Who is joined in those that somebody from here is joined in, and
/// belongs into the directory.
constexpr char kMembers[] = R"(
WITH joined AS (
    SELECT r.room_id, r.place, c.state_key AS user_id, m.display_name, m.avatar_url,
        right(c.state_key, length($2) + 1) = ':' || $2 AS local
    FROM unnest($1::text[]) WITH ORDINALITY r (room_id, place)
    JOIN current_state_events c ON c.room_id = r.room_id AND c.type = 'm.room.member'
    JOIN room_memberships m ON m.event_id = c.event_id
    WHERE c.membership = 'join' AND m.membership = 'join'),
members AS (
    SELECT j.* FROM joined j
    WHERE j.room_id IN (SELECT room_id FROM joined WHERE local)
      AND (NOT j.local OR EXISTS (
        SELECT FROM users u WHERE u.name = j.user_id AND u.deactivated = 0
          AND u.user_type IS DISTINCT FROM 'support'))),
open AS (
    SELECT DISTINCT c.room_id FROM current_state_events c
    JOIN event_json j ON j.event_id = c.event_id
    WHERE c.room_id = ANY ($1::text[]) AND c.state_key = ''
      AND (c.type = 'm.room.join_rules' AND )";
constexpr char kOr[] = R"( #>> '{content,join_rule}' = 'public'
        OR c.type = 'm.room.history_visibility' AND )";
constexpr char kOpen[] = R"( #>> '{content,history_visibility}' = 'world_readable')))";

constexpr auto kPublicSql = joined(kMembers, kEventJson, kOr, kEventJson, kOpen, R"(
INSERT INTO users_in_public_rooms (user_id, room_id)
SELECT user_id, room_id FROM members WHERE room_id IN (SELECT room_id FROM open)
ON CONFLICT DO NOTHING)");
constexpr pg::Statement kPublic{"background_directory_public", kPublicSql.data()};

constexpr auto kPrivateSql = joined(kMembers, kEventJson, kOr, kEventJson, kOpen, R"(
INSERT INTO users_who_share_private_rooms (user_id, other_user_id, room_id)
SELECT a.user_id, b.user_id, a.room_id
FROM members a JOIN members b ON b.room_id = a.room_id AND b.user_id <> a.user_id
WHERE a.local AND a.room_id NOT IN (SELECT room_id FROM open)
ON CONFLICT DO NOTHING)");
constexpr pg::Statement kPrivate{"background_directory_private", kPrivateSql.data()};

/// Users with names and pictures, and what their names are found by.
constexpr pg::Statement kEnter{"background_directory_enter", R"(
WITH people AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[])
        AS p (user_id, display_name, avatar_url, searchable)),
found AS (
    INSERT INTO user_directory_search (user_id, vector)
    SELECT user_id,
        setweight(to_tsvector('simple', substring(user_id FROM '^.([^:]*)')), 'A')
        || to_tsvector('simple', substring(user_id FROM ':(.*)$'))
        || setweight(to_tsvector('simple', searchable), 'B')
    FROM people
    ON CONFLICT (user_id) DO UPDATE SET vector = excluded.vector)
INSERT INTO user_directory (user_id, display_name, avatar_url)
SELECT user_id, display_name, avatar_url FROM people
ON CONFLICT (user_id) DO UPDATE
SET display_name = excluded.display_name, avatar_url = excluded.avatar_url)"};

/// Users of other servers are called as in the last of the rooms.
constexpr auto kFarSql = joined(kMembers, kEventJson, kOr, kEventJson, kOpen, R"(
SELECT DISTINCT ON (user_id) user_id, display_name, avatar_url FROM members
WHERE NOT local ORDER BY user_id, place DESC)");
constexpr pg::Statement kFar{"background_directory_far", kFarSql.data()};

constexpr pg::Statement kRoomsDone{
    "background_directory_rooms_done",
    "DELETE FROM _temp_populate_user_directory_rooms WHERE room_id = ANY ($1::text[])"};
constexpr pg::Statement kRoomsLeft{"background_directory_rooms_left",
                                   "SELECT count(*) FROM _temp_populate_user_directory_rooms"};

/// Those of the batch who do not belong into the directory have no name.
constexpr pg::Statement kUsers{"background_directory_users", R"(
WITH batch AS (
    DELETE FROM _temp_populate_user_directory_users WHERE user_id IN (
        SELECT user_id FROM _temp_populate_user_directory_users ORDER BY user_id LIMIT $1)
    RETURNING user_id)
SELECT u.name, p.displayname, p.avatar_url
FROM (SELECT DISTINCT user_id FROM batch) b
LEFT JOIN users u ON u.name = b.user_id AND u.deactivated = 0
    AND u.user_type IS DISTINCT FROM 'support'
LEFT JOIN profiles p ON p.user_id = substring(u.name FROM '^.([^:]*)'))"};
constexpr pg::Statement kUsersLeft{"background_directory_users_left",
                                   "SELECT count(*) FROM _temp_populate_user_directory_users"};

/// From here on what happens to members is taken over by those who keep the directory.
constexpr pg::Statement kPosition{"background_directory_position", R"(
UPDATE user_directory_stream_pos
SET stream_id = (SELECT position FROM _temp_populate_user_directory_position))"};

constexpr pg::Statement kHasTables{
    "background_directory_has_tables",
    "SELECT to_regclass('_temp_populate_user_directory_position') IS NOT NULL"};

bool has_tables(const Work& work) {
    return work.tx.query(kHasTables)[0].boolean(0);
}

Outcome make_tables(const Work& work) {
    for (const auto* sql : kMakeTables)
        work.tx.query_text(sql);
    return {.done = true};
}

/// `people`: user id, display name, avatar; rows without an id are passed over.
void enter(const Work& work, const pg::Rows& people) {
    std::vector<std::string> ids;
    std::vector<std::optional<std::string>> names;
    std::vector<std::optional<std::string>> avatars;
    std::vector<std::string> texts;
    for (const auto& row : people) {
        if (row.is_null(0)) continue;
        ids.push_back(row.text(0));
        names.push_back(row.maybe_text(1));
        avatars.push_back(row.maybe_text(2));
        texts.push_back(searchable(names.back().value_or("")));
    }
    if (!ids.empty()) work.tx.write(kEnter, ids, names, avatars, texts);
}

Outcome enter_rooms(const Work& work) {
    if (!has_tables(work)) return {.done = true};
    if (work.progress.empty()) {
        for (const auto* sql : kEmpty)
            work.tx.query_text(sql);
    }
    std::vector<std::string> rooms;
    for (const auto& row : work.tx.query(kRooms, work.batch))
        rooms.push_back(row.text(0));
    if (rooms.empty()) return {.done = true};
    const auto& server = work.site.server_name;
    enter(work, work.tx.query(kFar, rooms, server));
    work.tx.write(kPublic, rooms, server);
    work.tx.write(kPrivate, rooms, server);
    work.tx.write(kRoomsDone, rooms);
    const auto left = work.tx.query(kRoomsLeft)[0].integer(0);
    return {.progress = {{"remaining", left}}, .items = work.batch};
}

Outcome enter_users(const Work& work) {
    if (!has_tables(work)) return {.done = true};
    const auto users = work.tx.query(kUsers, work.batch);
    enter(work, users);
    const auto left = work.tx.query(kUsersLeft)[0].integer(0);
    return {.done = users.empty(),
            .progress = {{"remaining", left}},
            .items = static_cast<std::int64_t>(users.size())};
}

Outcome take_over(const Work& work) {
    if (!has_tables(work)) return {.done = true};
    work.tx.write(kPosition);
    work.tx.query_text(kMakeTables[0]);
    return {.done = true};
}

}  // namespace

void add_directory_updates(Updates& updates) {
    add(updates, {.name = "populate_user_directory_createtables", .step = make_tables});
    add(updates, {.name = "populate_user_directory_process_rooms",
                  .walks = "current_state_events",
                  .step = enter_rooms,
                  .needs_server_name = true});
    add(updates,
        {.name = "populate_user_directory_process_users", .walks = "users", .step = enter_users});
    add(updates, {.name = "populate_user_directory_cleanup", .step = take_over});
}

}  // namespace aksono::background
