// SPDX-License-Identifier: Apache-2.0
#include "users/daily_visits.h"

#include <catch2/catch.hpp>

using aksono::Millis;
using aksono::users::visit_spans;

namespace {

constexpr Millis kHour = 3600000;
constexpr Millis kDay = 24 * kHour;
constexpr Millis kMidnight = 20000 * kDay;

}  // namespace

TEST_CASE("daily visits: the first count takes all of today") {
    const auto spans = visit_spans(0, kMidnight + 5 * kHour);
    REQUIRE(spans.size() == 1);
    CHECK(spans[0].day == kMidnight);
    CHECK(spans[0].after == kMidnight - 1);
    CHECK(spans[0].until == kMidnight + 5 * kHour);
}

TEST_CASE("daily visits: later counts go on where the last one ended") {
    const auto spans = visit_spans(kMidnight + kHour, kMidnight + 2 * kHour);
    REQUIRE(spans.size() == 1);
    CHECK(spans[0].day == kMidnight);
    CHECK(spans[0].after == kMidnight + kHour);
}

TEST_CASE("daily visits: the rest of yesterday is yesterday's") {
    const auto spans = visit_spans(kMidnight - kHour, kMidnight + kHour);
    REQUIRE(spans.size() == 2);
    CHECK(spans[0].day == kMidnight - kDay);
    CHECK(spans[0].after == kMidnight - kHour);
    CHECK(spans[0].until == kMidnight - 1);
    CHECK(spans[1].day == kMidnight);
    CHECK(spans[1].after == kMidnight - 1);
    CHECK(spans[1].until == kMidnight + kHour);
}

TEST_CASE("daily visits: after days without a count yesterday is taken whole, and no other day") {
    const auto spans = visit_spans(kMidnight - 5 * kDay, kMidnight + kHour);
    REQUIRE(spans.size() == 2);
    CHECK(spans[0].day == kMidnight - kDay);
    CHECK(spans[0].after == kMidnight - kDay - 1);
}
