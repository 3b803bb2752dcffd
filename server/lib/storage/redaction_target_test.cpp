// SPDX-License-Identifier: Apache-2.0
#include "storage/redaction_target.h"

#include <catch2/catch.hpp>

using aksono::storage::Event;
using aksono::storage::redacted_id;
using aksono::storage::redaction_shows;
using aksono::storage::RedactionTarget;

namespace {

Event redaction_in(const std::string& version) {
    Event event;
    event.type = "m.room.redaction";
    event.room_id = "!room:example.org";
    event.sender = "@moderator:example.org";
    event.room_version = version;
    event.json = R"({"redacts":"$top","content":{"redacts":"$content"}})";
    return event;
}

}  // namespace

TEST_CASE("A redaction names its target where the room version has it") {
    CHECK(redacted_id(redaction_in("1")) == "$top");
    CHECK(redacted_id(redaction_in("10")) == "$top");
    CHECK(redacted_id(redaction_in("11")) == "$content");
    CHECK(redacted_id(redaction_in("12")) == "$content");
    auto none = redaction_in("10");
    none.json = R"({"content":{"redacts":"$content"}})";
    CHECK(redacted_id(none).empty());
    none.json = R"({"redacts":5,"content":{}})";
    CHECK(redacted_id(none).empty());
}

TEST_CASE("A redaction shows when its target is a good event of the same room") {
    const auto redaction = redaction_in("10");
    CHECK_FALSE(redaction_shows(redaction, nullptr));
    RedactionTarget target{redaction.room_id, "@other:elsewhere.example", false};
    CHECK(redaction_shows(redaction, &target));
    target.rejected = true;
    CHECK_FALSE(redaction_shows(redaction, &target));
    target = {"!other:example.org", redaction.sender, false};
    CHECK_FALSE(redaction_shows(redaction, &target));
}

TEST_CASE("A redaction that was let in unchecked shows within one server only") {
    auto redaction = redaction_in("10");
    redaction.unchecked_redaction = true;
    const RedactionTarget near{redaction.room_id, "@other:example.org", false};
    const RedactionTarget far{redaction.room_id, "@other:elsewhere.example", false};
    CHECK(redaction_shows(redaction, &near));
    CHECK_FALSE(redaction_shows(redaction, &far));
}
