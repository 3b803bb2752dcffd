// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/waiter.h"
#include "base/worker_pool.h"
#include "config/config.h"

#include <string>

namespace aksono::users {

/// Passwords and the rules for new ones. Hashing runs on a pool of its own: it takes a quarter of a
/// second of CPU.
class Passwords {
public:
    Passwords(WorkerPool& cpu, config::PasswordSettings settings, int bcrypt_rounds);

    /// bcrypt ends a password at U+0000: throws 400 M_INVALID_PARAM for one that has it.
    static void check_bytes(const std::string& password);
    /// Throws as check_bytes.
    std::string hash(Waiter& waiter, const std::string& password);
    bool check(Waiter& waiter, const std::string& password, const std::string& hash);

    /// password_config.policy. Throws 400 M_PASSWORD_TOO_SHORT, M_PASSWORD_NO_DIGIT, …
    void check_policy(const std::string& password) const;

    [[nodiscard]] const config::PasswordSettings& settings() const { return settings_; }

private:
    WorkerPool& cpu_;
    config::PasswordSettings settings_;
    int bcrypt_rounds_;
};

}  // namespace aksono::users
