// SPDX-License-Identifier: Apache-2.0
#include "push/push_summary_rotator.h"

#include <catch2/catch.hpp>

namespace aksono::push {
namespace {

TEST_CASE("Receipts of one user and room stay in order, one in each round", "[push]") {
    const auto room = RoomId::trusted("!r:x");
    const auto alice = UserId::trusted("@a:x");
    const auto bob = UserId::trusted("@b:x");
    const auto rounds =
        in_rounds({{room, alice, {}, 1}, {room, bob, "main", 2}, {room, alice, {}, 3}});
    REQUIRE(rounds.size() == 2);
    CHECK(rounds[0].size() == 2);
    REQUIRE(rounds[1].size() == 1);
    CHECK(rounds[1][0].event == 3);
    CHECK(in_rounds({}).empty());
}

}  // namespace
}  // namespace aksono::push
