// SPDX-License-Identifier: Apache-2.0
#include "storage/read_markers.h"

namespace aksono::storage {

namespace {

constexpr pg::Statement kLock{
    "read_markers_lock",
    "SELECT pg_advisory_xact_lock(hashtext('m.fully_read'), hashtext($1 || $2))"};

constexpr pg::Statement kPlace{
    "read_markers_place",
    "SELECT n.event_id IS NOT NULL, n.event_id IS NOT NULL AND (o.event_id IS NULL"
    "   OR (n.topological_ordering, n.stream_ordering) > (o.topological_ordering, "
    "o.stream_ordering))"
    " FROM (VALUES (1)) one"
    " LEFT JOIN events n ON n.event_id = $3 AND n.room_id = $1"
    " LEFT JOIN room_account_data d ON d.user_id = $2 AND d.room_id = $1"
    "   AND d.account_data_type = 'm.fully_read'"
    " LEFT JOIN events o ON o.event_id = d.content::json ->> 'event_id'"};

constexpr pg::Statement kPut{
    "read_markers_put",
    "INSERT INTO room_account_data (user_id, room_id, account_data_type, stream_id, content)"
    " VALUES ($1, $2, 'm.fully_read', $3::bigint, $4)"
    " ON CONFLICT (user_id, room_id, account_data_type)"
    " DO UPDATE SET stream_id = EXCLUDED.stream_id, content = EXCLUDED.content"};

}  // namespace

void lock_fully_read(pg::Transaction& tx, const RoomId& room, const UserId& user) {
    tx.query(kLock, room, user);
}

FullyReadPlace find_fully_read_place(pg::Transaction& tx, const RoomId& room, const UserId& user,
                                     const EventId& event) {
    const auto rows = tx.query(kPlace, room, user, event);
    return {rows[0].boolean(0), rows[0].boolean(1)};
}

void put_fully_read(pg::Transaction& tx, const RoomId& room, const UserId& user,
                    const EventId& event, std::int64_t stream_id) {
    tx.query(kPut, user, room, stream_id, Json{{"event_id", event.str()}});
}

}  // namespace aksono::storage
