// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "base/ids.h"
#include "pg/transaction.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace aksono::storage {

/// A row of users.
struct User {
    UserId id;
    std::optional<std::string> password_hash;
    std::int64_t created_s = 0;  ///< seconds, as the column has them
    bool is_admin = false;
    bool is_guest = false;
    bool deactivated = false;
    bool shadow_banned = false;
    bool locked = false;
    bool suspended = false;
    bool approved = true;
    std::optional<std::string> user_type;
    std::optional<std::string> appservice_id;
};

std::optional<User> find_user(pg::Transaction& tx, std::string_view user_id);

}  // namespace aksono::storage
