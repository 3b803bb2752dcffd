// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "audit/auth_rules.h"

#include <functional>
#include <set>

namespace aksono::audit {

using StateIds = std::map<StateKey, std::string>;  ///< → event id

/// Events and what they name in auth_events, for whole auth chains.
struct AuthGraph {
    std::map<std::string, std::vector<std::string>> edges;
    std::set<std::string> power_levels;  ///< which of them are m.room.power_levels
};

/// Facts of events by id, of all that are asked for.
using ReadFacts = std::function<std::map<std::string, Fact>(const std::set<std::string>& events)>;

/// Resolves states that differ, for room versions 2 to 12. `graph` has the auth chains of all
/// their events.
/// https://spec.matrix.org/latest/rooms/v2/#state-resolution
/// https://spec.matrix.org/latest/rooms/v12/#state-resolution
StateIds resolve(int version, const std::vector<StateIds>& states, const AuthGraph& graph,
                 const ReadFacts& read_facts);

}  // namespace aksono::audit
