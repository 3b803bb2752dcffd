// SPDX-License-Identifier: Apache-2.0
#include "background/server_name.h"
#include "background/updates.h"
#include "background/walk.h"

namespace aksono::background {

namespace {

constexpr pg::Statement kNewest{"background_newest_outbox",
                                "SELECT max(stream_id) FROM device_federation_outbox"};

constexpr pg::Statement kDestinations{"background_outbox_destinations", R"(
SELECT DISTINCT destination FROM device_federation_outbox
WHERE stream_id > $1 AND stream_id <= $2)"};

constexpr pg::Statement kDrop{
    "background_outbox_drop",
    "DELETE FROM device_federation_outbox WHERE destination = ANY ($1::text[])"};

/// Messages to names that no server can have are never sent.
Outcome drop_undeliverable(const Work& work) {
    const auto range = next_range(work, kNewest);
    if (range.past) return {.done = true};
    std::vector<std::string> bad;
    for (const auto& row : work.tx.query(kDestinations, range.from, range.to)) {
        if (!is_server_name(row.text(0))) bad.push_back(row.text(0));
    }
    if (!bad.empty()) work.tx.write(kDrop, bad);
    return range.outcome();
}

}  // namespace

void add_outbox_updates(Updates& updates) {
    add(updates, {.name = "cleanup_device_federation_outbox",
                  .walks = "device_federation_outbox",
                  .step = drop_undeliverable,
                  .largest_batch = kLargestRange});
}

}  // namespace aksono::background
