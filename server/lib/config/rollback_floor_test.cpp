// SPDX-License-Identifier: Apache-2.0
#include "config/rollback_floor.h"

#include <stdexcept>

#include <catch2/catch.hpp>

using namespace aksono::config;

namespace {

RollbackFloor floor_at(const char* release) {
    return RollbackFloor::choose(std::string(release), std::nullopt);
}

}  // namespace

TEST_CASE("releases are read and ordered as numbers") {
    CHECK(parse_release("1.163.2") == Release{1, 163, 2});
    CHECK(parse_release("v1.99.0") == Release{1, 99, 0});
    CHECK(*parse_release("1.100.0") > *parse_release("1.99.9"));
    for (const char* bad : {"", "1", "1.2", "1.2.3.4", "1.2.x", "1.164.0rc3", "a.b.c", "1..2"}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_release(bad));
    }
}

TEST_CASE("tokens have as many fields as the floor takes") {
    CHECK(floor_at("1.100.0").token_fields() == 10);
    CHECK(floor_at("1.127.1").token_fields() == 10);
    CHECK(floor_at("1.140.0").token_fields() == 11);
    CHECK(floor_at("1.150.0").token_fields() == 12);
    CHECK(floor_at("1.157.0").token_fields() == 12);
    CHECK(floor_at("1.157.1").token_fields() == 13);
    CHECK(floor_at("1.163.2").token_fields() == 14);
    CHECK(floor_at("1.170.0").token_fields() == 14);
    CHECK(RollbackFloor().token_fields() == 14);
}

TEST_CASE("room versions and features stop at the floor") {
    CHECK(floor_at("1.139.9").room_version("12") == "11");
    CHECK(floor_at("1.139.9").room_version("10") == "10");
    CHECK(floor_at("1.140.0").room_version("12") == "12");
    CHECK(floor_at("1.150.0").announced(kNewestRelease).str() == "1.150.0");
    CHECK(floor_at("1.163.2").announced({1, 150, 0}).str() == "1.150.0");
}

TEST_CASE("the option goes before what the database shows") {
    const auto choose = RollbackFloor::choose;
    CHECK(choose("1.150.0", "1.163.2").release().str() == "1.150.0");
    CHECK(choose(std::nullopt, "1.157.1").release().str() == "1.157.1");
    CHECK(choose(std::nullopt, "1.90.0").release() == kOldestFloor);
    CHECK(choose(std::nullopt, std::nullopt).release() == kNewestRelease);
    CHECK_THROWS_AS(choose("latest", std::nullopt), std::invalid_argument);
    CHECK_THROWS_AS(choose("1.99.0", std::nullopt), std::invalid_argument);
}
