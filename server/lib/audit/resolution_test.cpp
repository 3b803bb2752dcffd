// SPDX-License-Identifier: Apache-2.0
#include "audit/resolution.h"

#include "base/clock.h"

#include <catch2/catch.hpp>

namespace aksono::audit {

namespace {

constexpr const char* kAlice = "@alice:a";
constexpr const char* kBob = "@bob:a";

/// A room that grows event by event, each with the auth events it names.
class Room {
public:
    explicit Room(int version) : version_(version) {
        add("create", "m.room.create", kAlice, "", {{"creator", kAlice}}, {});
        add("alice", "m.room.member", kAlice, kAlice, {{"membership", "join"}}, {"create"});
        add("levels", "m.room.power_levels", kAlice, "",
            {{"users", version >= 12 ? Json{{kBob, 50}} : Json{{kAlice, 100}, {kBob, 50}}}},
            {"create", "alice"});
        add("rules", "m.room.join_rules", kAlice, "", {{"join_rule", "public"}},
            {"create", "alice", "levels"});
        add("bob", "m.room.member", kBob, kBob, {{"membership", "join"}},
            {"create", "rules", "levels"});
    }

    void add(const std::string& id, const std::string& type, const std::string& sender,
             const std::string& key, Json content, std::vector<std::string> auth) {
        Fact fact{id, "!room:a", type, key, sender, std::move(content), {"before"}, "", auth};
        fact.origin_server_ts = ++time_;
        graph_.edges[id] = std::move(auth);
        if (type == "m.room.power_levels") graph_.power_levels.insert(id);
        facts_[id] = std::move(fact);
    }

    [[nodiscard]] StateIds state(std::initializer_list<const char*> ids) const {
        StateIds state;
        for (const char* id : ids)
            state[{facts_.at(id).type, *facts_.at(id).state_key}] = id;
        return state;
    }

    [[nodiscard]] StateIds resolved(std::vector<StateIds> states) const {
        const auto read = [this](const std::set<std::string>& ids) {
            std::map<std::string, Fact> found;
            for (const auto& id : ids)
                found[id] = facts_.at(id);
            return found;
        };
        const auto first = resolve(version_, states, graph_, read);
        std::ranges::reverse(states);
        CHECK(resolve(version_, states, graph_, read) == first);
        return first;
    }

private:
    int version_;
    Millis time_ = 0;
    AuthGraph graph_;
    std::map<std::string, Fact> facts_;
};

const StateKey kTopic{"m.room.topic", ""};
const StateKey kBobsPlace{"m.room.member", kBob};

}  // namespace

TEST_CASE("what is not in dispute stays") {
    const Room room(11);
    const auto state = room.state({"create", "alice", "levels", "rules", "bob"});
    CHECK(room.resolved({state, state}) == state);
}

TEST_CASE("a ban outweighs what the banned one does meanwhile") {
    for (const int version : {2, 6, 11, 12}) {
        Room room(version);
        room.add("topic", "m.room.topic", kBob, "", {{"topic", "mine"}},
                 {"create", "levels", "bob"});
        room.add("ban", "m.room.member", kAlice, kBob, {{"membership", "ban"}},
                 {"create", "levels", "alice", "bob"});
        const auto state =
            room.resolved({room.state({"create", "alice", "levels", "rules", "bob", "topic"}),
                           room.state({"create", "alice", "levels", "rules", "ban"})});
        CHECK(state.at(kBobsPlace) == "ban");
        CHECK_FALSE(state.contains(kTopic));
    }
}

TEST_CASE("the later of two equals holds") {
    Room room(10);
    room.add("first", "m.room.topic", kAlice, "", {{"topic", "1"}}, {"create", "levels", "alice"});
    room.add("second", "m.room.topic", kBob, "", {{"topic", "2"}}, {"create", "levels", "bob"});
    const auto state =
        room.resolved({room.state({"create", "alice", "levels", "rules", "bob", "second"}),
                       room.state({"create", "alice", "levels", "rules", "bob", "first"})});
    CHECK(state.at(kTopic) == "second");
}

TEST_CASE("what rests on older power levels comes first") {
    Room room(10);
    room.add("old", "m.room.topic", kBob, "", {{"topic", "old"}}, {"create", "levels", "bob"});
    room.add("raised", "m.room.power_levels", kAlice, "", {{"users", {{kAlice, 100}, {kBob, 60}}}},
             {"create", "levels", "alice"});
    room.add("new", "m.room.topic", kAlice, "", {{"topic", "new"}}, {"create", "raised", "alice"});
    room.add("late", "m.room.topic", kBob, "", {{"topic", "late"}}, {"create", "levels", "bob"});
    const auto state =
        room.resolved({room.state({"create", "alice", "raised", "rules", "bob", "new"}),
                       room.state({"create", "alice", "levels", "rules", "bob", "late"})});
    CHECK(state.at({"m.room.power_levels", ""}) == "raised");
    CHECK(state.at(kTopic) == "new");
}

TEST_CASE("one who is put down keeps no say") {
    Room room(9);
    room.add("down", "m.room.power_levels", kAlice, "", {{"users", {{kAlice, 100}}}},
             {"create", "levels", "alice"});
    room.add("topic", "m.room.topic", kBob, "", {{"topic", "mine"}}, {"create", "levels", "bob"});
    const auto state =
        room.resolved({room.state({"create", "alice", "down", "rules", "bob"}),
                       room.state({"create", "alice", "levels", "rules", "bob", "topic"})});
    CHECK(state.at({"m.room.power_levels", ""}) == "down");
    CHECK_FALSE(state.contains(kTopic));
}

}  // namespace aksono::audit
