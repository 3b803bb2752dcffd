// SPDX-License-Identifier: Apache-2.0
#include "events/auth_state.h"

#include <algorithm>

namespace aksono::events {

AuthState::AuthState(const std::vector<EventPtr>& events) {
    events_.reserve(events.size());
    for (const auto& event : events)
        add(*event);
}

void AuthState::add(const Event& event) {
    const auto same = [&](const Event* other) {
        return other->state_key == event.state_key && other->type == event.type;
    };
    const auto it = std::ranges::find_if(events_, same);
    if (it != events_.end()) {
        *it = &event;
    } else {
        events_.push_back(&event);
    }
}

const Event* AuthState::find(std::string_view type, std::string_view state_key) const {
    const auto wanted = [&](const Event* event) { return event->is(type, state_key); };
    const auto it = std::ranges::find_if(events_, wanted);
    return it == events_.end() ? nullptr : *it;
}

std::string_view membership_of(const AuthState& state, std::string_view user) {
    const Event* member = state.find("m.room.member", user);
    const std::string* membership =
        member == nullptr ? nullptr : find_string(member->content(), "membership");
    return membership == nullptr ? std::string_view("leave") : *membership;
}

}  // namespace aksono::events
