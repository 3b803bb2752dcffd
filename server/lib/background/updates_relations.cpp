// SPDX-License-Identifier: Apache-2.0
#include "background/updates.h"

#include <set>

namespace aksono::background {

namespace {

/// Threads as their replies make them; Synapse takes the greatest id for the latest event's.
constexpr pg::Statement kThreads{"background_threads", R"(
WITH batch AS (
    SELECT e.room_id, r.relates_to_id AS thread_id, max(e.topological_ordering) AS topological,
           max(e.stream_ordering) AS stream, max(e.event_id) AS latest
    FROM event_relations r JOIN events e USING (event_id)
    WHERE r.relates_to_id > $1 AND r.relation_type = 'm.thread'
    GROUP BY e.room_id, r.relates_to_id ORDER BY r.relates_to_id LIMIT $2),
added AS (
    INSERT INTO threads (room_id, thread_id, topological_ordering, stream_ordering, latest_event_id)
    SELECT room_id, thread_id, topological, stream, latest FROM batch
    ON CONFLICT (room_id, thread_id) DO NOTHING)
SELECT count(*), max(thread_id) FROM batch)"};

Outcome fill_threads(const Work& work) {
    const auto after = work.progress.value("last_thread_id", "");
    const auto rows = work.tx.query(kThreads, after, work.batch);
    const auto count = rows[0].integer(0);
    if (count == 0) return {.done = true};
    return {.progress = {{"last_thread_id", rows[0].text(1)}}, .items = count};
}

/// The texts of events that can be about another; others only move the end of the batch.
constexpr pg::Statement kRelating{"background_relating", R"(
WITH batch AS (
    SELECT event_id, json FROM event_json WHERE event_id > $1 ORDER BY event_id LIMIT $2)
SELECT event_id, CASE WHEN json LIKE '%"m.relates_to"%' THEN json END
FROM batch ORDER BY event_id)"};
constexpr pg::Statement kRelate{"background_relate", R"(
INSERT INTO event_relations (event_id, relates_to_id, relation_type)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[])
ON CONFLICT (event_id) DO UPDATE
SET relates_to_id = excluded.relates_to_id, relation_type = excluded.relation_type)"};

/// What an event is about.
struct Relation {
    std::string parent;
    std::string type;
};

std::optional<Relation> relation_of(std::string_view text) {
    const auto event = Json::parse(text, nullptr, false);
    const auto* content = find_member(event, "content");
    const auto* relates = content == nullptr ? nullptr : find_member(*content, "m.relates_to");
    if (relates == nullptr) return std::nullopt;
    const auto* parent = find_string(*relates, "event_id");
    const auto* type = find_string(*relates, "rel_type");
    if (parent == nullptr || type == nullptr) return std::nullopt;
    static const std::set<std::string> stored_from_the_start{"m.annotation", "m.reference",
                                                             "m.replace"};
    if (stored_from_the_start.contains(*type)) return std::nullopt;
    if ((*parent + *type).find('\0') != std::string::npos) return std::nullopt;
    return Relation{*parent, *type};
}

Outcome find_relations(const Work& work) {
    const auto after = work.progress.value("last_event_id", "");
    const auto rows = work.tx.query(kRelating, after, work.batch);
    if (rows.empty()) return {.done = true};
    std::vector<std::string> ids;
    std::vector<std::string> parents;
    std::vector<std::string> types;
    for (const auto row : rows) {
        const auto relation = row.is_null(1) ? std::nullopt : relation_of(row.view(1));
        if (!relation) continue;
        ids.push_back(row.text(0));
        parents.push_back(relation->parent);
        types.push_back(relation->type);
    }
    if (!ids.empty()) work.tx.query(kRelate, ids, parents, types);
    return {.progress = {{"last_event_id", rows[rows.size() - 1].text(0)}},
            .items = static_cast<std::int64_t>(rows.size())};
}

}  // namespace

void add_relation_updates(Updates& updates) {
    add(updates, {.name = "threads_backfill", .walks = "event_relations", .step = fill_threads});
    add(updates,
        {.name = "event_arbitrary_relations", .walks = "event_json", .step = find_relations});
}

}  // namespace aksono::background
