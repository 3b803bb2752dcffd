// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ids.h"

#include <string>

namespace aksono::users {

/// rc_login and rc_registration. Each throws MatrixError 429 M_LIMIT_EXCEEDED when the bucket is
/// full.
class AccountLimits {
public:
    virtual ~AccountLimits() = default;
    /// rc_login.address: every attempt.
    virtual void login_from(const std::string& ip) = 0;
    /// rc_login.account: every success.
    virtual void login_of(const UserId& user) = 0;
    /// rc_login.failed_attempts: `failed` false only asks, true counts.
    virtual void password_attempt(const std::string& user_id, bool failed) = 0;
    /// rc_registration: `done` false only asks, true counts.
    virtual void registration_from(const std::string& ip, bool done) = 0;
};

/// No limits at all.
class NoAccountLimits : public AccountLimits {
public:
    void login_from(const std::string& /*ip*/) override {}
    void login_of(const UserId& /*user*/) override {}
    void password_attempt(const std::string& /*user_id*/, bool /*failed*/) override {}
    void registration_from(const std::string& /*ip*/, bool /*done*/) override {}
};

}  // namespace aksono::users
