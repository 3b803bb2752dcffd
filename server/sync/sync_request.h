// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.h"
#include "pg/transaction.h"
#include "sync/filter.h"
#include "sync/stream_token.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace aksono::sync {

/// What a client asks of /sync.
struct SyncRequest {
    std::string user;
    std::optional<std::string> device_id;
    std::optional<std::int64_t> token_id;
    bool is_guest = false;
    std::optional<StreamToken> since;  ///< absent: everything
    SyncFilter filter;
    bool full_state = false;
    Millis timeout = 0;
};

/// Unread counts of a room, the threads' own aside.
struct UnreadCounts {
    std::int64_t notify = 0;
    std::int64_t highlight = 0;
};
struct RoomUnread {
    UnreadCounts main;
    std::map<std::string, UnreadCounts> threads;  ///< by the thread's root
};

/// Who types in a room.
struct RoomTyping {
    std::string room_id;
    std::vector<std::string> users;
};

/// What /sync shows but others make. App wires them.
struct SyncSources {
    /// Content of m.push_rules: {"global": …}.
    std::function<Json(pg::Transaction& tx, const std::string& user)> push_rules;
    /// One call, one or two statements, for all rooms; a room without an entry has nothing unread.
    std::function<std::unordered_map<std::string, RoomUnread>(
        pg::Transaction& tx, const std::string& user, const std::vector<std::string>& room_ids)>
        unread;
    /// The position of the typing stream, which starts anew with the process.
    std::function<std::int64_t()> typing_position;
    /// Rooms of `room_ids` in which typing changed after a position, with those who type now.
    std::function<std::vector<RoomTyping>(const std::vector<std::string>& room_ids,
                                          std::int64_t after)>
        typing;
};

}  // namespace aksono::sync
