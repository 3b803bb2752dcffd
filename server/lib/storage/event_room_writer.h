// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "storage/event_write.h"

namespace aksono::storage {

/// What events change for rooms and their members: sliding_sync_joined_rooms,
/// room_memberships.participant, event_push_actions.
void write_event_room_rows(pg::Writer& writer, const std::vector<const EventWrite*>& events);

}  // namespace aksono::storage
