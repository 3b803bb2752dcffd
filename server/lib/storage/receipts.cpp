// SPDX-License-Identifier: Apache-2.0
#include "storage/receipts.h"

namespace aksono::storage {

namespace {

constexpr pg::Statement kSince{
    "receipts_since",
    "SELECT stream_id, room_id, receipt_type, user_id, event_id, thread_id, data"
    " FROM receipts_linearized WHERE room_id = ANY($1::text[])"
    " AND stream_id > $2::bigint AND stream_id <= $3::bigint"
    " AND (receipt_type <> 'm.read.private' OR user_id = $4) ORDER BY stream_id"};

constexpr pg::Statement kRoomsSince{
    "receipts_rooms_since",
    "SELECT DISTINCT room_id FROM receipts_linearized WHERE room_id = ANY($1::text[])"
    " AND stream_id > $2::bigint AND stream_id <= $3::bigint"
    " AND (receipt_type <> 'm.read.private' OR user_id = $4)"};

constexpr pg::Statement kLock{
    "receipts_lock", "SELECT pg_advisory_xact_lock(hashtext('receipts'), hashtext($1 || $2))"};

// Rows from before populate_event_stream_ordering may still lack the ordering.
constexpr pg::Statement kPlace{
    "receipts_place",
    "SELECT (SELECT stream_ordering FROM events WHERE event_id = $4 AND room_id = $1),"
    " r.event_id IS NOT NULL, coalesce(r.event_stream_ordering,"
    "   (SELECT stream_ordering FROM events WHERE event_id = r.event_id))"
    " FROM (VALUES (1)) one LEFT JOIN receipts_linearized r ON r.room_id = $1"
    " AND r.receipt_type = $2 AND r.user_id = $3"
    " AND coalesce(r.thread_id, '') = coalesce($5::text, '')"};

// Not ON CONFLICT: the unique indexes may still be waiting for their background updates.
constexpr pg::Statement kPut{
    "receipts_put",
    "WITH linear AS (UPDATE receipts_linearized SET stream_id = $6::bigint, event_id = $4, data = "
    "$7,"
    "   instance_name = $8, event_stream_ordering = $9::bigint"
    "   WHERE room_id = $1 AND receipt_type = $2 AND user_id = $3"
    "   AND coalesce(thread_id, '') = coalesce($5::text, '') RETURNING 1),"
    " graph AS (UPDATE receipts_graph SET event_ids = $10, data = $7"
    "   WHERE room_id = $1 AND receipt_type = $2 AND user_id = $3"
    "   AND coalesce(thread_id, '') = coalesce($5::text, '') RETURNING 1),"
    " new_linear AS (INSERT INTO receipts_linearized (stream_id, room_id, receipt_type, user_id,"
    "   event_id, data, instance_name, event_stream_ordering, thread_id)"
    "   SELECT $6::bigint, $1, $2, $3, $4, $7, $8, $9::bigint, $5::text"
    "   WHERE NOT EXISTS (SELECT FROM linear))"
    " INSERT INTO receipts_graph (room_id, receipt_type, user_id, event_ids, data, thread_id)"
    " SELECT $1, $2, $3, $10, $7, $5::text WHERE NOT EXISTS (SELECT FROM graph)"};

}  // namespace

std::vector<Receipt> receipts_since(pg::Transaction& tx, const std::vector<RoomId>& rooms,
                                    std::int64_t from, std::int64_t to, const UserId& reader) {
    std::vector<Receipt> receipts;
    if (rooms.empty() || from >= to) return receipts;
    const auto rows = tx.query(kSince, rooms, from, to, reader);
    receipts.reserve(rows.size());
    for (const auto& row : rows) {
        receipts.push_back({row.integer(0), RoomId::trusted(row.text(1)), row.text(2),
                            UserId::trusted(row.text(3)), EventId::trusted(row.text(4)),
                            row.maybe_text(5), row.text(6)});
    }
    return receipts;
}

std::vector<RoomId> rooms_with_receipts_since(pg::Transaction& tx, const std::vector<RoomId>& rooms,
                                              std::int64_t from, std::int64_t to,
                                              const UserId& reader) {
    std::vector<RoomId> changed;
    if (rooms.empty() || from >= to) return changed;
    for (const auto& row : tx.query(kRoomsSince, rooms, from, to, reader)) {
        changed.push_back(RoomId::trusted(row.text(0)));
    }
    return changed;
}

void lock_receipts(pg::Transaction& tx, const RoomId& room, const UserId& user) {
    tx.query(kLock, room, user);
}

ReceiptPlace find_receipt_place(pg::Transaction& tx, const Receipt& receipt) {
    const auto rows = tx.query(kPlace, receipt.room, receipt.type, receipt.user, receipt.event,
                               receipt.thread_id);
    const auto row = rows[0];
    return {row.maybe_integer(0), row.maybe_integer(2), row.boolean(1)};
}

void put_receipt(pg::Transaction& tx, const Receipt& receipt,
                 std::optional<std::int64_t> event_stream_ordering,
                 std::string_view instance_name) {
    tx.query(kPut, receipt.room, receipt.type, receipt.user, receipt.event, receipt.thread_id,
             receipt.stream_id, receipt.data, instance_name, event_stream_ordering,
             Json::array({receipt.event.str()}));
}

}  // namespace aksono::storage
