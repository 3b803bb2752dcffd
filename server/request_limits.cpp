// SPDX-License-Identifier: Apache-2.0
#include "request_limits.h"

#include "base/matrix_error.h"
#include "storage/ratelimit_override.h"

namespace aksono {

namespace {

RateLimiter::Rate rate_of(const config::RateLimit& limit) {
    return {.per_second = limit.per_second, .burst = limit.burst_count};
}

void enforce(const RateLimiter::Verdict& verdict) {
    if (verdict.allowed) return;
    Json extra = Json::object();
    if (verdict.retry_after_ms) extra["retry_after_ms"] = *verdict.retry_after_ms;
    throw MatrixError(429, "M_LIMIT_EXCEEDED", "Too Many Requests", std::move(extra));
}

}  // namespace

RequestLimits::RequestLimits(pg::Database& database, const config::RateLimits& limits)
    : database_(database),
      login_address_(rate_of(limits.login_address)),
      login_account_(rate_of(limits.login_account)),
      login_failed_(rate_of(limits.login_failed_attempts)),
      registration_(rate_of(limits.registration)),
      messages_(rate_of(limits.message)) {
    if (limits.admin_redaction) admin_redactions_.emplace(rate_of(*limits.admin_redaction));
}

void RequestLimits::login_from(const std::string& ip) {
    enforce(login_address_.take(ip));
}

void RequestLimits::login_of(const UserId& user) {
    enforce(login_account_.take(user.str()));
}

void RequestLimits::password_attempt(const std::string& user_id, bool failed) {
    if (failed) {
        login_failed_.record(user_id);
    } else {
        enforce(login_failed_.look(user_id));
    }
}

void RequestLimits::registration_from(const std::string& ip, bool done) {
    enforce(done ? registration_.take(ip) : registration_.look(ip));
}

void RequestLimits::check_message(Waiter& waiter, const Requester& requester, bool update) {
    const auto override = override_of(waiter, requester.user);
    const std::string& key = requester.user.str();
    if (update) {
        messages_.enforce(waiter, key, 1, override);
    } else {
        messages_.enforce_look(waiter, key, 1, override);
    }
}

void RequestLimits::check_admin_redaction(Waiter& waiter, const Requester& requester) {
    if (!admin_redactions_) return check_message(waiter, requester, true);
    admin_redactions_->enforce(waiter, requester.user.str());
}

std::optional<RateLimiter::Rate> RequestLimits::override_of(Waiter& waiter, const UserId& user) {
    const auto found = database_.fetch(waiter, "ratelimit_override", [&](pg::Transaction& tx) {
        return storage::find_ratelimit_override(tx, user);
    });
    if (!found) return std::nullopt;
    return RateLimiter::Rate{.per_second = static_cast<double>(found->messages_per_second),
                             .burst = static_cast<double>(found->burst_count)};
}

}  // namespace aksono
