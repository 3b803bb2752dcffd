// SPDX-License-Identifier: Apache-2.0
#include "events/state_separation.h"

#include <catch2/catch.hpp>

using namespace aksono::events;

namespace {

const StateKey kTopic{"m.room.topic", ""};
const StateKey kName{"m.room.name", ""};

}  // namespace

TEST_CASE("what all states agree on is not in conflict") {
    const auto separated = separate_states({{{kTopic, "$t"}, {kName, "$n1"}},
                                            {{kTopic, "$t"}, {kName, "$n2"}},
                                            {{kTopic, "$t"}, {kName, "$n1"}}},
                                           Absence::conflicts);
    CHECK(separated.unconflicted == StateMap{{kTopic, "$t"}});
    REQUIRE(separated.conflicted.size() == 1);
    CHECK(separated.conflicted.at(kName) == std::vector<std::string>{"$n1", "$n2"});
}

TEST_CASE("a key that a state lacks is in conflict, but not in version 1") {
    const std::vector<StateMap> states{{{kTopic, "$t"}}, {}};
    CHECK(separate_states(states, Absence::conflicts).unconflicted.empty());
    CHECK(separate_states(states, Absence::conflicts).conflicted.at(kTopic) ==
          std::vector<std::string>{"$t"});
    CHECK(separate_states(states, Absence::agrees).unconflicted == states[0]);
}

TEST_CASE("no states, and one state") {
    CHECK(separate_states({}, Absence::conflicts).unconflicted.empty());
    const StateMap state{{kTopic, "$t"}, {kName, "$n"}};
    CHECK(separate_states({state}, Absence::conflicts).unconflicted == state);
}
