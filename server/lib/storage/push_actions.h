// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ids.h"
#include "pg/transaction.h"

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace aksono::storage {

struct UnreadCount {
    std::int64_t notifications = 0;
    std::int64_t highlights = 0;
    std::int64_t unread = 0;  ///< MSC2654; 0 unless that switch is on

    UnreadCount& operator+=(const UnreadCount& other);
    bool operator==(const UnreadCount&) const = default;
};

/// What a user has not read in a room. /sync shows `total()` as unread_notifications; with a filter
/// that has unread_thread_notifications it shows `main`, and `threads` (never empty ones) beside it
/// as unread_thread_notifications.
struct RoomUnread {
    UnreadCount main;
    std::map<std::string, UnreadCount> threads;  ///< by the thread root's event id

    [[nodiscard]] UnreadCount total() const;
};

/// Counts for one user in many rooms, in one statement. Rooms with nothing unread are absent.
/// What counts in a thread is what lies behind the user's last receipt for it: the further of the
/// unthreaded receipt (without one: the user's join) and the thread's own, public or private.
std::unordered_map<RoomId, RoomUnread> unread_counts(pg::Transaction& tx, const UserId& user,
                                                     const std::vector<RoomId>& rooms);

}  // namespace aksono::storage
