// SPDX-License-Identifier: Apache-2.0
// What version 12 resolves better than those before it, as its proposal tells:
// https://github.com/matrix-org/matrix-spec-proposals/pull/4297
#include "events/auth_walk.h"
#include "events/state_resolution.h"
#include "events/test_room.h"

#include <catch2/catch.hpp>

using namespace aksono;
using namespace aksono::events;

namespace {

const StateKey kPower{"m.room.power_levels", ""};
const StateKey kRules{"m.room.join_rules", ""};

StateMap resolve(TestRoom& room, const std::vector<StateMap>& states) {
    WalkedAuthDifference walk(room);
    const auto resolved = resolve_state(room.version(), states, room, walk);
    REQUIRE(resolved.has_value());
    return *resolved;
}

Json levels(const TestRoom& room, Json users) {
    if (!room.version().creators_have_infinite_power) users["@alice:a"] = 100;
    return users;
}

bool is_v12(const TestRoom& room) {
    return room.version().id == "12";
}

}  // namespace

TEST_CASE("what someone did before leaving is not undone because all agree that they left") {
    for (const char* version : {"11", "12"}) {
        TestRoom room(version);
        StateMap start = room.begin();
        room.member(start, "$bob", "@bob:a", "@bob:a", "join");
        room.member(start, "$carol", "@carol:a", "@carol:a", "join");
        StateMap now = start;
        room.add(now, "$closed", "@alice:a", "m.room.join_rules", "", {{"join_rule", "invite"}});
        room.member(now, "$left", "@alice:a", "@alice:a", "leave");

        StateMap one = now;
        room.member(one, "$bob2", "@bob:a", "@bob:a", "join");
        // Carol's server came in by one that forgot of the new rules.
        StateMap other = now;
        room.member(other, "$carol2", "@carol:a", "@carol:a", "join");
        other[kRules] = "$rules";

        const StateMap resolved = resolve(room, {one, other});
        CHECK(resolved.at({"m.room.member", "@alice:a"}) == "$left");
        // Before, the start from agreed state makes her a stranger to her own join rules.
        if (is_v12(room)) CHECK(resolved.at(kRules) == "$closed");
        if (!is_v12(room)) CHECK_FALSE(resolved.contains(kRules));
    }
}

TEST_CASE("power levels between two in conflict are found, though no state has them") {
    for (const char* version : {"11", "12"}) {
        TestRoom room(version);
        StateMap state = room.begin();
        room.member(state, "$bob", "@bob:a", "@bob:a", "join");
        room.member(state, "$carol", "@carol:a", "@carol:a", "join");
        StateMap old = state;
        room.power(state, "$power2", "@alice:a", levels(room, {{"@bob:a", 50}}));
        room.power(state, "$power3", "@bob:a", levels(room, {{"@bob:a", 50}, {"@carol:a", 50}}));
        room.member(state, "$eve", "@eve:a", "@eve:a", "join");
        StateMap one = state;
        room.member(one, "$eve2", "@eve:a", "@eve:a", "join");
        // All is in the auth chains of both, so there is no difference to show $power2. One state
        // has gone back to the first levels.
        one[kPower] = "$power";
        StateMap other = state;
        other.erase({"m.room.member", "@eve:a"});
        room.member(other, "$zara", "@zara:a", "@zara:a", "join");

        const StateMap resolved = resolve(room, {one, other});
        CHECK(resolved.at(kPower) == (is_v12(room) ? "$power3" : "$power"));
    }
}

TEST_CASE("version 12 begins with nothing, and ends with all that was agreed") {
    TestRoom room("12");
    StateMap one = room.begin();
    room.member(one, "$bob", "@bob:a", "@bob:a", "join");
    StateMap other = one;
    room.add(one, "$name", "@alice:a", "m.room.name", "", {{"name", "n"}});
    const StateMap resolved = resolve(room, {one, other});
    CHECK(resolved == one);
}
