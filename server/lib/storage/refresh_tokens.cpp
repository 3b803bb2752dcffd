// SPDX-License-Identifier: Apache-2.0
#include "storage/refresh_tokens.h"

namespace aksono::storage {

namespace {

constexpr pg::Statement kFind{
    "refresh_token_find",
    "SELECT r.id, r.user_id, r.device_id, r.expiry_ts, r.ultimate_session_expiry_ts,"
    " r.next_token_id,"
    " EXISTS (SELECT FROM refresh_tokens n WHERE n.id = r.next_token_id"
    " AND n.next_token_id IS NOT NULL),"
    " EXISTS (SELECT FROM access_tokens a WHERE a.refresh_token_id = r.next_token_id AND a.used)"
    " FROM refresh_tokens r WHERE r.token = $1 FOR UPDATE OF r"};

constexpr pg::Statement kInsert{
    "refresh_token_insert",
    "INSERT INTO refresh_tokens"
    " (id, user_id, device_id, token, expiry_ts, ultimate_session_expiry_ts)"
    " VALUES ($1, $2, $3, $4, $5, $6)"};

// Deleting a token cascades to its access tokens and to those that name it as their next one, so
// the new successor is written first.
constexpr pg::Statement kSetNext{"refresh_token_set_next",
                                 "UPDATE refresh_tokens SET next_token_id = $2 WHERE id = $1"};

constexpr pg::Statement kDropNeighbours{
    "refresh_token_drop_neighbours",
    "DELETE FROM refresh_tokens WHERE next_token_id = $1 OR id = $2"};

constexpr pg::Statement kMaxId{"refresh_token_max_id",
                               "SELECT coalesce(max(id), 1) FROM refresh_tokens"};

constexpr pg::Statement kDeleteOfDevices{
    "refresh_token_delete_of_devices",
    "DELETE FROM refresh_tokens WHERE user_id = $1 AND device_id = ANY($2::text[])"};

constexpr pg::Statement kDeleteOfUser{"refresh_token_delete_of_user",
                                      "DELETE FROM refresh_tokens WHERE user_id = $1"};

}  // namespace

std::optional<RefreshToken> find_refresh_token(pg::Transaction& tx, std::string_view token) {
    const auto rows = tx.query(kFind, token);
    if (rows.empty()) return {};
    const auto row = rows[0];
    RefreshToken found;
    found.id = row.integer(0);
    found.user = UserId::trusted(row.text(1));
    found.device_id = row.text(2);
    found.expires = row.maybe_integer(3);
    found.session_expires = row.maybe_integer(4);
    found.next_id = row.maybe_integer(5);
    found.next_was_refreshed = row.boolean(6);
    found.next_was_used = row.boolean(7);
    return found;
}

void insert_refresh_token(pg::Writer& tx, const NewRefreshToken& token) {
    tx.write(kInsert, token.id, token.user, token.device_id, token.token, token.expires,
             token.session_expires);
}

void replace_refresh_token(pg::Writer& tx, const RefreshToken& old, std::int64_t next) {
    tx.write(kSetNext, old.id, next);
    tx.write(kDropNeighbours, old.id, old.next_id);
}

std::int64_t max_refresh_token_id(pg::Transaction& tx) {
    return tx.query(kMaxId)[0].integer(0);
}

void delete_refresh_tokens_of_devices(pg::Writer& tx, const UserId& user,
                                      const std::vector<std::string>& devices) {
    tx.write(kDeleteOfDevices, user, devices);
}

void delete_refresh_tokens_of_user(pg::Writer& tx, const UserId& user) {
    tx.write(kDeleteOfUser, user);
}

}  // namespace aksono::storage
