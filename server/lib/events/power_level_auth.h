// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "events/power_levels.h"
#include "events/refusal.h"

namespace aksono::events {

/// Rule 10 (9 in some versions): whether the sender may change the room's power levels like this.
/// `current` is the event in force, or nullptr; `levels` is what it says.
Verdict check_power_levels_event(const crypto::RoomVersion& version, const Event& event,
                                 const Event* current, const PowerLevels& levels);

}  // namespace aksono::events
