// SPDX-License-Identifier: Apache-2.0
#include "client_api/push_rules.h"

#include "base/matrix_error.h"
#include "push/user_rules.h"

#include <catch2/catch.hpp>

namespace aksono::client_api {
namespace {

const Json kRules = push::UserRules().json_for(UserId::trusted("@alice:x"));

std::string refusal(std::string_view path) {
    try {
        select_push_rules(kRules, path);
    } catch (const MatrixError& e) {
        return std::to_string(e.status()) + " " + e.errcode() + " " + e.text();
    }
    return "accepted";
}

TEST_CASE("Push rules are read by path", "[push_rules]") {
    CHECK(select_push_rules(kRules, "") == kRules);
    CHECK(select_push_rules(kRules, "/") == kRules);
    CHECK(select_push_rules(kRules, "global/") == kRules["global"]);
    CHECK(select_push_rules(kRules, "global/override/") == kRules["global"]["override"]);
    CHECK(select_push_rules(kRules, "global/override//enabled") == kRules["global"]["override"]);
    CHECK(select_push_rules(kRules, "global/postcontent/") == Json::array());
    const char* master = "global/override/.m.rule.master";
    CHECK(select_push_rules(kRules, master) == kRules["global"]["override"][0]);
    CHECK(select_push_rules(kRules, std::string(master) + "/enabled/x") ==
          Json{{"enabled", false}});
    CHECK(select_push_rules(kRules, std::string(master) + "/actions") ==
          Json{{"actions", Json::array()}});
}

TEST_CASE("Paths to no push rule are refused", "[push_rules]") {
    const std::string unknown = "400 M_UNRECOGNIZED Unrecognized request";
    const std::string slash =
        "400 M_UNRECOGNIZED Unrecognised request: You probably wanted a trailing slash";
    for (const char* path :
         {"device", "device/", "foo/override/x", "global/foo", "global/foo/bar",
          "global/override/.m.rule.master/", "global/override/.m.rule.master/x"}) {
        CHECK(refusal(path) == unknown);
    }
    CHECK(refusal("global") == slash);
    CHECK(refusal("global/override") == slash);
    CHECK(refusal("global/override/nope") == "404 M_NOT_FOUND Not found");
    CHECK(refusal("global/override/nope/foo") == "404 M_NOT_FOUND Not found");
    CHECK(refusal("global/override/.m.rule.message") == "404 M_NOT_FOUND Not found");
}

}  // namespace
}  // namespace aksono::client_api
