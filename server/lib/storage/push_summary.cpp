// SPDX-License-Identifier: Apache-2.0
#include "storage/push_summary.h"

namespace aksono::storage {

namespace {

constexpr pg::Statement kPosition{
    "push_summary_position",
    "SELECT coalesce((SELECT max(stream_ordering) FROM event_push_summary_stream_ordering), 0),"
    " coalesce((SELECT max(stream_id) FROM event_push_summary_last_receipt_stream_id), 0)"};

constexpr pg::Statement kSetEvents{
    "push_summary_set_events",
    "UPDATE event_push_summary_stream_ordering SET stream_ordering = $1::bigint"
    " WHERE stream_ordering <> $1::bigint"};

constexpr pg::Statement kSetReceipts{
    "push_summary_set_receipts",
    "UPDATE event_push_summary_last_receipt_stream_id SET stream_id = $1::bigint"
    " WHERE stream_id <> $1::bigint"};

constexpr pg::Statement kReceipts{
    "push_summary_receipts",
    "SELECT room_id, user_id, thread_id, event_stream_ordering FROM receipts_linearized"
    " WHERE stream_id > $1::bigint AND stream_id <= $2::bigint"
    " AND receipt_type IN ('m.read', 'm.read.private') AND event_stream_ordering IS NOT NULL"
    " ORDER BY stream_id"};

constexpr pg::Statement kForget{
    "push_summary_forget",
    "DELETE FROM event_push_actions a"
    " USING unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) r (room, usr, thread, at)"
    " WHERE a.user_id = r.usr AND a.room_id = r.room AND a.stream_ordering <= r.at"
    " AND a.highlight = 0 AND (r.thread IS NULL OR a.thread_id = r.thread)"};

// For every thread of each receipt: what is behind it among the actions summed up so far.
constexpr pg::Statement kRecount{
    "push_summary_recount",
    "WITH receipt AS (SELECT * FROM"
    "   unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) r (room, usr, thread, at)),"
    " thread AS (SELECT room, usr, thread, at FROM receipt WHERE thread IS NOT NULL"
    "   UNION SELECT r.room, r.usr, s.thread_id, r.at FROM receipt r JOIN event_push_summary s"
    "     ON s.user_id = r.usr AND s.room_id = r.room WHERE r.thread IS NULL"
    "   UNION SELECT r.room, r.usr, a.thread_id, r.at FROM receipt r JOIN event_push_actions a"
    "     ON a.user_id = r.usr AND a.room_id = r.room WHERE r.thread IS NULL),"
    " fresh AS (SELECT t.room, t.usr, t.thread, t.at, count(*) FILTER (WHERE a.notif = 1) notifs,"
    "     count(*) FILTER (WHERE a.unread = 1) unreads FROM thread t"
    "   LEFT JOIN event_push_actions a ON a.user_id = t.usr AND a.room_id = t.room"
    "     AND a.thread_id = t.thread AND a.stream_ordering > t.at"
    "     AND a.stream_ordering <= $5::bigint GROUP BY t.room, t.usr, t.thread, t.at),"
    " known AS (UPDATE event_push_summary s SET notif_count = f.notifs, unread_count = f.unreads,"
    "     stream_ordering = $5::bigint, last_receipt_stream_ordering = f.at FROM fresh f"
    "   WHERE s.user_id = f.usr AND s.room_id = f.room AND s.thread_id = f.thread"
    "   RETURNING s.user_id, s.room_id, s.thread_id)"
    " INSERT INTO event_push_summary (user_id, room_id, thread_id, notif_count, unread_count,"
    "   stream_ordering, last_receipt_stream_ordering)"
    " SELECT usr, room, thread, notifs, unreads, $5::bigint, at FROM fresh f WHERE NOT EXISTS ("
    "   SELECT FROM known k WHERE k.user_id = f.usr AND k.room_id = f.room"
    "   AND k.thread_id = f.thread)"};

constexpr pg::Statement kNth{
    "push_summary_nth_action",
    "SELECT stream_ordering FROM event_push_actions WHERE stream_ordering > $1::bigint"
    " ORDER BY stream_ordering OFFSET $2::bigint - 1 LIMIT 1"};

constexpr pg::Statement kSumUp{
    "push_summary_sum_up",
    "WITH fresh AS (SELECT a.user_id, a.room_id, a.thread_id, max(a.stream_ordering) at,"
    "     count(*) FILTER (WHERE a.notif = 1) notifs, count(*) FILTER (WHERE a.unread = 1) unreads"
    "   FROM event_push_actions a LEFT JOIN event_push_summary s ON s.user_id = a.user_id"
    "     AND s.room_id = a.room_id AND s.thread_id = a.thread_id"
    "   WHERE a.stream_ordering > $1::bigint AND a.stream_ordering <= $2::bigint"
    "     AND (a.notif = 1 OR a.unread = 1)"
    "     AND a.stream_ordering > coalesce(s.last_receipt_stream_ordering, 0)"
    "   GROUP BY a.user_id, a.room_id, a.thread_id),"
    " known AS (UPDATE event_push_summary s SET notif_count = s.notif_count + f.notifs,"
    "     unread_count = coalesce(s.unread_count, 0) + f.unreads, stream_ordering = f.at"
    "   FROM fresh f WHERE s.user_id = f.user_id AND s.room_id = f.room_id"
    "     AND s.thread_id = f.thread_id RETURNING s.user_id, s.room_id, s.thread_id)"
    " INSERT INTO event_push_summary (user_id, room_id, thread_id, notif_count, unread_count,"
    "   stream_ordering)"
    " SELECT user_id, room_id, thread_id, notifs, unreads, at FROM fresh f WHERE NOT EXISTS ("
    "   SELECT FROM known k WHERE k.user_id = f.user_id AND k.room_id = f.room_id"
    "   AND k.thread_id = f.thread_id)"};

constexpr pg::Statement kLastEvent{"push_summary_last_event",
                                   "SELECT coalesce(max(stream_ordering), 0) FROM events"};

constexpr pg::Statement kEventAt{
    "push_summary_event_at",
    "SELECT stream_ordering, coalesce(received_ts, 0) FROM events"
    " WHERE stream_ordering >= $1::bigint ORDER BY stream_ordering LIMIT 1"};

constexpr pg::Statement kDeleteOld{
    "push_summary_delete_old",
    "DELETE FROM event_push_actions WHERE ctid = ANY(ARRAY(SELECT ctid FROM event_push_actions"
    " WHERE highlight = 0 AND stream_ordering <= $1::bigint LIMIT $2::bigint))"};

}  // namespace

SummaryPosition summary_position(pg::Transaction& tx) {
    const auto rows = tx.query(kPosition);
    return {rows[0].integer(0), rows[0].integer(1)};
}

void set_summary_position(pg::Transaction& tx, const SummaryPosition& position) {
    tx.query(kSetEvents, position.events);
    tx.query(kSetReceipts, position.receipts);
}

std::vector<SummaryReceipt> summary_receipts(pg::Transaction& tx, std::int64_t from,
                                             std::int64_t to) {
    std::vector<SummaryReceipt> receipts;
    for (const auto& row : tx.query(kReceipts, from, to)) {
        receipts.push_back({RoomId::trusted(row.text(0)), UserId::trusted(row.text(1)),
                            row.maybe_text(2), row.integer(3)});
    }
    return receipts;
}

void apply_receipts(pg::Transaction& tx, const std::vector<SummaryReceipt>& receipts,
                    std::int64_t summed_up) {
    std::vector<RoomId> rooms;
    std::vector<UserId> users;
    std::vector<std::optional<std::string>> threads;
    std::vector<std::int64_t> events;
    for (const auto& receipt : receipts) {
        rooms.push_back(receipt.room);
        users.push_back(receipt.user);
        threads.push_back(receipt.thread_id);
        events.push_back(receipt.event);
    }
    tx.query(kForget, rooms, users, threads, events);
    tx.query(kRecount, rooms, users, threads, events, summed_up);
}

std::optional<std::int64_t> nth_action_after(pg::Transaction& tx, std::int64_t from,
                                             std::int64_t limit) {
    const auto rows = tx.query(kNth, from, limit);
    if (rows.empty()) return std::nullopt;
    return rows[0].integer(0);
}

void sum_up_actions(pg::Transaction& tx, std::int64_t from, std::int64_t to) {
    tx.query(kSumUp, from, to);
}

std::int64_t first_event_after(pg::Transaction& tx, Millis time) {
    // Times grow with stream orderings, more or less: halve the range until it is found.
    std::int64_t low = 1;
    std::int64_t high = tx.query(kLastEvent)[0].integer(0) + 1;
    while (low < high) {
        const auto middle = low + (high - low) / 2;
        const auto rows = tx.query(kEventAt, middle);
        if (rows.empty()) {
            high = middle;
        } else if (rows[0].integer(1) > time) {
            high = middle;
        } else {
            low = rows[0].integer(0) + 1;
        }
    }
    return low;
}

std::int64_t delete_old_actions(pg::Transaction& tx, std::int64_t stream_ordering,
                                std::int64_t limit) {
    return tx.query(kDeleteOld, stream_ordering, limit).affected();
}

}  // namespace aksono::storage
