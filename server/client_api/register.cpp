// SPDX-License-Identifier: Apache-2.0
#include "base/matrix_error.h"
#include "client_api/accounts.h"
#include "client_api/session_answer.h"
#include "client_api/validation_error.h"
#include "users/text.h"
#include "users/username.h"

namespace aksono::client_api {

namespace {

constexpr std::size_t kLongestInput = 512;
constexpr const char* kPasswordHash = "password_hash";         // in a session's notes
constexpr const char* kRegisteredUser = "registered_user_id";  // the same

const std::string* short_string(const Json& value) {
    const auto* text = value.is_string() ? &value.get_ref<const std::string&>() : nullptr;
    return text != nullptr && users::count_code_points(*text) <= kLongestInput ? text : nullptr;
}

/// The wished name in lower case; nothing when there is none.
std::optional<std::string> username_of(const Json& body) {
    const auto* value = find_member(body, "username");
    if (value == nullptr) return {};
    const auto* name = short_string(*value);
    if (name == nullptr) throw MatrixError::unknown(400, "Invalid username");
    return users::lower_ascii(*name);
}

std::optional<std::string> password_of(const Json& body, const users::Passwords& passwords) {
    const auto* value = find_member(body, "password");
    if (value == nullptr || value->is_null()) return {};
    const auto* password = short_string(*value);
    if (password == nullptr) throw MatrixError::unknown(400, "Invalid password");
    passwords.check_policy(*password);
    if (password->empty()) return {};
    return *password;
}

std::optional<std::string> guest_token_of(const Json& parameters) {
    const auto* token = find_member(parameters, "guest_access_token");
    if (token == nullptr || token->is_null()) return {};
    return token->is_string() ? token->get<std::string>() : "";
}

Json auth_of(const Json& body) {
    const auto* auth = find_member(body, "auth");
    if (auth == nullptr || auth->is_null()) return nullptr;
    constexpr auto kModel = "UserInteractiveAuthBody";
    if (!auth->is_object()) {
        throw validation_error(
            kModel,
            {{"auth", "Input should be a valid dictionary or instance of AuthenticationData",
              "model_type", *auth}});
    }
    std::vector<Complaint> complaints;
    for (const char* key : {"session", "type"}) {
        const auto* value = find_member(*auth, key);
        if (value == nullptr || value->is_null() || value->is_string()) continue;
        complaints.push_back(
            {std::string("auth.") + key, "Input should be a valid string", "string_type", *value});
    }
    if (!complaints.empty()) throw validation_error(kModel, complaints);
    return *auth;
}

http::Response register_guest(http::Call& call, const RegisterDeps& deps, const Json& body) {
    const auto& options = deps.registration.options();
    if (!options.settings.allow_guest_access || deps.sessions.ending()) {
        throw MatrixError::unknown(403, "Guest access is disabled");
    }
    deps.limits.registration_from(call.waiter(), call.request().client_ip, true);
    users::Sessions::Start start;
    start.display_name = optional_text(body, "initial_device_display_name");
    start.guest = true;
    users::Sessions::check_display_name(start.display_name);
    users::Registration::Account account;
    account.is_guest = true;
    start.user = deps.registration.create(call.waiter(), account);
    const auto tokens = deps.sessions.start(call.waiter(), start);
    return http::Response::json(session_answer(start.user, options.server_name, tokens));
}

/// One request to register a user.
class UserRegistration {
public:
    UserRegistration(http::Call& call, const RegisterDeps& deps, Json body, Json auth)
        : call_(call),
          waiter_(call.waiter()),
          deps_(deps),
          body_(std::move(body)),
          auth_(std::move(auth)) {}

    http::Response run();

private:
    users::UiAuth::Outcome prove();
    void check_wished_name(const std::optional<storage::UiAuthSession>& session);
    http::Response pending(const users::UiAuthPending& pending);
    UserId make_account(const storage::UiAuthSession& session);
    std::string hash_for(const storage::UiAuthSession& session);
    users::Sessions::Start read_start(const Json& parameters) const;

