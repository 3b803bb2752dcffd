// SPDX-License-Identifier: Apache-2.0
#include "http/router.h"

#include <catch2/catch.hpp>

using namespace aksono::http;

namespace {

constexpr Resources kClient{Resource::client};

Endpoint endpoint(Method method, std::string_view path) {
    return {method, path, Access::open, [](Call&) { return Response::text("x"); }};
}

std::string found(const Router& router, Method method, std::string_view path,
                  Resources listener = kClient) {
    const auto match = router.find(method, path, listener);
    if (match.route == nullptr) return match.path_known ? "405" : "404";
    return std::string(match.route->path);
}

}  // namespace

TEST_CASE("router: versions, parameters, literals before parameters") {
    const Router router({}, {});
    CHECK(found(router, Method::get, "/_matrix/client/v3/sync") == "/_matrix/client/*/sync");
    CHECK(found(router, Method::get, "/_matrix/client/v1/sync") == "404");
    CHECK(found(router, Method::get, "/_matrix/client/api/v1/login") == "/_matrix/client/*/login");
    CHECK(found(router, Method::head, "/_matrix/client/v3/sync") == "/_matrix/client/*/sync");
    CHECK(found(router, Method::post, "/_matrix/client/v3/rooms/!a:b/forget") ==
          "/_matrix/client/*/rooms/{room_id}/forget");
    CHECK(found(router, Method::post, "/_matrix/client/v3/rooms/!a:b/kick") ==
          "/_matrix/client/*/rooms/{room_id}/{membership_action}");
    CHECK(found(router, Method::get, "/_synapse/admin/v1/media/quarantine_changes") ==
          "/_synapse/admin/v1/media/quarantine_changes");
    CHECK(found(router, Method::get, "/_matrix/client/v3/devices/") ==
          "/_matrix/client/*/devices/{device_id}");
    CHECK(found(router, Method::get, "/") == "/");
}

TEST_CASE("router: what is unknown, and what has another method") {
    const Router router({}, {});
    CHECK(found(router, Method::post, "/_matrix/client/v3/sync") == "405");
    CHECK(found(router, Method::other, "/_matrix/client/v3/sync") == "405");
    CHECK(found(router, Method::get, "/_matrix/client/v3/sync/") == "404");
    CHECK(found(router, Method::get, "/_matrix/client/v3/%73ync") == "404");
    CHECK(found(router, Method::get, "//_matrix/client/versions") == "404");
    CHECK(found(router, Method::post, "/_matrix/client/v3/rooms/!a:b/dance") == "404");
    CHECK(found(router, Method::get, "/_matrix/client/v3/rooms/!a:b/kick") == "405");
    CHECK(found(router, Method::get, "") == "404");
    CHECK(found(router, Method::get, "*") == "404");
}

TEST_CASE("router: literals hide parameters, and some parameters are choosy") {
    const Router router({}, {});
    CHECK(found(router, Method::get, "/_synapse/admin/v1/registration_tokens/new") == "405");
    CHECK(found(router, Method::get, "/_synapse/admin/v1/media/protect/x") == "405");
    CHECK(found(router, Method::get, "/_synapse/admin/v1/media/other/x") ==
          "/_synapse/admin/v1/media/{server_name}/{media_id}");
    CHECK(found(router, Method::get, "/_matrix/client/r0/profile/@a:b/m.tz") == "404");
    CHECK(found(router, Method::get, "/_matrix/client/r0/profile/@a:b/displayname") ==
          "/_matrix/client/*/profile/{user_id}/{field_name}");
    CHECK(found(router, Method::get, "/_matrix/client/v3/profile/@a:b/m.tz") ==
          "/_matrix/client/*/profile/{user_id}/{field_name}");
    CHECK(found(router, Method::get, "/_matrix/client/v3/room_keys/keys/") == "404");
    CHECK(found(router, Method::get, "/_matrix/client/v3/room_keys/keys/!a:b") ==
          "/_matrix/client/*/room_keys/keys/{room_id}");
    CHECK(found(router, Method::get, "/_matrix/client/v3/thirdparty/user/") == "404");
}

TEST_CASE("router: decoded parameters, and the rest of a path") {
    const Router router({}, {});
    const auto state =
        router.find(Method::get, "/_matrix/client/r0/rooms/%21a%3Ab/state/m.%2Fx/%ff", kClient);
    REQUIRE(state.route != nullptr);
    CHECK(state.parameters.at("room_id") == "!a:b");
    CHECK(state.parameters.at("event_type") == "m./x");
    CHECK(state.parameters.at("state_key") == "\xEF\xBF\xBD");
    for (const std::string rest : {"", "global", "global/override/x/enabled"}) {
        const auto rules =
            router.find(Method::get, "/_matrix/client/v3/pushrules/" + rest, kClient);
        REQUIRE(rules.route != nullptr);
        CHECK(rules.parameters.at("any") == rest);
    }
    CHECK(found(router, Method::get, "/_matrix/client/v3/pushrules") == "404");
    CHECK(found(router, Method::put, "/_matrix/client/v3/pushrules/a/b/c/enabled") ==
          "/_matrix/client/*/pushrules/{scope}/{kind}/{rule_id}/enabled");
}

TEST_CASE("router: switches and resources decide what exists") {
    const Router off({}, {});
    const Router on({}, {"cas_config", "matrix_authentication_service"});
    const std::string sso = "/_matrix/client/v3/login/sso/redirect";
    CHECK(found(off, Method::get, sso) == "404");
    CHECK(found(on, Method::get, sso) == "/_matrix/client/*/login/sso/redirect");
    CHECK(found(on, Method::get, "/_synapse/client/rendezvous") == "404");
    CHECK(found(off, Method::get, "/_matrix/federation/v1/version") == "404");
    CHECK(found(off, Method::get, "/_matrix/federation/v1/version", {Resource::federation}) ==
          "/_matrix/federation/v1/version");
    CHECK(found(off, Method::get, "/_matrix/client/v1/media/config", {Resource::media}) ==
          "/_matrix/client/*/media/config");
    CHECK(found(off, Method::get, "/health", {Resource::keys}) == "/health");
}

TEST_CASE("router: endpoints must stand in the table, once") {
    CHECK_THROWS_AS(Router({endpoint(Method::get, "/_matrix/client/*/nonsense")}, {}),
                    std::logic_error);
    CHECK_THROWS_AS(Router({endpoint(Method::get, "/_matrix/client/*/sync"),
                            endpoint(Method::get, "/_matrix/client/*/sync")},
                           {}),
                    std::logic_error);
    const Router router({endpoint(Method::get, "/_matrix/client/*/sync")}, {});
    CHECK(router.find(Method::get, "/_matrix/client/v3/sync", kClient).endpoint != nullptr);
    CHECK(router.list_routes(false).find("/_matrix/client/*/sync ") != std::string::npos);
    CHECK(router.list_routes(true).find("/_matrix/client/*/sync ") == std::string::npos);
}
