// SPDX-License-Identifier: Apache-2.0
#include "storage/access_tokens.h"

namespace aksono::storage {

namespace {

constexpr pg::Statement kFind{
    "access_token_find",
    "SELECT t.id, t.user_id, u.name, t.device_id, t.valid_until_ms, coalesce(t.used, false),"
    " u.is_guest, u.admin, coalesce(u.shadow_banned, false), u.locked"
    " FROM access_tokens t JOIN users u ON u.name = coalesce(t.puppets_user_id, t.user_id)"
    " WHERE t.token = $1"};

constexpr pg::Statement kMarkUsed{
    "access_token_mark_used",
    "UPDATE access_tokens SET used = true WHERE id = $1 AND used IS NOT TRUE"};

constexpr pg::Statement kInsert{
    "access_token_insert",
    "INSERT INTO access_tokens"
    " (id, user_id, device_id, token, valid_until_ms, refresh_token_id, last_validated, used)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, false)"};

constexpr pg::Statement kMaxId{"access_token_max_id",
                               "SELECT coalesce(max(id), 1) FROM access_tokens"};

constexpr pg::Statement kDelete{"access_token_delete",
                                "DELETE FROM access_tokens WHERE id = $1 RETURNING id, token"};

constexpr pg::Statement kDeleteOfDevices{
    "access_token_delete_of_devices",
    "DELETE FROM access_tokens WHERE user_id = $1 AND device_id = ANY($2::text[])"
    " RETURNING id, token"};

constexpr pg::Statement kDeleteOfUser{
    "access_token_delete_of_user",
    "DELETE FROM access_tokens WHERE user_id = $1 RETURNING id, token"};

std::vector<DeletedToken> deleted_of(const pg::Rows& rows) {
    std::vector<DeletedToken> deleted;
    for (const auto& row : rows)
        deleted.push_back({row.integer(0), row.text(1)});
    return deleted;
}

}  // namespace

std::optional<AccessToken> find_access_token(pg::Transaction& tx, std::string_view token) {
    const auto rows = tx.query(kFind, token);
    if (rows.empty()) return {};
    const auto row = rows[0];
    AccessToken found;
    found.id = row.integer(0);
    found.owner = UserId::trusted(row.text(1));
    found.user = UserId::trusted(row.text(2));
    found.device_id = row.maybe_text(3);
    found.valid_until = row.maybe_integer(4);
    found.used = row.boolean(5);
    found.is_guest = row.integer(6) != 0;
    found.is_admin = row.integer(7) != 0;
    found.shadow_banned = row.boolean(8);
    found.locked = row.boolean(9);
    return found;
}

void mark_access_token_used(pg::Writer& tx, std::int64_t id) {
    tx.write(kMarkUsed, id);
}

void insert_access_token(pg::Writer& tx, const NewAccessToken& token, Millis now) {
    tx.write(kInsert, token.id, token.user, token.device_id, token.token, token.valid_until,
             token.refresh_token_id, now);
}

std::int64_t max_access_token_id(pg::Transaction& tx) {
    return tx.query(kMaxId)[0].integer(0);
}

std::vector<DeletedToken> delete_access_token(pg::Transaction& tx, std::int64_t id) {
    return deleted_of(tx.query(kDelete, id));
}

std::vector<DeletedToken> delete_access_tokens_of_devices(pg::Transaction& tx, const UserId& user,
                                                          const std::vector<std::string>& devices) {
    return deleted_of(tx.query(kDeleteOfDevices, user, devices));
}

std::vector<DeletedToken> delete_access_tokens_of_user(pg::Transaction& tx, const UserId& user) {
    return deleted_of(tx.query(kDeleteOfUser, user));
}

}  // namespace aksono::storage
