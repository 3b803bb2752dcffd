// SPDX-License-Identifier: Apache-2.0
#include "background/updates.h"

#include <limits>

namespace aksono::background {

namespace {

/// An event is done as a whole, so a batch ends with the last of an event's edges.
constexpr pg::Statement kEdgesBound{
    "background_edges_bound",
    "SELECT event_id FROM event_edges WHERE event_id > $1 ORDER BY event_id OFFSET $2 LIMIT 1"};

constexpr pg::Statement kDropEdges{"background_drop_edges", R"(
DELETE FROM event_edges WHERE event_id IN (
    SELECT d.event_id FROM event_edges d
    WHERE d.event_id > $1 AND d.event_id <= $2
      AND (d.is_state OR NOT EXISTS (SELECT FROM events e WHERE e.event_id = d.event_id))))"};

constexpr const char* kBeyondAll = "\U0010FFFF";

Outcome drop_invalid_edges(const Work& work) {
    const auto after = work.progress.value("last_event_id", "");
    const auto bound = work.tx.query(kEdgesBound, after, work.batch);
    const std::string upto = bound.empty() ? kBeyondAll : bound[0].text(0);
    work.tx.query(kDropEdges, after, upto);
    if (bound.empty()) return {.done = true, .items = work.batch};
    return {.progress = {{"last_event_id", upto}}, .items = work.batch};
}

constexpr pg::Statement kDropExtremities{"background_drop_extremities", R"(
WITH batch AS (
    SELECT event_id, room_id FROM event_forward_extremities
    WHERE (event_id, room_id) > ($1, $2) ORDER BY event_id, room_id LIMIT $3),
dropped AS (
    DELETE FROM event_forward_extremities f USING batch b
    WHERE f.event_id = b.event_id AND f.room_id = b.room_id
      AND NOT EXISTS (SELECT FROM events e WHERE e.event_id = b.event_id))
SELECT event_id, room_id, count(*) OVER () FROM batch
ORDER BY event_id DESC, room_id DESC LIMIT 1)"};

/// Synapse first tries to validate the foreign key, and walks the table when that fails.
Outcome drop_lost_extremities(const Work& work) {
    if (work.progress.value("state", "") == "validate") return {.done = true};
    const auto bound = work.progress.value("lower_bound", std::vector<std::string>{"", ""});
    const auto rows = work.tx.query(kDropExtremities, bound.at(0), bound.at(1), work.batch);
    if (rows.empty()) return {.done = true};
    return {.progress = {{"state", "check"}, {"lower_bound", {rows[0].text(0), rows[0].text(1)}}},
            .items = rows[0].integer(2)};
}

/// Both columns follow from other tables; rows since delta 72/03 have them from the start.
constexpr pg::Statement kFillKeys{"background_fill_keys", R"(
WITH bound AS (
    SELECT stream_ordering FROM events WHERE stream_ordering > $1 AND stream_ordering <= $2
    ORDER BY stream_ordering OFFSET $3 - 1 LIMIT 1),
filled AS (
    UPDATE events e SET
        state_key = (SELECT s.state_key FROM state_events s WHERE s.event_id = e.event_id),
        rejection_reason = (SELECT r.reason FROM rejections r WHERE r.event_id = e.event_id)
    WHERE e.stream_ordering > $1
      AND e.stream_ordering <= coalesce((SELECT stream_ordering FROM bound), $2))
SELECT (SELECT stream_ordering FROM bound))"};

Outcome fill_keys(const Work& work) {
    const auto from = work.progress.at("min_stream_ordering_exclusive").get<std::int64_t>();
    const auto to = work.progress.at("max_stream_ordering_inclusive").get<std::int64_t>();
    const auto rows = work.tx.query(kFillKeys, from, to, work.batch);
    const auto end = rows[0].maybe_integer(0).value_or(to);
    if (end >= to) return {.done = true, .items = work.batch};
    return {
        .progress = {{"min_stream_ordering_exclusive", end}, {"max_stream_ordering_inclusive", to}},
        .items = work.batch};
}

}  // namespace

void add_event_edge_updates(Updates& updates) {
    add(updates, {.name = "event_edges_drop_invalid_rows",
                  .walks = "event_edges",
                  .step = drop_invalid_edges});
    add(updates, {.name = "event_forward_extremities_event_id_foreign_key_constraint_update",
                  .walks = "event_forward_extremities",
                  .step = drop_lost_extremities});
    add(updates,
        {.name = "events_populate_state_key_rejections", .walks = "events", .step = fill_keys});
}

}  // namespace aksono::background
