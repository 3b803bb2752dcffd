// SPDX-License-Identifier: Apache-2.0
#include "crypto/canonical_json.h"

#include <utility>

#include <catch2/catch.hpp>
#include <rapidcheck.h>

using namespace aksono;
using crypto::canonical_json;
using crypto::CanonicalError;
using crypto::check_canonical;

namespace {

std::string canonical(std::string_view text) {
    return canonical_json(parse_json(text).value());
}

Json arbitrary_value(int depth) {
    switch (*rc::gen::inRange(0, depth > 0 ? 6 : 4)) {
        case 0:
            return nullptr;
        case 1:
            return *rc::gen::arbitrary<bool>();
        case 2:
            return *rc::gen::inRange<std::int64_t>(-(1LL << 53) + 1, 1LL << 53);
        case 3:
            return *rc::gen::container<std::string>(rc::gen::inRange<char>(0, 127));
        case 4: {
            Json list = Json::array();
            for (int n = *rc::gen::inRange(0, 4); n > 0; --n)
                list.push_back(arbitrary_value(depth - 1));
            return list;
        }
        default: {
            Json object = Json::object();
            for (int n = *rc::gen::inRange(0, 4); n > 0; --n) {
                const auto key = *rc::gen::container<std::string>(rc::gen::inRange<char>(0, 127));
                object[key] = arbitrary_value(depth - 1);
            }
            return object;
        }
    }
}

}  // namespace

// https://spec.matrix.org/latest/appendices/#examples
TEST_CASE("canonical JSON: the specification's examples") {
    CHECK(canonical("{}") == "{}");
    CHECK(canonical(R"({ "one": 1, "two": "Two" })") == R"({"one":1,"two":"Two"})");
    CHECK(canonical(R"({"b":"2","a":"1"})") == R"({"a":"1","b":"2"})");
    CHECK(canonical(R"({"auth":{"success":true,"mxid":"@john.doe:example.com","profile":{
        "display_name":"John Doe","three_pids":[
        {"medium":"email","address":"john.doe@example.org"},
        {"medium":"msisdn","address":"123456789"}]}}})") ==
          R"({"auth":{"mxid":"@john.doe:example.com","profile":{"display_name":"John Doe",)"
          R"("three_pids":[{"address":"john.doe@example.org","medium":"email"},)"
          R"({"address":"123456789","medium":"msisdn"}]},"success":true}})");
    CHECK(canonical(R"({"a":"日本語"})") == R"({"a":"日本語"})");
    CHECK(canonical(R"({"本":2,"日":1})") == R"({"日":1,"本":2})");
    CHECK(canonical(R"({"a":"\u65E5"})") == R"({"a":"日"})");
    CHECK(canonical(R"({"a":null})") == R"({"a":null})");
    CHECK(canonical(R"({"a":"\u0000\u0008\u001f\u007f\/\"\\"})") ==
          "{\"a\":\"\\u0000\\b\\u001f\x7f/\\\"\\\\\"}");
}

TEST_CASE("canonical JSON: keys are ordered by code point, not by UTF-16 unit") {
    CHECK(canonical("{\"\\uD800\\uDC00\":1,\"\\uFFFD\":2}") ==
          "{\"\xEF\xBF\xBD\":2,\"\xF0\x90\x80\x80\":1}");
}

TEST_CASE("canonical JSON: only integers within ±(2^53 − 1)") {
    CHECK(check_canonical(Json(9007199254740991)));
    CHECK(check_canonical(Json(-9007199254740991)));
    CHECK(check_canonical(Json(9007199254740992)).error() == CanonicalError::out_of_range);
    CHECK(check_canonical(Json(-9007199254740992)).error() == CanonicalError::out_of_range);
    CHECK(check_canonical(Json(18446744073709551615U)).error() == CanonicalError::out_of_range);
    CHECK(check_canonical(Json::parse(R"({"a":[{"b":1.0}]})")).error() ==
          CanonicalError::not_integer);
    CHECK(check_canonical(Json::parse("1e10")).error() == CanonicalError::not_integer);
}

// What Python writes for each; old rooms have such numbers in their hashes.
TEST_CASE("canonical JSON: floats are written as Python writes them") {
    CHECK(canonical("[1e15,1e16,9999999999999998.0,123456789012345678.0]") ==
          "[1000000000000000.0,1e+16,9999999999999998.0,1.2345678901234568e+17]");
    CHECK(canonical("[1.0,-0.0,0.0,100.0,1e5,-2.5e15]") ==
          "[1.0,-0.0,0.0,100.0,100000.0,-2500000000000000.0]");
    CHECK(canonical("[1e-4,0.00012,1e-5,0.000012,1e-400]") == "[0.0001,0.00012,1e-05,1.2e-05,0.0]");
    CHECK(canonical("[5e-324,1.7976931348623157e308,8.41e21,1.1e-44]") ==
          "[5e-324,1.7976931348623157e+308,8.41e+21,1.1e-44]");
    CHECK(canonical(R"({"b":{"é\n":[0.1,"x",null,true,{}]},"a":[1,[]]})") ==
          R"({"a":[1,[]],"b":{"é\n":[0.1,"x",null,true,{}]}})");
}

TEST_CASE("canonical JSON: integers beyond 64 bits are seen in the text") {
    using crypto::has_oversized_integer;
    CHECK_FALSE(has_oversized_integer(R"({"a":9223372036854775807,"b":-9223372036854775808})"));
    CHECK(has_oversized_integer(R"({"a":9223372036854775808})"));
    CHECK(has_oversized_integer(R"({"a":[-9223372036854775809]})"));
    CHECK(has_oversized_integer("99007199254740992000000000000"));
    CHECK_FALSE(has_oversized_integer(R"({"a":1e99,"b":"99007199254740992000000000000\""})"));
    CHECK_FALSE(has_oversized_integer("99007199254740992000000000000.5"));
}

TEST_CASE("canonical JSON: numbers beyond every double are seen in the text") {
    using crypto::has_infinite_number;
    CHECK(has_infinite_number(R"({"a":1e400})"));
    CHECK(has_infinite_number("[-1.5E999]"));
    CHECK_FALSE(has_infinite_number(R"({"a":1e300,"b":"1e400","c":1e-400})"));
    CHECK_FALSE(has_infinite_number(std::string(5000, '9')));
}

TEST_CASE("canonical JSON: properties") {
    CHECK(rc::check("parsing gives the value back, and writing it again the same text", [] {
        const Json value = arbitrary_value(3);
        const std::string text = canonical_json(value);
        RC_ASSERT(check_canonical(value).has_value());
        RC_ASSERT(Json::parse(text) == value);
        RC_ASSERT(canonical_json(Json::parse(text)) == text);
    }));
}
