// SPDX-License-Identifier: Apache-2.0
#include "background/order.h"

#include <catch2/catch.hpp>

using namespace aksono::background;

namespace {

Queued queued(const char* name, const char* depends_on = "") {
    return {name, aksono::Json::object(), depends_on, 0};
}

}  // namespace

TEST_CASE("An update waits for the one it depends on, wherever that is in the queue") {
    const std::vector<Queued> queue{queued("a", "b"), queued("b"), queued("c")};
    CHECK(next_update(queue, {})->name == "b");
    CHECK(next_update(queue, {"b"})->name == "c");
    CHECK(next_update(queue, {"b", "c"}) == nullptr);
}

TEST_CASE("A name that is not queued holds nothing up") {
    const std::vector<Queued> queue{queued("replace_room_depth_min_depth", "populate_room_depth2")};
    CHECK(next_update(queue, {})->name == "replace_room_depth_min_depth");
}

TEST_CASE("What only the numbers keep in order waits too") {
    const std::vector<Queued> queue{queued("populate_room_depth_min_depth2"),
                                    queued("replace_room_depth_min_depth", "populate_room_depth2")};
    CHECK(next_update(queue, {"populate_room_depth_min_depth2"}) == nullptr);
}

TEST_CASE("A circle is never entered") {
    const std::vector<Queued> queue{queued("a", "b"), queued("b", "a")};
    CHECK(next_update(queue, {}) == nullptr);
    CHECK(with_blockers(queue, "a") == std::set<std::string>{"a", "b"});
}

TEST_CASE("All that one waits for comes with it") {
    const std::vector<Queued> queue{queued("a"), queued("b", "a"), queued("c", "b"), queued("d")};
    CHECK(with_blockers(queue, "c") == std::set<std::string>{"a", "b", "c"});
}
