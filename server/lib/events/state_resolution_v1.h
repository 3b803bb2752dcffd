// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "events/known_events.h"

#include <vector>

namespace aksono::events {

/// https://spec.matrix.org/latest/rooms/v1/#state-resolution
StateMap resolve_state_v1(const std::vector<StateMap>& states, KnownEvents& known);

}  // namespace aksono::events
