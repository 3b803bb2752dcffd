// SPDX-License-Identifier: Apache-2.0
#include "rooms/state_before.h"

#include "storage/state_groups.h"

#include <algorithm>
#include <optional>
#include <set>
#include <stdexcept>

namespace aksono::rooms {

namespace {

// Longer chains of deltas cost more to follow than a whole state costs to keep.
constexpr std::int64_t kMaxChain = 100;

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

}  // namespace

std::int64_t state_group_before(pg::Transaction& tx, std::string_view room_id,
                                std::string_view event_id,
                                const std::vector<storage::Extremity>& extremities) {
    std::set<std::int64_t> groups;
    for (const auto& extremity : extremities) {
        if (extremity.state_group == 0) {
            throw std::runtime_error("event " + extremity.event_id + " has no state group");
        }
        groups.insert(extremity.state_group);
    }
    if (groups.size() == 1) return *groups.begin();

    const storage::StateMap state = storage::current_state(tx, room_id);
    std::optional<std::int64_t> nearest;
    storage::StateMap delta = state;
    for (const auto group : groups) {
        auto difference = delta_between(storage::state_of_group(tx, group), state);
        if (!difference) continue;
        if (difference->empty()) return group;
        if (difference->size() < delta.size()) {
            nearest = group;
            delta = std::move(*difference);
        }
    }
    if (nearest && storage::chain_length(tx, *nearest) >= kMaxChain) nearest.reset();
    return storage::make_state_group(tx, room_id, event_id, nearest, nearest ? delta : state);
}

}  // namespace aksono::rooms
