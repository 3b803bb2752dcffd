// SPDX-License-Identifier: Apache-2.0
#include "background/updates.h"
#include "background/walk.h"

namespace aksono::background {

namespace {

constexpr pg::Statement kCopy{"background_room_depth_copy", R"(
WITH batch AS (SELECT room_id FROM room_depth WHERE room_id > $1 ORDER BY room_id LIMIT $2),
copied AS (
    UPDATE room_depth d SET min_depth2 = d.min_depth FROM batch b WHERE d.room_id = b.room_id)
SELECT count(*), max(room_id) FROM batch)"};

constexpr pg::Statement kHasCopy{"background_room_depth_has_copy", R"(
SELECT EXISTS (
    SELECT FROM pg_attribute
    WHERE attrelid = 'room_depth'::regclass AND attname = 'min_depth2' AND NOT attisdropped))"};

/// The column of the wide type takes the place of the narrow one.
constexpr const char* kReplace[] = {
    "SET LOCAL lock_timeout = '5s'",
    "DROP TRIGGER IF EXISTS populate_min_depth2_trigger ON room_depth",
    "DROP FUNCTION IF EXISTS populate_min_depth2()",
    "ALTER TABLE room_depth DROP COLUMN min_depth",
    "ALTER TABLE room_depth RENAME COLUMN min_depth2 TO min_depth",
};

Outcome copy_depths(const Work& work) {
    return walk_texts(work, kCopy, "last_room");
}

Outcome replace_column(const Work& work) {
    if (!work.tx.query(kHasCopy)[0].boolean(0)) return {.done = true};
    for (const auto* sql : kReplace)
        work.tx.query_text(sql);
    return {.done = true};
}

}  // namespace

void add_room_depth_updates(Updates& updates) {
    add(updates,
        {.name = "populate_room_depth_min_depth2", .walks = "room_depth", .step = copy_depths});
    add(updates, {.name = "replace_room_depth_min_depth", .step = replace_column});
}

}  // namespace aksono::background
