// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "base/ids.h"
#include "pg/transaction.h"

#include <optional>
#include <string>
#include <string_view>

namespace aksono::storage {

/// Uses a login token up and says whose it is; nothing when it is unknown, used or expired.
struct UsedLoginToken {
    UserId user;
    std::optional<std::string> auth_provider_id;
    std::optional<std::string> auth_provider_session_id;
};
std::optional<UsedLoginToken> use_login_token(pg::Transaction& tx, std::string_view token,
                                              Millis now);

}  // namespace aksono::storage
