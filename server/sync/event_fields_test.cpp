// SPDX-License-Identifier: Apache-2.0
#include "sync/event_fields.h"

#include <catch2/catch.hpp>

using aksono::Json;
using aksono::sync::only_fields;

TEST_CASE("only the named fields stay") {
    const auto event = Json::parse(
        R"({"type":"t","content":{"body":"b","m.x":{"y":1},"a\\b":2},"sender":"@a:b"})");
    CHECK(only_fields(event, {"type", "content.body"}) ==
          Json::parse(R"({"type":"t","content":{"body":"b"}})"));
    CHECK(only_fields(event, {R"(content.m\.x.y)"}) ==
          Json::parse(R"({"content":{"m.x":{"y":1}}})"));
    CHECK(only_fields(event, {R"(content.a\\b)"}) == Json::parse(R"({"content":{"a\\b":2}})"));
    CHECK(only_fields(event, {"content.nothing", "sender.x"}) == Json::object());
}
