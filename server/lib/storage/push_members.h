// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ids.h"
#include "pg/transaction.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace aksono::storage {

/// Marks by which what was read about a room's members and their push rules is known to be current.
struct PushMarks {
    std::int64_t membership = 0;  ///< last change of the room's state: current_state_delta_stream
    /// push_rules_stream: its last id, the sum of its last ids (which ids that commit late change,
    /// too), and the first of those.
    std::int64_t rules_last = 0;
    std::int64_t rules_sum = 0;
    std::int64_t rules_first = 0;
    std::vector<UserId> ignorers;  ///< who ignores the sender, anywhere
};
PushMarks read_push_marks(pg::Transaction& tx, const RoomId& room, const UserId& sender);

/// A joined user of this server.
struct PushMember {
    UserId user;
    std::optional<std::string> display_name;  ///< in this room
};
std::vector<PushMember> local_joined_members(pg::Transaction& tx, const RoomId& room);

/// Of all servers.
std::int64_t count_joined_members(pg::Transaction& tx, const RoomId& room);

/// The root of the thread that an event is in, directly or through the events it relates to (five
/// relations at most); «main» outside of threads.
std::string thread_of(pg::Transaction& tx, std::string_view event_id);

/// Whether `root` is the root of a thread, and the event is that root or related to it, directly or
/// through others, by relations of any kind (five at most).
bool is_about_thread(pg::Transaction& tx, std::string_view event_id, std::string_view root);

}  // namespace aksono::storage
