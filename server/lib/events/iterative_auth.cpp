// SPDX-License-Identifier: Apache-2.0
#include "events/iterative_auth.h"

#include "events/auth_rules.h"

namespace aksono::events {

namespace {

/// What `event` is checked against.
AuthState auth_state_for(const Event& event, const ResolvedState& state, KnownEvents& known) {
    AuthState auth;
    // «If a key that is required is not present in the state, then the appropriate state event
    // from the event's auth_events is used if the auth event is not rejected.»
    for (const auto* found : known.auth_events(event)) {
        if (found->is_state() && !found->rejected) auth.add(*found);
    }
    for (const auto& key : auth_event_keys(*event.version, event)) {
        const Event* found = state.find(key, known);
        if (found != nullptr && !found->rejected) auth.add(*found);
    }
    return auth;
}

}  // namespace

const Event* ResolvedState::find(const StateKey& key, KnownEvents& known) const {
    const auto change = changes_.find(key);
    if (change != changes_.end()) return change->second;
    const auto it = base_.find(key);
    return it == base_.end() ? nullptr : known.find(it->second);
}

void ResolvedState::set(const Event& event) {
    changes_[{event.type, *event.state_key}] = &event;
}

void apply_allowed(ResolvedState& state, const std::vector<const Event*>& events,
                   KnownEvents& known) {
    for (const auto* event : events) {
        // The specification treats rejected events like others here. Synapse never lets them in.
        if (event->rejected) continue;
        const AuthState auth = auth_state_for(*event, state, known);
        if (check_event_auth(*event->version, *event, auth)) state.set(*event);
    }
}

}  // namespace aksono::events
