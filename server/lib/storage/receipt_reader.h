// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pg/transaction.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace aksono::storage {

struct Receipt {
    std::string room_id;
    std::string receipt_type;
    std::string user_id;
    std::string event_id;
    std::optional<std::string> thread_id;
    std::string data;  ///< JSON object: ts
};

/// Receipts in `room_ids` with after < stream_id <= until, earliest first, as `viewer` may see
/// them: others' private ones are left out.
std::vector<Receipt> receipts_in_rooms(pg::Transaction& tx,
                                       const std::vector<std::string>& room_ids, std::int64_t after,
                                       std::int64_t until, const std::string& viewer);

}  // namespace aksono::storage
