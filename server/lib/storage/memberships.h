// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pg/transaction.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace aksono::storage {

/// A local user's present membership of one room (local_current_membership).
struct UserRoom {
    std::string room_id;
    std::string membership;
    std::string event_id;
    std::string sender;
    std::int64_t stream_ordering = 0;
    std::string room_version;
    bool forgotten = false;
};

/// All rooms in which `user` has one of `memberships`, and those where the membership is newer than
/// stream position `as_of`, whatever it is.
std::vector<UserRoom> rooms_of_user(pg::Transaction& tx, const std::string& user,
                                    const std::vector<std::string>& memberships,
                                    std::int64_t as_of = std::numeric_limits<std::int64_t>::max());

/// The user's present membership of one room; nothing when there never was one.
std::optional<UserRoom> membership_in_room(pg::Transaction& tx, const std::string& user,
                                           const std::string& room_id);

/// Membership events of `user` with after < stream_ordering <= until, oldest first.
std::vector<UserRoom> membership_changes(pg::Transaction& tx, const std::string& user,
                                         std::int64_t after, std::int64_t until);

/// The user's membership of each room as of a stream position; «leave» is left out where there
/// never was one.
std::unordered_map<std::string, std::string> memberships_at(
    pg::Transaction& tx, const std::string& user, const std::vector<std::string>& room_ids,
    std::int64_t at);

/// A present member of a room.
struct RoomMember {
    std::string room_id;
    std::string user_id;
    std::string membership;
    std::string event_id;
    std::int64_t stream_ordering = 0;
};

/// How many members each room has of each membership.
struct MemberCounts {
    std::int64_t joined = 0;
    std::int64_t invited = 0;
};
std::unordered_map<std::string, MemberCounts> member_counts(
    pg::Transaction& tx, const std::vector<std::string>& room_ids);

/// Up to `limit` members of each room, those who came first, first; joined and invited before
/// others, of whom only left and banned are listed. `except` is not counted.
std::vector<RoomMember> first_members(pg::Transaction& tx, const std::vector<std::string>& room_ids,
                                      const std::string& except, int limit);

/// Names and avatars of the joined members of one room.
struct MemberProfile {
    std::string user_id;
    std::optional<std::string> display_name;
    std::optional<std::string> avatar_url;
};
std::vector<MemberProfile> joined_profiles(pg::Transaction& tx, const std::string& room_id);

/// Whom `user` ignores.
std::unordered_set<std::string> ignored_by(pg::Transaction& tx, const std::string& user);

/// Which of `users` were erased.
std::unordered_set<std::string> erased_among(pg::Transaction& tx,
                                             const std::vector<std::string>& users);

/// Whether this server knows the room at all, and may still use it.
struct RoomStanding {
    bool known = false;
    bool blocked = false;
};
RoomStanding room_standing(pg::Transaction& tx, const std::string& room_id);

}  // namespace aksono::storage
