// SPDX-License-Identifier: Apache-2.0
#include "background/pace.h"

#include <catch2/catch.hpp>

using aksono::background::Pace;

TEST_CASE("Steps grow twofold at most, up to the largest, and shrink at once") {
    Pace pace(100, 500);
    pace.note(100, 1);
    CHECK(pace.size() == 200);
    pace.note(200, 0);
    pace.note(400, 0);
    CHECK(pace.size() == 500);
    pace.note(500, 5000);
    CHECK(pace.size() == 10);
    pace.note(10, 60'000);
    CHECK(pace.size() == 1);
    pace.note(0, 100);
    CHECK(pace.size() == 1);
}
