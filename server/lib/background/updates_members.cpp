// SPDX-License-Identifier: Apache-2.0
#include "background/event_json_sql.h"
#include "background/updates.h"
#include "background/walk.h"

#include <limits>

namespace aksono::background {

namespace {

/// So many rows, and the others of the last room.
constexpr pg::Statement kMembership{"background_current_membership", R"(
WITH bound AS (
    SELECT count(*) AS items, max(room_id) AS upto FROM (
        SELECT room_id FROM current_state_events WHERE room_id > $1
        ORDER BY room_id LIMIT $2) batch),
memberships AS (
    SELECT c.event_id, m.membership FROM bound
    JOIN current_state_events c ON c.room_id > $1 AND c.room_id <= bound.upto
    LEFT JOIN room_memberships m ON m.event_id = c.event_id),
filled AS (
    UPDATE current_state_events c SET membership = m.membership FROM memberships m
    WHERE c.event_id = m.event_id AND c.membership IS DISTINCT FROM m.membership)
SELECT items, upto FROM bound)"};

/// From the newest event to the oldest. Of an event with neither name nor picture nothing is taken.
constexpr auto kProfilesSql = joined(R"(
WITH batch AS (
    SELECT m.event_id, e.stream_ordering, )",
                                     kEventJson, R"( -> 'content' AS content
    FROM events e
    JOIN room_memberships m ON m.event_id = e.event_id
    JOIN event_json j ON j.event_id = e.event_id
    WHERE e.stream_ordering >= $1 AND e.stream_ordering < $2
    ORDER BY e.stream_ordering DESC LIMIT $3),
texts AS (
    SELECT event_id,
        CASE WHEN json_typeof(name) IN ('string', 'number') THEN name #>> '{}' END AS name,
        CASE WHEN json_typeof(picture) IN ('string', 'number')
            THEN picture #>> '{}' END AS picture
    FROM batch, LATERAL (
        SELECT content -> 'displayname' AS name, content -> 'avatar_url' AS picture) parts),
filled AS (
    UPDATE room_memberships m SET display_name = t.name, avatar_url = t.picture FROM texts t
    WHERE m.event_id = t.event_id
      AND (coalesce(t.name, '') <> '' OR coalesce(t.picture, '') <> ''))
SELECT count(*), min(stream_ordering) FROM batch)");
constexpr pg::Statement kProfiles{"background_member_profiles", kProfilesSql.data()};

constexpr pg::Statement kEnds{
    "background_event_ends",
    "SELECT coalesce(min(stream_ordering), 0), coalesce(max(stream_ordering), 0) FROM events"};

/// Auth events are kept of state only.
constexpr pg::Statement kAuth{"background_auth_of_messages", R"(
DELETE FROM event_auth a USING events e
WHERE a.event_id = e.event_id AND e.stream_ordering >= $1 AND e.stream_ordering < $2
  AND NOT EXISTS (
    SELECT FROM state_events s WHERE s.event_id = e.event_id AND s.room_id = e.room_id))"};

constexpr pg::Statement kNewestReceipt{"background_newest_receipt",
                                       "SELECT max(stream_id) FROM receipts_linearized"};

constexpr pg::Statement kReceipts{"background_receipt_orderings", R"(
UPDATE receipts_linearized r
SET event_stream_ordering = (
    SELECT e.stream_ordering FROM events e WHERE e.event_id = r.event_id)
WHERE r.stream_id >= $1 AND r.stream_id < $2)"};

constexpr const char* kFirst = "target_min_stream_id_inclusive";
constexpr const char* kBefore = "max_stream_id_exclusive";

/// Where a walk from the newest event down is.
struct Descent {
    std::int64_t first = 0;   ///< the last one to do
    std::int64_t before = 0;  ///< all from here on are done

    [[nodiscard]] Json progress() const { return {{kFirst, first}, {kBefore, before}}; }
};

/// Where Synapse begins when the queue does not say: `beyond` the newest event, or at it.
Descent descent(const Work& work, std::int64_t lowest, std::int64_t beyond) {
    const auto ends = work.tx.query(kEnds);
    return {work.progress.value(kFirst, std::min(lowest, ends[0].integer(0))),
            work.progress.value(kBefore, ends[0].integer(1) + beyond)};
}

Outcome fill_membership(const Work& work) {
    return walk_texts(work, kMembership, "last_processed_room");
}

Outcome fill_profiles(const Work& work) {
    auto place = descent(work, -1, 1);
    const auto rows = work.tx.query(kProfiles, place.first, place.before, work.batch);
    if (rows[0].integer(0) == 0) return {.done = true};
    place.before = rows[0].integer(1);
    return {.progress = place.progress(), .items = rows[0].integer(0)};
}

Outcome drop_auth_of_messages(const Work& work) {
    auto place = descent(work, std::numeric_limits<std::int64_t>::max(), 0);
    const auto from = place.before - work.batch;
    work.tx.write(kAuth, from, place.before);
    place.before = from;
    return {.done = from <= place.first, .progress = place.progress(), .items = work.batch};
}

Outcome order_receipts(const Work& work) {
    const auto range = next_range(work, kNewestReceipt);
    if (range.past) return {.done = true};
    work.tx.write(kReceipts, range.from, range.to);
    return range.outcome();
}

}  // namespace

void add_member_updates(Updates& updates) {
    add(updates, {.name = "current_state_events_membership",
                  .walks = "current_state_events",
                  .step = fill_membership});
    add(updates, {.name = "room_membership_profile_update",
                  .walks = "room_memberships",
                  .step = fill_profiles});
    add(updates, {.name = "event_auth_state_only",
                  .walks = "events",
                  .step = drop_auth_of_messages,
                  .largest_batch = kLargestRange});
    add(updates, {.name = "populate_event_stream_ordering",
                  .walks = "receipts_linearized",
                  .step = order_receipts,
                  .largest_batch = kLargestRange});
}

}  // namespace aksono::background
