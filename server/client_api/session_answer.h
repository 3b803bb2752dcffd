// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.h"
#include "users/sessions.h"

#include <optional>
#include <string>

namespace aksono::client_api {

/// What /login and /register answer about a new session.
Json session_answer(const UserId& user, const std::string& server_name,
                    const users::Sessions::Tokens& tokens);

/// `refresh_token` of a body: must be a boolean. Throws 400 M_UNKNOWN.
bool wants_refresh_token(const Json& body);

/// A member that is a string or null or absent. Throws 400 M_INVALID_PARAM for others and for
/// U+0000.
std::optional<std::string> optional_text(const Json& body, const char* key);

/// Python's idea of truth: false for nothing, zero and the empty.
bool is_truthy(const Json* value);

}  // namespace aksono::client_api
