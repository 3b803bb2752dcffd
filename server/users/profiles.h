// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ids.h"
#include "base/json.h"
#include "base/waiter.h"
#include "pg/database.h"

#include <string>

namespace aksono::users {

/// Reads profiles of local users. A user of another server is answered as if that server could not
/// be reached (502): profiles are not fetched from elsewhere yet.
class Profiles {
public:
    Profiles(pg::Database& db, std::string server_name)
        : db_(db), server_name_(std::move(server_name)) {}

    /// The whole profile. Throws 404.
    Json whole(Waiter& waiter, const UserId& user);
    /// One field as an object of its own, empty for a name or an avatar that is not set. Throws 404
    /// for other fields that are not there.
    Json field(Waiter& waiter, const UserId& user, const std::string& name);

    /// Throws 400 for a name that no field can have.
    static void check_field_name(const std::string& name);

    /// limit_profile_requests_to_users_who_share_rooms: throws 403 when they share none.
    void check_shares_room(Waiter& waiter, const UserId& reader, const UserId& user);

private:
    pg::Database& db_;
    std::string server_name_;
};

}  // namespace aksono::users
