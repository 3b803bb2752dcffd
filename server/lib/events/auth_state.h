// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "events/event.h"

#include <string_view>
#include <vector>

namespace aksono::events {

/// The part of a room's state that authorises an event: a handful of state events, looked up
/// without an allocation. They must outlive this.
class AuthState {
public:
    AuthState() = default;
    explicit AuthState(const std::vector<EventPtr>& events);

    /// Takes the place of an event with the same type and state key.
    void add(const Event& event);
    void clear() { events_.clear(); }
    /// nullptr where there is none.
    [[nodiscard]] const Event* find(std::string_view type, std::string_view state_key = "") const;

private:
    std::vector<const Event*> events_;
};

/// The membership of `user` in `state`; «leave» for who never was in the room.
std::string_view membership_of(const AuthState& state, std::string_view user);

}  // namespace aksono::events
