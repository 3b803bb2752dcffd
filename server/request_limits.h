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

    void login_from(Waiter& waiter, const std::string& ip) override;
    void login_of(Waiter& waiter, const UserId& user) override;
    void password_attempt(Waiter& waiter, const std::string& user_id) override;
    void password_failed(const std::string& user_id) override;
    void registration_from(Waiter& waiter, const std::string& ip, bool done) override;
    void token_validity_from(Waiter& waiter, const std::string& ip) override;

    /// An admin's override for a user (ratelimit_override) stands instead of rc_message.
    bool allows_message(Waiter& waiter, const Requester& requester) override;
    void refuse_message(Waiter& waiter, const Requester& requester) override;
    void count_message(Waiter& waiter, const Requester& requester) override;
    void count_admin_redaction(Waiter& waiter, const Requester& requester) override;

private:
    std::optional<RateLimiter::Rate> override_of(Waiter& waiter, const UserId& user);

    pg::Database& database_;
    RateLimiter login_address_;
    RateLimiter login_account_;
    RateLimiter login_failed_;
    RateLimiter registration_;
    RateLimiter token_validity_;
    RateLimiter messages_;
    std::optional<RateLimiter> admin_redactions_;
};

}  // namespace aksono
