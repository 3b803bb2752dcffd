// SPDX-License-Identifier: Apache-2.0
#include "push/sender_power.h"

#include "crypto/room_version.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

namespace aksono::push {

namespace {

/// Old rooms may hold levels as strings.
std::optional<std::int64_t> level_of(const Json* value) {
    if (value == nullptr) return std::nullopt;
    if (value->is_number_integer()) return value->get<std::int64_t>();
    if (!value->is_string()) return std::nullopt;
    const auto& text = value->get_ref<const std::string&>();
    std::int64_t level = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), level);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return level;
}

bool is_creator(const rooms::NewEvent& event, const Json& create) {
    const Json* content = find_member(create, "content");
    const auto* by_content = content == nullptr ? nullptr : find_string(*content, "creator");
    if (by_content != nullptr && !event.version->creator_is_sender) {
        return *by_content == event.sender.str();
    }
    const auto* sender = find_string(create, "sender");
    if (sender != nullptr && *sender == event.sender.str()) return true;
    if (!event.version->creators_have_infinite_power || content == nullptr) return false;
    const Json* more = find_member(*content, "additional_creators");
    return more != nullptr && more->is_array() &&
           std::ranges::find(*more, Json(event.sender.str())) != more->end();
}

}  // namespace

std::int64_t sender_power(const rooms::NewEvent& event) {
    if (event.state == nullptr) return 0;
    const bool creator = is_creator(event, event.state->create);
    if (creator && event.version->creators_have_infinite_power) {
        return std::numeric_limits<std::int64_t>::max();
    }
    const Json* levels = find_member(event.state->power_levels, "content");
    if (levels == nullptr) return creator ? 100 : 0;
    if (const Json* users = find_member(*levels, "users")) {
        if (const auto own = level_of(find_member(*users, event.sender.str()))) return *own;
    }
    return level_of(find_member(*levels, "users_default")).value_or(0);
}

}  // namespace aksono::push
