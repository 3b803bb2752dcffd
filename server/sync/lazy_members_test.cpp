// SPDX-License-Identifier: Apache-2.0
#include "sync/lazy_members.h"

#include <catch2/catch.hpp>

using namespace aksono;
using namespace aksono::sync;

namespace {

storage::EventPtr member(const std::string& user, const std::string& id) {
    auto event = std::make_shared<storage::Event>();
    event->id = id;
    event->type = "m.room.member";
    event->state_key = user;
    return event;
}

std::size_t told(ToldMembers& members, std::vector<storage::EventPtr> state,
                 std::optional<std::int64_t> since, std::int64_t at) {
    SyncRoom room;
    room.state = std::move(state);
    members.omit_known({&room}, since, at);
    return room.state.size();
}

}  // namespace

TEST_CASE("members are told once") {
    ToldMembers members;
    CHECK(told(members, {member("@a:x", "$1"), member("@b:x", "$2")}, {}, 10) == 2);
    CHECK(told(members, {member("@a:x", "$1"), member("@c:x", "$3")}, 10, 20) == 1);
    CHECK(told(members, {member("@a:x", "$4")}, 20, 30) == 1);
}

TEST_CASE("members of an answer that did not arrive are told again") {
    ToldMembers members;
    CHECK(told(members, {member("@a:x", "$1")}, 5, 10) == 1);
    CHECK(told(members, {member("@a:x", "$1")}, 5, 12) == 1);
    CHECK(told(members, {member("@a:x", "$1")}, 12, 15) == 0);
}

TEST_CASE("members that a timeline shows are known") {
    ToldMembers members;
    SyncRoom room;
    room.timeline = {member("@a:x", "$1")};
    members.omit_known({&room}, 5, 10);
    CHECK(told(members, {member("@a:x", "$1")}, 10, 15) == 0);
}

TEST_CASE("a hundred members are remembered, each device its own") {
    LazyMembers all;
    const auto members = all.of("@u:x", "D");
    for (int i = 0; i < 101; ++i)
        members->add(*member("@" + std::to_string(i) + ":x", "$e"), 1);
    CHECK_FALSE(members->knows(*member("@0:x", "$e"), 1));
    CHECK(members->knows(*member("@1:x", "$e"), 1));
    CHECK(all.of("@u:x", "D") == members);
    CHECK(all.of("@u:x", "E") != members);
    CHECK(all.of("@u:x", std::nullopt) != members);
}
