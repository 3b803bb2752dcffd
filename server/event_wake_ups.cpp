// SPDX-License-Identifier: Apache-2.0
#include "event_wake_ups.h"

namespace aksono {

void EventWakeUps::on_persisted(const std::vector<rooms::PersistedEvent>& events) {
    std::vector<std::string> keys;
    keys.reserve(events.size());
    for (const auto& persisted : events) {
        const rooms::NewEvent& event = *persisted.event;
        if (event.redacts) events_.forget(*event.redacts);
        keys.push_back(event.room.str());
        // Whoever is invited, or joins, does not wait for the room yet.
        if (event.type == "m.room.member" && event.state_key) keys.push_back(*event.state_key);
    }
    notifier_.notify(keys);
}

}  // namespace aksono
