// SPDX-License-Identifier: Apache-2.0
#include "client_api/versions.h"

#include "base/thread_waiter.h"
#include "client_api/well_known.h"

#include <catch2/catch.hpp>

using namespace aksono;
using namespace aksono::client_api;

namespace {

http::Response ask(const http::Endpoints& endpoints, std::string_view path,
                   bool with_token = false) {
    for (const auto& endpoint : endpoints) {
        if (endpoint.path != path) continue;
        const http::Request request;
        ThreadWaiter waiter;
        http::Call call(request, waiter, {});
        Requester requester;
        requester.user = UserId::trusted("@a:b");
        if (with_token) call.set_requester(requester);
        return endpoint.handle(call);
    }
    return {};
}

Json features(const http::Response& response) {
    return parse_json(response.body).value().at("unstable_features");
}

}  // namespace

TEST_CASE("versions: cached for everyone, never for a user") {
    http::Endpoints endpoints;
    add_versions_endpoints(
        endpoints, {.on = {}, .user_has_msc3881 = [](Waiter&, const UserId&) { return true; }});
    const auto open = ask(endpoints, "/_matrix/client/versions");
    CHECK(*open.headers.find("Cache-Control") ==
          "public, max-age=600, s-maxage=3600, stale-while-revalidate=600");
    CHECK(*open.headers.find("Vary") == "Authorization");
    CHECK(features(open).size() == 40);
    CHECK(features(open).at("org.matrix.msc3881") == false);
    const auto own = ask(endpoints, "/_matrix/client/versions", true);
    CHECK(*own.headers.find("Cache-Control") == "no-cache, no-store, must-revalidate");
    CHECK(features(own).at("org.matrix.msc3881") == true);
}

TEST_CASE("versions: options show") {
    http::Endpoints endpoints;
    add_versions_endpoints(endpoints, {.on = {"max_event_delay_duration",
                                              "encryption_enabled_by_default_for_room_type.invite"},
                                       .user_has_msc3881 = {}});
    const Json seen = features(ask(endpoints, "/_matrix/client/versions"));
    CHECK(seen.at("org.matrix.msc4140") == true);
    CHECK(seen.at("io.element.e2ee_forced.private") == true);
    CHECK(seen.at("io.element.e2ee_forced.public") == false);
    CHECK(seen.at("org.matrix.msc3882") == false);
    CHECK(seen.at("org.matrix.msc4262") == false);
}

TEST_CASE("well-known documents") {
    http::Endpoints endpoints;
    add_well_known_endpoints(endpoints, {.server_name = "test.local",
                                         .serve_server = true,
                                         .public_baseurl = "https://m.test.local/",
                                         .default_identity_server = std::nullopt,
                                         .extra_client_content = {{"m.homeserver", 1}, {"x", 2}}});
    CHECK(ask(endpoints, "/.well-known/matrix/server").body == "{\"m.server\":\"test.local:443\"}");
    CHECK(ask(endpoints, "/.well-known/matrix/server").headers.find("Cache-Control") == nullptr);
    CHECK(ask(endpoints, "/.well-known/matrix/client").body ==
          "{\"m.homeserver\":{\"base_url\":\"https://m.test.local/\"},\"x\":2}");
    http::Endpoints bare;
    add_well_known_endpoints(bare, {.server_name = "test.local",
                                    .serve_server = false,
                                    .public_baseurl = "https://m.test.local/",
                                    .default_identity_server = "",
                                    .extra_client_content = Json::object()});
    CHECK(ask(bare, "/.well-known/matrix/server").status == 404);
    CHECK(ask(bare, "/.well-known/matrix/client").body ==
          "{\"m.homeserver\":{\"base_url\":\"https://m.test.local/\"}}");
}
