// SPDX-License-Identifier: Apache-2.0
#include "push/evaluator.h"

#include <catch2/catch.hpp>

namespace aksono::push {
namespace {

const auto kAlice = UserId::trusted("@alice:test.local");

struct Case {
    Json event = {{"type", "m.room.message"},
                  {"sender", "@bob:test.local"},
                  {"content", {{"msgtype", "m.text"}, {"body", "hello"}}}};
    PushRoom room{3, 0, Json::object()};
    std::optional<std::string> name = "Alice in Chains";
    storage::StoredPushRules stored;

    /// The stored text of the actions, or «-».
    std::string actions() const {
        const UserRules rules(stored);
        Evaluator evaluator(event, room);
        const PushUser user(kAlice, name);
        const Actions* found = evaluator.actions_for(rules, user);
        return found == nullptr || !found->notify ? "-" : found->stored;
    }
    /// Whether an override rule with this one condition matches.
    bool holds(const Json& condition) {
        stored = {};
        stored.rules.push_back(
            {"global/override/r", 5, Json::array({condition}).dump(), R"(["notify"])"});
        return actions() == R"(["notify"])";
    }
    void content(const Json& content) { event["content"] = content; }
};

const std::string kPlain;  // how ["notify", no highlight] is stored
const std::string kMention =
    R"(["notify",{"set_tweak":"highlight"},{"set_tweak":"sound","value":"default"}])";
const std::string kOneToOne =
    R"(["notify",{"set_tweak":"sound","value":"default"},{"set_tweak":"highlight","value":false}])";

TEST_CASE("Default rules for messages", "[push]") {
    Case c;
    CHECK(c.actions() == kPlain);
    c.room.joined_members = 2;
    CHECK(c.actions() == kOneToOne);
    c.content({{"msgtype", "m.notice"}, {"body", "alice"}});
    CHECK(c.actions() == "-");
    c.content({{"body", "hey Alice: hi"}});
    CHECK(c.actions() == kMention);
    c.content({{"body", "malice"}});
    CHECK(c.actions() == kOneToOne);
    c.content({{"body", "alice in chains, really"}});
    CHECK(c.actions() == kMention);
    c.content({{"body", "alice"}, {"m.mentions", Json::object()}});
    CHECK(c.actions() == kOneToOne);
    c.content({{"body", "x"}, {"m.mentions", {{"user_ids", {"@x:y", kAlice.str()}}}}});
    CHECK(c.actions() == kMention);
    c.content({{"body", "x"}, {"m.relates_to", {{"rel_type", "m.replace"}}}});
    CHECK(c.actions() == "-");
}

TEST_CASE("Only those with power notify the room", "[push]") {
    Case c;
    const std::string highlight = R"(["notify",{"set_tweak":"highlight"}])";
    c.content({{"body", "wake up @room"}});
    CHECK(c.actions() == kPlain);
    c.room.sender_power = 50;
    CHECK(c.actions() == highlight);
    c.room.notification_levels = {{"room", 51}};
    CHECK(c.actions() == kPlain);
    c.content({{"body", "x"}, {"m.mentions", {{"room", true}}}});
    CHECK(c.actions() == kPlain);
    c.room.sender_power = 51;
    CHECK(c.actions() == highlight);
}

TEST_CASE("A user's own rules and changes come before the server's", "[push]") {
    Case c;
    c.stored.rules = {{"global/override/.m.rule.reaction", -1, "[]", R"(["notify"])"},
                      {"global/room/!r:x", 3,
                       R"([{"kind":"event_match","key":"room_id","pattern":"!r:x"}])", "[]"}};
    c.event["room_id"] = "!r:x";
    CHECK(c.actions() == "-");
    c.event["room_id"] = "!s:x";
    CHECK(c.actions() == kPlain);
    c.event["type"] = "m.reaction";
    CHECK(c.actions() == R"(["notify"])");
    c.stored.enabled["global/override/.m.rule.master"] = true;
    CHECK(c.actions() == "-");
}

TEST_CASE("Conditions compare exactly as they say", "[push]") {
    Case c;
    c.content({{"n", 5},
               {"t", true},
               {"z", nullptr},
               {"s", "5"},
               {"arr", {"x", 5, Json::object()}},
               {"a.b", "x"},
               {"a\\", {{"b", "y"}}},
               {"f", 1.5}});
    const auto is = [&](const char* key, Json value) {
        return c.holds({{"kind", "event_property_is"}, {"key", key}, {"value", std::move(value)}});
    };
    CHECK(is("content.n", 5));
    CHECK_FALSE(is("content.n", "5"));
    CHECK_FALSE(is("content.n", 5.0));
    CHECK(is("content.t", true));
    CHECK(is("content.z", nullptr));
    CHECK_FALSE(is("content.missing", nullptr));
    CHECK_FALSE(is("content.f", 1.5));
    CHECK(is("content.a\\.b", "x"));
    CHECK(is("content.a\\\\.b", "y"));
    const auto contains = [&](Json value) {
        return c.holds({{"kind", "event_property_contains"},
                        {"key", "content.arr"},
                        {"value", std::move(value)}});
    };
    CHECK(contains("x"));
    CHECK(contains(5));
    CHECK_FALSE(contains("X"));
    CHECK_FALSE(contains(Json::object()));
    const auto match = [&](const char* key, const char* pattern) {
        return c.holds({{"kind", "event_match"}, {"key", key}, {"pattern", pattern}});
    };
    CHECK_FALSE(match("content.n", "5"));
    CHECK(match("content.s", "5"));
    CHECK(match("sender", "@BOB:*"));
    CHECK_FALSE(match("user_id", "*"));
    // Only the server's own rules may speak of «the user» without naming one.
    CHECK_FALSE(c.holds({{"kind", "event_match"}, {"key", "sender"}, {"pattern_type", "user_id"}}));
    CHECK_FALSE(c.holds({{"kind", "no such kind"}}));
    CHECK_FALSE(c.holds(Json::object()));
    CHECK_FALSE(c.holds({{"kind", "event_match"}, {"key", "sender"}, {"pattern", 5}}));
}

TEST_CASE("Member counts", "[push]") {
    Case c;
    c.room.joined_members = 85;
    const auto count = [&](const char* is) {
        return c.holds({{"kind", "room_member_count"}, {"is", is}});
    };
    for (const char* yes : {"85", "==85", "085", ">=85", "<=85", ">84", "<86"})
        CHECK(count(yes));
    for (const char* no : {"=85", "+85", " 85", "85 ", "<85", ">85", "", "x", ">-1", "> 1", "!=5",
                           "<18446744073709551616"}) {
        CHECK_FALSE(count(no));
    }
    CHECK_FALSE(c.holds({{"kind", "room_member_count"}, {"is", 85}}));
}

TEST_CASE("Actions are stored compactly", "[push]") {
    const auto stored = [](const char* text) { return read_actions(Json::parse(text)).stored; };
    CHECK(stored(R"(["notify",{"set_tweak":"highlight","value":false}])").empty());
    CHECK(stored(R"(["notify",{"set_tweak":"sound","value":"default"},{"set_tweak":"highlight"}])")
              .empty());
    CHECK(stored(R"(["dont_notify","notify","coalesce"])") == R"(["notify"])");
    CHECK(stored(
              R"(["notify",{"zz":{"b":1,"a":[2.5]},"value":"é","set_tweak":"sound","aa":null}])") ==
          R"(["notify",{"set_tweak":"sound","value":"\u00e9","aa":null,"zz":{"a":[2.5],"b":1}}])");
    CHECK(stored(R"([{"set_tweak":"sound","value":null}])") == R"([{"set_tweak":"sound"}])");
    const auto highlight = [](const char* text) {
        return read_actions(Json::parse(text)).highlight;
    };
    CHECK(highlight(R"([{"set_tweak":"highlight"}])"));
    CHECK(highlight(R"([{"set_tweak":"highlight","value":"false"}])"));
    CHECK_FALSE(
        highlight(R"([{"set_tweak":"highlight","value":false},{"set_tweak":"highlight"}])"));
}

TEST_CASE("Rules are shown as clients know them", "[push]") {
    storage::StoredPushRules stored;
    stored.rules = {
        {"global/content/k", 4, R"([{"kind":"event_match","key":"content.body","pattern":"cake"}])",
         R"(["notify",{"value":null,"set_tweak":"sound"}])"},
        {"global/override/broken", 5, "{", "[]"}};
    stored.enabled["global/content/k"] = false;
    const Json global = UserRules(stored).json_for(kAlice)["global"];
    CHECK(global["content"][0] == Json::parse(R"({"rule_id": "k", "pattern": "cake",
        "default": false, "enabled": false, "actions": ["notify", {"set_tweak": "sound"}]})"));
    CHECK(global["content"][1]["pattern"] == "alice");
    CHECK(global["override"].size() == 12);
    CHECK(global["override"][2]["conditions"][2]["pattern"] == kAlice.str());
    CHECK(global["override"][0]["enabled"] == false);
    CHECK(global["postcontent"] == Json::array());
}

}  // namespace
}  // namespace aksono::push
