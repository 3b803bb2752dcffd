// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rooms/event_auth.h"
#include "rooms/power_levels.h"

namespace aksono::rooms {

/// The membership of `user` in `state`; «leave» for who never was in the room.
std::string membership_of(const AuthState& state, std::string_view user);

/// What m.room.member events are authorised by beyond other events.
void add_member_auth_keys(const crypto::RoomVersion& version, const Json& event,
                          std::vector<StateKey>& keys);

/// The rules for m.room.member events (rule 5 in versions 1 to 5 and 12, else 4). Signatures of
/// third-party invites are checked; those of servers where events are received.
Result<void> check_member_event(const crypto::RoomVersion& version, const Json& event,
                                const AuthState& state, const PowerLevels& levels);

}  // namespace aksono::rooms
