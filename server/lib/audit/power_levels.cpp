// SPDX-License-Identifier: Apache-2.0
#include "audit/power_levels.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <set>

namespace aksono::audit {

namespace {

constexpr Power kInfinite = std::numeric_limits<Power>::max();
constexpr Power kModerator = 50;
constexpr Power kCreator = 100;

constexpr std::array kLevels{"users_default", "events_default", "state_default", "ban",
                             "redact",        "kick",           "invite"};

std::optional<Power> from_text(const std::string& text) {
    const auto first = text.find_first_not_of(" \t\n\r\v\f+");
    if (first == std::string::npos) return std::nullopt;
    const auto last = text.find_last_not_of(" \t\n\r\v\f");
    Power value = 0;
    const char* end = text.data() + last + 1;
    const auto [stop, error] = std::from_chars(text.data() + first, end, value);
    if (error != std::errc() || stop != end) return std::nullopt;
    return value;
}

Power level_or(int version, const Json* object, std::string_view key, Power fallback) {
    const Json* value = object != nullptr ? find_member(*object, key) : nullptr;
    return value != nullptr ? read_power(version, *value).value_or(fallback) : fallback;
}

/// Of an object of levels, or of the levels themselves: what is under `key`, if it is there.
std::optional<Power> level_in(int version, const Json* object, const std::string& key) {
    const Json* value = object != nullptr ? find_member(*object, key) : nullptr;
    return value != nullptr ? read_power(version, *value) : std::nullopt;
}

std::set<std::string> keys_of(const Json* a, const Json* b) {
    std::set<std::string> keys;
    for (const Json* object : {a, b}) {
        if (object == nullptr || !object->is_object()) continue;
        for (const auto& [key, unused] : object->items())
            keys.insert(key);
    }
    return keys;
}

bool all_levels(int version, const Json& object) {
    if (!object.is_object()) return false;
    for (const auto& [key, value] : object.items()) {
        if (!read_power(version, value)) return false;
    }
    return true;
}

bool is_user_id(const std::string& text) {
    return text.starts_with('@') && text.find(':') != std::string::npos;
}

std::optional<std::string> refuse_shape(int version, const Fact& event, const PowerLevels& levels) {
    const Json* users = find_member(event.content, "users");
    if (users != nullptr) {
        if (!all_levels(version, *users)) return "users are no object of levels";
        for (const auto& [user, level] : users->items()) {
            if (!is_user_id(user)) return "users names no user: " + user;
            if (version >= 12 && levels.is_creator(user)) return "users names a creator";
        }
    }
    if (version < 10) return std::nullopt;
    for (const char* name : kLevels) {
        const Json* value = find_member(event.content, name);
        if (value != nullptr && !read_power(version, *value)) {
            return std::string(name) + " is no integer";
        }
    }
    for (const char* name : {"events", "notifications"}) {
        const Json* value = find_member(event.content, name);
        if (value != nullptr && !all_levels(version, *value)) {
            return std::string(name) + " is no object of integers";
        }
    }
    return std::nullopt;
}

struct Change {
    std::string what;
    std::optional<Power> before;
    std::optional<Power> after;
    bool other_user = false;  ///< who must be below the sender, not only not above
};

void collect(int version, const Json* before, const Json* after, const char* member,
             const std::string& sender, std::vector<Change>& changes) {
    const Json* old_entries = before != nullptr ? find_member(*before, member) : nullptr;
    const Json* new_entries = after != nullptr ? find_member(*after, member) : nullptr;
    for (const auto& key : keys_of(old_entries, new_entries)) {
        changes.push_back({std::string(member) + "." + key, level_in(version, old_entries, key),
                           level_in(version, new_entries, key),
                           std::string_view(member) == "users" && key != sender});
    }
}

std::vector<Change> changes(int version, const Json& before, const Fact& event) {
    std::vector<Change> found;
    for (const char* name : kLevels) {
        found.push_back({name, level_in(version, &before, name),
                         level_in(version, &event.content, name), false});
    }
    collect(version, &before, &event.content, "events", event.sender, found);
    if (version >= 6) {
        collect(version, &before, &event.content, "notifications", event.sender, found);
    }
    collect(version, &before, &event.content, "users", event.sender, found);
    return found;
}

}  // namespace

std::optional<Power> read_power(int version, const Json& value) {
    if (value.is_number_integer()) return value.get<Power>();
    if (version >= 10) return std::nullopt;
    if (value.is_number_float()) return static_cast<Power>(std::trunc(value.get<double>()));
    if (value.is_string()) return from_text(value.get_ref<const std::string&>());
    return std::nullopt;
}

PowerLevels::PowerLevels(int version, const State& state) : version_(version) {
    const auto levels = state.find({"m.room.power_levels", ""});
    if (levels != state.end()) content_ = &levels->second.content;
    const auto create = state.find({"m.room.create", ""});
    if (create != state.end()) create_ = &create->second;
}

bool PowerLevels::is_creator(const std::string& user) const {
    if (create_ == nullptr) return false;
    if (version_ < 11) {
        const std::string* creator = find_string(create_->content, "creator");
        return creator != nullptr && *creator == user;
    }
    if (create_->sender == user) return true;
    const Json* others =
        version_ >= 12 ? find_member(create_->content, "additional_creators") : nullptr;
    return others != nullptr && others->is_array() &&
           std::find(others->begin(), others->end(), Json(user)) != others->end();
}

Power PowerLevels::of_user(const std::string& user) const {
    if (version_ >= 12 && is_creator(user)) return kInfinite;
    if (content_ == nullptr) return is_creator(user) ? kCreator : 0;
    const Power fallback = level_or(version_, content_, "users_default", 0);
    return level_or(version_, find_member(*content_, "users"), user, fallback);
}

Power PowerLevels::to_send(const Fact& event) const {
    const bool state = event.state_key.has_value();
    const Power unsaid = state && content_ != nullptr ? kModerator : 0;
    const Power fallback =
        level_or(version_, content_, state ? "state_default" : "events_default", unsaid);
    const Json* events = content_ != nullptr ? find_member(*content_, "events") : nullptr;
    return level_or(version_, events, event.type, fallback);
}

Power PowerLevels::to(const char* act) const {
    const bool invite = std::string_view(act) == "invite";
    return level_or(version_, content_, act, invite ? 0 : kModerator);
}

std::optional<std::string> refuse_power_levels(int version, const Fact& event,
                                               const PowerLevels& levels) {
    if (auto reason = refuse_shape(version, event, levels)) return reason;
    if (levels.content() == nullptr) return std::nullopt;
    const Power own = levels.of_user(event.sender);
    for (const auto& change : changes(version, *levels.content(), event)) {
        if (change.before == change.after) continue;
        if (change.before && *change.before > own) return change.what + " is above the sender";
        if (change.after && *change.after > own) return change.what + " would be above the sender";
        if (change.other_user && change.before && *change.before >= own) {
            return change.what + " is as high as the sender";
        }
    }
    return std::nullopt;
}

}  // namespace aksono::audit
