// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ids.h"
#include "pg/transaction.h"

#include <cstdint>
#include <optional>
#include <string>

namespace aksono::storage {

/// The id of the user's filter with exactly this JSON, made when there is none. Ids count from 0.
std::int64_t find_or_insert_filter(pg::Transaction& tx, const UserId& user,
                                   const std::string& filter_json);

/// The filter's JSON as it was written.
std::optional<std::string> find_filter(pg::Transaction& tx, const UserId& user,
                                       std::int64_t filter_id);

}  // namespace aksono::storage
