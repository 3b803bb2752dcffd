// SPDX-License-Identifier: Apache-2.0
#include "background/updates.h"
#include "crypto/room_version.h"

namespace aksono::background {

namespace {

/// The largest depth that canonical JSON can write, so the largest of events of strict versions.
constexpr pg::Statement kCap{"background_depth_cap", R"(
WITH batch AS (
    SELECT room_id, room_version FROM rooms WHERE room_id > $1 ORDER BY room_id LIMIT $2),
capped AS (
    UPDATE events e SET topological_ordering = 9007199254740991
    FROM batch b
    WHERE e.room_id = b.room_id AND b.room_version = ANY ($3::text[])
      AND e.topological_ordering > 9007199254740991)
SELECT count(*), max(room_id) FROM batch)"};

std::vector<std::string> strict_versions() {
    std::vector<std::string> out;
    for (const auto& list : {crypto::room_versions(), crypto::unstable_room_versions()}) {
        for (const auto& version : list) {
            if (version.strict_json) out.emplace_back(version.id);
        }
    }
    return out;
}

Outcome cap_depths(const Work& work) {
    const auto after = work.progress.value("room_id", "");
    const auto rows = work.tx.query(kCap, after, work.batch, strict_versions());
    const auto count = rows[0].integer(0);
    if (count == 0) return {.done = true};
    return {.progress = {{"room_id", rows[0].text(1)}}, .items = count};
}

}  // namespace

void add_depth_updates(Updates& updates) {
    add(updates, {.name = "fixup_max_depth_cap", .walks = "rooms", .step = cap_depths});
}

}  // namespace aksono::background
