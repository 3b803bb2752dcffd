// SPDX-License-Identifier: Apache-2.0
#include "admin_api/nonces.h"

#include <catch2/catch.hpp>

using aksono::admin_api::Nonces;

TEST_CASE("nonces: each is good once, for a minute") {
    Nonces nonces;
    const auto first = nonces.make(0);
    const auto second = nonces.make(0);
    CHECK(first.size() == 128);
    CHECK(first != second);
    CHECK_FALSE(nonces.take("x", 0));
    CHECK(nonces.take(first, 60000));
    CHECK_FALSE(nonces.take(first, 60000));
    CHECK_FALSE(nonces.take(second, 60001));
}
