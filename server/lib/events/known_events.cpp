// SPDX-License-Identifier: Apache-2.0
#include "events/known_events.h"

#include "events/auth_walk.h"

#include <unordered_set>

namespace aksono::events {

const Event* KnownEvents::find(const std::string& id) {
    const auto [it, is_new] = events_.try_emplace(id);
    if (is_new) it->second = source_.find(id);
    if (it->second == nullptr && !missing_) missing_ = id;
    return it->second.get();
}

std::vector<const Event*> KnownEvents::auth_events(const Event& event) {
    std::vector<const Event*> events;
    for (const auto& id : auth_edges(event)) {
        if (const Event* found = find(id)) events.push_back(found);
    }
    return events;
}

const Event* KnownEvents::auth_event(const Event& event, std::string_view type) {
    for (const auto& id : event.auth_events) {
        const Event* found = find(id);
        if (found != nullptr && found->is(type)) return found;
    }
    return nullptr;
}

void KnownEvents::load_with_auth_events(const std::vector<std::string>& ids) {
    source_.expect(ids);
    std::unordered_set<std::string> more;
    for (const auto& id : ids) {
        if (const Event* event = find(id)) {
            for (auto& auth : auth_edges(*event))
                more.insert(std::move(auth));
        }
    }
    source_.expect({more.begin(), more.end()});
}

}  // namespace aksono::events
