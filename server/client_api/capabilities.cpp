// SPDX-License-Identifier: Apache-2.0
#include "client_api/accounts.h"
#include "crypto/room_version.h"

namespace aksono::client_api {

namespace {

Json enabled(bool value) {
    return {{"enabled", value}};
}

Json profile_fields(const config::RegistrationSettings& settings) {
    Json fields = enabled(true);
    Json disallowed = Json::array();
    if (!settings.enable_set_displayname) disallowed.push_back("displayname");
    if (!settings.enable_set_avatar_url) disallowed.push_back("avatar_url");
    if (!disallowed.empty()) fields["disallowed"] = std::move(disallowed);
    return fields;
}

/// What Synapse adds with switches of experimental_features.
void add_unstable(Json& all, const config::Config& config) {
    const auto on = [&](const char* option) {
        const Json* value = find_member(config.document.options, option);
        return enabled(value != nullptr && *value == true);
    };
    auto& versions = all["m.room_versions"]["available"];
    if (config.experimental("msc1767_enabled")) versions["org.matrix.msc1767.10"] = "unstable";
    if (config.experimental("msc4242_enabled")) versions["org.matrix.msc4242.12"] = "unstable";
    if (config.experimental("msc3720_enabled")) {
        all["org.matrix.msc3720.account_status"] = enabled(true);
    }
    if (config.experimental("msc3664_enabled")) {
        all["im.nheko.msc3664.related_event_match"] = enabled(true);
    }
    if (config.experimental("msc4133_enabled")) {
        all["uk.tcpip.msc4133.profile_fields"] = profile_fields(config.registration);
    }
    if (config.experimental("msc4267_enabled")) {
        all["org.matrix.msc4267.forget_forced_upon_leave"] = on("forget_rooms_on_leave");
    }
    if (config.experimental("msc4452_enabled")) {
        all["io.element.msc4452.preview_url"] = on("url_preview_enabled");
    }
}

/// The whole answer never changes while the server runs.
/// https://spec.matrix.org/latest/client-server-api/#capabilities-negotiation
Json capabilities(const config::Config& config) {
    Json versions = Json::object();
    for (const auto& version : crypto::room_versions())
        versions[std::string(version.id)] = "stable";
    for (const auto& version : crypto::unstable_room_versions())
        versions[std::string(version.id)] = "unstable";
    const auto& password = config.password;
    Json answer = {
        {"capabilities",
         {{"m.room_versions",
           {{"default", config.default_room_version}, {"available", std::move(versions)}}},
          {"m.change_password", enabled(password.enabled_for_login && password.localdb_enabled)},
          {"m.set_displayname", enabled(config.registration.enable_set_displayname)},
          {"m.set_avatar_url", enabled(config.registration.enable_set_avatar_url)},
          {"m.3pid_changes", enabled(config.registration.enable_3pid_changes)},
          {"m.get_login_token", enabled(config.sessions.login_via_existing_session)},
          {"m.profile_fields", profile_fields(config.registration)},
          {"org.matrix.msc4140.delayed_events",
           {{"max_delay_ms", config.max_event_delay_duration},
            {"max_scheduled", config.max_delayed_events}}}}}};
    add_unstable(answer["capabilities"], config);
    return answer;
}

}  // namespace

void add_capabilities_endpoints(http::Endpoints& endpoints, const config::Config& config) {
    endpoints.push_back({http::Method::get, "/_matrix/client/*/capabilities", http::Access::guest,
                         [body = dump_json(capabilities(config))](http::Call& /*call*/) {
                             return http::Response::json_text(body);
                         }});
}

void add_password_policy_endpoints(http::Endpoints& endpoints, const config::Config& config) {
    const auto& policy = config.password.policy;
    Json answer = Json::object();
    if (policy.enabled) {
        for (const auto& [key, value] : policy.as_given.items()) {
            if (key != "enabled") answer["m." + key] = value;
        }
    }
    endpoints.push_back({http::Method::get, "/_matrix/client/*/password_policy", http::Access::open,
                         [body = dump_json(answer)](http::Call& /*call*/) {
                             return http::Response::json_text(body);
                         }});
}

}  // namespace aksono::client_api
