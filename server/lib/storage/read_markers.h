// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ids.h"
#include "pg/transaction.h"

#include <cstdint>
#include <optional>

namespace aksono::storage {

/// Makes later callers with the same user and room wait until this transaction ends. Wants READ
/// COMMITTED.
void lock_fully_read(pg::Transaction& tx, const RoomId& room, const UserId& user);

struct FullyReadPlace {
    bool known = false;  ///< the room has the event
    bool ahead = false;  ///< it comes after the event that the marker is at, or there is no marker
};
FullyReadPlace find_fully_read_place(pg::Transaction& tx, const RoomId& room, const UserId& user,
                                     const EventId& event);

/// Writes m.fully_read into room_account_data.
void put_fully_read(pg::Transaction& tx, const RoomId& room, const UserId& user,
                    const EventId& event, std::int64_t stream_id);

}  // namespace aksono::storage
