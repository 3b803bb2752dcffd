// SPDX-License-Identifier: Apache-2.0
#include "storage/users.h"

namespace aksono::storage {

namespace {

#define USER_COLUMNS                                                                   \
    "SELECT u.name, u.password_hash, coalesce(u.creation_ts, 0), u.admin, u.is_guest," \
    " u.deactivated, coalesce(u.shadow_banned, false), u.locked, u.suspended,"         \
    " coalesce(u.approved, true), u.user_type, u.appservice_id FROM users u"

constexpr pg::Statement kFind{"user_find", USER_COLUMNS " WHERE u.name = $1"};

constexpr pg::Statement kFindIgnoringCase{"user_find_ignoring_case",
                                          USER_COLUMNS " WHERE lower(u.name) = lower($1)"};

constexpr pg::Statement kFindByThreepid{
    "user_find_by_threepid", USER_COLUMNS
    " JOIN user_threepids t ON t.user_id = u.name WHERE t.medium = $1 AND t.address = $2"};

#undef USER_COLUMNS

constexpr pg::Statement kNextNumber{"user_next_number", "SELECT nextval('user_id_seq')"};

// What the directory's search finds: the localpart counts most (A), then the display name (B).
constexpr pg::Statement kInsert{
    "user_insert",
    "WITH account AS (INSERT INTO users"
    " (name, password_hash, creation_ts, admin, is_guest, user_type, shadow_banned, approved)"
    " VALUES ($1::text, $2::text, $3::bigint, $4::int, $5::int, $6::text, false, true)"
    " ON CONFLICT (name) DO NOTHING RETURNING name),"
    " profile AS (INSERT INTO profiles (user_id, full_user_id, displayname)"
    " SELECT $7::text, name, $8::text FROM account ON CONFLICT DO NOTHING),"
    " directory AS (INSERT INTO user_directory (user_id, display_name)"
    " SELECT name, $8::text FROM account WHERE $10::boolean ON CONFLICT (user_id) DO NOTHING),"
    " search AS (INSERT INTO user_directory_search (user_id, vector)"
    " SELECT name, setweight(to_tsvector('simple', $7::text), 'A')"
    " || setweight(to_tsvector('simple', $9::text), 'D')"
    " || setweight(to_tsvector('simple', $8::text), 'B')"
    " FROM account WHERE $10::boolean ON CONFLICT (user_id) DO NOTHING),"
    " stats AS (INSERT INTO user_stats_current (user_id, joined_rooms, completed_delta_stream_id)"
    " SELECT name, 0, coalesce((SELECT max(stream_id) FROM current_state_delta_stream), -1)"
    " FROM account WHERE $11::boolean ON CONFLICT (user_id) DO NOTHING)"
    " SELECT count(*) FROM account"};

constexpr pg::Statement kUpgradeGuest{
    "user_upgrade_guest",
    "WITH account AS (UPDATE users SET password_hash = $2::text, upgrade_ts = $3::bigint, is_guest "
    "= 0,"
    " shadow_banned = false WHERE name = $1 AND is_guest = 1 RETURNING name),"
    " named AS (SELECT a.name, coalesce(p.displayname, $4::text) AS displayname FROM account a"
    " LEFT JOIN profiles p ON p.full_user_id = a.name),"
    " directory AS (INSERT INTO user_directory (user_id, display_name)"
    " SELECT name, displayname FROM named ON CONFLICT (user_id) DO NOTHING),"
    " search AS (INSERT INTO user_directory_search (user_id, vector)"
    " SELECT name, setweight(to_tsvector('simple', $4::text), 'A')"
    " || setweight(to_tsvector('simple', $5::text), 'D')"
    " || setweight(to_tsvector('simple', displayname), 'B')"
    " FROM named ON CONFLICT (user_id) DO NOTHING)"
    " SELECT count(*) FROM account"};

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

std::vector<User> find_users_ignoring_case(pg::Transaction& tx, std::string_view user_id) {
    std::vector<User> users;
    for (const auto& row : tx.query(kFindIgnoringCase, user_id))
        users.push_back(user_of(row));
    return users;
}

std::optional<User> find_user_by_threepid(pg::Transaction& tx, std::string_view medium,
                                          std::string_view address) {
    const auto rows = tx.query(kFindByThreepid, medium, address);
    if (rows.empty()) return {};
    return user_of(rows[0]);
}

std::int64_t next_user_number(pg::Transaction& tx) {
    return tx.query(kNextNumber)[0].integer(0);
}

bool insert_user(pg::Transaction& tx, const NewUser& user, Millis now) {
    const auto rows =
        tx.query(kInsert, user.id, user.password_hash, now / 1000, user.is_admin ? 1 : 0,
                 user.is_guest ? 1 : 0, user.user_type, user.id.localpart(), user.display_name,
                 user.id.server(), user.in_directory, user.with_stats);
    return rows[0].integer(0) == 1;
}

bool upgrade_guest(pg::Transaction& tx, const UserId& user, const std::string& password_hash,
                   Millis now) {
    const auto rows =
        tx.query(kUpgradeGuest, user, password_hash, now / 1000, user.localpart(), user.server());
    return rows[0].integer(0) == 1;
}

}  // namespace aksono::storage
