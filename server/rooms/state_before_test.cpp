// SPDX-License-Identifier: Apache-2.0
#include "rooms/state_before.h"

#include <catch2/catch.hpp>

using namespace aksono::rooms;
using aksono::storage::StateMap;
using Groups = std::vector<std::int64_t>;

TEST_CASE("state groups are tried in the order of the places of a hash table") {
    CHECK(in_order_of_trial({354, 353}) == Groups{353, 354});
    CHECK(in_order_of_trial({415, 416}) == Groups{416, 415});
    CHECK(in_order_of_trial({439, 440, 447, 448, 443}) == Groups{448, 439, 440, 443, 447});
    CHECK(in_order_of_trial({7}) == Groups{7});
}

TEST_CASE("some of the branches have what they agree about and what only some of them have") {
    const StateMap one{{{"m.room.create", ""}, "$c"}, {{"m.room.name", ""}, "$n1"}};
    const StateMap two{{{"m.room.create", ""}, "$c"}, {{"m.room.topic", ""}, "$t"}};
    const StateMap current{{{"m.room.create", ""}, "$c"},
                           {{"m.room.name", ""}, "$n1"},
                           {{"m.room.topic", ""}, "$t"},
                           {{"m.room.avatar", ""}, "$of another branch"}};
    CHECK(state_of_some({one, two}, current) == StateMap{{{"m.room.create", ""}, "$c"},
                                                         {{"m.room.name", ""}, "$n1"},
                                                         {{"m.room.topic", ""}, "$t"}});
}

TEST_CASE("the current state decides between branches, and what is not in it is gone") {
    const StateMap one{{{"m.room.name", ""}, "$n1"}, {{"m.room.topic", ""}, "$refused"}};
    const StateMap two{{{"m.room.name", ""}, "$n2"}};
    const StateMap current{{{"m.room.name", ""}, "$n2"}};
    CHECK(state_of_some({one, two}, current) == current);
    CHECK(state_of_some({two, one}, current) == current);
}
