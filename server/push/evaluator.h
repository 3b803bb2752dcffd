// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ids.h"
#include "base/json.h"
#include "push/flat_event.h"
#include "push/glob.h"
#include "push/user_rules.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace aksono::push {

/// What is known of a user beside the rules.
struct PushUser {
    UserId id;
    std::optional<Glob> display_name;  ///< in the room; absent or empty names match nothing
    Glob localpart;

    PushUser(UserId user, const std::optional<std::string>& name);
};

/// What is known of a room beside the event.
struct PushRoom {
    std::uint64_t joined_members = 0;
    std::int64_t sender_power = 0;
    Json notification_levels = Json::object();  ///< `notifications` of m.room.power_levels
};

/// Evaluates one event for many users. What is the same for all of them is looked at once.
/// https://spec.matrix.org/latest/client-server-api/#push-rules
class Evaluator {
public:
    /// `event` is the whole event; both must outlive the evaluator.
    Evaluator(const Json& event, const PushRoom& room);

    /// The actions of the first rule that matches; nullptr when none does.
    [[nodiscard]] const Actions* actions_for(const UserRules& rules, const PushUser& user);

private:
    bool matches(const Rule& rule, const PushUser& user);
    bool matches_all(const Rule& rule, const PushUser& user) const;
    [[nodiscard]] bool may_notify(const std::string& key) const;
    [[nodiscard]] bool holds(const Condition& condition, const PushUser& user) const;

    const PushRoom& room_;
    FlatEvent flat_;
    bool has_mentions_;
    std::vector<std::optional<bool>> known_;  // by Rule::index, where it is the same for everyone
};

}  // namespace aksono::push
