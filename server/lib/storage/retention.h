// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "pg/transaction.h"

#include <string>
#include <unordered_map>
#include <vector>

namespace aksono::storage {

/// max_lifetime of the rooms whose present m.room.retention names one (room_retention).
std::unordered_map<std::string, Millis> longest_lifetimes(pg::Transaction& tx,
                                                          const std::vector<std::string>& rooms);

}  // namespace aksono::storage
