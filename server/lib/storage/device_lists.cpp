// SPDX-License-Identifier: Apache-2.0
#include "storage/device_lists.h"

namespace aksono::storage {

namespace {

constexpr pg::Statement kChanges{
    "device_list_changes_insert",
    "WITH changed AS (SELECT * FROM unnest($2::text[], $3::bigint[]) AS c(device_id, stream_id)),"
    " older AS (DELETE FROM device_lists_stream s USING changed c"
    " WHERE s.user_id = $1::text AND s.device_id = c.device_id AND s.stream_id < c.stream_id),"
    " listed AS (INSERT INTO device_lists_stream (stream_id, user_id, device_id, instance_name)"
    " SELECT stream_id, $1::text, device_id, $4::text FROM changed)"
    " INSERT INTO device_lists_changes_in_room (user_id, device_id, room_id, stream_id,"
    " converted_to_destinations, opentracing_context, instance_name, inserted_ts)"
    " SELECT $1::text, c.device_id, m.room_id, c.stream_id, false, '{}', $4::text, $5::bigint"
    " FROM changed c CROSS JOIN local_current_membership m"
    " WHERE m.user_id = $1::text AND m.membership = 'join' RETURNING room_id"};

constexpr pg::Statement kAdvance{
    "device_list_changes_advance_converted",
    "UPDATE device_lists_changes_converted_stream_position p SET stream_id = $1,"
    " room_id = coalesce((SELECT max(c.room_id) FROM device_lists_changes_in_room c"
    " WHERE c.stream_id = $1), ''), instance_name = $3"
    " WHERE p.stream_id < $1 AND NOT EXISTS ("
    " SELECT FROM device_lists_changes_in_room c JOIN current_state_events e"
    " ON e.room_id = c.room_id AND e.type = 'm.room.member' AND e.membership = 'join'"
    " WHERE (c.stream_id, c.room_id) > (p.stream_id, p.room_id) AND c.stream_id <= $1"
    " AND NOT c.converted_to_destinations"
    " AND substring(e.state_key from position(':' in e.state_key) + 1) <> $2)"};

}  // namespace

std::vector<std::string> insert_device_list_changes(pg::Transaction& tx, const UserId& user,
                                                    const std::vector<std::string>& devices,
                                                    const std::vector<std::int64_t>& stream_ids,
                                                    std::string_view instance, Millis now) {
    std::vector<std::string> rooms;
    for (const auto& row : tx.query(kChanges, user, devices, stream_ids, instance, now)) {
        rooms.push_back(row.text(0));
    }
    return rooms;
}

void advance_converted_device_changes(pg::Writer& tx, std::int64_t position,
                                      std::string_view server_name, std::string_view instance) {
    tx.write(kAdvance, position, server_name, instance);
}

}  // namespace aksono::storage
