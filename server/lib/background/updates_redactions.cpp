// SPDX-License-Identifier: Apache-2.0
#include "background/updates.h"

namespace aksono::background {

namespace {

/// What the event's own metadata does not ask to be looked at again is settled.
constexpr pg::Statement kSettle{"background_redactions_recheck", R"(
WITH batch AS (
    SELECT r.event_id FROM redactions r WHERE r.event_id > $1 ORDER BY r.event_id LIMIT $2),
settled AS (
    UPDATE redactions r SET recheck = false
    FROM batch b LEFT JOIN event_json j USING (event_id)
    WHERE r.event_id = b.event_id AND r.recheck
      AND coalesce(j.internal_metadata::jsonb ->> 'recheck_redaction', 'false')
          IN ('false', '', '0'))
SELECT count(*), max(event_id) FROM batch)"};

Outcome settle_redactions(const Work& work) {
    const auto after = work.progress.value("last_event_id", "");
    const auto rows = work.tx.query(kSettle, after, work.batch);
    const auto count = rows[0].integer(0);
    if (count == 0) return {.done = true};
    return {.progress = {{"last_event_id", rows[0].text(1)}}, .items = count};
}

}  // namespace

void add_redaction_updates(Updates& updates) {
    add(updates, {.name = "redactions_recheck", .walks = "redactions", .step = settle_redactions});
}

}  // namespace aksono::background
