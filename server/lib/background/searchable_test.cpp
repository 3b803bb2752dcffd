// SPDX-License-Identifier: Apache-2.0
#include "background/searchable.h"

#include <catch2/catch.hpp>

using aksono::background::searchable;

TEST_CASE("A display name is found whatever its letters look like") {
    CHECK(searchable("").empty());
    CHECK(searchable("Plain Person") == "plain person");
    CHECK(searchable("Ünïcode ÉMILE") == "ünïcode émile");
    CHECK(searchable("ﬁ ＷＩＤＥ") == "fi wide");
    CHECK(searchable("漢字 😀") == "漢字 😀");
}
