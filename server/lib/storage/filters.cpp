// SPDX-License-Identifier: Apache-2.0
#include "storage/filters.h"

namespace aksono::storage {

namespace {

constexpr pg::Statement kFindSame{
    "filter_find_same",
    "SELECT filter_id FROM user_filters WHERE full_user_id = $1 AND filter_json = $2::bytea"};

constexpr pg::Statement kInsert{
    "filter_insert",
    "INSERT INTO user_filters (full_user_id, user_id, filter_id, filter_json)"
    " SELECT $1::text, $2::text, coalesce(max(filter_id) + 1, 0), $3::bytea FROM user_filters"
    " WHERE full_user_id = $1::text RETURNING filter_id"};

constexpr pg::Statement kLock{
    "filter_lock", "SELECT pg_advisory_xact_lock(hashtext('user_filters'), hashtext($1))"};

constexpr pg::Statement kFind{
    "filter_find",
    "SELECT filter_json FROM user_filters WHERE full_user_id = $1 AND filter_id = $2"};

}  // namespace

std::int64_t find_or_insert_filter(pg::Transaction& tx, const UserId& user,
                                   const std::string& filter_json) {
    // Two devices that upload at once must not both count on from the same number.
    tx.query(kLock, user);
    const auto json = pg::bytes(filter_json);
    if (const auto rows = tx.query(kFindSame, user, json); !rows.empty()) return rows[0].integer(0);
    return tx.query(kInsert, user, user.localpart(), json)[0].integer(0);
}

std::optional<std::string> find_filter(pg::Transaction& tx, const UserId& user,
                                       std::int64_t filter_id) {
    const auto rows = tx.query(kFind, user, filter_id);
    if (rows.empty()) return {};
    return rows[0].bytes(0);
}

}  // namespace aksono::storage
