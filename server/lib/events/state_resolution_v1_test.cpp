// SPDX-License-Identifier: Apache-2.0
#include "events/auth_walk.h"
#include "events/state_resolution.h"
#include "events/test_room.h"

#include <catch2/catch.hpp>

using namespace aksono;
using namespace aksono::events;

namespace {

const StateKey kTopic{"m.room.topic", ""};
const StateKey kPower{"m.room.power_levels", ""};

StateMap resolve(TestRoom& room, const std::vector<StateMap>& states) {
    WalkedAuthDifference walk(room);
    const auto resolved = resolve_state(room.version(), states, room, walk);
    REQUIRE(resolved.has_value());
    return *resolved;
}

void topic(TestRoom& room, StateMap& state, const std::string& id, const std::string& sender) {
    room.add(state, id, sender, "m.room.topic", "", {{"topic", id}});
}

StateMap begin_with_bob(TestRoom& room) {
    StateMap state = room.begin();
    room.member(state, "$bob", "@bob:a", "@bob:a", "join");
    room.power(state, "$power2", "@alice:a", {{"@alice:a", 100}, {"@bob:a", 50}});
    return state;
}

}  // namespace

TEST_CASE("version 1: what only one state has is kept") {
    TestRoom room("1");
    StateMap one = room.begin();
    StateMap other = one;
    topic(room, one, "$topic", "@alice:a");
    room.member(other, "$bob", "@bob:a", "@bob:a", "join");
    const StateMap resolved = resolve(room, {one, other});
    CHECK(resolved.at(kTopic) == "$topic");
    CHECK(resolved.at({"m.room.member", "@bob:a"}) == "$bob");
}

TEST_CASE("version 1: the deepest event that passes is picked") {
    TestRoom room("1");
    StateMap one = begin_with_bob(room);
    StateMap other = one;
    topic(room, one, "$first", "@alice:a");
    topic(room, other, "$second", "@bob:a");
    CHECK(resolve(room, {one, other}).at(kTopic) == "$second");
    // Bob loses his power on the other side.
    room.power(one, "$power3", "@alice:a", {{"@alice:a", 100}});
    CHECK(resolve(room, {one, other}).at(kPower) == "$power3");
    CHECK(resolve(room, {one, other}).at(kTopic) == "$first");
}

TEST_CASE("version 1: power levels follow one another as long as they are allowed") {
    TestRoom room("1");
    StateMap one = begin_with_bob(room);
    StateMap other = one;
    room.power(one, "$power3", "@alice:a", {{"@alice:a", 100}});
    room.power(other, "$power4", "@bob:a", {{"@alice:a", 100}, {"@bob:a", 50}, {"@c:a", 50}});
    // Bob's is the deeper one, but after Alice's he has no power.
    CHECK(resolve(room, {one, other}).at(kPower) == "$power3");
}

TEST_CASE("version 1: of events that all fail the least deep is picked") {
    TestRoom room("1");
    StateMap one = begin_with_bob(room);
    StateMap other = one;
    topic(room, one, "$first", "@bob:a");
    topic(room, other, "$second", "@bob:a");
    room.power(one, "$power3", "@alice:a", {{"@alice:a", 100}});
    CHECK(resolve(room, {one, other}).at(kTopic) == "$first");
}
