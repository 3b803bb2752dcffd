// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/endpoint.h"

#include <optional>
#include <string>

namespace aksono::client_api {

struct WellKnownSettings {
    std::string server_name;
    bool serve_server = true;  ///< serve_server_wellknown
    std::optional<std::string> public_baseurl;
    std::optional<std::string> default_identity_server;
    Json extra_client_content = Json::object();  ///< extra_well_known_client_content
};

/// What /.well-known/matrix/client answers, and what /login repeats; null without public_baseurl.
/// https://spec.matrix.org/latest/client-server-api/#getwell-knownmatrixclient
Json well_known_client(const WellKnownSettings& settings);

/// GET /.well-known/matrix/client, and …/server, which is not found without serve_server_wellknown.
void add_well_known_endpoints(http::Endpoints& endpoints, const WellKnownSettings& settings);

/// GET /health: not part of the API, but what load balancers ask.
void add_health_endpoint(http::Endpoints& endpoints);

/// GET / and /_matrix/static/: what a person sees who opens the server's address in a browser.
/// `web_client_location`, when not empty, is where / leads instead.
void add_welcome_pages(http::Endpoints& endpoints, std::string web_client_location);

}  // namespace aksono::client_api
