// SPDX-License-Identifier: Apache-2.0
#include "events/power_events.h"

#include "events/auth_walk.h"

#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace aksono::events {

bool is_power_event(const Event& event) {
    if (!event.is_state()) return false;
    // «a state event with type m.room.power_levels or m.room.join_rules» (and, though it is in no
    // conflict but where a state lacks it, the create event)
    if (event.is("m.room.power_levels") || event.is("m.room.join_rules") ||
        event.is("m.room.create")) {
        return true;
    }
    // «a state event with type m.room.member where the membership is leave or ban and the sender
    // does not match the state_key»
    if (event.type != "m.room.member" || event.state_key == event.sender) return false;
    const std::string* membership = find_string(event.content(), "membership");
    return membership != nullptr && (*membership == "leave" || *membership == "ban");
}

std::vector<const Event*> select_power_events(
    const std::vector<const Event*>& full_conflicted_set) {
    std::unordered_map<std::string_view, const Event*> members;
    std::vector<const Event*> stack;
    for (const auto* event : full_conflicted_set) {
        members.emplace(event->id, event);
        if (is_power_event(*event)) stack.push_back(event);
    }
    std::vector<const Event*> selected;
    std::unordered_set<const Event*> seen;
    while (!stack.empty()) {
        const Event* event = stack.back();
        stack.pop_back();
        if (!seen.insert(event).second) continue;
        selected.push_back(event);
        for (const auto& id : auth_edges(*event)) {
            const auto it = members.find(id);
            if (it != members.end()) stack.push_back(it->second);
        }
    }
    return selected;
}

}  // namespace aksono::events
