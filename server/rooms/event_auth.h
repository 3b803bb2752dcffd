// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.h"
#include "crypto/room_version.h"

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aksono::rooms {

using StateKey = std::pair<std::string, std::string>;  ///< type, state key

/// The part of a room's state that authorises an event: whole events by type and state key. They
/// must outlive this.
class AuthState {
public:
    void add(const Json& event);
    [[nodiscard]] const Json* find(std::string_view type, std::string_view state_key = "") const;

private:
    std::map<StateKey, const Json*> events_;
};

/// Which state an event's auth_events are chosen from.
/// https://spec.matrix.org/latest/server-server-api/#auth-events-selection
std::vector<StateKey> auth_event_keys(const crypto::RoomVersion& version, const Json& event);

/// Whether `state` allows `event`; if not, the sentence that a client is told (403 M_FORBIDDEN).
/// What depends on events beyond the state (rejected or duplicate auth events, signatures) is
/// checked where those are received. https://spec.matrix.org/latest/rooms/ «Authorisation rules» of
/// each version
Result<void> check_event_auth(const crypto::RoomVersion& version, const Json& event,
                              const AuthState& state);

}  // namespace aksono::rooms
