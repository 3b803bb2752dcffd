// SPDX-License-Identifier: Apache-2.0
#include "users/text.h"

#include <catch2/catch.hpp>

using namespace aksono::users;

TEST_CASE("text: lengths are counted in characters") {
    CHECK(count_code_points("") == 0);
    CHECK(count_code_points("a\xc3\xbc\xf0\x9f\x98\x80") == 3);
}

TEST_CASE("text: user agents are stored in ASCII") {
    CHECK(ascii_or_replacement("curl/7 \xff") == "curl/7 \xef\xbf\xbd");
    CHECK(ascii_or_replacement(std::string("a\0", 2)) == "a\xef\xbf\xbd");
}

TEST_CASE("text: server names behind the colon") {
    for (const char* id : {"@a:b", "@:test.local", "@a:x.y:8448", "@a:[::1]", "@a:[::1]:80"}) {
        CHECK(has_valid_domain(id));
    }
    for (const char* id :
         {"@a", "@a:", "@a:b c", "@a:b_c", "@a:b:c", "@a:b:", "@a:[x]", "@a:[::1"}) {
        CHECK_FALSE(has_valid_domain(id));
    }
}
