// SPDX-License-Identifier: Apache-2.0
#include "events/auth_rules.h"

#include <fstream>
#include <map>
#include <set>

#include <catch2/catch.hpp>

using namespace aksono;
using events::StateKey;

namespace {

const crypto::RoomVersion& version(std::string_view id) {
    return *crypto::find_room_version(id);
}

/// A room with a creator, a joined user and what a test adds.
struct Room {
    explicit Room(std::string_view version_id) : rules(version(version_id)) {
        add("m.room.create", "", "@creator:a", {{"creator", "@creator:a"}});
        member("@creator:a", "join");
        member("@user:a", "join");
    }

    void add(std::string type, std::string key, std::string sender, Json content) {
        const StateKey at{type, key};
        state[at] = events::read_event(rules,
                                       {{"type", type},
                                        {"state_key", key},
                                        {"sender", sender},
                                        {"room_id", "!r:a"},
                                        {"content", std::move(content)}},
                                       "$" + type + key);
    }
    void member(const std::string& user, std::string membership) {
        add("m.room.member", user, user, {{"membership", std::move(membership)}});
    }
    void levels(Json content) { add("m.room.power_levels", "", "@creator:a", std::move(content)); }
    [[nodiscard]] events::Verdict allows(Json event) const {
        events::AuthState auth;
        for (const auto& [key, part] : state)
            auth.add(*part);
        event["room_id"] = "!r:a";
        event["prev_events"] = {"$x", "$y"};
        const std::string id = event.value("event_id", "$event");
        return events::check_event_auth(rules, *events::read_event(rules, event, id), auth);
    }
    [[nodiscard]] bool lets(const std::string& sender, const std::string& type) const {
        return allows({{"type", type}, {"sender", sender}, {"content", Json::object()}})
            .has_value();
    }
    [[nodiscard]] bool sets_state(const std::string& sender, const std::string& type,
                                  const std::string& key, const Json& content) const {
        return allows(
                   {{"type", type}, {"sender", sender}, {"state_key", key}, {"content", content}})
            .has_value();
    }
    [[nodiscard]] bool membership(const std::string& sender, const std::string& target,
                                  const std::string& membership, Json more = Json::object()) const {
        more["membership"] = membership;
        return sets_state(sender, "m.room.member", target, more);
    }

    const crypto::RoomVersion& rules;
    std::map<StateKey, events::EventPtr> state;
};

}  // namespace

// Each room's events in order, as a Synapse wrote them: {event_id, version, event}.
TEST_CASE("event auth: the history of real rooms is allowed, event by event") {
    std::ifstream file(AKSONO_EVENTS_TESTDATA "/rooms.jsonl");
    REQUIRE(file);
    std::map<std::string, std::map<StateKey, events::EventPtr>> states;
    int count = 0;
    for (std::string line; std::getline(file, line); ++count) {
        const Json row = Json::parse(line);
        const auto& rules = version(row["version"].get<std::string>());
        const auto event =
            events::read_event(rules, row["event"], row["event_id"].get<std::string>());
        auto& state = states[row["version"].get<std::string>()];
        events::AuthState auth;
        for (const auto& [key, part] : state)
            auth.add(*part);
        INFO(line);
        const auto allowed = events::check_event_auth(rules, *event, auth);
        CHECK(allowed.has_value());

        std::set<std::string> chosen, given;
        for (const auto& key : events::auth_event_keys(rules, *event)) {
            if (const auto it = state.find(key); it != state.end()) chosen.insert(it->second->id);
        }
        given.insert(event->auth_events.begin(), event->auth_events.end());
        CHECK(chosen == given);
        if (event->is_state()) state[{event->type, *event->state_key}] = event;
    }
    CHECK(count > 100);
}

TEST_CASE("event auth: only joined users speak") {
    Room room("11");
    CHECK(room.lets("@user:a", "m.room.message"));
    for (const char* membership : {"invite", "leave", "ban", "knock"}) {
        room.member("@user:a", membership);
        CHECK_FALSE(room.lets("@user:a", "m.room.message"));
    }
    const auto refused =
        room.allows({{"type", "m.x"}, {"sender", "@nobody:a"}, {"content", Json::object()}});
    CHECK(refused.error().text == "User @nobody:a not in room !r:a");
}

TEST_CASE("event auth: the power to send") {
    Room room("11");
    room.levels({{"events_default", 50}, {"events", {{"m.low", 0}}}, {"users", {{"@user:a", 49}}}});
    const auto refused = room.allows(
        {{"type", "m.room.message"}, {"sender", "@user:a"}, {"content", Json::object()}});
    CHECK(refused.error().text ==
          "You don't have permission to post that to the room. user_level (49) < send_level (50)");
    CHECK(room.lets("@user:a", "m.low"));
    CHECK_FALSE(room.lets("@creator:a", "m.room.message"));
    // State, without a level of its own, needs state_default.
    CHECK_FALSE(room.sets_state("@user:a", "m.low2", "", Json::object()));
    CHECK(room.sets_state("@user:a", "m.low", "", Json::object()));
    CHECK_FALSE(room.sets_state("@user:a", "m.low", "@creator:a", Json::object()));
    CHECK(room.sets_state("@user:a", "m.low", "@user:a", Json::object()));
}

