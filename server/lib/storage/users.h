// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "base/ids.h"
#include "pg/transaction.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aksono::storage {

/// A row of users.
struct User {
    UserId id;
    std::optional<std::string> password_hash;
    std::int64_t created_s = 0;  ///< seconds, as the column has them
    bool is_admin = false;
    bool is_guest = false;
    bool deactivated = false;
    bool shadow_banned = false;
    bool locked = false;
    bool suspended = false;
    bool approved = true;
    std::optional<std::string> user_type;
    std::optional<std::string> appservice_id;
};

std::optional<User> find_user(pg::Transaction& tx, std::string_view user_id);

/// All whose ids are the same when case does not count.
std::vector<User> find_users_ignoring_case(pg::Transaction& tx, std::string_view user_id);

/// The user to whom a third-party identifier is bound.
std::optional<User> find_user_by_threepid(pg::Transaction& tx, std::string_view medium,
                                          std::string_view address);

/// A number for a user without a name of their own.
std::int64_t next_user_number(pg::Transaction& tx);

struct NewUser {
    UserId id;
    std::optional<std::string> password_hash;
    bool is_admin = false;
    bool is_guest = false;
    std::optional<std::string> user_type;
    std::string display_name;
    bool in_directory = true;
    bool with_stats = true;
};

/// Writes users, profiles, user_directory, user_directory_search and user_stats_current; false, and
/// nothing written, when the id is taken.
bool insert_user(pg::Transaction& tx, const NewUser& user, Millis now);

/// A guest becomes a user; false when there is no such guest.
bool upgrade_guest(pg::Transaction& tx, const UserId& user, const std::string& password_hash,
                   Millis now);

}  // namespace aksono::storage
