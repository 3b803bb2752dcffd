// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/rate_limiter.h"
#include "config/rate_limits.h"
#include "pg/database.h"
#include "rooms/side_effects.h"
#include "users/account_limits.h"

#include <optional>

namespace aksono {

/// The rc_* options, as users and rooms ask for them.
class RequestLimits : public users::AccountLimits, public rooms::MessageLimiter {
public:
    RequestLimits(pg::Database& database, const config::RateLimits& limits);

    void login_from(const std::string& ip) override;
    void login_of(const UserId& user) override;
    void password_attempt(const std::string& user_id, bool failed) override;
    void registration_from(const std::string& ip, bool done) override;

    /// An admin's override for a user (ratelimit_override) stands instead of rc_message.
    void check_message(Waiter& waiter, const Requester& requester, bool update) override;
    void check_admin_redaction(Waiter& waiter, const Requester& requester) override;

private:
    std::optional<RateLimiter::Rate> override_of(Waiter& waiter, const UserId& user);

    pg::Database& database_;
    RateLimiter login_address_;
    RateLimiter login_account_;
    RateLimiter login_failed_;
    RateLimiter registration_;
    RateLimiter messages_;
    std::optional<RateLimiter> admin_redactions_;
};

}  // namespace aksono
