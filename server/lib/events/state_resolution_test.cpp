// SPDX-License-Identifier: Apache-2.0
#include "events/state_resolution.h"

#include "events/auth_walk.h"
#include "events/test_room.h"

#include <catch2/catch.hpp>

using namespace aksono;
using namespace aksono::events;

namespace {

const StateKey kTopic{"m.room.topic", ""};
const StateKey kPower{"m.room.power_levels", ""};
const StateKey kRules{"m.room.join_rules", ""};

StateKey member(const std::string& user) {
    return {"m.room.member", user};
}

Result<StateMap, MissingEvent> try_resolve(TestRoom& room, const std::vector<StateMap>& states) {
    WalkedAuthDifference walk(room);
    return resolve_state(room.version(), states, room, walk);
}

StateMap resolve(TestRoom& room, const std::vector<StateMap>& states) {
    const auto resolved = try_resolve(room, states);
    REQUIRE(resolved.has_value());
    return *resolved;
}

void topic(TestRoom& room, StateMap& state, const std::string& id, const std::string& sender) {
    room.add(state, id, sender, "m.room.topic", "", {{"topic", id}});
}

/// Alice made the room and rules it, Bob moderates it, Carol and Dave are there.
StateMap four_users(TestRoom& room) {
    StateMap state = room.begin();
    for (const char* name : {"bob", "carol", "dave"}) {
        const std::string user = std::string("@") + name + ":a";
        room.member(state, std::string("$") + name, user, user, "join");
    }
    Json users{{"@bob:a", 50}};
    if (!room.version().creators_have_infinite_power) users["@alice:a"] = 100;
    room.power(state, "$power2", "@alice:a", users);
    return state;
}

}  // namespace

TEST_CASE("a ban beats what the banned does elsewhere") {
    for (const char* version : {"2", "6", "11", "12"}) {
        TestRoom room(version);
        StateMap one = four_users(room);
        StateMap other = one;
        room.member(one, "$ban", "@alice:a", "@bob:a", "ban");
        topic(room, other, "$topic", "@bob:a");
        const StateMap resolved = resolve(room, {one, other});
        CHECK(resolved.at(member("@bob:a")) == "$ban");
        CHECK_FALSE(resolved.contains(kTopic));
    }
}

TEST_CASE("two who demote each other: the mightier does it first") {
    for (const char* version : {"2", "11", "12"}) {
        TestRoom room(version);
        StateMap one = four_users(room);
        StateMap other = one;
        // Bob's event claims to be much older.
        room.now = 100;
        room.power(one, "$alices", "@alice:a", {{"@alice:a", 100}});
        if (std::string_view(version) == "12") {
            one = other;
            room.power(one, "$alices", "@alice:a", Json::object());
        }
        room.now = 1;
        room.member(other, "$ban", "@bob:a", "@carol:a", "ban");
        const StateMap resolved = resolve(room, {one, other});
        CHECK(resolved.at(kPower) == "$alices");
        CHECK(resolved.at(member("@carol:a")) == "$carol");
    }
}

TEST_CASE("closing a room beats joins elsewhere, however old they say they are") {
    for (const char* version : {"2", "11", "12"}) {
        TestRoom room(version);
        StateMap one = four_users(room);
        StateMap other = one;
        room.now = 1000;
        room.add(one, "$closed", "@alice:a", "m.room.join_rules", "", {{"join_rule", "invite"}});
        room.now = 0;
        room.member(other, "$eve", "@eve:a", "@eve:a", "join");
        const StateMap resolved = resolve(room, {one, other});
        CHECK(resolved.at(kRules) == "$closed");
        CHECK_FALSE(resolved.contains(member("@eve:a")));
    }
}

TEST_CASE(
    "of two topics the one with newer power levels wins, then the later, then the greater id") {
    for (const char* version : {"2", "11", "12"}) {
        TestRoom room(version);
        StateMap one = four_users(room);
        StateMap other = one;
        room.now = 500;
        topic(room, one, "$old power", "@alice:a");
        room.now = 400;
        room.power(other, "$power3", "@alice:a", {{"@bob:a", 60}, {"@alice:a", 100}});
        if (std::string_view(version) == "12") {
            other.at(kPower) = "$power2";
            room.power(other, "$power3", "@alice:a", {{"@bob:a", 60}});
        }
        topic(room, other, "$new power", "@alice:a");
        CHECK(resolve(room, {one, other}).at(kTopic) == "$new power");

        one.at(kTopic) = other.at(kTopic);
        StateMap later = other;
        room.now = 600;
        topic(room, later, "$later", "@alice:a");
        CHECK(resolve(room, {later, other}).at(kTopic) == "$later");
        StateMap equal = other;
        room.now = 600;
        topic(room, equal, "$a smaller id", "@alice:a");
        CHECK(resolve(room, {later, equal}).at(kTopic) == "$later");
    }
}

