// SPDX-License-Identifier: Apache-2.0
#include "background/updates.h"
#include "base/clock.h"

#include <set>

namespace aksono::background {

namespace {

constexpr pg::Statement kReceived{"background_received_ts", R"(
WITH batch AS (
    SELECT event_id FROM redactions WHERE event_id > $1 ORDER BY event_id LIMIT $2),
filled AS (
    UPDATE redactions r
    SET received_ts = (SELECT coalesce(e.received_ts, e.origin_server_ts, $3) FROM events e
                       WHERE e.event_id = r.event_id)
    FROM batch b WHERE r.event_id = b.event_id)
SELECT count(*), max(event_id) FROM batch)"};

Outcome fill_received_ts(const Work& work) {
    const auto after = work.progress.value("last_event_id", "");
    const auto rows = work.tx.query(kReceived, after, work.batch, now_ms());
    const auto count = rows[0].integer(0);
    if (count == 0) return {.done = true};
    return {.progress = {{"last_event_id", rows[0].text(1)}}, .items = count};
}

/// Labels of MSC2326.
constexpr pg::Statement kLabelled{"background_labelled", R"(
WITH batch AS (
    SELECT event_id, json FROM event_json WHERE event_id > $1 ORDER BY event_id LIMIT $2)
SELECT event_id, CASE WHEN json LIKE '%"org.matrix.labels"%' THEN json END
FROM batch ORDER BY event_id)"};
constexpr pg::Statement kLabel{"background_label", R"(
INSERT INTO event_labels (event_id, label, room_id, topological_ordering)
SELECT e.event_id, l.label, e.room_id, e.topological_ordering
FROM unnest($1::text[], $2::text[]) AS l (event_id, label) JOIN events e USING (event_id)
ON CONFLICT (event_id, label) DO NOTHING)"};

std::set<std::string> labels_of(std::string_view text) {
    const auto event = Json::parse(text, nullptr, false);
    const auto* content = find_member(event, "content");
    const auto* list = content == nullptr ? nullptr : find_member(*content, "org.matrix.labels");
    std::set<std::string> labels;
    if (list == nullptr || !list->is_array()) return labels;
    for (const auto& label : *list) {
        if (!label.is_string()) continue;
        const auto& name = label.get_ref<const std::string&>();
        if (name.find('\0') == std::string::npos) labels.insert(name);
    }
    return labels;
}

Outcome store_labels(const Work& work) {
    const auto after = work.progress.value("last_event_id", "");
    const auto rows = work.tx.query(kLabelled, after, work.batch);
    if (rows.empty()) return {.done = true};
    std::vector<std::string> events;
    std::vector<std::string> labels;
    for (const auto row : rows) {
        if (row.is_null(1)) continue;
        for (const auto& label : labels_of(row.view(1))) {
            events.push_back(row.text(0));
            labels.push_back(label);
        }
    }
    if (!events.empty()) work.tx.query(kLabel, events, labels);
    return {.progress = {{"last_event_id", rows[rows.size() - 1].text(0)}},
            .items = static_cast<std::int64_t>(rows.size())};
}

/// Rooms with state here, of which nobody is inside any more: those whose extremities are not just
/// the create event that a join in the making has.
constexpr pg::Statement kLeftRooms{"background_left_rooms", R"(
WITH batch AS (
    SELECT DISTINCT room_id FROM current_state_events WHERE room_id > $1
    ORDER BY room_id LIMIT $2)
SELECT b.room_id,
       NOT EXISTS (SELECT FROM local_current_membership m
                   WHERE m.room_id = b.room_id AND m.membership = 'join')
       AND EXISTS (
           SELECT FROM event_forward_extremities f WHERE f.room_id = b.room_id AND NOT EXISTS (
               SELECT FROM current_state_events c WHERE c.event_id = f.event_id
                 AND c.type = 'm.room.create' AND c.state_key = ''))
FROM batch b ORDER BY b.room_id)"};
constexpr pg::Statement kDropState{
    "background_drop_state",
    "DELETE FROM current_state_events WHERE room_id = ANY ($1::text[]) "
    "RETURNING CASE WHEN type = 'm.room.member' AND membership = 'join' THEN state_key END"};
constexpr pg::Statement kDropExtremities{
    "background_drop_left_extremities",
    "DELETE FROM event_forward_extremities WHERE room_id = ANY ($1::text[])"};
constexpr pg::Statement kForgetDevices{"background_forget_devices", R"(
DELETE FROM device_lists_remote_extremeties d WHERE d.user_id = ANY ($1::text[])
  AND NOT EXISTS (SELECT FROM current_state_events c WHERE c.type = 'm.room.member'
                  AND c.membership = 'join' AND c.state_key = d.user_id))"};

void drop_rooms(pg::Transaction& tx, const std::vector<std::string>& rooms) {
    std::vector<std::string> members;
    for (const auto row : tx.query(kDropState, rooms)) {
        if (!row.is_null(0)) members.push_back(row.text(0));
    }
    tx.query(kDropExtremities, rooms);
    if (!members.empty()) tx.query(kForgetDevices, members);
}

Outcome drop_state_of_left_rooms(const Work& work) {
    const auto after = work.progress.value("last_room_id", "");
    const auto rows = work.tx.query(kLeftRooms, after, work.batch);
    if (rows.empty()) return {.done = true};
    std::vector<std::string> left;
    for (const auto row : rows) {
        if (row.boolean(1)) left.push_back(row.text(0));
    }
    if (!left.empty()) drop_rooms(work.tx, left);
    return {.progress = {{"last_room_id", rows[rows.size() - 1].text(0)}},
            .items = static_cast<std::int64_t>(rows.size())};
}

Outcome gather_statistics(const Work& work) {
    work.tx.query_text("ANALYZE user_ips");
    return {.done = true};
}

/// It repairs what only SQLite stores.
Outcome nothing(const Work&) {
    return {.done = true};
}

}  // namespace

void add_old_event_updates(Updates& updates) {
    add(updates,
        {.name = "redactions_received_ts", .walks = "redactions", .step = fill_received_ts});
    add(updates, {.name = "event_store_labels", .walks = "event_json", .step = store_labels});
    add(updates, {.name = "delete_old_current_state_events",
                  .walks = "rooms",
                  .step = drop_state_of_left_rooms});
    add(updates, {.name = "user_ips_analyze", .walks = "user_ips", .step = gather_statistics});
    add(updates, {.name = "event_search_sqlite_delete_non_strings", .step = nothing});
}

}  // namespace aksono::background
