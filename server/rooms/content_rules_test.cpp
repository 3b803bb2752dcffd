// SPDX-License-Identifier: Apache-2.0
#include "rooms/content_rules.h"

#include "base/matrix_error.h"
#include "rooms/relation_rules.h"
#include "rooms/server_acl.h"

#include <catch2/catch.hpp>

using namespace aksono;

namespace {

std::string mentions_error(const char* mentions) {
    try {
        rooms::check_mentions({{"m.mentions", Json::parse(mentions)}});
    } catch (const MatrixError& error) {
        CHECK(error.status() == 400);
        return error.text();
    }
    return "";
}

}  // namespace

TEST_CASE("content rules: mentions, refused in Synapse's words") {
    CHECK(mentions_error("{}").empty());
    CHECK(mentions_error(R"({"user_ids":["@a:b"],"room":true,"x":1})").empty());
    CHECK(mentions_error(R"({"user_ids":"x"})").empty());
    CHECK(mentions_error("[]") == "[] is not of type 'object'");
    CHECK(mentions_error("null") == "None is not of type 'object'");
    CHECK(mentions_error(R"({"user_ids":{}})") == R"("user_ids": {} is not of type 'array')");
    CHECK(mentions_error(R"({"room":"it's"})") == R"("room": "it's" is not of type 'boolean')");
    CHECK(mentions_error(R"({"room":[1,"a",null,{"b":true}]})") ==
          R"("room": [1, 'a', None, {'b': True}] is not of type 'boolean')");
    CHECK(mentions_error(R"({"user_ids":["@a:b",5]})") ==
          R"("user_ids": 5 is not of type 'string')");
}

TEST_CASE("content rules: labels are different texts, or nothing that is kept") {
    const auto check = [](const char* labels) {
        rooms::check_labels({{"org.matrix.labels", Json::parse(labels)}});
    };
    for (const auto* fine : {R"(["a","b",""])", "[1,1,[],true]", R"({"a":1})", R"("a")", "null"})
        CHECK_NOTHROW(check(fine));
    for (const auto* bad : {R"(["a","a"])", "[null]", "[{}]"})
        CHECK_THROWS_AS(check(bad), MatrixError);
}

TEST_CASE("content rules: depth of nesting") {
    CHECK(rooms::nesting_depth(5) == 0);
    CHECK(rooms::nesting_depth(Json::object()) == 1);
    CHECK(rooms::nesting_depth(Json::parse(R"({"a":[[1]],"b":{}})")) == 3);
}

TEST_CASE("content rules: relations") {
    CHECK_FALSE(rooms::relation_of(Json::parse(R"({"m.relates_to":"x"})")));
    CHECK_FALSE(rooms::relation_of(Json::parse(R"({"m.relates_to":{"event_id":"$e"}})")));
    CHECK_FALSE(rooms::relation_of(
        Json::parse(R"({"m.relates_to":{"event_id":5,"rel_type":"m.thread"}})")));
    const auto relation = rooms::relation_of(
        Json::parse(R"({"m.relates_to":{"event_id":"$e","rel_type":"m.annotation","key":"k"}})"));
    REQUIRE(relation);
    CHECK(relation->event_id == "$e");
    CHECK(relation->key == "k");
}

// https://spec.matrix.org/latest/client-server-api/#mroomserver_acl
TEST_CASE("server ACL: allow, deny, globs, addresses") {
    const auto allows = [](const char* content, const char* server) {
        return rooms::acl_allows(Json::parse(content), server);
    };
    CHECK(allows(R"({"allow":["*"]})", "a.example:8448"));
    CHECK(allows(R"({"allow":["A.EXAMPLE"]})", "a.example"));
    CHECK(allows(R"({"allow":[5,"a.*"],"deny":"x"})", "a.example"));
    CHECK_FALSE(allows(R"({"deny":[]})", "a.example"));
    CHECK_FALSE(allows(R"({"allow":["*"],"deny":["?.exam*e"]})", "a.example"));
    CHECK_FALSE(allows(R"({"allow":["*"],"allow_ip_literals":false})", "1.2.3.4:8448"));
    CHECK_FALSE(allows(R"({"allow":["*"],"allow_ip_literals":false})", "[::1]:80"));
    CHECK(allows(R"({"allow":["*"],"allow_ip_literals":false})", "a.example"));
    CHECK(allows(R"({"allow":["*"]})", "1.2.3.4"));
}
