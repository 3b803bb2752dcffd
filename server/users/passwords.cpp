// SPDX-License-Identifier: Apache-2.0
#include "users/passwords.h"

#include "base/matrix_error.h"
#include "crypto/password.h"
#include "users/text.h"

#include <algorithm>

#include <fmt/format.h>

namespace aksono::users {

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}
bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}
bool is_symbol(char c) {
    return !is_digit(c) && !is_upper(c) && !is_lower(c);
}

void require(bool wanted, const std::string& password, bool (*kind)(char), const char* errcode,
             const char* text) {
    if (wanted && std::none_of(password.begin(), password.end(), kind)) {
        throw MatrixError(400, errcode, text);
    }
}

}  // namespace

Passwords::Passwords(WorkerPool& cpu, config::PasswordSettings settings, int bcrypt_rounds)
    : cpu_(cpu), settings_(std::move(settings)), bcrypt_rounds_(bcrypt_rounds) {}

void Passwords::check_bytes(const std::string& password) {
    if (!storable(password)) throw MatrixError::invalid_param("Password contains U+0000");
}

std::string Passwords::hash(Waiter& waiter, const std::string& password) {
    check_bytes(password);
    std::string hash;
    waiter.run_on(cpu_, Lane::short_jobs, [&] {
        hash = crypto::hash_password(password, settings_.pepper, bcrypt_rounds_);
    });
    return hash;
}

bool Passwords::check(Waiter& waiter, const std::string& password, const std::string& hash) {
    bool good = false;
    waiter.run_on(cpu_, Lane::short_jobs,
                  [&] { good = crypto::check_password(password, settings_.pepper, hash); });
    return good;
}

void Passwords::check_policy(const std::string& password) const {
    const auto& policy = settings_.policy;
    if (!policy.enabled) return;
    if (static_cast<std::int64_t>(count_code_points(password)) < policy.minimum_length) {
        throw MatrixError(
            400, "M_PASSWORD_TOO_SHORT",
            fmt::format("The password must be at least {} characters long", policy.minimum_length));
    }
    require(policy.require_digit, password, is_digit, "M_PASSWORD_NO_DIGIT",
            "The password must include at least one digit");
    require(policy.require_symbol, password, is_symbol, "M_PASSWORD_NO_SYMBOL",
            "The password must include at least one symbol");
    require(policy.require_uppercase, password, is_upper, "M_PASSWORD_NO_UPPERCASE",
            "The password must include at least one uppercase letter");
    require(policy.require_lowercase, password, is_lower, "M_PASSWORD_NO_LOWERCASE",
            "The password must include at least one lowercase letter");
}

}  // namespace aksono::users
