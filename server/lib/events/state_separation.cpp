// SPDX-License-Identifier: Apache-2.0
#include "events/state_separation.h"

#include <algorithm>

namespace aksono::events {

namespace {

/// A state map, read from its front.
struct Front {
    StateMap::const_iterator next;
    StateMap::const_iterator end;
};

/// The least key that is still to be read; nullptr at the end of all.
const StateKey* least_key(const std::vector<Front>& fronts) {
    const StateKey* least = nullptr;
    for (const auto& front : fronts) {
        if (front.next == front.end) continue;
        if (least == nullptr || front.next->first < *least) least = &front.next->first;
    }
    return least;
}

/// The values of `key`, taken from the fronts.
void take_values(std::vector<Front>& fronts, const StateKey& key,
                 std::vector<const std::string*>& values) {
    values.clear();
    for (auto& front : fronts) {
        if (front.next == front.end || front.next->first != key) continue;
        values.push_back(&front.next->second);
        ++front.next;
    }
}

std::vector<std::string> distinct(const std::vector<const std::string*>& values) {
    std::vector<std::string> ids;
    for (const auto* value : values)
        ids.push_back(*value);
    std::ranges::sort(ids);
    ids.erase(std::ranges::unique(ids).begin(), ids.end());
    return ids;
}

}  // namespace

SeparatedState separate_states(const std::vector<StateMap>& states, Absence absence) {
    std::vector<Front> fronts;
    for (const auto& state : states)
        fronts.push_back({state.begin(), state.end()});
    SeparatedState separated;
    std::vector<const std::string*> values;
    while (const StateKey* key = least_key(fronts)) {
        take_values(fronts, *key, values);
        const bool is_same = std::ranges::all_of(
            values, [&](const std::string* value) { return *value == *values.front(); });
        const bool is_everywhere = values.size() == states.size();
        if (is_same && (is_everywhere || absence == Absence::agrees)) {
            separated.unconflicted.emplace_hint(separated.unconflicted.end(), *key,
                                                *values.front());
        } else {
            separated.conflicted.emplace_hint(separated.conflicted.end(), *key, distinct(values));
        }
    }
    return separated;
}

}  // namespace aksono::events
