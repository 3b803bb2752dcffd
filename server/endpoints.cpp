// SPDX-License-Identifier: Apache-2.0
#include "endpoints.h"

#include "admin_api/server_version.h"
#include "client_api/send.h"
#include "client_api/versions.h"
#include "client_api/well_known.h"
#include "federation_api/version.h"
#include "version.h"

namespace aksono {

namespace {

client_api::WellKnownSettings well_known(const config::Config& config) {
    client_api::WellKnownSettings settings;
    settings.server_name = config.server_name;
    if (config.public_baseurl_given) settings.public_baseurl = config.public_baseurl;
    settings.default_identity_server = config.registration.default_identity_server;
    settings.extra_client_content = config.extra_well_known_client_content;
    return settings;
}

/// What describes the server itself.
void add_server_endpoints(http::Endpoints& endpoints, const config::Config& config) {
    client_api::add_health_endpoint(endpoints);
    client_api::add_welcome_pages(endpoints, config.web_client_location.value_or(""));
    client_api::add_versions_endpoints(endpoints,
                                       {.on = route_switches(config), .user_has_msc3881 = {}});
    client_api::add_well_known_endpoints(endpoints, well_known(config));
    federation_api::add_version_endpoint(endpoints, kVersion);
    admin_api::add_server_version_endpoint(
        endpoints, {.emulated_version = config.emulate_version, .aksono_version = kVersion});
}

}  // namespace

http::Endpoints make_endpoints(Services& services, const config::Config& config) {
    http::Endpoints endpoints;
    add_server_endpoints(endpoints, config);
    client_api::add_send_endpoints(endpoints, services.creator);
    client_api::add_redact_endpoints(endpoints, services.creator);
    return endpoints;
}

http::Switches route_switches(const config::Config& config) {
    http::Switches on;
    if (config.sessions.login_via_existing_session) on.insert("login_via_existing_session");
    if (config.serve_server_wellknown) on.insert("serve_server_wellknown");
    if (config.public_baseurl_given) on.insert("public_baseurl");
    if (config.enable_metrics) on.insert("enable_metrics");
    for (const auto& [name, value] : config.experimental_features.items()) {
        if (value == true) on.insert("experimental_features." + name);
    }
    return on;
}

}  // namespace aksono
