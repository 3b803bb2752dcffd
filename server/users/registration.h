// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/waiter.h"
#include "config/config.h"
#include "pg/database.h"
#include "users/change_writer.h"

#include <optional>
#include <string>

namespace aksono::users {

/// Makes accounts.
class Registration {
public:
    struct Options {
        std::string server_name;
        std::string macaroon_key;  ///< of guests' tokens
        std::string device_lists_writer = config::kMainProcess;
        config::RegistrationSettings settings;
        bool stats = true;                               ///< stats.enabled
        std::optional<std::string> default_user_type{};  ///< user_types.default_user_type
    };
    Registration(pg::Database& db, storage::Streams& streams, Options options);

    /// Whether a name can be had. Throws 400 M_INVALID_USERNAME, M_USER_IN_USE; with a guest's
    /// token 401 M_UNKNOWN_TOKEN, 403 M_FORBIDDEN. `may_be_taken`: say nothing of taken names.
    void check_name(Waiter& waiter, const std::string& localpart,
                    const std::optional<std::string>& guest_token = {}, bool may_be_taken = false);

    struct Account {
        std::string localpart;  ///< empty: a number
        std::optional<std::string> password_hash;
        bool is_admin = false;
        bool is_guest = false;
        std::optional<std::string> user_type;
        std::optional<std::string> display_name;  ///< absent: the localpart
    };
    /// Throws 400 M_USER_IN_USE.
    UserId create(Waiter& waiter, const Account& account);

    /// The guest of that name becomes a user. Throws 404 when there is none.
    UserId upgrade_guest(Waiter& waiter, const std::string& localpart,
                         const std::string& password_hash);

    [[nodiscard]] const Options& options() const { return options_; }

private:
    UserId user_id_of(const std::string& localpart) const;
    void check_guest_token(const UserId& user, const std::string& token) const;
    bool insert(Waiter& waiter, const Account& account, const UserId& user);

    pg::Database& db_;
    storage::Streams& streams_;
    Options options_;
};

}  // namespace aksono::users
