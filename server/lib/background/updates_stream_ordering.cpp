// SPDX-License-Identifier: Apache-2.0
#include "background/updates.h"

#include <limits>

namespace aksono::background {

namespace {

// Delta 60/01 widens events.stream_ordering: a second column is filled here, indexed, and takes the
// place of the first. Only databases in which that got stuck still have it queued.

constexpr pg::Statement kCopy{"background_copy_ordering", R"(
WITH batch AS (
    SELECT stream_ordering FROM events WHERE stream_ordering > $1
    ORDER BY stream_ordering LIMIT $2),
copied AS (
    UPDATE events e SET stream_ordering2 = e.stream_ordering FROM batch b
    WHERE e.stream_ordering = b.stream_ordering)
SELECT count(*), max(stream_ordering) FROM batch)"};

Outcome copy_ordering(const Work& work) {
    const auto after =
        work.progress.value("last_stream", std::int64_t{std::numeric_limits<std::int32_t>::min()});
    const auto rows = work.tx.query(kCopy, after, work.batch);
    const auto count = rows[0].integer(0);
    if (count == 0) return {.done = true};
    return {.progress = {{"last_stream", rows[0].integer(1)}}, .items = count};
}

constexpr pg::Statement kHasSecond{"background_has_second_ordering", R"(
SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'events'::regclass
               AND attname = 'stream_ordering2' AND NOT attisdropped))"};

/// Indexes on the first column go with it; those on the second take their names.
constexpr const char* kSwap[] = {
    "SET LOCAL lock_timeout = '5s'",
    "LOCK TABLE events IN ACCESS EXCLUSIVE MODE",
    "UPDATE events SET stream_ordering2 = stream_ordering WHERE stream_ordering2 IS NULL",
    "DROP RULE IF EXISTS populate_stream_ordering2 ON events",
    "ALTER TABLE events DROP COLUMN stream_ordering",
    "ALTER TABLE events RENAME COLUMN stream_ordering2 TO stream_ordering",
    "ALTER INDEX event_contains_url_index2 RENAME TO event_contains_url_index",
    "ALTER INDEX events_order_room2 RENAME TO events_order_room",
    "ALTER INDEX events_room_stream2 RENAME TO events_room_stream",
    "ALTER INDEX events_ts2 RENAME TO events_ts"};

Outcome swap_columns(const Work& work) {
    if (!work.tx.query(kHasSecond)[0].boolean(0)) return {.done = true};
    for (const auto* statement : kSwap)
        work.tx.query_text(statement);
    return {.done = true};
}

}  // namespace

void add_stream_ordering_updates(Updates& updates) {
    add(updates, {.name = "populate_stream_ordering2", .walks = "events", .step = copy_ordering});
    add(updates, {.name = "replace_stream_ordering_column", .step = swap_columns});
}

}  // namespace aksono::background
