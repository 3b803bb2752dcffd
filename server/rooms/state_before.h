// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pg/transaction.h"
#include "storage/send_context.h"
#include "storage/state_groups.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace aksono::rooms {

/// The state before a new event.
struct StateBefore {
    std::int64_t state_group = 0;
    bool merges_states = false;  ///< the room's forward extremities have different states
};

/// Of an event whose prev events are `extremities`, out of storage::send_context. Where their
/// states differ it is the room's current state: each commit leaves there what the states of all
/// extremities resolve to. Makes a state group for it when none of theirs is alike.
/// Call with the room's lock held.
StateBefore state_before(pg::Transaction& tx, std::string_view room_id, std::string_view event_id,
                         const std::vector<storage::Extremity>& extremities);

/// State groups in the order in which Synapse holds them against a new state; the first of those
/// that are equally near is built upon. It is the order of Python's sets, so a matter of chance
/// but the same each time.
std::vector<std::int64_t> in_order_of_trial(std::vector<std::int64_t> groups);

/// What the states of some of a room's extremities come to, when all of them come to `current`.
/// Keys that they agree about, or that only some of them have, are theirs; else `current` decides.
storage::StateMap state_of_some(const std::vector<storage::StateMap>& states,
                                const storage::StateMap& current);

}  // namespace aksono::rooms
