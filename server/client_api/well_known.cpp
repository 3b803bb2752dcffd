// SPDX-License-Identifier: Apache-2.0
#include "client_api/well_known.h"

#include <fmt/format.h>

namespace aksono::client_api {
namespace {

/// https://spec.matrix.org/latest/server-server-api/#getwell-knownmatrixserver
http::Response server_document(const WellKnownSettings& settings) {
    // Not for browsers: no CORS, no caching rules.
    if (!settings.serve_server)
        return http::Response::text("404. Is anything ever truly *well* known?\n", 404);
    http::Response response = http::Response::text(
        dump_json({{"m.server", fmt::format("{}:443", settings.server_name)}}));
    response.headers.set("Content-Type", "application/json");
    return response;
}

/// https://spec.matrix.org/latest/client-server-api/#getwell-knownmatrixclient
http::Response client_document(const WellKnownSettings& settings) {
    if (settings.public_baseurl) return http::Response::json(well_known_client(settings));
    return http::Response::json(
        {{"errcode", "M_NOT_FOUND"}, {"error", ".well-known not available"}}, 404);
}

http::Response redirect(const std::string& location) {
    http::Response response = http::Response::html(
        fmt::format("<!DOCTYPE html>\n<title>Moved</title>\n<a href=\"{0}\">{0}</a>\n", location),
        302);
    response.headers.set("Location", location);
    return response;
}

http::Response welcome() {
    http::Response response = http::Response::html(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head><title>Aksono is running</title></head>\n"
        "<body>\n<h1>Aksono is running</h1>\n"
        "<p>This is a Matrix homeserver. To use it you need "
        "<a href=\"https://matrix.org/ecosystem/clients/\">a Matrix client</a>.</p>\n"
        "</body>\n</html>\n");
    response.headers.set("Content-Type", "text/html");
    response.headers.set("X-Frame-Options", "DENY");
    response.headers.set("Content-Security-Policy", "frame-ancestors 'none';");
    return response;
}

}  // namespace

Json well_known_client(const WellKnownSettings& settings) {
    if (!settings.public_baseurl) return nullptr;
    Json document = {{"m.homeserver", {{"base_url", *settings.public_baseurl}}}};
    if (settings.default_identity_server && !settings.default_identity_server->empty()) {
        document["m.identity_server"] = {{"base_url", *settings.default_identity_server}};
    }
    for (const auto& [key, value] : settings.extra_client_content.items()) {
        // What the server knows itself is not overwritten.
        if (!document.contains(key)) document[key] = value;
    }
    return document;
}

void add_well_known_endpoints(http::Endpoints& endpoints, const WellKnownSettings& settings) {
    using http::Access;
    using http::Method;
    endpoints.push_back({Method::get, "/.well-known/matrix/client", Access::open,
                         [response = client_document(settings)](http::Call&) { return response; }});
    endpoints.push_back({Method::get, "/.well-known/matrix/server", Access::open,
                         [response = server_document(settings)](http::Call&) { return response; }});
}

void add_health_endpoint(http::Endpoints& endpoints) {
    endpoints.push_back({http::Method::get, "/health", http::Access::open,
                         [](http::Call&) { return http::Response::text("OK"); }});
}

void add_welcome_pages(http::Endpoints& endpoints, std::string web_client_location) {
    using http::Access;
    using http::Method;
    if (web_client_location.empty()) web_client_location = "/_matrix/static";
    endpoints.push_back(
        {Method::get, "/", Access::open,
         [to = std::move(web_client_location)](http::Call&) { return redirect(to); }});
    endpoints.push_back({Method::get, "/_matrix/static", Access::open,
                         [](http::Call&) { return redirect("/_matrix/static/"); }});
    endpoints.push_back(
        {Method::get, "/_matrix/static/", Access::open, [](http::Call&) { return welcome(); }});
}

}  // namespace aksono::client_api
