// SPDX-License-Identifier: Apache-2.0
#include "config/units.h"

#include <catch2/catch.hpp>

using namespace aksono;
using namespace aksono::config;

TEST_CASE("durations") {
    CHECK(parse_duration(5) == 5);
    CHECK(parse_duration("5") == 5);
    CHECK(parse_duration("5s") == 5000);
    CHECK(parse_duration(" 5 m") == 300000);
    CHECK(parse_duration("5_0s") == 50000);
    CHECK(parse_duration("-5s") == -5000);
    CHECK(parse_duration("1w") == 604800000);
    CHECK(parse_duration("1y") == 31536000000);
    CHECK(parse_duration("5x").error() ==
          "Bad duration suffix 5x (expected no suffix or one of these suffixes: "
          "dict_keys(['s', 'm', 'h', 'd', 'w', 'y']))");
    CHECK(parse_duration("1.5h").error() == "invalid literal for int() with base 10: '1.5'");
    CHECK(parse_duration(Json::array({1})).error() ==
          "Bad duration type [1] (expected int or string duration)");
    for (const char* bad : {"", "s", "1h30m", "5ms", "5__0s", "--5", "99999999999999999999y"}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_duration(bad));
    }
    CHECK_FALSE(parse_duration(5.5));
    CHECK_FALSE(parse_duration(true));
}

TEST_CASE("sizes") {
    CHECK(parse_size(5) == 5);
    CHECK(parse_size("5K") == 5120);
    CHECK(parse_size("50M") == 52428800);
    CHECK(parse_size("5T") == 5497558138880);
    CHECK(parse_size("50Z").error() == "invalid literal for int() with base 10: '50Z'");
    for (const char* bad : {"", "M", "5k", "5MiB", "1.5M"})
        CHECK_FALSE(parse_size(bad));
    CHECK_FALSE(parse_size(nullptr));
}
