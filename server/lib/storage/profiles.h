// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ids.h"
#include "base/json.h"
#include "pg/transaction.h"

#include <optional>
#include <string>

namespace aksono::storage {

struct Profile {
    std::optional<std::string> display_name;
    std::optional<std::string> avatar_url;
    Json fields = Json::object();  ///< every further field
};

std::optional<Profile> find_profile(pg::Transaction& tx, const UserId& user);

/// Whether two local users are joined to one room.
bool share_a_room(pg::Transaction& tx, const UserId& one, const UserId& other);

}  // namespace aksono::storage
