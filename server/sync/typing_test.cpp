// SPDX-License-Identifier: Apache-2.0
#include "sync/typing.h"

#include <catch2/catch.hpp>

namespace aksono::sync {
namespace {

const auto kRoom = RoomId::trusted("!r:x");
const auto kAlice = UserId::trusted("@alice:x");
const auto kBob = UserId::trusted("@bob:x");
using Users = std::vector<UserId>;

TEST_CASE("Typing is told once to each reader, and told again when it ends", "[typing]") {
    Notifier notifier;
    Millis now = 1000;
    TypingRooms typing(notifier, [&] { return now; });
    CHECK(typing.serial() == 0);
    CHECK_FALSE(typing.typing_since(kRoom, 0));

    typing.start(kRoom, kBob, 30000);
    typing.start(kRoom, kAlice, 10000);
    CHECK(typing.serial() == 2);
    CHECK(*typing.typing_since(kRoom, 0) == Users{kAlice, kBob});
    CHECK(*typing.typing_since(kRoom, 1) == Users{kAlice, kBob});
    CHECK_FALSE(typing.typing_since(kRoom, 2));

    SECTION("renewing is no change but lasts longer") {
        now += 9000;
        typing.start(kRoom, kAlice, 10000);
        CHECK(typing.serial() == 2);
        now += 9000;
        typing.expire();
        CHECK(typing.serial() == 2);
        now += 1000;
        typing.expire();
        CHECK(*typing.typing_since(kRoom, 2) == Users{kBob});
    }
    SECTION("stopping") {
        typing.stop(kRoom, kBob);
        typing.stop(kRoom, kBob);
        CHECK(typing.serial() == 3);
        CHECK(*typing.typing_since(kRoom, 2) == Users{kAlice});
        typing.stop(kRoom, kAlice);
        CHECK(typing.typing_since(kRoom, 0)->empty());
    }
    SECTION("a token of an earlier process gets it all again") {
        CHECK(*typing.typing_since(kRoom, 77) == Users{kAlice, kBob});
    }
}

}  // namespace
}  // namespace aksono::sync
