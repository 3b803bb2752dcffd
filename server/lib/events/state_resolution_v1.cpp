// SPDX-License-Identifier: Apache-2.0
#include "events/state_resolution_v1.h"

#include "crypto/sha1.h"
#include "events/auth_rules.h"
#include "events/iterative_auth.h"
#include "events/state_separation.h"

#include <algorithm>
#include <tuple>

namespace aksono::events {

namespace {

using Events = std::vector<const Event*>;

/// «Ascending depth then descending sha1(event_id)»
Events ordered(const std::vector<std::string>& ids, KnownEvents& known) {
    struct Entry {
        const Event* event;
        std::string digest;
    };
    std::vector<Entry> entries;
    for (const auto& id : ids) {
        if (const Event* event = known.find(id)) entries.push_back({event, crypto::sha1(id)});
    }
    std::ranges::sort(entries, [](const Entry& x, const Entry& y) {
        return std::tie(x.event->depth, y.digest) < std::tie(y.event->depth, x.digest);
    });
    Events events;
    for (const auto& entry : entries)
        events.push_back(entry.event);
    return events;
}

/// Whether the event «would be allowed by the authorisation rules for a room in state R».
/// `candidate` stands in for what R has under its key.
bool is_allowed(const Event& event, const ResolvedState& r, const Event* candidate,
                KnownEvents& known) {
    AuthState auth;
    for (const auto& key : auth_event_keys(*event.version, event)) {
        if (const Event* found = r.find(key, known)) auth.add(*found);
    }
    if (candidate != nullptr) auth.add(*candidate);
    return check_event_auth(*event.version, event, auth).has_value();
}

/// The last of a list that begins with the first event and goes on as long as events are allowed.
const Event* resolve_auth_key(const Events& list, const ResolvedState& r, KnownEvents& known) {
    // «Add the first event in the list to R.»
    const Event* current = list.front();
    // «For each subsequent event in the list, check that the event would be allowed by the
    // authorisation rules for a room in state R. If the event would be allowed, then update R with
    // the event and continue with the next event in the list. If it would not be allowed, stop.»
    for (auto next = list.begin() + 1; next != list.end(); ++next) {
        if (!is_allowed(**next, r, current, known)) break;
        current = *next;
    }
    return current;
}

/// «Just pick the event with the highest depth and lowest sha1(event_id) that passes
/// authentication in R»; where none does, the one with the lowest depth.
const Event* resolve_other_key(const Events& list, const ResolvedState& r, KnownEvents& known) {
    for (auto it = list.rbegin(); it != list.rend(); ++it) {
        if (is_allowed(**it, r, nullptr, known)) return *it;
    }
    return list.front();
}

enum class Phase { power_levels, join_rules, members, others };

Phase phase_of(const StateKey& key) {
    if (key == StateKey("m.room.power_levels", "")) return Phase::power_levels;
    if (key == StateKey("m.room.join_rules", "")) return Phase::join_rules;
    return key.first == "m.room.member" ? Phase::members : Phase::others;
}

}  // namespace

StateMap resolve_state_v1(const std::vector<StateMap>& states, KnownEvents& known) {
    // «Start by setting R to the union of the states to be resolved, excluding any conflicting
    // events.»
    const SeparatedState separated = separate_states(states, Absence::agrees);
    ResolvedState r(separated.unconflicted);
    std::vector<std::string> ids;
    for (const auto& [key, values] : separated.conflicted)
        ids.insert(ids.end(), values.begin(), values.end());
    known.load_with_auth_events(ids);
    // «First we resolve conflicts between m.room.power_levels events. … Repeat the above process
    // for conflicts between m.room.join_rules events. … m.room.member events. … all other
    // conflicts»
    using enum Phase;
    for (const Phase phase : {power_levels, join_rules, members, others}) {
        Events resolved;
        for (const auto& [key, values] : separated.conflicted) {
            if (phase_of(key) != phase) continue;
            const Events list = ordered(values, known);
            if (list.empty()) continue;
            resolved.push_back(phase == others ? resolve_other_key(list, r, known)
                                               : resolve_auth_key(list, r, known));
        }
        // Events of one phase do not see each other: their keys have no order.
        for (const auto* event : resolved)
            r.set(*event);
    }
    StateMap result = separated.unconflicted;
    for (const auto& [key, event] : r.changes())
        result.insert_or_assign(key, event->id);
    return result;
}

}  // namespace aksono::events
