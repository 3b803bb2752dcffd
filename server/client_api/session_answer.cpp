// SPDX-License-Identifier: Apache-2.0
#include "client_api/session_answer.h"

#include "base/matrix_error.h"

#include <algorithm>

namespace aksono::client_api {

Json session_answer(const UserId& user, const std::string& server_name,
                    const users::Sessions::Tokens& tokens) {
    Json answer{{"user_id", user.str()},
                {"home_server", server_name},
                {"access_token", tokens.access_token},
                {"device_id", tokens.device_id}};
    if (tokens.valid_until) {
        answer["expires_in_ms"] = std::max<Millis>(0, *tokens.valid_until - now_ms());
    }
    if (tokens.refresh_token) answer["refresh_token"] = *tokens.refresh_token;
    return answer;
}

bool wants_refresh_token(const Json& body) {
    const auto* wanted = find_member(body, "refresh_token");
    if (wanted == nullptr) return false;
    if (!wanted->is_boolean()) {
        throw MatrixError::unknown(400, "`refresh_token` should be true or false.");
    }
    return wanted->get<bool>();
}

std::optional<std::string> optional_text(const Json& body, const char* key) {
    const auto* value = find_member(body, key);
    if (value == nullptr || value->is_null()) return {};
    if (!value->is_string() ||
        value->get_ref<const std::string&>().find('\0') != std::string::npos) {
        throw MatrixError::invalid_param(std::string("Bad parameter: ") + key);
    }
    return value->get<std::string>();
}

bool is_truthy(const Json* value) {
    if (value == nullptr || value->is_null()) return false;
    if (value->is_boolean()) return value->get<bool>();
    if (value->is_number()) return *value != 0;
    if (value->is_string()) return !value->get_ref<const std::string&>().empty();
    return !value->empty();
}

}  // namespace aksono::client_api
