// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ids.h"

#include <cstdint>
#include <optional>
#include <string>

namespace aksono {

/// Who makes a request, as its access token tells.
struct Requester {
    UserId user;
    std::optional<std::string> device_id;
    std::optional<std::int64_t> access_token_id;  ///< access_tokens.id; absent for guests
    bool is_guest = false;
    bool is_admin = false;  ///< users.admin
    bool shadow_banned = false;
    /// An admin who acts as `user` (access_tokens.puppets_user_id); else equal to `user`.
    UserId authenticated_as;
    std::optional<std::string> appservice_id;
};

}  // namespace aksono
