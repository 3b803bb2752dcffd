// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/section.h"

#include <optional>

namespace aksono::config {

/// A leaky bucket: `burst_count` at once, refilled by `per_second`.
struct RateLimit {
    double per_second = 0;
    double burst_count = 0;
};

/// The rc_* options, with Synapse's defaults.
struct RateLimits {
    RateLimit message;
    RateLimit registration;
    RateLimit registration_token_validity;
    RateLimit login_address;
    RateLimit login_account;
    RateLimit login_failed_attempts;
    std::optional<RateLimit> admin_redaction;  ///< absent: as `message`
    RateLimit joins_local;
    RateLimit joins_remote;
    RateLimit joins_per_room;
    RateLimit invites_per_room;
    RateLimit invites_per_user;
    RateLimit invites_per_issuer;
    RateLimit third_party_invite;
    RateLimit threepid_validation;
    RateLimit room_creation;
    RateLimit media_create;
    RateLimit presence_per_user;
    RateLimit delayed_event_mgmt;
    RateLimit reports;
    RateLimit user_directory;
    RateLimit profile;
    RateLimit key_requests;
};

RateLimits read_rate_limits(const Section& root);

}  // namespace aksono::config
