// SPDX-License-Identifier: Apache-2.0
#include "http/resource.h"

#include <catch2/catch.hpp>

using namespace aksono::http;

TEST_CASE("an unknown path answers as the tree does that it lies in") {
    const Resources usual{Resource::client, Resource::federation};
    CHECK(unknown_is_json("/_matrix/nothing", usual));
    CHECK(unknown_is_json("/_synapse/nothing", usual));
    CHECK_FALSE(unknown_is_json("/nothing", usual));
    CHECK_FALSE(unknown_is_json("/_matrix/static/nothing.css", usual));
    CHECK(unknown_is_json("/_matrix/static/nothing.css", Resources{Resource::federation}));
    CHECK_FALSE(unknown_is_json("/_synapse/nothing", Resources{Resource::federation}));
}
