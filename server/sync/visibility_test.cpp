// SPDX-License-Identifier: Apache-2.0
#include "sync/visibility.h"

#include <catch2/catch.hpp>

using namespace aksono::sync;

namespace {

EventSetting setting(std::string visibility, std::string membership) {
    EventSetting one;
    one.visibility = std::move(visibility);
    one.membership = std::move(membership);
    return one;
}

}  // namespace

TEST_CASE("who is in the room when an event happens sees it") {
    for (const auto* visibility : {"world_readable", "shared", "invited", "joined"}) {
        CHECK(may_see(setting(visibility, "join")));
    }
}

TEST_CASE("what is shown to those outside depends on the rule") {
    CHECK(may_see(setting("world_readable", "leave")));
    CHECK(may_see(setting("shared", "leave")));
    CHECK_FALSE(may_see(setting("invited", "leave")));
    CHECK_FALSE(may_see(setting("joined", "leave")));
    CHECK(may_see(setting("invited", "invite")));
    CHECK_FALSE(may_see(setting("joined", "invite")));
}

TEST_CASE("who only peeks sees what the world may read") {
    auto peek = setting("shared", "leave");
    peek.peeking = true;
    CHECK_FALSE(may_see(peek));
    peek.visibility = "world_readable";
    CHECK(may_see(peek));
}

TEST_CASE("changes of the rule and of one's own membership show under the more open of both") {
    auto change = setting("joined", "leave");
    change.previous_visibility = "shared";
    CHECK(may_see(change));
    auto left = setting("joined", "leave");
    left.previous_membership = "join";
    CHECK(may_see(left));
}

TEST_CASE("a rule that makes no sense is shared") {
    CHECK(visibility_of(aksono::Json::parse(R"({"history_visibility":"joined"})")) == "joined");
    CHECK(visibility_of(aksono::Json::parse(R"({"history_visibility":5})")) == "shared");
    CHECK(visibility_of(aksono::Json::parse("{}")) == "shared");
    CHECK(visibility_of(aksono::Json::parse(R"({"history_visibility":"x"})")) == "shared");
}
