// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace aksono::events {

/// What a resolution asks of a room's auth graph: ids of the state events that are to be resolved.
struct AuthQuestion {
    std::vector<std::vector<std::string>> states;  ///< of each, what is not in all of them
    std::vector<std::string> shared;               ///< in all of them
    bool wants_subgraph = false;
};

/// https://spec.matrix.org/latest/rooms/v12/#definitions «Auth difference» and «Conflicted state
/// subgraph»
class AuthDifference {
public:
    virtual ~AuthDifference() = default;
    /// Ids, each once, in no order: of what is in the auth chain of some of the states, but not of
    /// all, where a state's own events count as part of its chain; and, if wanted, of what lies on
    /// paths between events of `question.states`, with them.
    virtual std::vector<std::string> answer(const AuthQuestion& question) = 0;
};

}  // namespace aksono::events
