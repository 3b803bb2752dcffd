// SPDX-License-Identifier: Apache-2.0
#include "events/power_levels.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace aksono::events {

namespace {

bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/// «a single base 10 integer …, optionally prefixed with a single - or + …, optionally with any
/// number of leading or trailing whitespace characters»
std::optional<std::int64_t> from_string(std::string_view text) {
    while (!text.empty() && is_space(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_space(text.back()))
        text.remove_suffix(1);
    if (text.starts_with('+')) {
        text.remove_prefix(1);
        if (text.starts_with('-')) return std::nullopt;
    }
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace

std::optional<std::int64_t> power_level(const crypto::RoomVersion& version, const Json& value) {
    if (value.is_number_unsigned() &&
        value.get<std::uint64_t>() > static_cast<std::uint64_t>(PowerLevels::kInfinite)) {
        return std::nullopt;
    }
    if (value.is_number_integer()) return value.get<std::int64_t>();
    if (version.integer_power_levels) return std::nullopt;
    if (value.is_string()) return from_string(value.get_ref<const std::string&>());
    if (value.is_number_float() && !version.strict_json) {
        const double number = std::trunc(value.get<double>());
        if (!(std::abs(number) < 9.2e18)) return std::nullopt;
        return static_cast<std::int64_t>(number);
    }
    return std::nullopt;
}

PowerLevels::PowerLevels(const crypto::RoomVersion& version, const Event* create,
                         const Event* power_levels)
    : version_(version),
      create_(create),
      content_(power_levels == nullptr ? nullptr : &power_levels->content()) {}

bool PowerLevels::is_creator(std::string_view user) const {
    if (create_ == nullptr) return false;
    if (!version_.creator_is_sender) {
        const std::string* creator = find_string(create_->content(), "creator");
        return creator != nullptr && *creator == user;
    }
    if (create_->sender == user) return true;
    if (!version_.creators_have_infinite_power) return false;
    const Json* more = find_member(create_->content(), "additional_creators");
    if (more == nullptr || !more->is_array()) return false;
    return std::ranges::any_of(*more, [&](const Json& entry) {
        return entry.is_string() && entry.get_ref<const std::string&>() == user;
    });
}

std::optional<std::int64_t> PowerLevels::entry(std::string_view group, std::string_view key) const {
    const Json* entries = content_ == nullptr ? nullptr : find_member(*content_, group);
    const Json* value = entries == nullptr ? nullptr : find_member(*entries, key);
    return value == nullptr ? std::nullopt : power_level(version_, *value);
}

std::int64_t PowerLevels::named(std::string_view key, std::int64_t fallback) const {
    const Json* value = content_ == nullptr ? nullptr : find_member(*content_, key);
    return value == nullptr ? fallback : power_level(version_, *value).value_or(fallback);
}

std::int64_t PowerLevels::of_user(std::string_view user) const {
    if (version_.creators_have_infinite_power && is_creator(user)) return kInfinite;
    // «If there is no m.room.power_levels event in the room, the room's creator has 100, all others
    // 0.»
    if (content_ == nullptr) return is_creator(user) ? 100 : 0;
    if (const auto level = entry("users", user)) return *level;
    return named("users_default", 0);
}

std::int64_t PowerLevels::to_send(std::string_view type, bool is_state) const {
    if (const auto level = entry("events", type)) return *level;
    // Without a power levels event anyone may send state, too.
    if (content_ == nullptr) return 0;
    return is_state ? named("state_default", 50) : named("events_default", 0);
}

}  // namespace aksono::events
