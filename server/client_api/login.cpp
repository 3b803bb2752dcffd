// SPDX-License-Identifier: Apache-2.0
#include "base/matrix_error.h"
#include "client_api/accounts.h"
#include "client_api/session_answer.h"
#include "client_api/token_source.h"
#include "users/text.h"

namespace aksono::client_api {

namespace {

constexpr std::size_t kLongestDeviceId = 512;

http::Response flows(const LoginDeps& deps) {
    Json list = Json::array();
    const auto& settings = deps.passwords.settings();
    if (deps.login_via_existing_session) {
        list.push_back({{"type", "m.login.token"}, {"get_login_token", true}});
    }
    if (settings.enabled_for_login && settings.localdb_enabled) {
        list.push_back({{"type", "m.login.password"}});
    }
    list.push_back({{"type", "m.login.application_service"}});
    return http::Response::json({{"flows", std::move(list)}});
}

/// No application service is known, so this ends in a refusal, whatever token comes with it.
[[noreturn]] void login_application_service(http::Call& call, const LoginDeps& deps) {
    deps.authenticator.authenticate(call.waiter(), token_source(call.request()), {.guests = true});
    throw MatrixError(401, "M_UNKNOWN_TOKEN",
                      "This login method is only valid for application services",
                      Json{{"soft_logout", false}});
}

UserId login_token(http::Call& call, const LoginDeps& deps, const Json& body) {
    if (find_member(body, "token") == nullptr) {
        throw MatrixError::unknown(400, "Missing JSON keys.");
    }
    const auto* token = find_string(body, "token");
    if (token == nullptr) throw MatrixError::invalid_param("Bad parameter: token");
    return deps.logins.by_token(call.waiter(), *token);
}

UserId login_password(http::Call& call, const LoginDeps& deps, const Json& body) {
    const auto& settings = deps.passwords.settings();
    if (!settings.enabled_for_login) {
        throw MatrixError::unknown(400, "Password login has been disabled.");
    }
    const auto* password = find_string(body, "password");
    if (password == nullptr) throw MatrixError::invalid_param("Bad parameter: password");
    const auto who = users::read_login_identifier(body);
    if (!settings.localdb_enabled) {
        throw MatrixError::unknown(400, "Unknown login type m.login.password");
    }
    return deps.logins.by_password(call.waiter(), who, *password);
}

UserId identify(http::Call& call, const LoginDeps& deps, const Json& body) {
    const auto* type = find_member(body, "type");
    if (type == nullptr) throw MatrixError::unknown(400, "Missing JSON keys.");
    if (!type->is_string()) throw MatrixError::invalid_param("Bad parameter: type");
    if (*type == "m.login.application_service") login_application_service(call, deps);
    deps.limits.login_from(call.waiter(), call.request().client_ip);
    if (*type == "m.login.token") return login_token(call, deps, body);
    if (*type == "m.login.password") return login_password(call, deps, body);
    // What is wrong with the identifier comes before what is wrong with the type.
    const auto who = users::read_login_identifier(body);
    if (std::holds_alternative<users::ThirdPartyIdentifier>(who)) {
        throw MatrixError::forbidden("Invalid username or password");
    }
    throw MatrixError::unknown(400, "Unknown login type " + type->get<std::string>());
}

http::Response login(http::Call& call, const LoginDeps& deps) {
    const auto body = call.json_object();
    users::Sessions::Start start;
    start.refreshable = wants_refresh_token(body) && deps.sessions.refreshing();
    start.user = identify(call, deps, body);
    start.device_id = optional_text(body, "device_id");
    if (start.device_id && users::count_code_points(*start.device_id) > kLongestDeviceId) {
        throw MatrixError::invalid_param("device_id cannot be longer than 512 characters.");
    }
    start.display_name = optional_text(body, "initial_device_display_name");
    const auto tokens = deps.sessions.start(call.waiter(), start);
    auto answer = session_answer(start.user, deps.server_name, tokens);
    if (!deps.well_known.is_null()) answer["well_known"] = deps.well_known;
    return http::Response::json(answer);
}

}  // namespace

void add_login_endpoints(http::Endpoints& endpoints, LoginDeps deps) {
    constexpr auto kPath = "/_matrix/client/*/login";
    endpoints.push_back({http::Method::get, kPath, http::Access::open,
                         [deps](http::Call& /*call*/) { return flows(deps); }});
    endpoints.push_back({http::Method::post, kPath, http::Access::open,
                         [deps](http::Call& call) { return login(call, deps); }});
}

}  // namespace aksono::client_api
