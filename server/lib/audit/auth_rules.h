// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace aksono::audit {

/// What the rules see of an event.
struct Fact {
    std::string event_id;
    std::string room_id;
    std::string type;
    std::optional<std::string> state_key;
    std::string sender;
    Json content;
    std::vector<std::string> prev_events;
    std::string redacts = {};  ///< beside the content, as events up to version 10 have it
    std::vector<std::string> auth_events = {};
    std::int64_t origin_server_ts = 0;
    bool rejected = false;
};

using StateKey = std::pair<std::string, std::string>;  ///< type, state key
using State = std::map<StateKey, Fact>;

/// Why `event` may not follow `state`; nothing when it may. Signatures are judged elsewhere, also
/// those of third-party invites and of the server that lets a user into a restricted room.
/// https://spec.matrix.org/latest/rooms/ «Authorization rules» of each version
std::optional<std::string> refusal(int version, const Fact& event, const State& state);

/// The state that the event must name in its auth_events, as far as a room has it.
/// https://spec.matrix.org/latest/server-server-api/#auth-events-selection
std::vector<StateKey> auth_keys(int version, const Fact& event);

}  // namespace aksono::audit
