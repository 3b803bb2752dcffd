// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "events/auth_state.h"
#include "events/power_levels.h"
#include "events/refusal.h"

namespace aksono::events {

/// The rules for m.room.member events (rule 5 in versions 1 to 5 and 12, else 4). Signatures of
/// third-party invites are checked; those of servers where events are received.
Verdict check_member_event(const crypto::RoomVersion& version, const Event& event,
                           const AuthState& state, const PowerLevels& levels);

}  // namespace aksono::events
