// SPDX-License-Identifier: Apache-2.0
#include "storage/push_members.h"

namespace aksono::storage {

namespace {

constexpr pg::Statement kMarks{
    "push_marks",
    "SELECT coalesce((SELECT max(stream_id) FROM current_state_delta_stream WHERE room_id = $1), "
    "0),"
    " coalesce(max(stream_id), 0), coalesce(sum(stream_id), 0)::bigint, coalesce(min(stream_id), "
    "0),"
    " ARRAY(SELECT ignorer_user_id FROM ignored_users WHERE ignored_user_id = $2)"
    " FROM (SELECT stream_id FROM push_rules_stream ORDER BY stream_id DESC LIMIT 32) recent"};

constexpr pg::Statement kMembers{"push_local_members",
                                 "SELECT l.user_id, m.display_name FROM local_current_membership l"
                                 " JOIN room_memberships m ON m.event_id = l.event_id"
                                 " WHERE l.room_id = $1 AND l.membership = 'join'"};

constexpr pg::Statement kCount{
    "push_count_members",
    "SELECT count(*) FROM current_state_events"
    " WHERE room_id = $1 AND type = 'm.room.member' AND membership = 'join'"};

constexpr pg::Statement kThread{
    "push_thread_of",
    "WITH RECURSIVE chain (relates_to_id, relation_type, hops) AS ("
    "   SELECT relates_to_id, relation_type, 1 FROM event_relations WHERE event_id = $1"
    "   UNION ALL SELECT r.relates_to_id, r.relation_type, c.hops + 1 FROM chain c"
    "   JOIN event_relations r ON r.event_id = c.relates_to_id"
    "   WHERE c.hops < 5 AND c.relation_type <> 'm.thread')"
    " SELECT relates_to_id FROM chain WHERE relation_type = 'm.thread' LIMIT 1"};

constexpr pg::Statement kAboutThread{
    "push_is_about_thread",
    "WITH RECURSIVE chain (event_id, hops) AS (SELECT $1::text, 0"
    "   UNION ALL SELECT r.relates_to_id, c.hops + 1 FROM chain c"
    "   JOIN event_relations r ON r.event_id = c.event_id WHERE c.hops < 5)"
    " SELECT EXISTS (SELECT FROM chain WHERE event_id = $2)"
    "   AND EXISTS (SELECT FROM event_relations WHERE relates_to_id = $2"
    "     AND relation_type = 'm.thread')"};

}  // namespace

PushMarks read_push_marks(pg::Transaction& tx, const RoomId& room, const UserId& sender) {
    const auto rows = tx.query(kMarks, room, sender);
    const auto row = rows[0];
    PushMarks marks{row.integer(0), row.integer(1), row.integer(2), row.integer(3), {}};
    for (auto& user : row.texts(4))
        marks.ignorers.push_back(UserId::trusted(std::move(user)));
    return marks;
}

std::vector<PushMember> local_joined_members(pg::Transaction& tx, const RoomId& room) {
    std::vector<PushMember> members;
    const auto rows = tx.query(kMembers, room);
    members.reserve(rows.size());
    for (const auto& row : rows) {
        members.push_back({UserId::trusted(row.text(0)), row.maybe_text(1)});
    }
    return members;
}

std::int64_t count_joined_members(pg::Transaction& tx, const RoomId& room) {
    return tx.query(kCount, room)[0].integer(0);
}

std::string thread_of(pg::Transaction& tx, std::string_view event_id) {
    const auto rows = tx.query(kThread, event_id);
    return rows.empty() ? "main" : rows[0].text(0);
}

bool is_about_thread(pg::Transaction& tx, std::string_view event_id, std::string_view root) {
    return tx.query(kAboutThread, event_id, root)[0].boolean(0);
}

}  // namespace aksono::storage
