// SPDX-License-Identifier: Apache-2.0
#include "storage/device_reader.h"

namespace aksono::storage {

namespace {

constexpr pg::Statement kToDevice{
    "to_device_messages",
    "SELECT stream_id, message_json FROM device_inbox"
    " WHERE user_id = $1 AND device_id = $2 AND stream_id > $3 AND stream_id <= $4"
    " ORDER BY stream_id LIMIT $5"};

constexpr pg::Statement kDeleteToDevice{
    "to_device_delete",
    "DELETE FROM device_inbox WHERE user_id = $1 AND device_id = $2 AND stream_id <= $3"};

constexpr pg::Statement kKeyCounts{"device_key_counts",
                                   "SELECT 'k', algorithm, count(*) FROM e2e_one_time_keys_json"
                                   " WHERE user_id = $1 AND device_id = $2 GROUP BY algorithm "
                                   "UNION ALL "
                                   "SELECT 'f', algorithm, 0 FROM e2e_fallback_keys_json"
                                   " WHERE user_id = $1 AND device_id = $2 AND NOT used"};

/// Changes are noted with the rooms that their user was in. Where those notes were pruned, whoever
/// shares a room now counts.
constexpr pg::Statement kChangedDeviceLists{
    "device_lists_changed",
    "WITH mine AS MATERIALIZED ("
    "  SELECT room_id FROM current_state_events"
    "   WHERE type = 'm.room.member' AND state_key = $1 AND membership = 'join'"
    ") "
    "SELECT c.user_id FROM device_lists_changes_in_room c JOIN mine USING (room_id)"
    " WHERE c.stream_id > $2 AND c.stream_id <= $3 "
    "UNION "
    "SELECT s.user_id FROM device_lists_stream s"
    " WHERE s.user_id = $1 AND s.stream_id > $2 AND s.stream_id <= $3 "
    "UNION "
    "SELECT s.user_id FROM device_lists_stream s"
    " WHERE $2 < (SELECT max(stream_id) FROM device_lists_changes_in_room_max_pruned_stream_id)"
    "   AND s.stream_id > $2 AND s.stream_id <= $3"
    "   AND EXISTS (SELECT FROM current_state_events theirs JOIN mine USING (room_id)"
    "                WHERE theirs.type = 'm.room.member' AND theirs.state_key = s.user_id"
    "                  AND theirs.membership = 'join')"};

constexpr pg::Statement kSignedUsers{
    "device_lists_signed_users",
    "SELECT user_ids FROM user_signature_stream"
    " WHERE from_user_id = $1 AND stream_id > $2 AND stream_id <= $3"};

constexpr pg::Statement kSharing{
    "device_lists_sharing",
    "SELECT DISTINCT theirs.state_key"
    "  FROM current_state_events theirs"
    "  JOIN current_state_events mine ON mine.room_id = theirs.room_id"
    "       AND mine.type = 'm.room.member' AND mine.state_key = $1 AND mine.membership = 'join'"
    " WHERE theirs.type = 'm.room.member' AND theirs.state_key = ANY($2::text[])"
    "   AND theirs.membership = 'join'"};

constexpr pg::Statement kJoinedMembers{
    "device_lists_joined_members",
    "SELECT DISTINCT state_key FROM current_state_events"
    " WHERE room_id = ANY($1::text[]) AND type = 'm.room.member' AND membership = 'join'"};

void insert_first_column(std::set<std::string>& users, const pg::Rows& rows) {
    for (const auto& row : rows)
        users.insert(row.text(0));
}

}  // namespace

ToDeviceMessages to_device_messages(pg::Transaction& tx, const std::string& user,
                                    const std::string& device, std::int64_t after,
                                    std::int64_t until, std::int64_t limit) {
    ToDeviceMessages answer;
    answer.reached = until;
    const auto rows = tx.query(kToDevice, user, device, after, until, limit);
    for (const auto& row : rows)
        answer.messages.push_back(row.text(1));
    if (static_cast<std::int64_t>(rows.size()) == limit) {
        answer.reached = rows[rows.size() - 1].integer(0);
    }
    return answer;
}

std::int64_t delete_to_device_messages(pg::Transaction& tx, const std::string& user,
                                       const std::string& device, std::int64_t until) {
    return tx.query(kDeleteToDevice, user, device, until).affected();
}

DeviceKeyCounts device_key_counts(pg::Transaction& tx, const std::string& user,
                                  const std::string& device) {
    DeviceKeyCounts counts;
    for (const auto& row : tx.query(kKeyCounts, user, device)) {
        if (row.view(0) == "k") {
            counts.one_time_keys[row.text(1)] = row.integer(2);
        } else {
            counts.unused_fallback_types.push_back(row.text(1));
        }
    }
    return counts;
}

std::set<std::string> changed_device_lists(pg::Transaction& tx, const std::string& user,
                                           std::int64_t after, std::int64_t until) {
    std::set<std::string> users;
    insert_first_column(users, tx.query(kChangedDeviceLists, user, after, until));
    for (const auto& row : tx.query(kSignedUsers, user, after, until)) {
        const auto signed_users = parse_json(row.view(0));
        if (!signed_users || !signed_users->is_array()) continue;
        for (const auto& one : *signed_users) {
            if (one.is_string()) users.insert(one.get<std::string>());
        }
    }
    return users;
}

std::set<std::string> sharing_a_room(pg::Transaction& tx, const std::string& user,
                                     const std::vector<std::string>& others) {
    std::set<std::string> users;
    if (!others.empty()) insert_first_column(users, tx.query(kSharing, user, others));
    return users;
}

std::set<std::string> joined_members(pg::Transaction& tx,
                                     const std::vector<std::string>& room_ids) {
    std::set<std::string> users;
    if (!room_ids.empty()) insert_first_column(users, tx.query(kJoinedMembers, room_ids));
    return users;
}

}  // namespace aksono::storage
