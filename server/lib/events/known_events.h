// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "events/event.h"

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace aksono::events {

/// The events of one resolution: each is asked of the source once, and what is missing is noted,
/// so that algorithms can go on as if it were not named and the result be refused at the end.
class KnownEvents {
public:
    explicit KnownEvents(EventSource& source) : source_(source) {}

    /// nullptr for an event that is missing.
    const Event* find(const std::string& id);
    /// The event's auth events: those that it names, and the create event where the room's id
    /// implies it.
    std::vector<const Event*> auth_events(const Event& event);
    /// The auth event of `event` with this type and an empty state key, or nullptr.
    const Event* auth_event(const Event& event, std::string_view type);
    /// Loads the events, and what authorises them, in two loads.
    void load_with_auth_events(const std::vector<std::string>& ids);

    [[nodiscard]] const std::optional<std::string>& missing() const { return missing_; }

private:
    EventSource& source_;
    std::unordered_map<std::string, EventPtr> events_;
    std::optional<std::string> missing_;
};

}  // namespace aksono::events
