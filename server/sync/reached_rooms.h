// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pg/transaction.h"
#include "sync/stream_token.h"

#include <cstdint>
#include <string>
#include <unordered_map>

namespace aksono::sync {

/// Where a token stands in the events of each room: further on in the rooms of writers that were
/// ahead when Synapse made it (`m5~1.7`). Asks the database for such tokens only.
class ReachedRooms {
public:
    /// `at`: out of a token whose writers are known (read_token).
    ReachedRooms(pg::Transaction& tx, const StreamPosition& at);

    [[nodiscard]] std::int64_t of(const std::string& room_id) const;

private:
    std::int64_t everywhere_;
    std::unordered_map<std::string, std::int64_t> beyond_;
};

}  // namespace aksono::sync