TEST_CASE("event auth: levels as strings and floats in old versions") {
    const Json levels = Json::parse(
        R"({"events_default":" +10 ","users":{"@user:a":"0010","@creator:a":10.9,"@b:a":true}})");
    Room old("5");
    old.levels(levels);
    CHECK(old.lets("@user:a", "m.x"));
    CHECK(old.lets("@creator:a", "m.x"));
    old.member("@b:a", "join");
    CHECK_FALSE(old.lets("@b:a", "m.x"));
    Room strict("9");
    strict.levels(levels);
    CHECK(strict.lets("@user:a", "m.x"));
    CHECK_FALSE(strict.lets("@creator:a", "m.x"));
    Room integers("10");
    integers.levels(levels);
    CHECK(integers.lets("@user:a", "m.x"));
    CHECK_FALSE(integers.sets_state("@creator:a", "m.room.power_levels", "", levels));
}

TEST_CASE("event auth: creators since version 12 stand above all levels") {
    Room room("12");
    room.add("m.room.create", "", "@creator:a", {{"additional_creators", {"@other:a"}}});
    room.member("@other:a", "join");
    room.levels({{"events_default", 9007199254740991}});
    CHECK(room.lets("@creator:a", "m.x"));
    CHECK(room.lets("@other:a", "m.x"));
    CHECK_FALSE(room.lets("@user:a", "m.x"));
    CHECK_FALSE(
        room.sets_state("@creator:a", "m.room.power_levels", "", {{"users", {{"@other:a", 100}}}}));
}

TEST_CASE("event auth: redactions in versions 1 and 2 need the level or the same domain") {
    const Json redaction = {{"type", "m.room.redaction"},
                            {"sender", "@user:a"},
                            {"event_id", "$1:a"},
                            {"redacts", "$2:b"},
                            {"content", Json::object()}};
    CHECK_FALSE(Room("1").allows(redaction).has_value());
    CHECK_FALSE(Room("2").allows(redaction).has_value());
    CHECK(Room("3").allows(redaction).has_value());
    Json own = redaction;
    own["redacts"] = "$2:a";
    CHECK(Room("1").allows(own).has_value());
    Json powerful = redaction;
    powerful["sender"] = "@creator:a";
    CHECK(Room("1").allows(powerful).has_value());
}

TEST_CASE("event auth: aliases are a case of their own until version 5") {
    CHECK_FALSE(Room("5").lets("@user:a", "m.room.aliases"));
    CHECK(Room("5").sets_state("@user:a", "m.room.aliases", "a", Json::object()));
    CHECK_FALSE(Room("5").sets_state("@user:a", "m.room.aliases", "b", Json::object()));
    CHECK(Room("6").lets("@user:a", "m.room.aliases"));
}

TEST_CASE("event auth: an unfederated room is for its own server") {
    Room room("11");
    room.add("m.room.create", "", "@creator:a", {{"m.federate", false}});
    room.member("@user:b", "join");
    CHECK(room.lets("@user:a", "m.x"));
    CHECK_FALSE(room.lets("@user:b", "m.x"));
}

TEST_CASE("event auth: memberships") {
    Room room("10");
    room.levels({{"users", {{"@creator:a", 100}, {"@mod:a", 50}}}, {"invite", 10}});
    room.member("@mod:a", "join");
    room.add("m.room.join_rules", "", "@creator:a", {{"join_rule", "invite"}});
    CHECK_FALSE(room.membership("@new:a", "@new:a", "join"));
    CHECK_FALSE(room.membership("@user:a", "@new:a", "invite"));
    CHECK(room.membership("@mod:a", "@new:a", "invite"));
    CHECK_FALSE(room.membership("@mod:a", "@user:a", "invite"));
    room.member("@new:a", "invite");
    CHECK(room.membership("@new:a", "@new:a", "join"));
    CHECK_FALSE(room.membership("@mod:a", "@new:a", "join"));
    CHECK(room.membership("@new:a", "@new:a", "leave"));
    CHECK(room.membership("@mod:a", "@user:a", "leave"));
    CHECK(room.membership("@mod:a", "@user:a", "ban"));
    CHECK_FALSE(room.membership("@mod:a", "@creator:a", "ban"));
    CHECK_FALSE(room.membership("@user:a", "@mod:a", "leave"));
    room.member("@new:a", "ban");
    CHECK_FALSE(room.membership("@new:a", "@new:a", "join"));
    CHECK_FALSE(room.membership("@new:a", "@new:a", "leave"));
    CHECK_FALSE(room.membership("@user:a", "@new:a", "leave"));
    CHECK(room.membership("@mod:a", "@new:a", "leave"));
    CHECK_FALSE(room.membership("@x:a", "@x:a", "nonsense"));
}

