// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>

namespace aksono::users {

/// Why a name cannot be registered, as a client is told: errcode and text.
struct UsernameRefusal {
    std::string errcode;
    std::string text;
};

struct UsernameRules {
    std::string server_name;
    bool allow_underscore = false;  ///< allow_underscore_prefixed_localpart
};

/// The rules for new localparts, but for is_numeric: Synapse looks at that only after it has looked
/// whether the name is taken.
/// https://spec.matrix.org/latest/appendices/#user-identifiers
Result<void, UsernameRefusal> check_new_localpart(std::string_view localpart,
                                                  const UsernameRules& rules);

/// Only digits: reserved for guests and users without a name of their own.
bool is_numeric(std::string_view localpart);

/// Upper case ASCII letters made lower case: Synapse does so before it looks at a name.
std::string lower_ascii(std::string_view text);

}  // namespace aksono::users
