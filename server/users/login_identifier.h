// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.h"

#include <string>
#include <variant>

namespace aksono::users {

/// A user id or the localpart of one.
struct UserIdentifier {
    std::string name;
};

/// An e-mail address or a telephone number.
struct ThirdPartyIdentifier {
    std::string medium;
    std::string address;
};

using LoginIdentifier = std::variant<UserIdentifier, ThirdPartyIdentifier>;

/// Whom the body of a login request names, in today's form or one of the old ones. Throws Synapse's
/// refusals (400).
/// https://spec.matrix.org/latest/client-server-api/#identifier-types
LoginIdentifier read_login_identifier(const Json& body);

}  // namespace aksono::users
