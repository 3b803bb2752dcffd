// SPDX-License-Identifier: Apache-2.0
// What holds of every resolution, on random rooms with branches.
#include "events/auth_rules.h"
#include "events/auth_walk.h"
#include "events/state_resolution.h"
#include "events/test_room.h"

#include <algorithm>

#include <catch2/catch.hpp>
#include <rapidcheck.h>

using namespace aksono;
using namespace aksono::events;

namespace {

constexpr std::array kVersions{"1", "2", "6", "10", "11", "12"};
constexpr std::array kUsers{"@alice:a", "@bob:a", "@carol:b", "@dave:b"};
constexpr std::array kMemberships{"join", "join", "leave", "invite", "ban"};
constexpr std::array kJoinRules{"public", "public", "invite"};
constexpr std::array kLevels{0, 50, 50, 100};

template <class Array>
auto any_of(const Array& choices) {
    return choices[*rc::gen::inRange<std::size_t>(0, choices.size())];
}

/// A room with branches, in each of which its users did what they may.
class Branches {
public:
    explicit Branches(TestRoom& room) : room_(room) {
        const StateMap start = room.begin();
        states.assign(*rc::gen::inRange<std::size_t>(2, 4), start);
        const int steps = *rc::gen::inRange(1, 30);
        for (int step = 0; step < steps; ++step)
            act(states[*rc::gen::inRange<std::size_t>(0, states.size())], step);
    }

    std::vector<StateMap> states;

private:
    void act(StateMap& state, int step) {
        // Many events have the same time.
        room_.now = *rc::gen::inRange<Millis>(0, 4);
        const std::string id = "$" + std::to_string(step);
        const std::string user = any_of(kUsers);
        StateMap after = state;
        switch (*rc::gen::inRange(0, 5)) {
            case 0:
                room_.add(after, id, user, "m.room.topic", "", {{"topic", id}});
                break;
            case 1:
                room_.add(after, id, user, "m.room.join_rules", "",
                          {{"join_rule", any_of(kJoinRules)}});
                break;
            case 2:
                room_.power(after, id, user, levels());
                break;
            default:
                move(after, id, user);
        }
        if (is_allowed(room_, *room_.find(id), state)) state = std::move(after);
    }
    void move(StateMap& state, const std::string& id, const std::string& user) {
        const std::string membership = any_of(kMemberships);
        const std::string target = membership == "join" ? user : any_of(kUsers);
        room_.member(state, id, user, target, membership);
    }
    Json levels() const {
        Json users = Json::object();
        if (!room_.version().creators_have_infinite_power) users["@alice:a"] = 100;
        users[kUsers[*rc::gen::inRange<std::size_t>(1, kUsers.size())]] = any_of(kLevels);
        return users;
    }

public:
    static bool is_allowed(TestRoom& room, const Event& event, const StateMap& state) {
        AuthState auth;
        auth.add(*room.find("$create"));
        for (const auto& key : auth_event_keys(room.version(), event)) {
            const auto it = state.find(key);
            if (it != state.end()) auth.add(*room.find(it->second));
        }
        return check_event_auth(room.version(), event, auth).has_value();
    }

private:
    TestRoom& room_;
};

StateMap resolve(TestRoom& room, const std::vector<StateMap>& states) {
    WalkedAuthDifference walk(room);
    const auto resolved = resolve_state(room.version(), states, room, walk);
    RC_ASSERT(resolved.has_value());
    return *resolved;
}

}  // namespace

TEST_CASE("the order of states, and how often one is given, mean nothing") {
    rc::check([] {
        TestRoom room(any_of(kVersions));
        const auto states = Branches(room).states;
        const StateMap resolved = resolve(room, states);
        auto others = states;
        others.push_back(states[*rc::gen::inRange<std::size_t>(0, states.size())]);
        const auto shift = *rc::gen::inRange<std::ptrdiff_t>(0, std::ssize(others));
        std::rotate(others.begin(), others.begin() + shift, others.end());
        if (*rc::gen::arbitrary<bool>()) std::ranges::reverse(others);
        RC_ASSERT(resolve(room, others) == resolved);
    });
}

TEST_CASE("a state that meets itself stays as it is") {
    rc::check([] {
        TestRoom room(any_of(kVersions));
        for (const auto& state : Branches(room).states) {
            RC_ASSERT(resolve(room, {state}) == state);
            RC_ASSERT(resolve(room, {state, state}) == state);
        }
    });
}

TEST_CASE("what all agree on stays, and nothing comes from nowhere") {
    rc::check([] {
        TestRoom room(any_of(kVersions));
        const auto states = Branches(room).states;
        const StateMap resolved = resolve(room, states);
        for (const auto& [key, id] : states.front()) {
            const bool agreed = std::ranges::all_of(states, [&](const StateMap& state) {
                const auto it = state.find(key);
                return it != state.end() && it->second == id;
            });
            if (agreed) RC_ASSERT(resolved.at(key) == id);
        }
        for (const auto& [key, id] : resolved)
            RC_ASSERT(room.find(id)->is(key.first, key.second));
    });
}

TEST_CASE("since version 2, every resolved event is allowed by what authorises it") {
    rc::check([] {
        TestRoom room(any_of(std::array{"2", "6", "10", "11", "12"}));
        const auto states = Branches(room).states;
        const StateMap resolved = resolve(room, states);
        for (const auto& [key, id] : resolved) {
            const EventPtr event = room.find(id);
            StateMap auth;
            for (const auto& auth_id : event->auth_events) {
                const EventPtr found = room.find(auth_id);
                auth[{found->type, *found->state_key}] = auth_id;
            }
            RC_ASSERT(Branches::is_allowed(room, *event, auth));
        }
    });
}
