// SPDX-License-Identifier: Apache-2.0
#include "storage/ratelimit_override.h"

namespace aksono::storage {

namespace {
constexpr pg::Statement kFind{"ratelimit_override_find",
                              "SELECT coalesce(messages_per_second, 0), coalesce(burst_count, 0)"
                              " FROM ratelimit_override WHERE user_id = $1"};
}

std::optional<RatelimitOverride> find_ratelimit_override(pg::Transaction& tx, const UserId& user) {
    const auto rows = tx.query(kFind, user);
    if (rows.empty()) return std::nullopt;
    return RatelimitOverride{rows[0].integer(0), rows[0].integer(1)};
}

}  // namespace aksono::storage
