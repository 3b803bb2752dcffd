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
    explicit Filters(pg::Database& db) : db_(db) {}

    /// Answers the id; the same filter has the same id. Throws 400 for a filter that breaks the
    /// rules.
    std::int64_t add(Waiter& waiter, const UserId& user, const Json& filter);

    /// Throws 404 M_NOT_FOUND.
    Json get(Waiter& waiter, const UserId& user, std::int64_t filter_id);

private:
    pg::Database& db_;
};

}  // namespace aksono::users
