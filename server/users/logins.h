// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/waiter.h"
#include "pg/database.h"
#include "storage/users.h"
#include "users/account_limits.h"
#include "users/login_identifier.h"
#include "users/passwords.h"

#include <optional>
#include <string>

namespace aksono::users {

/// Finds out whether somebody may log in as whom they say they are.
class Logins {
public:
    Logins(pg::Database& db, Passwords& passwords, AccountLimits& limits, std::string server_name);

    /// Throws 403 M_FORBIDDEN, M_USER_DEACTIVATED, 401 M_USER_LOCKED, 429.
    UserId by_password(Waiter& waiter, const LoginIdentifier& who, const std::string& password);

    /// Uses the token up. Throws 403 M_FORBIDDEN, M_USER_DEACTIVATED, 401 M_USER_LOCKED.
    UserId by_token(Waiter& waiter, const std::string& token);

private:
    std::optional<storage::User> find(Waiter& waiter, const LoginIdentifier& who);
    std::string qualified(const std::string& name) const;
    void check_allowed(Waiter& waiter, const storage::User& user);

    pg::Database& db_;
    Passwords& passwords_;
    AccountLimits& limits_;
    std::string server_name_;
};

}  // namespace aksono::users