TEST_CASE("event auth: knocking and restricted joins by version") {
    const auto with_rule = [](std::string_view id, const char* rule) {
        Room room(id);
        room.add("m.room.join_rules", "", "@creator:a", {{"join_rule", rule}});
        return room;
    };
    CHECK_FALSE(with_rule("6", "knock").membership("@x:a", "@x:a", "knock"));
    CHECK(with_rule("7", "knock").membership("@x:a", "@x:a", "knock"));
    CHECK_FALSE(with_rule("9", "knock_restricted").membership("@x:a", "@x:a", "knock"));
    CHECK(with_rule("10", "knock_restricted").membership("@x:a", "@x:a", "knock"));
    CHECK_FALSE(with_rule("10", "public").membership("@x:a", "@x:a", "knock"));
    const Json by_user = {{"join_authorised_via_users_server", "@user:a"}};
    const Json by_stranger = {{"join_authorised_via_users_server", "@nobody:a"}};
    CHECK_FALSE(with_rule("7", "restricted").membership("@x:a", "@x:a", "join", by_user));
    CHECK(with_rule("8", "restricted").membership("@x:a", "@x:a", "join", by_user));
    CHECK_FALSE(with_rule("8", "restricted").membership("@x:a", "@x:a", "join", by_stranger));
    CHECK_FALSE(with_rule("8", "restricted").membership("@x:a", "@x:a", "join"));
    CHECK(with_rule("10", "knock_restricted").membership("@x:a", "@x:a", "join", by_user));
}

TEST_CASE("event auth: nobody raises himself or lowers his betters") {
    Room room("11");
    room.levels({{"users", {{"@creator:a", 100}, {"@user:a", 50}, {"@peer:a", 50}}},
                 {"notifications", {{"room", 60}}},
                 {"ban", 50}});
    const auto change = [&](const char* sender, Json content) {
        return room.sets_state(sender, "m.room.power_levels", "", content);
    };
    const Json same = room.state[{"m.room.power_levels", ""}]->content();
    CHECK(change("@user:a", same));
    const auto with = [&](const char* path, Json value) {
        Json content = same;
        content[Json::json_pointer(path)] = std::move(value);
        return content;
    };
    CHECK_FALSE(change("@user:a", with("/users/@user:a", 51)));
    CHECK(change("@user:a", with("/users/@user:a", 0)));
    CHECK_FALSE(change("@user:a", with("/users/@creator:a", 0)));
    CHECK_FALSE(change("@user:a", with("/users/@peer:a", 0)));
    CHECK(change("@user:a", with("/users/@x:a", 50)));
    CHECK_FALSE(change("@user:a", with("/ban", 51)));
    CHECK(change("@user:a", with("/ban", 10)));
    CHECK_FALSE(change("@user:a", with("/notifications/room", 10)));
    CHECK(change("@creator:a", with("/notifications/room", 10)));
    CHECK_FALSE(change("@creator:a", with("/ban", "50")));
    CHECK_FALSE(change("@creator:a", with("/users/nonsense", 5)));
}

TEST_CASE("event auth: create events") {
    const auto allowed = [](std::string_view id, const Json& event) {
        const auto& rules = version(id);
        return events::check_event_auth(rules, *events::read_event(rules, event),
                                        events::AuthState())
            .has_value();
    };
    const Json create = {{"type", "m.room.create"},
                         {"sender", "@a:a"},
                         {"room_id", "!r:a"},
                         {"prev_events", Json::array()},
                         {"content", {{"creator", "@a:a"}}}};
    CHECK(allowed("10", create));
    CHECK_FALSE(allowed("12", create));
    Json changed = create;
    changed["prev_events"] = {"$x"};
    CHECK_FALSE(allowed("10", changed));
    changed = create;
    changed["room_id"] = "!r:b";
    CHECK_FALSE(allowed("10", changed));
    changed = create;
    changed["content"] = Json::object();
    CHECK_FALSE(allowed("10", changed));
    CHECK(allowed("11", changed));
    changed["content"]["room_version"] = "99";
    CHECK_FALSE(allowed("11", changed));
    changed.erase("room_id");
    changed["content"] = {{"additional_creators", {"nobody"}}};
    CHECK_FALSE(allowed("12", changed));
    changed["content"] = {{"additional_creators", {"@b:a"}}};
    CHECK(allowed("12", changed));
}
