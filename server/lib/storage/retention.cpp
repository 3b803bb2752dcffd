// SPDX-License-Identifier: Apache-2.0
#include "storage/retention.h"

namespace aksono::storage {

namespace {

constexpr pg::Statement kLongestLifetimes{
    "retention_longest_lifetimes",
    "SELECT r.room_id, r.max_lifetime FROM room_retention r"
    " JOIN current_state_events c ON c.event_id = r.event_id AND c.room_id = r.room_id"
    " WHERE r.room_id = ANY($1::text[]) AND r.max_lifetime IS NOT NULL"};

}  // namespace

std::unordered_map<std::string, Millis> longest_lifetimes(pg::Transaction& tx,
                                                          const std::vector<std::string>& rooms) {
    std::unordered_map<std::string, Millis> lifetimes;
    for (const auto& row : tx.query(kLongestLifetimes, rooms))
        lifetimes.emplace(row.text(0), row.integer(1));
    return lifetimes;
}

}  // namespace aksono::storage
