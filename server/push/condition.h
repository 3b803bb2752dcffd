// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ids.h"
#include "base/json.h"
#include "push/flat_event.h"
#include "push/glob.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace aksono::push {

/// The conditions of push rules. Kinds that exist only behind experimental switches, and shapes
/// that Synapse does not know, are Unknown.
/// https://spec.matrix.org/latest/client-server-api/#conditions-1
struct EventMatch {
    std::string key;
    Glob pattern;
};
/// event_match with `pattern_type` instead of a pattern: the user's own id, or its localpart.
struct EventMatchUser {
    std::string key;
    bool localpart_only;
};
/// Without a value: the user's own id (`value_type`).
struct EventPropertyIs {
    std::string key;
    std::optional<Simple> value;
};
struct EventPropertyContains {
    std::string key;
    std::optional<Simple> value;
};
struct ContainsDisplayName {};
struct RoomMemberCount {
    enum class Compare { equal, less, greater, at_least, at_most } compare;
    std::uint64_t count;
};
struct SenderNotificationPermission {
    std::string key;
};
/// Matches nothing.
struct Unknown {};

using Condition =
    std::variant<EventMatch, EventMatchUser, EventPropertyIs, EventPropertyContains,
                 ContainsDisplayName, RoomMemberCount, SenderNotificationPermission, Unknown>;

Condition read_condition(const Json& condition);

/// As clients are shown it: members that its kind does not have are gone, own values are filled in.
Json shown_condition(const Json& stored, const Condition& parsed, const UserId& user);

/// Whether `pattern_type` or `value_type` stands for the user's own id. Synapse heeds them in the
/// server's rules only.
bool speaks_of_user(const Condition& condition);

/// Whether the outcome is the same for every user of a room.
bool same_for_everyone(const Condition& condition);

}  // namespace aksono::push