TEST_CASE("a state that is behind does not bring back what was undone") {
    for (const char* version : {"2", "11", "12"}) {
        TestRoom room(version);
        const StateMap before = four_users(room);
        StateMap after = before;
        room.member(after, "$ban", "@alice:a", "@carol:a", "ban");
        topic(room, after, "$topic", "@alice:a");
        room.power(
            after, "$power3", "@alice:a",
            room.version().creators_have_infinite_power ? Json::object() : Json{{"@alice:a", 100}});
        CHECK(resolve(room, {before, after}) == after);
        CHECK(resolve(room, {after, before, before}) == after);
    }
}

TEST_CASE("an event that came in by a server that lost a fight of long ago stays out") {
    // Bob was moderator and is no more; a topic that only he could have set is in neither chain.
    TestRoom room("12");
    StateMap start = four_users(room);
    StateMap one = start;
    room.power(one, "$demoted", "@alice:a", Json::object());
    StateMap other = start;
    topic(room, other, "$his", "@bob:a");
    StateMap third = one;
    topic(room, third, "$hers", "@alice:a");
    CHECK(resolve(room, {one, other}).count(kTopic) == 0);
    CHECK(resolve(room, {one, other, third}).at(kTopic) == "$hers");
}

TEST_CASE("since version 12 conflicts are resolved on their own ground") {
    // Carol was invited while the room was closed, and set its topic. One server's state lost that
    // she is there, but both agree on rules of today that would not let her in.
    for (const char* version : {"11", "12"}) {
        TestRoom room(version);
        StateMap state = four_users(room);
        room.member(state, "$eve", "@eve:a", "@eve:a", "join");
        room.add(state, "$closed", "@alice:a", "m.room.join_rules", "", {{"join_rule", "invite"}});
        StateMap other = state;
        other.erase(member("@eve:a"));
        const StateMap resolved = resolve(room, {state, other});
        CHECK(resolved.at(kRules) == "$closed");
        CHECK(resolved.contains(member("@eve:a")) == (std::string_view(version) == "12"));
    }
}

TEST_CASE("rejected events are not let in and authorise nothing") {
    for (const char* version : {"10", "12"}) {
        TestRoom room(version);
        StateMap one = four_users(room);
        StateMap other = one;
        topic(room, one, "$topic", "@alice:a");
        room.reject("$topic");
        CHECK_FALSE(resolve(room, {one, other}).contains(kTopic));

        StateMap third = other;
        room.member(third, "$eve", "@eve:a", "@eve:a", "join");
        room.add(third, "$name", "@eve:a", "org.test", "", Json::object());
        room.reject("$eve");
        CHECK(resolve(room, {other, third}) == other);
    }
}

TEST_CASE("a missing event is told, not passed over") {
    TestRoom room("11");
    StateMap one = four_users(room);
    StateMap other = one;
    topic(room, one, "$one", "@alice:a");
    topic(room, other, "$other", "@bob:a");
    room.lose("$other");
    CHECK(try_resolve(room, {one, other}).error() == MissingEvent{"$other"});
}

TEST_CASE("an auth chain of 100,000 events is resolved") {
    TestRoom room("11");
    StateMap state = room.begin();
    StateMap half;
    for (int i = 0; i < 50'000; ++i) {
        const std::string number = std::to_string(i);
        room.power(state, "$p" + number, "@alice:a", {{"@alice:a", 100}, {"@bob:a", i % 90}});
        room.member(state, "$j" + number, "@alice:a", "@alice:a", "join");
        if (i == 25'000) half = state;
    }
    topic(room, half, "$topic", "@alice:a");
    const StateMap resolved = resolve(room, {state, half});
    CHECK(resolved.at(kPower) == "$p49999");
    CHECK(resolved.at(kTopic) == "$topic");
}
