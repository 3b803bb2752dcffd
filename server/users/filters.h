// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ids.h"
#include "base/json.h"
#include "base/waiter.h"
#include "pg/database.h"

#include <cstdint>
#include <string>

namespace aksono::users {

/// Filters that users have stored.
class Filters {
public:
    /// `timeline_limit` (filter_timeline_limit): larger limits for timelines are stored as this
    /// one; negative = none.
    explicit Filters(pg::Database& db, std::int64_t timeline_limit = 100)
        : db_(db), timeline_limit_(timeline_limit) {}

    /// Answers the id; the same filter has the same id. Throws 400 for a filter that breaks the
    /// rules.
    std::int64_t add(Waiter& waiter, const UserId& user, Json filter);

    /// Throws 404 M_NOT_FOUND.
    Json get(Waiter& waiter, const UserId& user, std::int64_t filter_id);

private:
    void cap_timeline(Json& filter) const;

    pg::Database& db_;
    std::int64_t timeline_limit_;
};

}  // namespace aksono::users
