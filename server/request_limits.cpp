// SPDX-License-Identifier: Apache-2.0
#include "request_limits.h"

#include "storage/ratelimit_override.h"

namespace aksono {

namespace {

RateLimiter::Rate rate_of(const config::RateLimit& limit) {
    return {.per_second = limit.per_second, .burst = limit.burst_count};
}

}  // namespace

RequestLimits::RequestLimits(pg::Database& database, const config::RateLimits& limits)
    : database_(database),
      login_address_(rate_of(limits.login_address)),
      login_account_(rate_of(limits.login_account)),
      login_failed_(rate_of(limits.login_failed_attempts)),
      registration_(rate_of(limits.registration)),
      token_validity_(rate_of(limits.registration_token_validity)),
      messages_(rate_of(limits.message)) {
    if (limits.admin_redaction) admin_redactions_.emplace(rate_of(*limits.admin_redaction));
}

void RequestLimits::login_from(Waiter& waiter, const std::string& ip) {
    login_address_.enforce(waiter, ip);
}

void RequestLimits::login_of(Waiter& waiter, const UserId& user) {
    login_account_.enforce(waiter, user.str());
}

void RequestLimits::password_attempt(Waiter& waiter, const std::string& user_id) {
    login_failed_.enforce_look(waiter, user_id);
}

void RequestLimits::password_failed(const std::string& user_id) {
    login_failed_.record(user_id);
}

void RequestLimits::registration_from(Waiter& waiter, const std::string& ip, bool done) {
    if (done) {
        registration_.enforce(waiter, ip);
    } else {
        registration_.enforce_look(waiter, ip);
    }
}

void RequestLimits::token_validity_from(Waiter& waiter, const std::string& ip) {
    token_validity_.enforce(waiter, ip);
}

bool RequestLimits::allows_message(Waiter& waiter, const Requester& requester) {
    const std::string& key = requester.user.str();
    // Nearly always so, and then nothing need be read. Overrides that are stricter refuse when the
    // message counts.
    if (messages_.look(key).allowed) return true;
    return messages_.look(key, 1, override_of(waiter, requester.user)).allowed;
}

void RequestLimits::refuse_message(Waiter& waiter, const Requester& requester) {
    messages_.enforce_look(waiter, requester.user.str(), 1, override_of(waiter, requester.user));
}

void RequestLimits::count_message(Waiter& waiter, const Requester& requester) {
    messages_.enforce(waiter, requester.user.str(), 1, override_of(waiter, requester.user));
}

void RequestLimits::count_admin_redaction(Waiter& waiter, const Requester& requester) {
    if (!admin_redactions_) return count_message(waiter, requester);
    // An override's rate is for messages; one that is no limit at all is for everything.
    const auto override = override_of(waiter, requester.user);
    if (override && override->per_second == 0) return;
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
