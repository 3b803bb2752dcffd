// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "events/event.h"

#include <map>
#include <string>
#include <vector>

namespace aksono::events {

struct SeparatedState {
    StateMap unconflicted;
    std::map<StateKey, std::vector<std::string>> conflicted;  ///< → distinct ids, sorted
};

/// Whether a key that only some of the states have is a conflict: not so in version 1.
enum class Absence { conflicts, agrees };

/// https://spec.matrix.org/latest/rooms/v2/#definitions «Unconflicted state map and conflicted
/// state set»
SeparatedState separate_states(const std::vector<StateMap>& states, Absence absence);

}  // namespace aksono::events
