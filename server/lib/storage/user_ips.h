// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "pg/transaction.h"

#include <optional>
#include <string>
#include <vector>

namespace aksono::storage {

/// A user was here: one row of user_ips.
struct UserSeen {
    std::string user;
    std::string access_token;
    std::string ip;
    std::optional<std::string> device_id;
    std::string user_agent;
    Millis at = 0;
};

/// Writes user_ips and what devices show as last seen. At most one entry for each user, token and
/// address.
void insert_users_seen(pg::Writer& tx, const std::vector<UserSeen>& seen);

}  // namespace aksono::storage
