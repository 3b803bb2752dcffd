// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "events/auth_difference.h"
#include "events/event.h"

#include <string>
#include <vector>

namespace aksono::events {

/// An event that a resolution needs, but that is not there: the room's data is damaged.
struct MissingEvent {
    std::string id;
    bool operator==(const MissingEvent&) const = default;
};

/// The state of a room where histories with these states meet. Depends neither on their order nor
/// on how often one is given. Version 1 asks nothing of `auth`.
/// https://spec.matrix.org/latest/rooms/ «State resolution» of each version
Result<StateMap, MissingEvent> resolve_state(const crypto::RoomVersion& version,
                                             const std::vector<StateMap>& states,
                                             EventSource& events, AuthDifference& auth);

}  // namespace aksono::events
