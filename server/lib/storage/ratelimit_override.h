// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ids.h"
#include "pg/transaction.h"

#include <cstdint>
#include <optional>

namespace aksono::storage {

/// An admin's own limit for one user. 0 messages per second: no limit.
struct RatelimitOverride {
    std::int64_t messages_per_second = 0;
    std::int64_t burst_count = 0;
};

std::optional<RatelimitOverride> find_ratelimit_override(pg::Transaction& tx, const UserId& user);

}  // namespace aksono::storage
