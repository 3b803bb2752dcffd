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

}  // namespace aksono::storage
