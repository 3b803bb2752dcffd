// SPDX-License-Identifier: Apache-2.0
#include "users/username.h"

#include <catch2/catch.hpp>

using namespace aksono::users;

namespace {
std::string refusal(std::string_view localpart, bool underscore = false) {
    const auto result = check_new_localpart(localpart, {"test.local", underscore});
    return result ? "" : result.error().errcode + " " + result.error().text;
}
const std::string kCharacters =
    "M_INVALID_USERNAME User ID can only contain characters a-z, 0-9, or '=_-./+'";
}  // namespace

TEST_CASE("username: what may be registered") {
    for (const char* name : {"alice", "a/b", "a=b.c-d_e", "a+b", "1a", "-"})
        CHECK(refusal(name).empty());
    CHECK(refusal("_x", true).empty());
    CHECK(refusal("007").empty());
    CHECK(refusal(std::string(243, 'a')).empty());
}

TEST_CASE("username: Synapse's refusals") {
    for (const char* name : {"Alice", "al ice", "a@b", "a:b", "!x", " x", "\xc3\xa4"}) {
        CHECK(refusal(name) == kCharacters);
    }
    CHECK(refusal(std::string("a\0b", 3)) == kCharacters);
    CHECK(refusal("") == "M_INVALID_USERNAME User ID cannot be empty");
    CHECK(refusal("_x") == "M_INVALID_USERNAME User ID may not begin with _");
    CHECK(refusal(std::string(244, 'a')) ==
          "M_INVALID_USERNAME User ID may not be longer than 255 characters");
}

TEST_CASE("username: numbers") {
    CHECK(is_numeric("007"));
    CHECK_FALSE(is_numeric("7a"));
}

TEST_CASE("username: lower case") {
    CHECK(lower_ascii("Alice_9") == "alice_9");
    CHECK(lower_ascii("\xc3\x84") == "\xc3\x84");
}
