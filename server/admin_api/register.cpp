// SPDX-License-Identifier: Apache-2.0
#include "admin_api/register.h"

#include "admin_api/nonces.h"
#include "base/matrix_error.h"
#include "crypto/hmac.h"
#include "users/text.h"
#include "users/username.h"

#include <algorithm>

namespace aksono::admin_api {

namespace {

constexpr std::size_t kLongestInput = 512;

const Json& specified(const Json& body, const char* key) {
    const auto* value = find_member(body, key);
    if (value == nullptr) throw MatrixError::bad_json(std::string(key) + " must be specified");
    return *value;
}

std::string input(const Json& body, const char* key) {
    const auto& value = specified(body, key);
    const auto* text = find_string(body, key);
    if (!value.is_string() || users::count_code_points(*text) > kLongestInput ||
        !users::storable(*text)) {
        throw MatrixError::unknown(400, std::string("Invalid ") + key);
    }
    return *text;
}

bool is_truthy(const Json* value) {
    if (value == nullptr || value->is_null() || *value == false || *value == 0) return false;
    return !((value->is_string() && *value == "") || (value->is_structured() && value->empty()));
}

std::optional<std::string> text_or_nothing(const Json& body, const char* key) {
    const auto* value = find_member(body, key);
    if (value == nullptr || value->is_null()) return {};
    const auto* text = find_string(body, key);
    if (text == nullptr || !users::storable(*text)) {
        throw MatrixError::invalid_param(std::string("Bad parameter: ") + key);
    }
    return *text;
}

void check_mac(const Json& body, const std::string& secret, const std::string& signed_text) {
    const auto& given = specified(body, "mac");
    if (!given.is_string()) throw MatrixError::invalid_param("Bad parameter: mac");
    const auto wanted = crypto::lower_hex(crypto::hmac_sha1(secret, signed_text));
    if (!crypto::equal_secrets(wanted, given.get_ref<const std::string&>())) {
        throw MatrixError::unknown(403, "HMAC incorrect");
    }
}

struct Wish {
    users::Registration::Account account;
    std::string password;
    users::Sessions::Start start;
    bool inhibit_login = false;
};

Wish read_wish(const Json& body, const std::string& nonce, const std::string& secret) {
    Wish wish;
    const auto username = input(body, "username");
    wish.password = input(body, "password");
    wish.account.is_admin = is_truthy(find_member(body, "admin"));
    const auto* type = find_member(body, "user_type");
    if (type != nullptr && !type->is_null()) {
        if (*type != "support" && *type != "bot") {
            throw MatrixError::unknown(400, "Invalid user type");
        }
        wish.account.user_type = type->get<std::string>();
    }
    const std::string separator(1, '\0');
    auto signed_text = nonce + separator + username + separator + wish.password + separator +
                       (wish.account.is_admin ? "admin" : "notadmin");
    if (wish.account.user_type) signed_text += separator + *wish.account.user_type;
    check_mac(body, secret, signed_text);
    wish.account.localpart = users::lower_ascii(username);
    wish.account.display_name = text_or_nothing(body, "displayname");
    wish.start.device_id = text_or_nothing(body, "device_id");
    wish.start.display_name = text_or_nothing(body, "initial_device_display_name");
    const auto* refresh = find_member(body, "refresh_token");
    wish.start.refreshable = refresh != nullptr && *refresh == true;
    wish.inhibit_login = is_truthy(find_member(body, "inhibit_login"));
    return wish;
}

http::Response register_user(http::Call& call, const RegisterDeps& deps, Nonces& nonces) {
    const auto& options = deps.registration.options();
    const auto& secret = options.settings.shared_secret;
    if (!secret) throw MatrixError::unknown(400, "Shared secret registration is not enabled");
    const auto body = call.json_object();
    const auto& given = specified(body, "nonce");
    const auto nonce = given.is_string() ? given.get<std::string>() : std::string();
    if (!nonces.take(nonce, now_ms())) throw MatrixError::unknown(400, "unrecognised nonce");

    auto wish = read_wish(body, nonce, *secret);
    users::Sessions::check_display_name(wish.start.display_name);
    deps.registration.check_name(call.waiter(), wish.account.localpart);
    wish.account.password_hash = deps.passwords.hash(call.waiter(), wish.password);
    wish.start.user = deps.registration.create(call.waiter(), wish.account);
    Json answer{{"user_id", wish.start.user.str()}, {"home_server", options.server_name}};
    if (wish.inhibit_login) return http::Response::json(answer);

    const auto tokens = deps.sessions.start(call.waiter(), wish.start);
    answer["access_token"] = tokens.access_token;
    answer["device_id"] = tokens.device_id;
    if (tokens.refresh_token) answer["refresh_token"] = *tokens.refresh_token;
    if (tokens.valid_until) {
        answer["expires_in_ms"] = std::max<Millis>(0, *tokens.valid_until - now_ms());
    }
    return http::Response::json(answer);
}

}  // namespace

void add_register_endpoints(http::Endpoints& endpoints, RegisterDeps deps) {
    constexpr auto kPath = "/_synapse/admin/v1/register";
    const auto nonces = std::make_shared<Nonces>();
    endpoints.push_back(
        {http::Method::get, kPath, http::Access::open, [nonces](http::Call& /*call*/) {
             return http::Response::json({{"nonce", nonces->make(now_ms())}});
         }});
    endpoints.push_back(
        {http::Method::post, kPath, http::Access::open,
         [deps, nonces](http::Call& call) { return register_user(call, deps, *nonces); }});
}

}  // namespace aksono::admin_api
