// SPDX-License-Identifier: Apache-2.0
#include "base/json_scan.h"

#include "base/json.h"

#include <catch2/catch.hpp>

using aksono::RawMember;
using aksono::scan_object;

TEST_CASE("members come out as they stand in the text") {
    const auto members = scan_object(
        R"( {"a": {"x":[1,"}"]} , "b\"c":"d\\", "n":-1.5e3,"t":true,"e":{}, "l":[] } )");
    REQUIRE(members.size() == 6);
    CHECK(members[0] == RawMember{"a", R"({"x":[1,"}"]})"});
    CHECK(members[1] == RawMember{R"(b\"c)", R"("d\\")"});
    CHECK(members[2] == RawMember{"n", "-1.5e3"});
    CHECK(members[3] == RawMember{"t", "true"});
    CHECK(members[4] == RawMember{"e", "{}"});
    CHECK(members[5] == RawMember{"l", "[]"});
}

TEST_CASE("what is no object has no members") {
    for (const auto* text :
         {"", "[]", "1", "{", "{}", "{\"a", "{\"a\"", "{\"a\":", "\"", "{\"a\":\"\\"}) {
        CAPTURE(text);
        CHECK(scan_object(text).size() <= 1);
    }
}

TEST_CASE("strings are escaped so that a parser reads them back") {
    const std::string odd("a\"b\\c\n\t\r\x01\x1f é\0z", 16);
    std::string out;
    aksono::append_json_string(out, odd);
    CHECK(aksono::Json::parse(out).get<std::string>() == odd);
}
