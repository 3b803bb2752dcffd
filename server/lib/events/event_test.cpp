// SPDX-License-Identifier: Apache-2.0
#include "events/event.h"

#include <catch2/catch.hpp>

using namespace aksono;
using events::read_event;

namespace {

const crypto::RoomVersion& version(std::string_view id) {
    return *crypto::find_room_version(id);
}

}  // namespace

TEST_CASE("events are read in every format") {
    const auto old = read_event(
        version("1"), {{"event_id", "$e:a"},
                       {"room_id", "!r:a"},
                       {"type", "m.room.topic"},
                       {"state_key", ""},
                       {"sender", "@u:a"},
                       {"depth", 7},
                       {"content", {{"topic", "t"}}},
                       {"prev_events", Json::array({Json::array({"$p:a", {{"sha256", "h"}}})})}});
    CHECK(old->id == "$e:a");
    CHECK(old->room_id == "!r:a");
    CHECK(old->prev_events == std::vector<std::string>{"$p:a"});
    CHECK(old->depth == 7);
    CHECK(old->is("m.room.topic"));
    CHECK(old->content() == Json({{"topic", "t"}}));

    const auto recent =
        read_event(version("10"), {{"room_id", "!r:a"}, {"auth_events", {"$a", "$b"}}}, "$e");
    CHECK(recent->id == "$e");
    CHECK_FALSE(recent->is_state());
    CHECK(recent->auth_events == std::vector<std::string>{"$a", "$b"});
}

TEST_CASE("since version 12 a create event's id is the room's") {
    const auto create = read_event(
        version("12"), {{"type", "m.room.create"}, {"state_key", ""}, {"sender", "@u:a"}});
    CHECK(create->room_id.substr(1) == create->id.substr(1));
    CHECK(create->room_id.front() == '!');
}

TEST_CASE("what is missing or of a wrong type is left empty") {
    const auto event = read_event(
        version("11"), {{"type", 5}, {"depth", "deep"}, {"content", 1}, {"prev_events", "$e"}});
    CHECK(event->type.empty());
    CHECK(event->depth == 0);
    CHECK(event->content() == Json::object());
    CHECK(event->prev_events.empty());
}
