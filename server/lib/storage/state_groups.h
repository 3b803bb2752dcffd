// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pg/transaction.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace aksono::storage {

/// (type, state key) → event id.
using StateMap = std::map<std::pair<std::string, std::string>, std::string>;

/// The room's current state: what its forward extremities' states resolve to.
StateMap current_state(pg::Transaction& tx, std::string_view room_id);

/// The whole state that `group` stands for, its chain of deltas followed to the end.
StateMap state_of_group(pg::Transaction& tx, std::int64_t group);

/// A new state group: `delta` upon `previous`, or without one the whole state. `event_id` is of the
/// event that asked for it. `hops` deltas make a chain too long to follow: see chain_length.
std::int64_t make_state_group(pg::Transaction& tx, std::string_view room_id,
                              std::string_view event_id, std::optional<std::int64_t> previous,
                              const StateMap& delta);

/// How many deltas lie between `group` and a whole state.
std::int64_t chain_length(pg::Transaction& tx, std::int64_t group);

}  // namespace aksono::storage
