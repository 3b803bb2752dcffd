// SPDX-License-Identifier: Apache-2.0
#include "http/uri.h"

#include <catch2/catch.hpp>

using namespace aksono::http;

TEST_CASE("uri: percent-decoding leaves broken escapes alone") {
    CHECK(percent_decode("%40a%3Atest") == "@a:test");
    CHECK(percent_decode("%zz%4") == "%zz%4");
    CHECK(percent_decode("a%") == "a%");
    CHECK(percent_decode("a+b") == "a+b");
    CHECK(percent_decode("%00").size() == 1);
}

TEST_CASE("uri: ill-formed UTF-8 becomes U+FFFD, one per maximal part") {
    CHECK(decode_segment("m.%ff") == "m.\xEF\xBF\xBD");
    CHECK(decode_segment("%ed%a0%80") == "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
    CHECK(decode_segment("%e2%82x") == "\xEF\xBF\xBDx");
    CHECK(decode_segment("%e2%82") == "\xEF\xBF\xBD");
    CHECK(decode_segment("%f0%9f%98%80") == "\xF0\x9F\x98\x80");
    CHECK(is_valid_utf8("\xF4\x8F\xBF\xBF"));
    CHECK_FALSE(is_valid_utf8("\xF4\x90\x80\x80"));
    CHECK_FALSE(is_valid_utf8("\xC0\x80"));
}

TEST_CASE("uri: query parameters") {
    const Query query = parse_query("a=1;b=x+y%2B&c&d=&a=2&&=z");
    REQUIRE(query.fields().size() == 5);
    CHECK(*query.find("a") == "1");
    CHECK(query.all("a") == std::vector<std::string>{"1", "2"});
    CHECK(*query.find("b") == "x y+");
    CHECK(query.find("c") == nullptr);
    CHECK(query.find("d")->empty());
}
