// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ids.h"
#include "base/waiter.h"

#include <string>

namespace aksono::users {

/// rc_login, rc_registration and rc_registration_token_validity. Each refuses with MatrixError 429
/// M_LIMIT_EXCEEDED, after a pause, when the bucket is full.
class AccountLimits {
public:
    virtual ~AccountLimits() = default;
    /// rc_login.address: every attempt.
    virtual void login_from(Waiter& waiter, const std::string& ip) = 0;
    /// rc_login.account: every success.
    virtual void login_of(Waiter& waiter, const UserId& user) = 0;
    /// rc_login.failed_attempts: only asks.
    virtual void password_attempt(Waiter& waiter, const std::string& user_id) = 0;
    /// Counts one that failed; refuses nothing.
    virtual void password_failed(const std::string& user_id) = 0;
    /// rc_registration: `done` false only asks, true counts.
    virtual void registration_from(Waiter& waiter, const std::string& ip, bool done) = 0;
    /// rc_registration_token_validity: every question.
    virtual void token_validity_from(Waiter& waiter, const std::string& ip) = 0;
};

}  // namespace aksono::users
