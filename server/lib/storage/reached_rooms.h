// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pg/transaction.h"

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>

namespace aksono::storage {

/// Per room the newest event that a position of several writers has reached beyond `stream`, which
/// all of them have. `writers`: instance_map.instance_id → position. Rooms without such an event
/// are left out; a room's events come from one writer.
std::unordered_map<std::string, std::int64_t> reached_rooms(
    pg::Transaction& tx, std::int64_t stream, const std::map<std::int64_t, std::int64_t>& writers);

}  // namespace aksono::storage
