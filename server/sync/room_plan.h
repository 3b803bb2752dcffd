// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sync/sync_room.h"

#include <unordered_set>

namespace aksono::sync {

/// Which rooms an answer tells of, and from where to where.
class RoomPlan {
public:
    /// `ignored`: users; `hidden`: rooms; `until`: the events position that the answer's token will
    /// have.
    RoomPlan(const SyncRequest& request, const std::unordered_set<std::string>& ignored,
             const std::set<std::string>& hidden, std::int64_t until)
        : request_(request), ignored_(ignored), hidden_(hidden), until_(until) {}

    /// Everything that the user has to do with.
    [[nodiscard]] SyncRooms initial(pg::Transaction& tx) const;
    /// All joined rooms, in which something may have happened, and changes of membership.
    [[nodiscard]] SyncRooms incremental(pg::Transaction& tx) const;

private:
    using Changes = std::vector<storage::UserRoom>;

    [[nodiscard]] std::vector<storage::UserRoom> rooms_now(
        pg::Transaction& tx, const std::vector<std::string>& memberships) const;
    void add_pending(SyncRooms& rooms, const storage::UserRoom& room) const;
    void add_left(SyncRooms& rooms, const storage::UserRoom& leave,
                  std::optional<std::int64_t> since) const;
    void add_changed(SyncRooms& rooms, const std::string& room_id, const Changes& changes,
                     bool was_joined, std::int64_t since) const;
    [[nodiscard]] bool wanted(const storage::UserRoom& room) const;

    const SyncRequest& request_;
    const std::unordered_set<std::string>& ignored_;
    const std::set<std::string>& hidden_;
    const std::int64_t until_;
};

}  // namespace aksono::sync
