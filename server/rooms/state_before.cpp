// SPDX-License-Identifier: Apache-2.0
#include "rooms/state_before.h"

#include <algorithm>
#include <optional>
#include <stdexcept>

namespace aksono::rooms {

namespace {

// Longer chains of deltas cost more to follow than a whole state costs to keep.
constexpr std::int64_t kMaxChain = 100;
// storage::send_context gives no more.
constexpr std::size_t kMaxPrevEvents = 10;

/// What turns `from` into `to`; nothing when a key would have to go away, which no delta can say.
std::optional<storage::StateMap> delta_between(const storage::StateMap& from,
                                               const storage::StateMap& to) {
    for (const auto& [key, event] : from) {
        if (!to.contains(key)) return std::nullopt;
    }
    storage::StateMap delta;
    for (const auto& [key, event] : to) {
        const auto it = from.find(key);
        if (it == from.end() || it->second != event) delta.emplace(key, event);
    }
    return delta;
}

std::vector<std::int64_t> groups_of(const std::vector<storage::Extremity>& extremities) {
    std::vector<std::int64_t> groups;
    for (const auto& extremity : extremities) {
        if (extremity.state_group == 0) {
            throw std::runtime_error("event " + extremity.event_id + " has no state group");
        }
        groups.push_back(extremity.state_group);
    }
    std::ranges::sort(groups);
    groups.erase(std::ranges::unique(groups).begin(), groups.end());
    return groups;
}

/// The one of `groups` that is `state`, or a new one.
std::int64_t group_for(pg::Transaction& tx, std::string_view room_id, std::string_view event_id,
                       const std::vector<std::int64_t>& groups,
                       const std::vector<storage::StateMap>& states,
                       const storage::StateMap& state) {
    std::optional<std::int64_t> nearest;
    storage::StateMap delta = state;
    for (std::size_t i = 0; i < groups.size(); ++i) {
        auto difference = delta_between(states[i], state);
        if (!difference) continue;
        if (difference->empty()) return groups[i];
        if (difference->size() < delta.size()) {
            nearest = groups[i];
            delta = std::move(*difference);
        }
    }
    if (nearest && storage::chain_length(tx, *nearest) >= kMaxChain) nearest.reset();
    return storage::make_state_group(tx, room_id, event_id, nearest, nearest ? delta : state);
}

}  // namespace

std::vector<std::int64_t> in_order_of_trial(std::vector<std::int64_t> groups) {
    // A set of up to four numbers has a table of 8 places, one of up to 18 a table of 32.
    const std::int64_t places = groups.size() < 5 ? 8 : 32;
    std::ranges::sort(groups);
    std::ranges::stable_sort(groups, {}, [&](std::int64_t group) { return group % places; });
    return groups;
}

storage::StateMap state_of_some(const std::vector<storage::StateMap>& states,
                                const storage::StateMap& current) {
    storage::StateMap merged;
    for (const auto& state : states) {
        for (const auto& [key, event] : state) {
            const auto now = current.find(key);
            // What no branch's event came through with is gone.
            if (now == current.end()) continue;
            const auto [there, is_new] = merged.emplace(key, event);
            if (!is_new && event == now->second) there->second = event;
        }
    }
    return merged;
}

StateBefore state_before(pg::Transaction& tx, std::string_view room_id, std::string_view event_id,
                         const std::vector<storage::Extremity>& extremities) {
    const auto groups = in_order_of_trial(groups_of(extremities));
    storage::ExtremityCounts all{static_cast<std::int64_t>(extremities.size()),
                                 static_cast<std::int64_t>(groups.size())};
    if (extremities.size() == kMaxPrevEvents) all = storage::count_extremities(tx, room_id);
    StateBefore before{groups.front(), all.state_groups > 1};
    if (groups.size() == 1) return before;

    std::vector<storage::StateMap> states;
    for (const auto group : groups)
        states.push_back(storage::state_of_group(tx, group));
    storage::StateMap state = storage::current_state(tx, room_id);
    if (all.events > static_cast<std::int64_t>(extremities.size())) {
        state = state_of_some(states, state);
    }
    before.state_group = group_for(tx, room_id, event_id, groups, states, state);
    return before;
}

}  // namespace aksono::rooms
