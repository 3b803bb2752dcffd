// SPDX-License-Identifier: Apache-2.0
#include "audit/auth_rules.h"

#include <catch2/catch.hpp>

namespace aksono::audit {

namespace {

constexpr const char* kAlice = "@alice:a";  // made the room
constexpr const char* kBob = "@bob:a";      // a member
constexpr const char* kEve = "@eve:b";      // nobody

Fact event(const std::string& type, const std::string& sender, Json content,
           std::optional<std::string> state_key = std::nullopt) {
    return {"$" + type, "!room:a", type, std::move(state_key), sender, std::move(content), {"$x"}};
}

Fact member(const std::string& sender, const std::string& user, Json content) {
    return event("m.room.member", sender, std::move(content), user);
}

Fact moves(const std::string& sender, const std::string& user, const std::string& membership) {
    return member(sender, user, {{"membership", membership}});
}

void put(State& state, const Fact& fact) {
    state[{fact.type, *fact.state_key}] = fact;
}

/// A room of alice's with bob in it.
State room(const std::string& join_rule = "invite") {
    State state;
    put(state, event("m.room.create", kAlice, {{"creator", kAlice}}, ""));
    put(state, moves(kAlice, kAlice, "join"));
    put(state, moves(kBob, kBob, "join"));
    put(state, event("m.room.join_rules", kAlice, {{"join_rule", join_rule}}, ""));
    put(state, event("m.room.power_levels", kAlice, {{"users", {{kAlice, 100}}}}, ""));
    return state;
}

State with(State state, const Fact& fact) {
    put(state, fact);
    return state;
}

bool allowed(const Fact& fact, const State& state, int version = 11) {
    return !refusal(version, fact, state);
}

}  // namespace

TEST_CASE("messages are for members") {
    CHECK(allowed(event("m.room.message", kBob, {}), room()));
    CHECK_FALSE(allowed(event("m.room.message", kEve, {}), room()));
    CHECK_FALSE(allowed(event("m.room.message", kBob, {}), State()));
    const auto left = with(room(), moves(kBob, kBob, "leave"));
    CHECK_FALSE(allowed(event("m.room.message", kBob, {}), left));
}

TEST_CASE("state asks for power") {
    CHECK(allowed(event("m.room.topic", kAlice, {}, ""), room()));
    CHECK_FALSE(allowed(event("m.room.topic", kBob, {}, ""), room()));
    auto levelless = room();
    levelless.erase({"m.room.power_levels", ""});
    CHECK(allowed(event("m.room.topic", kBob, {}, ""), levelless));
    const auto own = with(room(), event("m.room.power_levels", kAlice,
                                        {{"users", {{kAlice, 100}}}, {"state_default", 0}}, ""));
    CHECK(allowed(event("x.y", kBob, {}, kBob), own));
    CHECK_FALSE(allowed(event("x.y", kBob, {}, kAlice), own));
}

TEST_CASE("who may join") {
    CHECK_FALSE(allowed(moves(kEve, kEve, "join"), room()));
    CHECK(allowed(moves(kEve, kEve, "join"), room("public")));
    CHECK(allowed(moves(kEve, kEve, "join"), with(room(), moves(kBob, kEve, "invite"))));
    CHECK_FALSE(
        allowed(moves(kEve, kEve, "join"), with(room("public"), moves(kAlice, kEve, "ban"))));
    CHECK_FALSE(allowed(moves(kAlice, kEve, "join"), room("public")));
    CHECK_FALSE(allowed(moves(kEve, kEve, "join"), room("private")));

    State fresh;
    auto create = event("m.room.create", kAlice, {{"creator", kAlice}}, "");
    put(fresh, create);
    auto first = moves(kAlice, kAlice, "join");
    first.prev_events = {create.event_id};
    CHECK(allowed(first, fresh));
    first.prev_events.push_back("$other");
    CHECK_FALSE(allowed(first, fresh));
}

TEST_CASE("restricted rooms") {
    const auto by = [](const char* user) {
        return member(kEve, kEve,
                      {{"membership", "join"}, {"join_authorised_via_users_server", user}});
    };
    CHECK(allowed(by(kBob), room("restricted"), 8));
    CHECK_FALSE(allowed(by(kBob), room("restricted"), 7));
    CHECK(allowed(by(kBob), room("knock_restricted"), 10));
    CHECK_FALSE(allowed(by(kBob), room("knock_restricted"), 9));
    CHECK_FALSE(allowed(by("@nobody:a"), room("restricted")));
    CHECK_FALSE(allowed(moves(kEve, kEve, "join"), room("restricted")));
    const auto strict = with(
        room("restricted"),
        event("m.room.power_levels", kAlice, {{"users", {{kAlice, 100}}}, {"invite", 50}}, ""));
    CHECK_FALSE(allowed(by(kBob), strict));
    CHECK(allowed(by(kAlice), strict));
}

TEST_CASE("invites, kicks and bans") {
    CHECK(allowed(moves(kBob, kEve, "invite"), room()));
    CHECK_FALSE(allowed(moves(kEve, kEve, "invite"), room()));
    CHECK_FALSE(allowed(moves(kAlice, kBob, "invite"), room()));
    CHECK(allowed(moves(kAlice, kBob, "leave"), room()));
    CHECK_FALSE(allowed(moves(kBob, kAlice, "leave"), room()));
    CHECK(allowed(moves(kAlice, kBob, "ban"), room()));
    CHECK_FALSE(allowed(moves(kBob, kEve, "ban"), room()));
    CHECK(allowed(moves(kBob, kBob, "leave"), room()));
    CHECK_FALSE(allowed(moves(kEve, kEve, "leave"), room()));
    CHECK_FALSE(allowed(moves(kBob, kBob, "dance"), room()));
}

TEST_CASE("knocks") {
    CHECK(allowed(moves(kEve, kEve, "knock"), room("knock"), 7));
    CHECK_FALSE(allowed(moves(kEve, kEve, "knock"), room("knock"), 6));
    CHECK(allowed(moves(kEve, kEve, "knock"), room("knock_restricted"), 10));
    CHECK_FALSE(allowed(moves(kEve, kEve, "knock"), room("knock_restricted"), 9));
    CHECK_FALSE(allowed(moves(kEve, kEve, "knock"), room("public")));
    CHECK_FALSE(allowed(moves(kBob, kBob, "knock"), room("knock")));
    CHECK_FALSE(allowed(moves(kBob, kEve, "knock"), room("knock")));
}

TEST_CASE("third-party invites") {
    const auto invite =
        member(kBob, kEve,
               {{"membership", "invite"},
                {"third_party_invite", {{"signed", {{"mxid", kEve}, {"token", "t"}}}}}});
    const auto promise = event("m.room.third_party_invite", kBob, {}, "t");
    CHECK(allowed(invite, with(room(), promise)));
    CHECK_FALSE(allowed(invite, room()));
    CHECK_FALSE(allowed(invite, with(room(), event("m.room.third_party_invite", kAlice, {}, "t"))));
    CHECK_FALSE(allowed(
        member(kBob, kEve, {{"membership", "invite"}, {"third_party_invite", Json::object()}}),
        with(room(), promise)));
}

TEST_CASE("power levels") {
    const auto gives = [](const char* sender, Json content) {
        return event("m.room.power_levels", sender, std::move(content), "");
    };
    const Json moderators{{"users", {{kAlice, 100}, {kBob, 50}, {kEve, 50}}}};
    const auto led = with(room(), gives(kAlice, moderators));
    CHECK(allowed(gives(kAlice, {{"users", {{kAlice, 100}, {kBob, 100}}}}), led));
    CHECK_FALSE(allowed(gives(kBob, {{"users", {{kAlice, 100}, {kBob, 100}, {kEve, 50}}}}), led));
    // Not even one as powerful may be put down, but oneself may.
    CHECK_FALSE(allowed(gives(kBob, {{"users", {{kAlice, 100}, {kBob, 50}}}}), led));
    CHECK(allowed(gives(kBob, {{"users", {{kAlice, 100}, {kEve, 50}}}}), led));
    CHECK_FALSE(allowed(gives(kBob, {{"users", {{kBob, 50}, {kEve, 50}}}}), led));
    Json content = moderators;
    content["ban"] = 60;
    CHECK_FALSE(allowed(gives(kBob, content), led));
    content["ban"] = "50";
    CHECK(allowed(gives(kBob, content), led, 9));
    CHECK_FALSE(allowed(gives(kBob, content), led, 10));
    Json loud = moderators;
    loud["notifications"] = {{"room", 60}};
    CHECK(allowed(gives(kBob, loud), led, 5));
    CHECK_FALSE(allowed(gives(kBob, loud), led, 6));
}

TEST_CASE("creators of version 12 have no level") {
    auto state = room();
    put(state, event("m.room.create", kAlice, {{"additional_creators", {kBob}}}, ""));
    put(state, event("m.room.power_levels", kAlice, {{"users", Json::object()}}, ""));
    CHECK(allowed(event("m.room.topic", kBob, {}, ""), state, 12));
    CHECK_FALSE(allowed(event("m.room.topic", kBob, {}, ""), state, 11));
    const auto names = event("m.room.power_levels", kAlice, {{"users", {{kBob, 100}}}}, "");
    CHECK_FALSE(allowed(names, state, 12));
    CHECK_FALSE(allowed(moves(kAlice, kBob, "leave"), state, 12));
}

TEST_CASE("rooms that other servers have no part in") {
    auto state = room("public");
    put(state, event("m.room.create", kAlice, {{"creator", kAlice}, {"m.federate", false}}, ""));
    CHECK_FALSE(allowed(moves(kEve, kEve, "join"), state));
    CHECK(allowed(event("m.room.message", kBob, {}), state));
}

TEST_CASE("redactions of versions 1 and 2, aliases up to 5") {
    auto redaction = event("m.room.redaction", kBob, {});
    redaction.redacts = "$other:b";
    redaction.event_id = "$own:a";
    CHECK_FALSE(allowed(redaction, room(), 1));
    CHECK(allowed(redaction, room(), 3));
    redaction.redacts = "$other:a";
    CHECK(allowed(redaction, room(), 2));
    CHECK(allowed(event("m.room.aliases", kEve, {}, "b"), room(), 5));
    CHECK_FALSE(allowed(event("m.room.aliases", kEve, {}, "a"), room(), 5));
    CHECK_FALSE(allowed(event("m.room.aliases", kEve, {}, "b"), room(), 6));
}

TEST_CASE("the state that an event must name") {
    using Keys = std::vector<StateKey>;
    CHECK(auth_keys(11, event("m.room.create", kAlice, {}, "")).empty());
    CHECK(auth_keys(11, event("m.room.message", kBob, {})) ==
          Keys{{"m.room.power_levels", ""}, {"m.room.member", kBob}, {"m.room.create", ""}});
    CHECK(auth_keys(12, event("m.room.message", kBob, {})) ==
          Keys{{"m.room.power_levels", ""}, {"m.room.member", kBob}});
    const auto keys = auth_keys(11, moves(kBob, kEve, "invite"));
    CHECK(std::count(keys.begin(), keys.end(), StateKey{"m.room.join_rules", ""}) == 1);
    CHECK(std::count(keys.begin(), keys.end(), StateKey{"m.room.member", kEve}) == 1);
}

}  // namespace aksono::audit
