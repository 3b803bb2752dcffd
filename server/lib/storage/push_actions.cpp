// SPDX-License-Identifier: Apache-2.0
#include "storage/push_actions.h"

namespace aksono::storage {

namespace {

// A summary stands for the actions up to its stream_ordering that lie behind the user's receipts,
// of which only those that came after the last rotation are not in it yet: behind such a receipt
// the actions themselves are counted. (Synapse compares the receipt with the one that the summary
// was last made for, and so counts too much before a rotation, or too little where receipts of
// several kinds overtake each other.) Highlights are never summed up: their actions stay.
constexpr pg::Statement kUnread{
    "push_actions_unread",
    "WITH room AS (SELECT r.room_id, coalesce((SELECT m.event_stream_ordering"
    "     FROM local_current_membership m WHERE m.user_id = $1 AND m.room_id = r.room_id), 0) "
    "joined"
    "   FROM unnest($2::text[]) r (room_id)),"
    " receipt AS (SELECT DISTINCT ON (room_id, thread_id) room_id, thread_id,"
    "     event_stream_ordering at, stream_id FROM receipts_linearized"
    "   WHERE user_id = $1 AND room_id = ANY($2::text[])"
    "   AND receipt_type IN ('m.read', 'm.read.private') AND event_stream_ordering IS NOT NULL"
    "   ORDER BY room_id, thread_id, event_stream_ordering DESC, stream_id),"
    " summary AS (SELECT room_id, thread_id, notif_count, coalesce(unread_count, 0) unread_count,"
    "   stream_ordering, last_receipt_stream_ordering FROM event_push_summary"
    "   WHERE user_id = $1 AND room_id = ANY($2::text[])),"
    " thread AS (SELECT room_id, thread_id FROM summary WHERE notif_count > 0 OR unread_count > 0"
    "   UNION SELECT room_id, thread_id FROM event_push_actions"
    "   WHERE user_id = $1 AND room_id = ANY($2::text[])),"
    " reach AS (SELECT t.room_id, t.thread_id,"
    "     coalesce(greatest(whole.at, own.at), room.joined) read,"
    "     CASE WHEN own.at > whole.at OR whole.at IS NULL THEN own.stream_id"
    "       WHEN whole.at > own.at OR own.at IS NULL THEN whole.stream_id"
    "       ELSE least(own.stream_id, whole.stream_id) END receipt_id"
    "   FROM thread t JOIN room USING (room_id)"
    "   LEFT JOIN receipt whole ON whole.room_id = t.room_id AND whole.thread_id IS NULL"
    "   LEFT JOIN receipt own ON own.room_id = t.room_id AND own.thread_id = t.thread_id),"
    " start AS (SELECT reach.room_id, reach.thread_id, reach.read, s.notif_count, s.unread_count,"
    "     greatest(reach.read, s.stream_ordering) counted"
    "   FROM reach LEFT JOIN summary s ON s.room_id = reach.room_id"
    "     AND s.thread_id = reach.thread_id"
    "     AND (s.last_receipt_stream_ordering IS NOT NULL OR s.stream_ordering > reach.read)"
    "     AND coalesce(reach.receipt_id, 0)"
    "       <= (SELECT max(stream_id) FROM event_push_summary_last_receipt_stream_id))"
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
