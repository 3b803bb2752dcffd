// SPDX-License-Identifier: Apache-2.0
#include "sync/filter.h"

#include "base/matrix_error.h"

#include <catch2/catch.hpp>

using namespace aksono;
using sync::SyncFilter;

namespace {
SyncFilter filter(const char* text) {
    return SyncFilter::from(Json::parse(text));
}
}  // namespace

TEST_CASE("sync filter: limits are whole numbers") {
    for (const auto* text : {"1.5", "1.0", "1e1", "-1"}) {
        CAPTURE(text);
        const auto definition = std::string(R"({"room":{"timeline":{"limit":)") + text + "}}}";
        CHECK_THROWS_AS(filter(definition.c_str()), MatrixError);
    }
    CHECK(filter(R"({"room":{"timeline":{"limit":1000}}})").timeline.limit == 100);
    CHECK(filter(R"({"room":{"state":{"limit":1.5}}})").timeline.limit == 10);
}

TEST_CASE("sync filter: the rooms of all parts narrow those of one") {
    const auto only = filter(R"({"room":{"rooms":["!a:x","!b:x"],"timeline":{"rooms":["!b:x"]}}})");
    CHECK_FALSE(only.timeline.passes_room("!a:x"));
    CHECK(only.timeline.passes_room("!b:x"));
    CHECK(only.state.passes_room("!a:x"));
    CHECK_FALSE(only.ephemeral.passes_room("!c:x"));
    const auto but = filter(R"({"room":{"not_rooms":["!a:x"],"state":{"not_rooms":["!b:x"]}}})");
    CHECK_FALSE(but.state.passes_room("!a:x"));
    CHECK_FALSE(but.state.passes_room("!b:x"));
    CHECK(but.timeline.passes_room("!b:x"));
}

TEST_CASE("sync filter: what names no room passes what excludes rooms, not what lists them") {
    const auto create = [](const SyncFilter& rules, const char* room) {
        return rules.timeline.passes("m.room.create", "@a:x", room, false);
    };
    const auto only = filter(R"({"room":{"rooms":["!hash","!a:x"]}})");
    CHECK_FALSE(create(only, "!hash"));
    CHECK(create(only, "!a:x"));
    CHECK(only.timeline.passes("m.room.name", "@a:x", "!hash", false));
    CHECK_FALSE(only.room_account_data.passes_room(""));
    const auto but = filter(R"({"room":{"not_rooms":["!hash","!a:x"]}})");
    CHECK(create(but, "!hash"));
    CHECK_FALSE(create(but, "!a:x"));
    CHECK_FALSE(but.timeline.passes("m.room.name", "@a:x", "!hash", false));
    CHECK(but.room_account_data.passes_room(""));
}
