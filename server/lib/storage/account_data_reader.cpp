// SPDX-License-Identifier: Apache-2.0
#include "storage/account_data_reader.h"

namespace aksono::storage {

namespace {

constexpr pg::Statement kAccountData{
    "account_data_of_user",
    "SELECT '', account_data_type, content FROM account_data"
    " WHERE user_id = $1 AND ($2::bigint IS NULL OR stream_id > $2) "
    "UNION ALL "
    "SELECT room_id, account_data_type, content FROM room_account_data"
    " WHERE user_id = $1 AND ($2::bigint IS NULL OR stream_id > $2)"};

constexpr pg::Statement kGlobalDatum{
    "account_data_global_datum",
    "SELECT content FROM account_data WHERE user_id = $1 AND account_data_type = $2"};

constexpr pg::Statement kRoomDatum{
    "account_data_room_datum",
    "SELECT content FROM room_account_data"
    " WHERE user_id = $1 AND room_id = $2 AND account_data_type = $3"};

constexpr pg::Statement kTags{
    "account_data_tags",
    "SELECT w.room_id, t.tag, t.content"
    "  FROM (SELECT room_id FROM room_tags WHERE $2::bigint IS NULL AND user_id = $1"
    "        UNION"
    "        SELECT room_id FROM room_tags_revisions WHERE user_id = $1 AND stream_id > $2) w"
    "  LEFT JOIN room_tags t ON t.user_id = $1 AND t.room_id = w.room_id"
    " ORDER BY w.room_id, t.tag"};

constexpr pg::Statement kPushRulesChanged{
    "account_data_push_rules_changed",
    "SELECT EXISTS (SELECT FROM push_rules_stream WHERE user_id = $1 AND stream_id > $2)"};

}  // namespace

std::vector<AccountDatum> account_data(pg::Transaction& tx, const std::string& user,
                                       std::optional<std::int64_t> after) {
    std::vector<AccountDatum> data;
    for (const auto& row : tx.query(kAccountData, user, after)) {
        data.push_back({row.text(0), row.text(1), row.text(2)});
    }
    return data;
}

std::optional<std::string> account_datum(pg::Transaction& tx, const std::string& user,
                                         const std::string& room_id, const std::string& type) {
    const auto rows = room_id.empty() ? tx.query(kGlobalDatum, user, type)
                                      : tx.query(kRoomDatum, user, room_id, type);
    return rows.empty() ? std::nullopt : std::optional(rows[0].text(0));
}

std::unordered_map<std::string, std::string> tags(pg::Transaction& tx, const std::string& user,
                                                  std::optional<std::int64_t> after) {
    std::unordered_map<std::string, Json> by_room;
    for (const auto& row : tx.query(kTags, user, after)) {
        Json& room = by_room.try_emplace(row.text(0), Json::object()).first->second;
        if (row.is_null(1)) continue;
        auto content = parse_json(row.view(2));
        room[row.text(1)] = content ? std::move(*content) : Json::object();
    }
    std::unordered_map<std::string, std::string> contents;
    for (const auto& [room, all] : by_room) {
        contents.emplace(room, dump_json(Json{{"tags", all}}));
    }
    return contents;
}

bool push_rules_changed(pg::Transaction& tx, const std::string& user, std::int64_t after) {
    return tx.query(kPushRulesChanged, user, after)[0].boolean(0);
}

}  // namespace aksono::storage
