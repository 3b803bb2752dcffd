// SPDX-License-Identifier: Apache-2.0
#include "datacheck/pace.h"

#include <catch2/catch.hpp>

using aksono::datacheck::Pace;

TEST_CASE("a pace grows while statements are quick, up to a bound") {
    Pace pace(1000);
    CHECK(pace.size() == Pace::kFirst);
    pace.took(0);
    CHECK(pace.size() == 4 * Pace::kFirst);
    for (int i = 0; i < 40; ++i)
        pace.took(1);
    CHECK(pace.size() == Pace::kMost);
}

TEST_CASE("a pace comes down to what fits, never below one") {
    Pace pace(1000);
    pace.took(5000);
    CHECK(pace.size() == Pace::kFirst / 5);
    pace.took(1000);
    CHECK(pace.size() == Pace::kFirst / 5);
    for (int i = 0; i < 10; ++i)
        pace.took(1'000'000);
    CHECK(pace.size() == 1);
    CHECK_FALSE(pace.shrink());
}

TEST_CASE("a statement that was ended is tried again in smaller pieces") {
    Pace pace(1000);
    int tries = 0;
    while (pace.shrink())
        ++tries;
    CHECK(tries == 3);
    CHECK(pace.size() == 1);
}
