// SPDX-License-Identifier: Apache-2.0
#include "crypto/redaction.h"

#include <catch2/catch.hpp>

using namespace aksono;

namespace {

Json redacted_content(std::string_view version, const char* type, const Json& content) {
    const Json event = {{"type", type}, {"content", content}};
    return crypto::redact_event(*crypto::find_room_version(version), event)["content"];
}

}  // namespace

TEST_CASE("redaction: top-level keys") {
    const Json event = {
        {"type", "m.x"},   {"content", {{"a", 1}}},      {"origin", "o"},   {"membership", "j"},
        {"prev_state", 1}, {"unsigned", Json::object()}, {"redacts", "$e"}, {"depth", 3},
        {"state_key", ""}};
    CHECK(crypto::redact_event(*crypto::find_room_version("10"), event) ==
          Json::parse(R"({"type":"m.x","content":{},"origin":"o","membership":"j","prev_state":1,
                          "depth":3,"state_key":""})"));
    CHECK(crypto::redact_event(*crypto::find_room_version("11"), event) ==
          Json::parse(R"({"type":"m.x","content":{},"depth":3,"state_key":""})"));
}

TEST_CASE("redaction: content by event type and version") {
    const Json member = Json::parse(R"({"membership":"join","displayname":"x",
        "join_authorised_via_users_server":"@a:b","third_party_invite":{"signed":1,"display_name":"y"}})");
    CHECK(redacted_content("8", "m.room.member", member) ==
          Json::parse(R"({"membership":"join"})"));
    CHECK(redacted_content("9", "m.room.member", member).size() == 2);
    CHECK(redacted_content("11", "m.room.member", member)["third_party_invite"] ==
          Json::parse(R"({"signed":1})"));

    const Json create = {{"creator", "@a:b"}, {"room_version", "11"}};
    CHECK(redacted_content("10", "m.room.create", create) == Json{{"creator", "@a:b"}});
    CHECK(redacted_content("11", "m.room.create", create) == create);

    const Json rules = {{"join_rule", "restricted"}, {"allow", Json::array()}, {"x", 1}};
    CHECK(redacted_content("7", "m.room.join_rules", rules).size() == 1);
    CHECK(redacted_content("8", "m.room.join_rules", rules).size() == 2);

    const Json levels = {{"ban", 1}, {"invite", 2}, {"notifications", Json::object()}};
    CHECK(redacted_content("10", "m.room.power_levels", levels) == Json{{"ban", 1}});
    CHECK(redacted_content("11", "m.room.power_levels", levels).size() == 2);

    const Json aliases = {{"aliases", Json::array({"#a:b"})}};
    CHECK(redacted_content("5", "m.room.aliases", aliases) == aliases);
    CHECK(redacted_content("6", "m.room.aliases", aliases).empty());

    CHECK(redacted_content("10", "m.room.redaction", {{"redacts", "$e"}}).empty());
    CHECK(redacted_content("11", "m.room.redaction", {{"redacts", "$e"}, {"reason", "r"}}).size() ==
          1);
    CHECK(redacted_content("12", "m.room.message", {{"body", "b"}}).empty());
    CHECK(redacted_content("12", "m.room.message", "no object").is_object());
}
