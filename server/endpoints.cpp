// SPDX-License-Identifier: Apache-2.0
#include "endpoints.h"

#include "client_api/send.h"

namespace aksono {

http::Endpoints make_endpoints(Services& services, const config::Config& /*config*/) {
    http::Endpoints endpoints;
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
