// SPDX-License-Identifier: Apache-2.0
#include "glob.h"

#include <catch2/catch.hpp>

using namespace aksono::schema_diff;

TEST_CASE("wildcards") {
    CHECK(matches("event-*", "event-without-json"));
    CHECK(matches("*-json", "event-without-json"));
    CHECK(matches("e*t-*-j?on", "event-without-json"));
    CHECK(matches("*", ""));
    CHECK(matches("", ""));
    CHECK_FALSE(matches("", "a"));
    CHECK_FALSE(matches("event", "event-without-json"));
    CHECK_FALSE(matches("?", ""));
    CHECK_FALSE(matches("a*b", "a*c"));
    CHECK(matches("[a]", "[a]"));
}

TEST_CASE("lists") {
    CHECK(split_list("a,b") == std::vector<std::string>{"a", "b"});
    CHECK(split_list(",a,,") == std::vector<std::string>{"a"});
    CHECK(split_list("").empty());
    CHECK(matches_any({"x", "a*"}, "abc"));
    CHECK_FALSE(matches_any({}, "abc"));
}
