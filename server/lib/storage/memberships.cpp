// SPDX-License-Identifier: Apache-2.0
#include "storage/memberships.h"

namespace aksono::storage {

namespace {

// event_stream_ordering of the membership tables is null in old rows: the order comes from events.

constexpr pg::Statement kRoomsOfUser{
    "memberships_rooms_of_user",
    "SELECT c.room_id, c.membership, c.event_id, e.sender, e.stream_ordering,"
    "       COALESCE(r.room_version, ''), COALESCE(m.forgotten, 0)"
    "  FROM local_current_membership c"
    "  JOIN events e ON e.event_id = c.event_id"
    "  LEFT JOIN room_memberships m ON m.event_id = c.event_id"
    "  LEFT JOIN rooms r ON r.room_id = c.room_id"
    " WHERE c.user_id = $1 AND (c.membership = ANY($2::text[]) OR e.stream_ordering > $3)"};

constexpr pg::Statement kMembershipInRoom{
    "memberships_in_room",
    "SELECT c.room_id, c.membership, c.event_id, e.sender, e.stream_ordering,"
    "       COALESCE(r.room_version, ''), COALESCE(m.forgotten, 0)"
    "  FROM local_current_membership c"
    "  JOIN events e ON e.event_id = c.event_id"
    "  LEFT JOIN room_memberships m ON m.event_id = c.event_id"
    "  LEFT JOIN rooms r ON r.room_id = c.room_id"
    " WHERE c.user_id = $1 AND c.room_id = $2"};

constexpr pg::Statement kMembershipChanges{
    "memberships_changes",
    "SELECT m.room_id, m.membership, m.event_id, m.sender, e.stream_ordering,"
    "       COALESCE(r.room_version, ''), COALESCE(m.forgotten, 0)"
    "  FROM room_memberships m"
    "  JOIN events e ON e.event_id = m.event_id"
    "  LEFT JOIN rooms r ON r.room_id = m.room_id"
    " WHERE m.user_id = $1"
    "   AND (m.event_stream_ordering > $2 OR m.event_stream_ordering IS NULL)"
    "   AND e.stream_ordering > $2 AND e.stream_ordering <= $3"
    "   AND e.rejection_reason IS NULL"
    " ORDER BY e.stream_ordering"};

constexpr pg::Statement kMembershipsAt{
    "memberships_at",
    "SELECT DISTINCT ON (m.room_id) m.room_id, m.membership"
    "  FROM room_memberships m JOIN events e ON e.event_id = m.event_id"
    " WHERE m.user_id = $1 AND m.room_id = ANY($2::text[]) AND e.stream_ordering <= $3"
    "   AND e.rejection_reason IS NULL"
    " ORDER BY m.room_id, e.stream_ordering DESC"};

constexpr pg::Statement kMemberCounts{
    "memberships_counts",
    "SELECT room_id, membership, count(*) FROM current_state_events"
    " WHERE type = 'm.room.member' AND room_id = ANY($1::text[])"
    "   AND membership IN ('join', 'invite')"
    " GROUP BY room_id, membership"};

constexpr pg::Statement kFirstMembers{
    "memberships_first",
    "SELECT w.room_id, m.state_key, m.membership, m.event_id, m.stream_ordering"
    "  FROM unnest($1::text[]) AS w(room_id)"
    "  CROSS JOIN LATERAL ("
    "    SELECT s.state_key, s.membership, s.event_id, e.stream_ordering"
    "      FROM current_state_events s"
    "      JOIN events e ON e.event_id = s.event_id"
    "     WHERE s.room_id = w.room_id AND s.type = 'm.room.member' AND s.state_key <> $2"
    "       AND s.membership IN ('join', 'invite', 'leave', 'ban')"
    "     ORDER BY s.membership IN ('leave', 'ban'), e.stream_ordering"
    "     LIMIT $3::int) m"};

constexpr pg::Statement kJoinedProfiles{
    "memberships_joined_profiles",
    "SELECT s.state_key, m.display_name, m.avatar_url"
    "  FROM current_state_events s"
    "  JOIN room_memberships m ON m.event_id = s.event_id"
    " WHERE s.room_id = $1 AND s.type = 'm.room.member' AND s.membership = 'join'"};

constexpr pg::Statement kIgnoredBy{
    "memberships_ignored_by",
    "SELECT ignored_user_id FROM ignored_users WHERE ignorer_user_id = $1"};

constexpr pg::Statement kErased{"memberships_erased",
                                "SELECT user_id FROM erased_users WHERE user_id = ANY($1::text[])"};

constexpr pg::Statement kRoomStanding{
    "memberships_room_standing",
    "SELECT EXISTS (SELECT FROM rooms WHERE room_id = $1),"
    "       EXISTS (SELECT FROM blocked_rooms WHERE room_id = $1)"};

std::vector<UserRoom> user_rooms(const pg::Rows& rows) {
    std::vector<UserRoom> list;
    list.reserve(rows.size());
    for (const auto& row : rows) {
        list.push_back({row.text(0), row.text(1), row.text(2), row.maybe_text(3).value_or(""),
                        row.maybe_integer(4).value_or(0), row.text(5), row.integer(6) == 1});
    }
    return list;
}

}  // namespace

std::vector<UserRoom> rooms_of_user(pg::Transaction& tx, const std::string& user,
                                    const std::vector<std::string>& memberships,
                                    std::int64_t as_of) {
    return user_rooms(tx.query(kRoomsOfUser, user, memberships, as_of));
}

std::optional<UserRoom> membership_in_room(pg::Transaction& tx, const std::string& user,
                                           const std::string& room_id) {
    auto list = user_rooms(tx.query(kMembershipInRoom, user, room_id));
    return list.empty() ? std::nullopt : std::optional(std::move(list.front()));
}

std::vector<UserRoom> membership_changes(pg::Transaction& tx, const std::string& user,
                                         std::int64_t after, std::int64_t until) {
    return user_rooms(tx.query(kMembershipChanges, user, after, until));
}

std::unordered_map<std::string, std::string> memberships_at(
    pg::Transaction& tx, const std::string& user, const std::vector<std::string>& room_ids,
    std::int64_t at) {
    std::unordered_map<std::string, std::string> memberships;
    if (room_ids.empty()) return memberships;
    for (const auto& row : tx.query(kMembershipsAt, user, room_ids, at)) {
        memberships.emplace(row.text(0), row.text(1));
    }
    return memberships;
}

std::unordered_map<std::string, MemberCounts> member_counts(
    pg::Transaction& tx, const std::vector<std::string>& room_ids) {
    std::unordered_map<std::string, MemberCounts> counts;
    for (const auto& row : tx.query(kMemberCounts, room_ids)) {
        auto& room = counts[row.text(0)];
        (row.view(1) == "join" ? room.joined : room.invited) = row.integer(2);
    }
    return counts;
}

std::vector<RoomMember> first_members(pg::Transaction& tx, const std::vector<std::string>& room_ids,
                                      const std::string& except, int limit) {
    std::vector<RoomMember> members;
    for (const auto& row : tx.query(kFirstMembers, room_ids, except, limit)) {
        members.push_back(
            {row.text(0), row.text(1), row.text(2), row.text(3), row.maybe_integer(4).value_or(0)});
    }
    return members;
}

std::vector<MemberProfile> joined_profiles(pg::Transaction& tx, const std::string& room_id) {
    std::vector<MemberProfile> profiles;
    for (const auto& row : tx.query(kJoinedProfiles, room_id)) {
        profiles.push_back({row.text(0), row.maybe_text(1), row.maybe_text(2)});
    }
    return profiles;
}

std::unordered_set<std::string> ignored_by(pg::Transaction& tx, const std::string& user) {
    std::unordered_set<std::string> ignored;
    for (const auto& row : tx.query(kIgnoredBy, user))
        ignored.insert(row.text(0));
    return ignored;
}

std::unordered_set<std::string> erased_among(pg::Transaction& tx,
                                             const std::vector<std::string>& users) {
    std::unordered_set<std::string> erased;
    if (users.empty()) return erased;
    for (const auto& row : tx.query(kErased, users))
        erased.insert(row.text(0));
    return erased;
}

RoomStanding room_standing(pg::Transaction& tx, const std::string& room_id) {
    const auto rows = tx.query(kRoomStanding, room_id);
    return {rows[0].boolean(0), rows[0].boolean(1)};
}

}  // namespace aksono::storage
