// SPDX-License-Identifier: Apache-2.0
#include "events/state_resolution.h"

#include "events/iterative_auth.h"
#include "events/known_events.h"
#include "events/mainline_ordering.h"
#include "events/power_events.h"
#include "events/power_ordering.h"
#include "events/state_resolution_v1.h"
#include "events/state_separation.h"

#include <algorithm>
#include <unordered_set>

namespace aksono::events {

namespace {

using Events = std::vector<const Event*>;

AuthQuestion question_about(const std::vector<StateMap>& states, const SeparatedState& separated,
                            bool wants_subgraph) {
    AuthQuestion question;
    question.wants_subgraph = wants_subgraph;
    for (const auto& [key, id] : separated.unconflicted)
        question.shared.push_back(id);
    for (const auto& state : states) {
        auto& ids = question.states.emplace_back();
        for (const auto& [key, values] : separated.conflicted) {
            const auto it = state.find(key);
            if (it != state.end()) ids.push_back(it->second);
        }
    }
    return question;
}

/// «The union of the conflicted state set, the conflicted state subgraph, and the auth difference»
Events full_conflicted_set(const SeparatedState& separated, const AuthQuestion& question,
                           AuthDifference& auth, KnownEvents& known) {
    std::vector<std::string> ids = auth.answer(question);
    for (const auto& [key, values] : separated.conflicted)
        ids.insert(ids.end(), values.begin(), values.end());
    std::ranges::sort(ids);
    ids.erase(std::ranges::unique(ids).begin(), ids.end());
    known.load_with_auth_events(ids);
    Events events;
    for (const auto& id : ids) {
        const Event* event = known.find(id);
        if (event != nullptr && event->is_state()) events.push_back(event);
    }
    return events;
}

Events without(const Events& events, const Events& left_out) {
    const std::unordered_set<const Event*> out(left_out.begin(), left_out.end());
    Events rest;
    for (const auto* event : events) {
        if (!out.contains(event)) rest.push_back(event);
    }
    return rest;
}

/// https://spec.matrix.org/latest/rooms/v2/#algorithm
/// https://spec.matrix.org/latest/rooms/v12/#algorithm
StateMap resolve_conflicts(const SeparatedState& separated, const Events& conflicted,
                           bool starts_empty, KnownEvents& known) {
    // 1. Select the set X of all power events that appear in the full conflicted set. For each such
    //    power event P, enlarge X by adding the events in the auth chain of P which also belong to
    //    the full conflicted set. Sort X into a list using the reverse topological power ordering.
    const Events power_events = order_by_power(select_power_events(conflicted), known);
    // 2. Apply the iterative auth checks algorithm, starting from the unconflicted state map (since
    //    version 12: an empty one), to the list of events from the previous step.
    static const StateMap kEmpty;
    ResolvedState state(starts_empty ? kEmpty : separated.unconflicted);
    apply_allowed(state, power_events, known);
    // 3. Take all remaining events that weren't picked in step 1 and order them by the mainline
    //    ordering based on the power level in the partially resolved state obtained in step 2.
    const Event* power_levels = state.find({"m.room.power_levels", ""}, known);
    const Events rest = order_by_mainline(without(conflicted, power_events), power_levels, known);
    // 4. Apply the iterative auth checks algorithm on the partial resolved state and the list of
    //    events from the previous step.
    apply_allowed(state, rest, known);
    // 5. Update the result by replacing any event with the event with the same key from the
    //    unconflicted state map, if such an event exists.
    StateMap resolved = separated.unconflicted;
    for (const auto& [key, event] : state.changes())
        resolved.emplace(key, event->id);
    return resolved;
}

StateMap resolve_v2(const std::vector<StateMap>& states, bool is_v2_1, AuthDifference& auth,
                    KnownEvents& known) {
    const SeparatedState separated = separate_states(states, Absence::conflicts);
    if (separated.conflicted.empty()) return separated.unconflicted;
    const AuthQuestion question = question_about(states, separated, is_v2_1);
    const Events conflicted = full_conflicted_set(separated, question, auth, known);
    return resolve_conflicts(separated, conflicted, is_v2_1, known);
}

}  // namespace

Result<StateMap, MissingEvent> resolve_state(const crypto::RoomVersion& version,
                                             const std::vector<StateMap>& states,
                                             EventSource& events, AuthDifference& auth) {
    KnownEvents known(events);
    using enum crypto::StateResolution;
    StateMap resolved = version.state_resolution == v1
                            ? resolve_state_v1(states, known)
                            : resolve_v2(states, version.state_resolution == v2_1, auth, known);
    if (known.missing()) return failure(MissingEvent{*known.missing()});
    return resolved;
}

}  // namespace aksono::events
