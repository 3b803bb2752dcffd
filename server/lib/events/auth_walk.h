// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "events/auth_difference.h"
#include "events/event.h"

namespace aksono::events {

/// What an event is authorised by: its auth events and, where the room's id implies it, the create
/// event.
std::vector<std::string> auth_edges(const Event& event);

/// Finds the difference by reading events, from the states back to the start of the room. Events
/// that are not in `source` end the walk.
class WalkedAuthDifference : public AuthDifference {
public:
    explicit WalkedAuthDifference(EventSource& source) : source_(source) {}
    std::vector<std::string> answer(const AuthQuestion& question) override;

private:
    EventSource& source_;
};

}  // namespace aksono::events
