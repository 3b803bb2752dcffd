// SPDX-License-Identifier: Apache-2.0
#include "background/updates.h"
#include "background/walk.h"

namespace aksono::background {

namespace {

/// Who can neither log in nor be reached: no password, no address, no service that acts for them.
constexpr pg::Statement kFlag{"background_users_deactivated", R"(
WITH batch AS (
    SELECT name FROM users
    WHERE name > $1 AND is_guest = 0 AND appservice_id IS NULL
      AND coalesce(password_hash, '') = ''
    ORDER BY name LIMIT $2),
flagged AS (
    UPDATE users u SET deactivated = 1
    FROM batch b
    WHERE u.name = b.name AND u.deactivated <> 1
      AND NOT EXISTS (SELECT FROM user_threepids t WHERE t.user_id = u.name))
SELECT count(*), max(name) FROM batch)"};

constexpr pg::Statement kAccountData{"background_account_data", R"(
WITH batch AS (
    SELECT name FROM users WHERE name > $1 AND deactivated = 1 ORDER BY name LIMIT $2),
own AS (DELETE FROM account_data d USING batch b WHERE d.user_id = b.name),
of_rooms AS (DELETE FROM room_account_data d USING batch b WHERE d.user_id = b.name),
ignored AS (DELETE FROM ignored_users d USING batch b WHERE d.ignorer_user_id = b.name),
rules AS (DELETE FROM push_rules d USING batch b WHERE d.user_name = b.name),
enabled AS (DELETE FROM push_rules_enable d USING batch b WHERE d.user_name = b.name),
stream AS (DELETE FROM push_rules_stream d USING batch b WHERE d.user_id = b.name)
SELECT count(*), max(name) FROM batch)"};

constexpr pg::Statement kBackups{"background_key_backups", R"(
WITH batch AS (
    SELECT name FROM users WHERE name > $1 AND deactivated = 1 ORDER BY name LIMIT $2),
keys AS (DELETE FROM e2e_room_keys k USING batch b WHERE k.user_id = b.name),
versions AS (DELETE FROM e2e_room_keys_versions v USING batch b WHERE v.user_id = b.name)
SELECT count(*), max(name) FROM batch)"};

/// user_id is the name before the colon.
constexpr pg::Statement kProfiles{"background_full_ids_profiles", R"(
WITH batch AS (SELECT user_id FROM profiles WHERE user_id > $1 ORDER BY user_id LIMIT $2),
filled AS (
    UPDATE profiles p SET full_user_id = concat('@', p.user_id, ':', $3::text)
    FROM batch b WHERE p.user_id = b.user_id AND p.full_user_id IS NULL)
SELECT count(*), max(user_id) FROM batch)"};

/// A user has many: those of the last one in the batch are all done.
constexpr pg::Statement kFilters{"background_full_ids_filters", R"(
WITH batch AS (SELECT user_id FROM user_filters WHERE user_id > $1 ORDER BY user_id LIMIT $2),
filled AS (
    UPDATE user_filters f SET full_user_id = concat('@', f.user_id, ':', $3::text)
    FROM (SELECT DISTINCT user_id FROM batch) b
    WHERE f.user_id = b.user_id AND f.full_user_id IS NULL)
SELECT count(*), max(user_id) FROM batch)"};

Outcome flag_deactivated(const Work& work) {
    return walk_texts(work, kFlag, "user_id");
}

Outcome delete_account_data(const Work& work) {
    return walk_texts(work, kAccountData, "last_user");
}

Outcome delete_backups(const Work& work) {
    return walk_texts(work, kBackups, "last_user");
}

Outcome fill_profiles(const Work& work) {
    return walk_texts(work, kProfiles, "lower_bound_id", work.site.server_name);
}

Outcome fill_filters(const Work& work) {
    return walk_texts(work, kFilters, "lower_bound_id", work.site.server_name);
}

}  // namespace

void add_user_updates(Updates& updates) {
    add(updates,
        {.name = "users_set_deactivated_flag", .walks = "users", .step = flag_deactivated});
    add(updates, {.name = "delete_account_data_for_deactivated_users",
                  .walks = "users",
                  .step = delete_account_data});
    add(updates, {.name = "delete_e2e_backup_keys_for_deactivated_users",
                  .walks = "users",
                  .step = delete_backups});
    add(updates, {.name = "populate_full_user_id_profiles",
                  .walks = "profiles",
                  .step = fill_profiles,
                  .first_batch = 1000,
                  .needs_server_name = true});
    add(updates, {.name = "populate_full_user_id_user_filters",
                  .walks = "user_filters",
                  .step = fill_filters,
                  .first_batch = 1000,
                  .needs_server_name = true});
}

}  // namespace aksono::background
