// SPDX-License-Identifier: Apache-2.0
#include "events/power_level_auth.h"

#include "base/ids.h"

#include <array>
#include <set>

#include <fmt/format.h>

namespace aksono::events {

namespace {

constexpr std::array kLevels{"users_default", "events_default", "state_default", "ban",
                             "redact",        "kick",           "invite"};

Verdict check_integers(const Json& content, const char* group) {
    const Json* entries = find_member(content, group);
    if (entries == nullptr) return {};
    if (!entries->is_object()) return refuse(fmt::format("{} is not an object", group));
    for (const auto& [key, value] : entries->items()) {
        if (!value.is_number_integer()) {
            return refuse(fmt::format("{} must have integer values", group));
        }
    }
    return {};
}

/// 1 and 2 since version 10: everything is an integer.
Verdict check_types(const Json& content) {
    for (const char* key : kLevels) {
        const Json* value = find_member(content, key);
        if (value != nullptr && !value->is_number_integer()) {
            return refuse(fmt::format("{} must be an integer", key));
        }
    }
    if (auto checked = check_integers(content, "events"); !checked) return checked;
    return check_integers(content, "notifications");
}

/// «If the users property in content is not an object with keys that are valid user IDs with values
/// that are integers …, reject.»
Verdict check_users(const crypto::RoomVersion& version, const Json& content) {
    const Json* users = find_member(content, "users");
    if (users == nullptr) return {};
    if (!users->is_object()) return refuse("users is not an object");
    for (const auto& [user, level] : users->items()) {
        if (!UserId::parse(user)) return refuse(fmt::format("Not a valid user_id: {}", user));
        if (!power_level(version, level)) {
            return refuse(fmt::format("Not a valid power level: {}", level.dump()));
        }
    }
    return {};
}

/// One value before and after; nothing where it is absent.
struct Change {
    std::optional<std::int64_t> before;
    std::optional<std::int64_t> after;
    [[nodiscard]] bool is_none() const { return before == after; }
};

Change change_of(const crypto::RoomVersion& version, const Json& before, const Json& after,
                 std::string_view key) {
    const auto value = [&](const Json& from) {
        const Json* found = find_member(from, key);
        return found == nullptr ? std::nullopt : power_level(version, *found);
    };
    return {value(before), value(after)};
}

Verdict refuse_change() {
    return refuse("You don't have permission to add ops level greater than your own");
}

/// The rules for entries of `users`, `events` and `notifications`.
Verdict check_group(const crypto::RoomVersion& version, const Json& before, const Json& after,
                    const char* group, const std::string& sender, std::int64_t level) {
    static const Json kNone = Json::object();
    const Json* old_entries = find_member(before, group);
    const Json* new_entries = find_member(after, group);
    if (old_entries == nullptr || !old_entries->is_object()) old_entries = &kNone;
    if (new_entries == nullptr || !new_entries->is_object()) new_entries = &kNone;
    std::set<std::string> keys;
    for (const auto& [key, value] : old_entries->items())
        keys.insert(key);
    for (const auto& [key, value] : new_entries->items())
        keys.insert(key);
    const bool users = std::string_view(group) == "users";
    for (const auto& key : keys) {
        const Change change = change_of(version, *old_entries, *new_entries, key);
        if (change.is_none()) continue;
        // «other than the sender's own entry: if the current value is greater than or equal to …»
        if (users && key != sender && change.before.value_or(level - 1) >= level) {
            return refuse("You don't have permission to remove ops level equal to your own");
        }
        if (change.before && *change.before > level) return refuse_change();
        if (change.after && *change.after > level) return refuse_change();
    }
    return {};
}

}  // namespace

Verdict check_power_levels_event(const crypto::RoomVersion& version, const Event& event,
                                 const Event* current, const PowerLevels& levels) {
    const Json& after = event.content();
    if (version.integer_power_levels) {
        if (auto checked = check_types(after); !checked) return checked;
    }
    if (auto checked = check_users(version, after); !checked) return checked;
    // (12) If the users property in content contains a creator, reject.
    const Json* users = find_member(after, "users");
    if (version.creators_have_infinite_power && users != nullptr) {
        for (const auto& [user, value] : users->items()) {
            if (levels.is_creator(user)) {
                return refuse(
                    fmt::format("Creator user {} must not appear in content.users", user));
            }
        }
    }
    // If there is no previous m.room.power_levels event in the room, allow.
    if (current == nullptr) return {};
    const Json& before = current->content();
    const std::int64_t level = levels.of_user(event.sender);
    // For the properties users_default, … check if they were added, changed or removed.
    for (const char* key : kLevels) {
        const Change change = change_of(version, before, after, key);
        if (change.is_none()) continue;
        if (change.before && *change.before > level) return refuse_change();
        if (change.after && *change.after > level) return refuse_change();
    }
    for (const char* group : {"events", "users", "notifications"}) {
        if (std::string_view(group) == "notifications" && !version.limits_notification_levels) {
            continue;
        }
        auto checked = check_group(version, before, after, group, event.sender, level);
        if (!checked) return checked;
    }
    return {};
}

}  // namespace aksono::events
