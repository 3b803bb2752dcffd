// SPDX-License-Identifier: Apache-2.0
#include "background/room_facts.h"
#include "background/updates.h"

namespace aksono::background {

namespace {

constexpr pg::Statement kRooms{"background_stats_rooms", R"(
SELECT DISTINCT room_id FROM current_state_events WHERE room_id > $1 ORDER BY room_id LIMIT $2)"};

/// As of the newest event that this transaction sees.
constexpr pg::Statement kCountRooms{"background_stats_count_rooms", R"(
INSERT INTO room_stats_current (
    room_id, current_state_events, joined_members, invited_members, left_members, banned_members,
    knocked_members, local_users_in_room, completed_delta_stream_id)
SELECT c.room_id, count(*),
       count(*) FILTER (WHERE c.type = 'm.room.member' AND c.membership = 'join'),
       count(*) FILTER (WHERE c.type = 'm.room.member' AND c.membership = 'invite'),
       count(*) FILTER (WHERE c.type = 'm.room.member' AND c.membership = 'leave'),
       count(*) FILTER (WHERE c.type = 'm.room.member' AND c.membership = 'ban'),
       count(*) FILTER (WHERE c.type = 'm.room.member' AND c.membership = 'knock'),
       count(*) FILTER (WHERE c.type = 'm.room.member' AND c.membership = 'join'
                        AND right(c.state_key, length($2) + 1) = ':' || $2),
       (SELECT coalesce(max(stream_ordering), 0) FROM events)
FROM current_state_events c WHERE c.room_id = ANY ($1::text[]) GROUP BY c.room_id
ON CONFLICT (room_id) DO UPDATE SET
    current_state_events = excluded.current_state_events,
    joined_members = excluded.joined_members, invited_members = excluded.invited_members,
    left_members = excluded.left_members, banned_members = excluded.banned_members,
    knocked_members = excluded.knocked_members,
    local_users_in_room = excluded.local_users_in_room,
    completed_delta_stream_id = excluded.completed_delta_stream_id)"};

constexpr pg::Statement kDescribeRooms{"background_stats_describe_rooms", R"(
INSERT INTO room_stats_state (room_id, join_rules, history_visibility, encryption, name, topic,
                              avatar, canonical_alias, is_federatable, room_type)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
                     $7::text[], $8::text[], $9::boolean[], $10::text[])
ON CONFLICT (room_id) DO UPDATE SET
    join_rules = excluded.join_rules, history_visibility = excluded.history_visibility,
    encryption = excluded.encryption, name = excluded.name, topic = excluded.topic,
    avatar = excluded.avatar, canonical_alias = excluded.canonical_alias,
    is_federatable = excluded.is_federatable, room_type = excluded.room_type)"};

/// A column of room_stats_state that is a text of one state event.
struct Described {
    const char* type;
    const char* key;
};

constexpr Described kDescribed[] = {
    {"m.room.join_rules", "join_rule"},  {"m.room.history_visibility", "history_visibility"},
    {"m.room.encryption", "algorithm"},  {"m.room.name", "name"},
    {"m.room.topic", "topic"},           {"m.room.avatar", "url"},
    {"m.room.canonical_alias", "alias"}, {"m.room.create", "type"}};

using Contents = std::map<std::string, Json>;

/// A representation of the topic as plain text; nullptr: it is another one.
const std::string* plain_body(const Json& representation) {
    const auto* kind = find_member(representation, "mimetype");
    if (kind != nullptr && !kind->is_null() && *kind != "text/plain") return nullptr;
    return find_string(representation, "body");
}

/// The first in plain text of the representations of m.topic stands for the topic beside it.
const std::string* find_topic(const Json& content) {
    const auto* topic = find_string(content, "topic");
    const auto* rich = find_member(content, "m.topic");
    const auto* forms = rich == nullptr ? nullptr : find_member(*rich, "m.text");
    if (topic == nullptr || forms == nullptr || !forms->is_array()) return topic;
    for (const auto& form : *forms) {
        if (const auto* body = plain_body(form)) return body;
    }
    return topic;
}

std::optional<std::string> describe(const Contents& contents, const Described& what) {
    const auto event = contents.find(what.type);
    if (event == contents.end()) return std::nullopt;
    const bool topic = what.key == std::string_view("topic");
    const auto* text = topic ? find_topic(event->second) : find_string(event->second, what.key);
    if (text == nullptr || text->find('\0') != std::string::npos) return std::nullopt;
    return *text;
}

/// Unless its creation says otherwise.
bool is_federatable(const Contents& contents) {
    const auto create = contents.find("m.room.create");
    if (create == contents.end()) return true;
    const auto* federate = find_member(create->second, "m.federate");
    return federate == nullptr || *federate == true;
}

void describe_rooms(pg::Transaction& tx, const std::vector<std::string>& rooms) {
    std::vector<std::string> types;
    for (const auto& each : kDescribed)
        types.emplace_back(each.type);
    const auto all = present_contents(tx, rooms, types);
    std::vector<std::vector<std::optional<std::string>>> columns(std::size(kDescribed));
    std::vector<bool> federatable;
    for (const auto& room : rooms) {
        const auto found = all.find(room);
        const auto contents = found == all.end() ? Contents() : found->second;
        for (std::size_t i = 0; i < columns.size(); ++i)
            columns[i].push_back(describe(contents, kDescribed[i]));
        federatable.push_back(is_federatable(contents));
    }
    tx.query(kDescribeRooms, rooms, columns[0], columns[1], columns[2], columns[3], columns[4],
             columns[5], columns[6], federatable, columns[7]);
}

Outcome count_rooms(const Work& work) {
    const auto rows = work.tx.query(kRooms, work.progress.value("last_room_id", ""), work.batch);
    if (rows.empty()) return {.done = true};
    std::vector<std::string> rooms;
    for (const auto row : rows)
        rooms.push_back(row.text(0));
    describe_rooms(work.tx, rooms);
    work.tx.query(kCountRooms, rooms, work.site.server_name);
    return {.progress = {{"last_room_id", rooms.back()}},
            .items = static_cast<std::int64_t>(rooms.size())};
}

constexpr pg::Statement kCountUsers{"background_stats_count_users", R"(
WITH batch AS (SELECT name FROM users WHERE name > $1 ORDER BY name LIMIT $2),
counted AS (
    INSERT INTO user_stats_current (user_id, joined_rooms, completed_delta_stream_id)
    SELECT b.name, (
               SELECT count(DISTINCT c.room_id) FROM current_state_events c
               WHERE c.type = 'm.room.member' AND c.state_key = b.name AND c.membership = 'join'),
           (SELECT coalesce(max(stream_id), -1) FROM current_state_delta_stream)
    FROM batch b
    ON CONFLICT (user_id) DO UPDATE SET
        joined_rooms = excluded.joined_rooms,
        completed_delta_stream_id = excluded.completed_delta_stream_id)
SELECT count(*), max(name) FROM batch)"};

Outcome count_users(const Work& work) {
    const auto after = work.progress.value("last_user_id", "");
    const auto rows = work.tx.query(kCountUsers, after, work.batch);
    const auto count = rows[0].integer(0);
    if (count == 0) return {.done = true};
    return {.progress = {{"last_user_id", rows[0].text(1)}}, .items = count};
}

}  // namespace

void add_statistics_updates(Updates& updates) {
    add(updates, {.name = "populate_stats_process_rooms",
                  .walks = "rooms",
                  .step = count_rooms,
                  .largest_batch = 500,
                  .needs_server_name = true});
    add(updates, {.name = "populate_stats_process_users", .walks = "users", .step = count_users});
}

}  // namespace aksono::background
