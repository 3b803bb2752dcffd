// SPDX-License-Identifier: Apache-2.0
#include "push/evaluator.h"

#include <algorithm>

namespace aksono::push {

namespace {

constexpr std::int64_t kDefaultNotificationLevel = 50;

template <class... Cases>
struct Overloaded : Cases... {
    using Cases::operator()...;
};

bool compare(const RoomMemberCount& condition, std::uint64_t members) {
    using enum RoomMemberCount::Compare;
    switch (condition.compare) {
        case equal:
            return members == condition.count;
        case less:
            return members < condition.count;
        case greater:
            return members > condition.count;
        case at_least:
            return members >= condition.count;
        case at_most:
            return members <= condition.count;
    }
    return false;
}

}  // namespace

PushUser::PushUser(UserId user, const std::optional<std::string>& name)
    : id(std::move(user)), localpart(id.localpart(), Glob::Scope::words) {
    if (name && !name->empty()) display_name.emplace(*name, Glob::Scope::words);
}

Evaluator::Evaluator(const Json& event, const PushRoom& room)
    : room_(room), flat_(event), known_(default_rules().size()) {
    const Json* content = find_member(event, "content");
    const Json* mentions = content == nullptr ? nullptr : find_member(*content, "m.mentions");
    has_mentions_ = mentions != nullptr && mentions->is_object();
}

const Actions* Evaluator::actions_for(const UserRules& rules, const PushUser& user) {
    for (const auto& entry : rules.entries()) {
        if (!entry.enabled || entry.rule->dead) continue;
        if (entry.rule->legacy_mention && has_mentions_) continue;
        if (matches(*entry.rule, user)) return &entry.actions();
    }
    return nullptr;
}

bool Evaluator::matches(const Rule& rule, const PushUser& user) {
    if (!rule.shared) return matches_all(rule, user);
    auto& known = known_[static_cast<std::size_t>(rule.index)];
    if (!known) known = matches_all(rule, user);
    return *known;
}

bool Evaluator::matches_all(const Rule& rule, const PushUser& user) const {
    return std::ranges::all_of(rule.parsed,
                               [&](const Condition& condition) { return holds(condition, user); });
}

bool Evaluator::may_notify(const std::string& key) const {
    const Json* level = find_member(room_.notification_levels, key);
    const bool given = level != nullptr && level->is_number_integer();
    return room_.sender_power >= (given ? level->get<std::int64_t>() : kDefaultNotificationLevel);
}

bool Evaluator::holds(const Condition& condition, const PushUser& user) const {
    const auto body_has = [&](const Glob& glob) {
        const auto* body = flat_.lowered("content.body");
        return body != nullptr && glob.matches(*body);
    };
    const auto own_or = [&](const std::optional<Simple>& value) {
        return value ? *value : Simple(user.id.str());
    };
    return std::visit(
        Overloaded{
            [&](const EventMatch& match) {
                const auto* text = flat_.lowered(match.key);
                return text != nullptr && match.pattern.matches(*text);
            },
            [&](const EventMatchUser& match) {
                if (match.localpart_only && match.key == "content.body") {
                    return body_has(user.localpart);
                }
                const auto* text = flat_.lowered(match.key);
                if (text == nullptr) return false;
                const auto scope =
                    match.key == "content.body" ? Glob::Scope::words : Glob::Scope::whole;
                return Glob(match.localpart_only ? user.id.localpart() : user.id.str(), scope)
                    .matches(*text);
            },
            [&](const EventPropertyIs& is) {
                const Simple* value = flat_.value(is.key);
                return value != nullptr && *value == own_or(is.value);
            },
            [&](const EventPropertyContains& contains) {
                const auto* values = flat_.array(contains.key);
                return values != nullptr &&
                       std::ranges::find(*values, own_or(contains.value)) != values->end();
            },
            [&](const ContainsDisplayName&) {
                return user.display_name && body_has(*user.display_name);
            },
            [&](const RoomMemberCount& count) { return compare(count, room_.joined_members); },
            [&](const SenderNotificationPermission& permission) {
                return may_notify(permission.key);
            },
            [](const Unknown&) { return false; },
        },
        condition);
}

}  // namespace aksono::push
