// SPDX-License-Identifier: Apache-2.0
#include "background/updates.h"
#include "base/clock.h"

#include <limits>

namespace aksono::background {

namespace {

/// From the newest group down, so that what only unused groups build on is found in one pass.
constexpr pg::Statement kMark{"background_mark_unused_groups", R"(
WITH batch AS (
    SELECT id FROM state_groups WHERE id < $1 ORDER BY id DESC LIMIT $2),
marked AS (
    INSERT INTO state_groups_pending_deletion (state_group, insertion_ts)
    SELECT b.id, $3 FROM batch b
    WHERE NOT EXISTS (SELECT FROM event_to_state_groups u WHERE u.state_group = b.id)
      AND NOT EXISTS (
          SELECT FROM state_group_edges e WHERE e.prev_state_group = b.id AND NOT EXISTS (
              SELECT FROM state_groups_pending_deletion d WHERE d.state_group = e.state_group))
    ORDER BY b.id DESC
    ON CONFLICT (state_group) DO NOTHING)
SELECT count(*), min(id) FROM batch)"};

Outcome mark_unused_groups(const Work& work) {
    const auto below =
        work.progress.value("last_checked_state_group", std::numeric_limits<std::int64_t>::max());
    const auto rows = work.tx.query(kMark, below, work.batch, now_ms());
    const auto count = rows[0].integer(0);
    if (count == 0) return {.done = true};
    return {.progress = {{"last_checked_state_group", rows[0].integer(1)}}, .items = count};
}

}  // namespace

void add_state_updates(Updates& updates) {
    add(updates, {.name = "mark_unreferenced_state_groups_for_deletion_bg_update",
                  .walks = "state_groups",
                  .step = mark_unused_groups});
}

}  // namespace aksono::background
