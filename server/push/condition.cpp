// SPDX-License-Identifier: Apache-2.0
#include "push/condition.h"

#include <charconv>

namespace aksono::push {

namespace {

Condition read_event_match(const std::string& key, const Json& condition) {
    if (const auto* pattern = find_string(condition, "pattern")) {
        const auto scope = key == "content.body" ? Glob::Scope::words : Glob::Scope::whole;
        return EventMatch{key, Glob(*pattern, scope)};
    }
    const auto* type = find_string(condition, "pattern_type");
    if (type == nullptr || (*type != "user_id" && *type != "user_localpart")) return Unknown{};
    return EventMatchUser{key, *type == "user_localpart"};
}

template <class Kind>
Condition read_property(const std::string& key, const Json& condition) {
    const Json* value = find_member(condition, "value");
    if (value == nullptr) {
        const auto* type = find_string(condition, "value_type");
        if (type == nullptr || *type != "user_id") return Unknown{};
        return Kind{key, std::nullopt};
    }
    auto simple = simple_value(*value);
    if (!simple) return Unknown{};
    return Kind{key, std::move(*simple)};
}

Condition read_member_count(const Json& condition) {
    const auto* is = find_string(condition, "is");
    if (is == nullptr) return Unknown{};
    using enum RoomMemberCount::Compare;
    std::string_view text = *is;
    auto compare = equal;
    if (text.starts_with("==")) {
        text.remove_prefix(2);
    } else if (text.starts_with(">=") || text.starts_with("<=")) {
        compare = text[0] == '>' ? at_least : at_most;
        text.remove_prefix(2);
    } else if (text.starts_with('>') || text.starts_with('<')) {
        compare = text[0] == '>' ? greater : less;
        text.remove_prefix(1);
    }
    std::uint64_t count = 0;
    const auto* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, count);
    if (error != std::errc() || stopped != end) return Unknown{};
    return RoomMemberCount{compare, count};
}

}  // namespace

Condition read_condition(const Json& condition) {
    const auto* kind = find_string(condition, "kind");
    if (kind == nullptr) return Unknown{};
    if (*kind == "contains_display_name") return ContainsDisplayName{};
    if (*kind == "room_member_count") return read_member_count(condition);
    const auto* key = find_string(condition, "key");
    if (key == nullptr) return Unknown{};
    if (*kind == "event_match") return read_event_match(*key, condition);
    if (*kind == "event_property_is") return read_property<EventPropertyIs>(*key, condition);
    if (*kind == "event_property_contains") {
        return read_property<EventPropertyContains>(*key, condition);
    }
    if (*kind == "sender_notification_permission") return SenderNotificationPermission{*key};
    return Unknown{};
}

Json shown_condition(const Json& stored, const Condition& parsed, const UserId& user) {
    if (std::holds_alternative<Unknown>(parsed)) return stored;
    Json shown = Json::object();
    for (const char* name : {"kind", "key", "pattern", "value", "is"}) {
        if (const Json* member = find_member(stored, name)) shown[name] = *member;
    }
    if (const auto* match = std::get_if<EventMatchUser>(&parsed)) {
        shown["pattern"] = match->localpart_only ? std::string(user.localpart()) : user.str();
    }
    const auto fill_in = [&](const auto* property) {
        if (property != nullptr && !property->value) shown["value"] = user.str();
    };
    fill_in(std::get_if<EventPropertyIs>(&parsed));
    fill_in(std::get_if<EventPropertyContains>(&parsed));
    return shown;
}

bool speaks_of_user(const Condition& condition) {
    if (const auto* is = std::get_if<EventPropertyIs>(&condition)) return !is->value;
    if (const auto* has = std::get_if<EventPropertyContains>(&condition)) return !has->value;
    return std::holds_alternative<EventMatchUser>(condition);
}

bool same_for_everyone(const Condition& condition) {
    return !speaks_of_user(condition) && !std::holds_alternative<ContainsDisplayName>(condition);
}

}  // namespace aksono::push
