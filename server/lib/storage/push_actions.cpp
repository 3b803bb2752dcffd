// SPDX-License-Identifier: Apache-2.0
#include "storage/push_actions.h"

namespace aksono::storage {

namespace {

// A summary counts while it was made for the receipt that holds now, or, made before there was any,
// reaches beyond it; else the actions themselves are counted. So Synapse does, too: until its next
// rotation a first receipt in the middle of what was summed up takes nothing away. Highlights are
// never summed up: their actions stay.
constexpr pg::Statement kUnread{
    "push_actions_unread",
    "WITH room AS (SELECT r.room_id, coalesce((SELECT m.event_stream_ordering"
    "     FROM local_current_membership m WHERE m.user_id = $1 AND m.room_id = r.room_id), 0) "
    "joined"
    "   FROM unnest($2::text[]) r (room_id)),"
    " receipt AS (SELECT room_id, thread_id, max(event_stream_ordering) at"
    "   FROM receipts_linearized WHERE user_id = $1 AND room_id = ANY($2::text[])"
    "   AND receipt_type IN ('m.read', 'm.read.private') AND event_stream_ordering IS NOT NULL"
    "   GROUP BY room_id, thread_id),"
    " summary AS (SELECT room_id, thread_id, notif_count, coalesce(unread_count, 0) unread_count,"
    "   stream_ordering, last_receipt_stream_ordering FROM event_push_summary"
    "   WHERE user_id = $1 AND room_id = ANY($2::text[])),"
    " thread AS (SELECT room_id, thread_id FROM summary WHERE notif_count > 0 OR unread_count > 0"
    "   UNION SELECT room_id, thread_id FROM event_push_actions"
    "   WHERE user_id = $1 AND room_id = ANY($2::text[])),"
    " reach AS (SELECT t.room_id, t.thread_id,"
    "     greatest(coalesce(whole.at, room.joined), own.at) read"
    "   FROM thread t JOIN room USING (room_id)"
    "   LEFT JOIN receipt whole ON whole.room_id = t.room_id AND whole.thread_id IS NULL"
    "   LEFT JOIN receipt own ON own.room_id = t.room_id AND own.thread_id = t.thread_id),"
    " start AS (SELECT reach.room_id, reach.thread_id, reach.read, s.notif_count, s.unread_count,"
    "     greatest(reach.read, s.stream_ordering) counted"
    "   FROM reach LEFT JOIN summary s ON s.room_id = reach.room_id"
    "     AND s.thread_id = reach.thread_id AND (s.last_receipt_stream_ordering = reach.read"
    "       OR s.last_receipt_stream_ordering IS NULL AND s.stream_ordering > reach.read))"
    " SELECT start.room_id, start.thread_id,"
    "   coalesce(start.notif_count, 0)"
    "     + count(*) FILTER (WHERE a.notif = 1 AND a.stream_ordering > start.counted),"
    "   count(*) FILTER (WHERE a.highlight = 1),"
    "   coalesce(start.unread_count, 0)"
    "     + count(*) FILTER (WHERE a.unread = 1 AND a.stream_ordering > start.counted)"
    " FROM start LEFT JOIN event_push_actions a ON a.user_id = $1 AND a.room_id = start.room_id"
    "   AND a.thread_id = start.thread_id AND a.stream_ordering > start.read"
    " GROUP BY start.room_id, start.thread_id, start.notif_count, start.unread_count"};

}  // namespace

UnreadCount& UnreadCount::operator+=(const UnreadCount& other) {
    notifications += other.notifications;
    highlights += other.highlights;
    unread += other.unread;
    return *this;
}

UnreadCount RoomUnread::total() const {
    UnreadCount sum = main;
    for (const auto& [thread, count] : threads)
        sum += count;
    return sum;
}

std::unordered_map<RoomId, RoomUnread> unread_counts(pg::Transaction& tx, const UserId& user,
                                                     const std::vector<RoomId>& rooms) {
    std::unordered_map<RoomId, RoomUnread> counts;
    if (rooms.empty()) return counts;
    for (const auto& row : tx.query(kUnread, user, rooms)) {
        const UnreadCount count{row.integer(2), row.integer(3), row.integer(4)};
        if (count == UnreadCount{}) continue;
        RoomUnread& room = counts[RoomId::trusted(row.text(0))];
        const auto thread = row.text(1);
        (thread == "main" ? room.main : room.threads[thread]) = count;
    }
    return counts;
}

}  // namespace aksono::storage