    http::Call& call_;
    Waiter& waiter_;
    const RegisterDeps& deps_;
    Json body_;
    Json auth_;
    bool refreshable_ = false;
    std::optional<std::string> name_;
    std::optional<std::string> password_;
};

bool has_token(const http::Request& request) {
    return request.headers.find("Authorization") != nullptr ||
           request.query.find("access_token") != nullptr;
}

void refuse_application_service(const http::Request& request) {
    if (!has_token(request)) {
        throw MatrixError::unknown(
            400,
            "Appservice token must be provided when using a type of m.login.application_service");
    }
    throw MatrixError(401, "M_UNKNOWN_TOKEN", "Unrecognised access token",
                      Json{{"soft_logout", false}});
}

http::Response UserRegistration::run() {
    refreshable_ = wants_refresh_token(body_) && deps_.sessions.refreshing();
    // Some clients repeat this one alone in a later stage, and must not undo what came before.
    const Json* password = find_member(body_, "password");
    if (password == nullptr || password->is_null()) body_.erase("initial_device_display_name");
    name_ = username_of(body_);
    const auto* type = find_string(body_, "type");
    if (type != nullptr && *type == "m.login.application_service") {
        refuse_application_service(call_.request());
    }
    if (has_token(call_.request())) {
        throw MatrixError::unknown(400,
                                   "An access token should not be provided on requests to "
                                   "/register (except if type is m.login.application_service)");
    }
    if (!deps_.registration.options().settings.enabled) {
        throw MatrixError::forbidden("Registration has been disabled");
    }
    password_ = password_of(body_, deps_.passwords);
    // Before the session is written that would only lead to these refusals.
    for (const char* key : {"device_id", "initial_device_display_name"})
        optional_text(body_, key);
    users::Passwords::check_bytes(password_.value_or(""));
    deps_.limits.registration_from(waiter_, call_.request().client_ip, false);
    check_wished_name(deps_.ui_auth.session_of(waiter_, auth_));
    const auto outcome = prove();
    if (const auto* unproven = std::get_if<users::UiAuthPending>(&outcome)) {
        return pending(*unproven);
    }
    const auto& session = std::get<users::UiAuthDone>(outcome).session;
    auto start = read_start(session.client_dict);
    start.user = make_account(session);
    const auto& server_name = deps_.registration.options().server_name;
    if (is_truthy(find_member(session.client_dict, "inhibit_login"))) {
        return http::Response::json({{"user_id", start.user.str()}, {"home_server", server_name}});
    }
    const auto tokens = deps_.sessions.start(waiter_, start);
    return http::Response::json(session_answer(start.user, server_name, tokens));
}

/// Says early what is wrong with a name, and does not let a session make two users.
void UserRegistration::check_wished_name(const std::optional<storage::UiAuthSession>& session) {
    if (!name_ || (!session && find_string(auth_, "session") != nullptr &&
                   !find_string(auth_, "session")->empty())) {
        return;  // an unknown session is refused first
    }
    const auto* registered = session ? find_string(session->server_dict, kRegisteredUser) : nullptr;
    if (registered == nullptr) {
        const auto& settings = deps_.registration.options().settings;
        deps_.registration.check_name(waiter_, *name_, guest_token_of(body_),
                                      settings.inhibit_user_in_use_error);
    } else if (UserId::trusted(*registered).localpart() != *name_) {
        throw MatrixError::unknown(
            400, "A different user ID has already been registered for this session");
    }
}

users::UiAuth::Outcome UserRegistration::prove() {
    const auto& http_request = call_.request();
    users::UiAuthRequest request;
    request.method = http::method_name(http_request.method);
    request.uri = http_request.target;
    request.ip = http_request.client_ip;
    if (const auto* agent = http_request.headers.find("User-Agent")) request.user_agent = *agent;
    request.description = "register a new account";
    request.auth = auth_;
    request.parameters = body_;
    request.parameters.erase("auth");
    request.parameters.erase("password");
    request.flows = deps_.flows;
    request.may_change = true;
    return deps_.ui_auth.check(waiter_, request);
}

/// Remembers the password, so that a later request need not bring it again.
http::Response UserRegistration::pending(const users::UiAuthPending& pending) {
    if (password_) {
        deps_.ui_auth.remember(waiter_, pending.session_id, kPasswordHash,
                               deps_.passwords.hash(waiter_, *password_));
    }
    return http::Response::json(pending.body, 401);
}

std::string UserRegistration::hash_for(const storage::UiAuthSession& session) {
    if (password_) return deps_.passwords.hash(waiter_, *password_);
    const auto* hash = find_string(session.server_dict, kPasswordHash);
    if (hash == nullptr) throw MatrixError::missing_param("Missing params: password");
    return *hash;
}

users::Sessions::Start UserRegistration::read_start(const Json& parameters) const {
    users::Sessions::Start start;
    start.device_id = optional_text(parameters, "device_id");
    start.display_name = optional_text(parameters, "initial_device_display_name");
    start.refreshable = refreshable_;
    users::Sessions::check_display_name(start.display_name);
    return start;
}

UserId UserRegistration::make_account(const storage::UiAuthSession& session) {
    if (const auto* done = find_string(session.server_dict, kRegisteredUser)) {
        return UserId::trusted(*done);
    }
    users::Registration::Account account;
    account.password_hash = hash_for(session);
    account.localpart = username_of(session.client_dict).value_or("");
    const auto guest_token = guest_token_of(session.client_dict);
    if (!account.localpart.empty()) {
        deps_.registration.check_name(waiter_, account.localpart, guest_token);
    }
    deps_.limits.registration_from(waiter_, call_.request().client_ip, true);
    const auto user =
        guest_token && !account.localpart.empty()
            ? deps_.registration.upgrade_guest(waiter_, account.localpart, *account.password_hash)
            : deps_.registration.create(waiter_, account);
    deps_.ui_auth.remember(waiter_, session.id, kRegisteredUser, user.str());
    deps_.ui_auth.tokens().complete(waiter_, session);
    return user;
}

http::Response register_any(http::Call& call, const RegisterDeps& deps) {
    auto body = call.json_object();
    auto auth = auth_of(body);
    const auto kind = call.query("kind").value_or("user");
    if (kind == "guest") return register_guest(call, deps, body);
    if (kind != "user") {
        throw MatrixError(400, "M_UNRECOGNIZED", "Do not understand membership kind: " + kind);
    }
    return UserRegistration(call, deps, std::move(body), std::move(auth)).run();
}

http::Response available(http::Call& call, const RegisterDeps& deps) {
    const auto& settings = deps.registration.options().settings;
    if (!settings.enabled) throw MatrixError::forbidden("Registration has been disabled");
    if (!settings.inhibit_user_in_use_error) {
        deps.registration.check_name(call.waiter(), call.required_query("username"));
    }
    return http::Response::json({{"available", true}});
}

http::Response token_validity(http::Call& call, const RegisterDeps& deps) {
    deps.limits.token_validity_from(call.waiter(), call.request().client_ip);
    if (!deps.registration.options().settings.enabled) {
        throw MatrixError::forbidden("Registration has been disabled");
    }
    const auto token = call.required_query("token");
    return http::Response::json({{"valid", deps.ui_auth.tokens().valid(call.waiter(), token)}});
}

}  // namespace

std::vector<users::UiAuthFlow> registration_flows(const config::Config& config) {
    users::UiAuthFlow flow;
    if (config.registration.requires_token) flow.emplace_back(users::RegistrationTokens::kStage);
    for (const auto& medium : config.registration.requires_3pid) {
        flow.emplace_back(medium == "email" ? "m.login.email.identity" : "m.login.msisdn");
    }
    if (config.registration.requires_3pid.empty()) flow.emplace_back("m.login.dummy");
    return {flow};
}

void add_register_endpoints(http::Endpoints& endpoints, RegisterDeps deps) {
    endpoints.push_back({http::Method::post, "/_matrix/client/*/register", http::Access::open,
                         [deps](http::Call& call) { return register_any(call, deps); }});
    endpoints.push_back({http::Method::get, "/_matrix/client/*/register/available",
                         http::Access::open,
                         [deps](http::Call& call) { return available(call, deps); }});
    endpoints.push_back(
        {http::Method::get, "/_matrix/client/*/register/m.login.registration_token/validity",
         http::Access::open, [deps](http::Call& call) { return token_validity(call, deps); }});
}

}  // namespace aksono::client_api
