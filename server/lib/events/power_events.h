// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "events/known_events.h"

#include <vector>

namespace aksono::events {

/// Whether the event might remove someone's ability to do something in the room.
/// https://spec.matrix.org/latest/rooms/v2/#definitions «Power events»
bool is_power_event(const Event& event);

/// The power events of a full conflicted set, with what of the set is in their auth chains.
/// https://spec.matrix.org/latest/rooms/v2/#algorithm step 1
std::vector<const Event*> select_power_events(const std::vector<const Event*>& full_conflicted_set);

}  // namespace aksono::events
