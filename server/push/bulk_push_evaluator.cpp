// SPDX-License-Identifier: Apache-2.0
#include "push/bulk_push_evaluator.h"

#include "push/sender_power.h"

#include <algorithm>
#include <unordered_set>

namespace aksono::push {

namespace {

constexpr std::size_t kUsersKept = 50'000;
constexpr std::size_t kRoomsKept = 256;

const std::string* string_in_content(const rooms::NewEvent& event, std::string_view key) {
    const Json* content = event.content();
    return content == nullptr ? nullptr : find_string(*content, key);
}

PushRoom room_of(const rooms::NewEvent& event, std::uint64_t joined) {
    PushRoom room{joined, sender_power(event), Json::object()};
    if (event.state == nullptr || event.state->power_levels == nullptr) return room;
    const Json* levels = find_member(event.state->power_levels->content(), "notifications");
    if (levels != nullptr && levels->is_object()) room.notification_levels = *levels;
    return room;
}

std::string thread_for(pg::Transaction& tx, const rooms::NewEvent& event) {
    if (!event.relation) return "main";
    if (event.relation->rel_type == "m.thread") return event.relation->event_id;
    return storage::thread_of(tx, event.relation->event_id);
}

void add(std::vector<rooms::PushAction>& rows, const UserId& user, const Actions* actions) {
    if (actions == nullptr || !actions->notify) return;
    rooms::PushAction row;
    row.user = user;
    row.actions = actions->stored;
    row.notif = true;
    row.highlight = actions->highlight;
    rows.push_back(std::move(row));
}

}  // namespace

BulkPushEvaluator::BulkPushEvaluator(Settings settings)
    : settings_(std::move(settings)), rules_(kUsersKept), members_(kRoomsKept) {}

bool BulkPushEvaluator::never_notified(const UserId& user) const {
    return settings_.belongs_to_appservice && settings_.belongs_to_appservice(user);
}

std::vector<rooms::PushAction> BulkPushEvaluator::actions_for(pg::Transaction& tx,
                                                              const rooms::NewEvent& event) {
    std::vector<rooms::PushAction> rows;
    if (!settings_.enabled) return rows;
    const auto marks = storage::read_push_marks(tx, event.room, event.sender);
    const auto members = members_of(tx, event.room, marks);
    const auto room = room_of(event, members->joined);
    Evaluator evaluator(event.json, room);
    if (event.type == "m.room.member" && event.state_key) {
        rows = for_target(tx, event, marks, *members, evaluator);
    } else {
        // State of the room concerns also those who ignore the sender.
        std::unordered_set<UserId> without;
        if (!event.state_key) without.insert(marks.ignorers.begin(), marks.ignorers.end());
        without.insert(event.sender);
        for (std::size_t i = 0; i < members->users.size(); ++i) {
            const auto& user = members->users[i];
            if (without.contains(user.id)) continue;
            add(rows, user.id, evaluator.actions_for(*members->rules[i], user));
        }
    }
    if (rows.empty()) return rows;
    const auto thread = thread_for(tx, event);
    for (auto& row : rows)
        row.thread_id = thread;
    return rows;
}

/// A membership concerns nobody but the user whose it is: one who is joined, or is being invited.
std::vector<rooms::PushAction> BulkPushEvaluator::for_target(pg::Transaction& tx,
                                                             const rooms::NewEvent& event,
                                                             const storage::PushMarks& marks,
                                                             const Members& members,
                                                             Evaluator& evaluator) {
    std::vector<rooms::PushAction> rows;
    const auto target = UserId::trusted(*event.state_key);
    if (target == event.sender || target.server() != settings_.server_name) return rows;
    const auto known = std::ranges::find(members.users, target, &PushUser::id);
    if (known != members.users.end()) {
        const auto at = static_cast<std::size_t>(known - members.users.begin());
        add(rows, target, evaluator.actions_for(*members.rules[at], *known));
        return rows;
    }
    const auto* membership = string_in_content(event, "membership");
    if (membership == nullptr || *membership != "invite" || never_notified(target)) return rows;
    const auto* name = string_in_content(event, "displayname");
    const PushUser user(target, name == nullptr ? std::nullopt : std::optional(*name));
    add(rows, target, evaluator.actions_for(*rules_.rules_of(tx, marks, {target}).front(), user));
    return rows;
}

std::shared_ptr<const BulkPushEvaluator::Members> BulkPushEvaluator::members_of(
    pg::Transaction& tx, const RoomId& room, const storage::PushMarks& marks) {
    const auto cached = members_.get(room).value_or(nullptr);
    const bool same_members = cached != nullptr && cached->membership_mark == marks.membership;
    if (same_members && cached->rules_last == marks.rules_last &&
        cached->rules_sum == marks.rules_sum) {
        return cached;
    }
    auto members = std::make_shared<Members>();
    members->membership_mark = marks.membership;
    members->rules_last = marks.rules_last;
    members->rules_sum = marks.rules_sum;
    const auto generation = members_.generation();
    if (same_members) {
        members->joined = cached->joined;
        members->users = cached->users;
    } else {
        members->joined = static_cast<std::uint64_t>(storage::count_joined_members(tx, room));
        for (auto& member : storage::local_joined_members(tx, room)) {
            if (never_notified(member.user)) continue;
            members->users.emplace_back(std::move(member.user), member.display_name);
        }
    }
    std::vector<UserId> ids;
    for (const auto& user : members->users)
        ids.push_back(user.id);
    members->rules = rules_.rules_of(tx, marks, ids);
    members_.put(room, members, generation);
    return members;
}

}  // namespace aksono::push
