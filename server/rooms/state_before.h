// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pg/transaction.h"
#include "storage/send_context.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace aksono::rooms {

/// The state group of the state before an event whose prev events are all of the room's forward
/// extremities. That state is the room's current state: each commit leaves there what the states of
/// the extremities resolve to. Makes a group for it when none of theirs is alike.
/// Call with the room's lock held.
std::int64_t state_group_before(pg::Transaction& tx, std::string_view room_id,
                                std::string_view event_id,
                                const std::vector<storage::Extremity>& extremities);

}  // namespace aksono::rooms
