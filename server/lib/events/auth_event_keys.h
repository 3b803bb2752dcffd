// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "events/event.h"

#include <optional>
#include <string_view>
#include <vector>

namespace aksono::events {

/// What decides which state an event's auth_events are.
struct AuthEventQuestion {
    std::string_view type;
    std::string_view sender;
    std::optional<std::string_view> state_key;
    const Json& content;
};

/// Which state an event's auth_events are chosen from.
/// https://spec.matrix.org/latest/server-server-api/#auth-events-selection
std::vector<StateKey> auth_event_keys(const crypto::RoomVersion& version,
                                      const AuthEventQuestion& question);
std::vector<StateKey> auth_event_keys(const crypto::RoomVersion& version, const Event& event);

}  // namespace aksono::events
