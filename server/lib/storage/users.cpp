// SPDX-License-Identifier: Apache-2.0
#include "storage/users.h"

namespace aksono::storage {

namespace {

constexpr pg::Statement kFind{
    "user_find",
    "SELECT name, password_hash, coalesce(creation_ts, 0), admin, is_guest, deactivated,"
    " coalesce(shadow_banned, false), locked, suspended, coalesce(approved, true), user_type,"
    " appservice_id FROM users WHERE name = $1"};

User user_of(const pg::Row& row) {
    User user;
    user.id = UserId::trusted(row.text(0));
    user.password_hash = row.maybe_text(1);
    user.created_s = row.integer(2);
    user.is_admin = row.integer(3) != 0;
    user.is_guest = row.integer(4) != 0;
    user.deactivated = row.integer(5) != 0;
    user.shadow_banned = row.boolean(6);
    user.locked = row.boolean(7);
    user.suspended = row.boolean(8);
    user.approved = row.boolean(9);
    user.user_type = row.maybe_text(10);
    user.appservice_id = row.maybe_text(11);
    return user;
}

}  // namespace

std::optional<User> find_user(pg::Transaction& tx, std::string_view user_id) {
    const auto rows = tx.query(kFind, user_id);
    if (rows.empty()) return {};
    return user_of(rows[0]);
}

}  // namespace aksono::storage
