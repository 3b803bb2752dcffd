// SPDX-License-Identifier: Apache-2.0
#include "users/ui_auth_rules.h"

#include "base/matrix_error.h"

#include <catch2/catch.hpp>

using namespace aksono;

namespace {

users::UiAuthRequest request_with(Json auth) {
    users::UiAuthRequest request;
    request.method = "POST";
    request.uri = "/_matrix/client/v3/register";
    request.auth = std::move(auth);
    request.flows = {{"m.login.dummy"}, {"m.login.terms", "m.login.email.identity"}};
    return request;
}

storage::UiAuthSession session_for(const users::UiAuthRequest& request) {
    storage::UiAuthSession session;
    session.id = "abc";
    session.method = request.method;
    session.uri = request.uri;
    session.client_dict = {{"username", "alice"}};
    return session;
}

}  // namespace

TEST_CASE("ui auth: what is asked for") {
    const auto first = request_with(nullptr);
    auto session = session_for(first);
    const Json flows = Json::parse(
        R"([{"stages":["m.login.dummy"]},{"stages":["m.login.terms","m.login.email.identity"]}])");
    CHECK(users::pending_body(session, first) ==
          Json{{"session", "abc"}, {"flows", flows}, {"params", Json::object()}});
    session.completed["m.login.terms"] = true;
    const auto second = request_with({{"session", "abc"}});
    CHECK(users::pending_body(session, second)["completed"] == Json::array({"m.login.terms"}));
}

TEST_CASE("ui auth: one whole flow is enough") {
    const auto request = request_with(nullptr);
    auto session = session_for(request);
    CHECK_FALSE(users::is_complete(session, request.flows));
    session.completed["m.login.terms"] = true;
    CHECK_FALSE(users::is_complete(session, request.flows));
    session.completed["m.login.dummy"] = true;
    CHECK(users::is_complete(session, request.flows));
    CHECK_FALSE(users::is_complete(session, {}));
}

TEST_CASE("ui auth: a session is for one operation") {
    auto request = request_with({{"session", "abc"}});
    const auto session = session_for(request);
    CHECK_NOTHROW(users::check_same_operation(session, request));
    request.parameters = {{"username", "bob"}};
    CHECK_THROWS_AS(users::check_same_operation(session, request), MatrixError);
    request.may_change = true;
    CHECK_NOTHROW(users::check_same_operation(session, request));
    request.uri += "?x=1";
    CHECK_THROWS_AS(users::check_same_operation(session, request), MatrixError);
}

TEST_CASE("ui auth: stages") {
    CHECK(users::prove_stage("m.login.dummy", Json::object()) == true);
    CHECK(users::prove_stage("m.login.terms", Json::object()) == true);
    CHECK_THROWS_WITH(users::prove_stage("m.login.password", Json::object()),
                      "Bad parameter: password");
    CHECK_THROWS_WITH(users::prove_stage("m.login.recaptcha", Json::object()),
                      "Invalid login submission");
}

TEST_CASE("ui auth: what was wrong with a stage") {
    const auto request = request_with({{"type", "m.login.registration_token"}, {"session", "abc"}});
    const auto session = session_for(request);
    const auto body = users::pending_body(
        session, request, users::StageRefusal{"M_UNAUTHORIZED", "Invalid registration token"});
    CHECK(body["errcode"] == "M_UNAUTHORIZED");
    CHECK(body["error"] == "Invalid registration token");
    CHECK(body["completed"] == Json::array());
    CHECK(users::is_offered(request.flows, "m.login.email.identity"));
    CHECK_FALSE(users::is_offered(request.flows, "m.login.registration_token"));
}
