// SPDX-License-Identifier: Apache-2.0
#include "config/rate_limits.h"

namespace aksono::config {

namespace {

RateLimit read_limit(const Section& section, const RateLimit& fallback) {
    RateLimit limit;
    if (const Json* burst = section.given("burst_count"); burst != nullptr && burst->is_null()) {
        section.refuse("burst_count", "", "must be a number, not null");
    }
    limit.per_second = section.number("per_second", fallback.per_second);
    limit.burst_count = section.number("burst_count", fallback.burst_count);
    return limit;
}

RateLimit read_limit(const Section& root, const char* option, const RateLimit& fallback) {
    return read_limit(root.section(option), fallback);
}

void read_grouped(const Section& root, RateLimits& limits) {
    const Section login = root.section("rc_login");
    limits.login_address = read_limit(login, "address", {0.003, 5});
    limits.login_account = read_limit(login, "account", {0.003, 5});
    limits.login_failed_attempts = read_limit(login, "failed_attempts", {0.17, 3});
    const Section joins = root.section("rc_joins");
    limits.joins_local = read_limit(joins, "local", {0.1, 10});
    limits.joins_remote = read_limit(joins, "remote", {0.01, 10});
    const Section invites = root.section("rc_invites");
    limits.invites_per_room = read_limit(invites, "per_room", {0.3, 10});
    limits.invites_per_user = read_limit(invites, "per_user", {0.003, 5});
    limits.invites_per_issuer = read_limit(invites, "per_issuer", {0.3, 10});
    limits.presence_per_user = read_limit(root.section("rc_presence"), "per_user", {0.1, 1});
}

}  // namespace

RateLimits read_rate_limits(const Section& root) {
    RateLimits limits;
    // The options of old count where the new one is not given.
    limits.message =
        read_limit(root, "rc_message",
                   root.has("rc_message") ? RateLimit{0.2, 10}
                                          : RateLimit{root.number("rc_messages_per_second", 0.2),
                                                      root.number("rc_message_burst_count", 10)});
    limits.registration = read_limit(root, "rc_registration", {0.17, 3});
    limits.registration_token_validity =
        read_limit(root, "rc_registration_token_validity", {0.1, 5});
    if (root.has("rc_admin_redaction")) {
        limits.admin_redaction = read_limit(root, "rc_admin_redaction", {0.17, 3});
    }
    limits.joins_per_room = read_limit(root, "rc_joins_per_room", {1, 10});
    limits.third_party_invite = read_limit(root, "rc_third_party_invite", {0.0025, 5});
    limits.threepid_validation = read_limit(root, "rc_3pid_validation", {0.003, 5});
    limits.room_creation = read_limit(root, "rc_room_creation", {0.016, 10});
    limits.media_create = read_limit(root, "rc_media_create", {10, 50});
    limits.delayed_event_mgmt = read_limit(root, "rc_delayed_event_mgmt", {1, 5});
    limits.reports = read_limit(root, "rc_reports", {1, 5});
    limits.user_directory = read_limit(root, "rc_user_directory", {0.016, 200});
    limits.profile = read_limit(root, "rc_profile", {1, 500});
    limits.key_requests = read_limit(root, "rc_key_requests", {20, 100});
    read_grouped(root, limits);
    return limits;
}

}  // namespace aksono::config
