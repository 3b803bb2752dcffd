// SPDX-License-Identifier: Apache-2.0
#include "storage/reached_rooms.h"

#include <vector>

namespace aksono::storage {

namespace {

constexpr pg::Statement kReachedRooms{
    "reached_rooms",
    "SELECT e.room_id, max(e.stream_ordering)"
    " FROM unnest($2::bigint[], $3::bigint[]) AS w(writer, reached)"
    " JOIN instance_map i ON i.instance_id = w.writer"
    " JOIN events e ON e.stream_ordering > $1 AND e.stream_ordering <= w.reached"
    "   AND e.instance_name = i.instance_name"
    " GROUP BY e.room_id"};

}  // namespace

std::unordered_map<std::string, std::int64_t> reached_rooms(
    pg::Transaction& tx, std::int64_t stream, const std::map<std::int64_t, std::int64_t>& writers) {
    std::vector<std::int64_t> ids, positions;
    for (const auto& [writer, reached] : writers) {
        ids.push_back(writer);
        positions.push_back(reached);
    }
    std::unordered_map<std::string, std::int64_t> rooms;
    for (const auto& row : tx.query(kReachedRooms, stream, ids, positions))
        rooms.emplace(row.text(0), row.integer(1));
    return rooms;
}

}  // namespace aksono::storage
