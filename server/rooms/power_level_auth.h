// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rooms/power_levels.h"

namespace aksono::rooms {

/// Rule 10 (9 in some versions): whether the sender may change the room's power levels like this.
/// `current` is the event in force, or nullptr; `levels` is what it says.
Result<void> check_power_levels_event(const crypto::RoomVersion& version, const Json& event,
                                      const Json* current, const PowerLevels& levels);

}  // namespace aksono::rooms
