// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/requester.h"
#include "storage/event_reader.h"
#include "storage/memberships.h"
#include "storage/state_reader.h"

#include <optional>
#include <string>

namespace aksono::sync {

/// With what right somebody reads a room.
struct RoomAccess {
    enum class As {
        member,   ///< in the room: sees it as it is
        leaver,   ///< was in the room, or asked into it: sees it as it was then
        visitor,  ///< from outside, because the room is world_readable
    };
    As as = As::member;
    storage::UserRoom membership;  ///< not of visitors

    [[nodiscard]] bool joined() const { return as == As::member; }
};

/// 403 M_FORBIDDEN for who may not read the room; also for rooms that do not exist.
RoomAccess require_room_access(pg::Transaction& tx, storage::EventReader& reader,
                               const UserId& user, const RoomId& room);

/// The state that such a reader is shown, or of it what `filter` lets through.
storage::StateMap readable_state(pg::Transaction& tx, const RoomAccess& access, const RoomId& room,
                                 const storage::StateFilter& filter);

/// The state right after an event; empty for outliers.
storage::StateMap state_after(pg::Transaction& tx, const std::string& event_id,
                              const storage::StateFilter& filter);

}  // namespace aksono::sync
