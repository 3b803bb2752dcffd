// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.h"

#include <string>

namespace aksono::push {

/// What a rule does when it matches.
/// https://spec.matrix.org/latest/client-server-api/#actions
struct Actions {
    Json json = Json::array();  ///< as clients are shown them
    bool notify = false;
    bool highlight = false;  ///< what the first highlight tweak says
    /// As event_push_actions.actions holds them: without the historical actions, ASCII only, and
    /// empty for the two lists that are most common.
    std::string stored;
};

/// Never fails: an action of an unknown shape does nothing.
Actions read_actions(const Json& list);

}  // namespace aksono::push
