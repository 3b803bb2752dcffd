// SPDX-License-Identifier: Apache-2.0
#include "sync/stream_token.h"

#include <catch2/catch.hpp>
#include <rapidcheck.h>

using namespace aksono::sync;

namespace {

StreamPosition arbitrary_position(bool many_writers = true) {
    StreamPosition position;
    position.stream = *rc::gen::inRange<std::int64_t>(0, 1'000'000'000);
    if (!many_writers || *rc::gen::arbitrary<bool>()) return position;
    for (int writer = 1; writer < 4; ++writer) {
        if (*rc::gen::arbitrary<bool>()) continue;
        position.writers[writer] = position.stream + *rc::gen::inRange<std::int64_t>(1, 1000);
    }
    return position;
}

StreamToken arbitrary_token() {
    StreamToken token;
    if (*rc::gen::arbitrary<bool>()) {
        token.events = EventPosition::historical(*rc::gen::inRange<std::int64_t>(0, 100'000),
                                                 *rc::gen::inRange<std::int64_t>(-99, 100'000));
    } else {
        token.events = EventPosition{{}, arbitrary_position()};
    }
    for (std::size_t i = 0; i < StreamToken::field_count; ++i) {
        const auto field = static_cast<StreamToken::Field>(i);
        token.set(field, arbitrary_position(field == StreamToken::receipts));
    }
    return token;
}

}  // namespace

TEST_CASE("a token reads back as what was written") {
    CHECK(rc::check([] {
        const auto token = arbitrary_token();
        RC_ASSERT(StreamToken::parse(token.str()) == token);
    }));
}

TEST_CASE("fields stand in Synapse's order") {
    const auto token = StreamToken::parse("s14_1_0_2_3_4_5_6_0_7_8_9_10_11");
    REQUIRE(token);
    CHECK(token->events == EventPosition::live(14));
    CHECK(token->at(StreamToken::presence) == 1);
    CHECK(token->at(StreamToken::typing) == 0);
    CHECK(token->at(StreamToken::receipts) == 2);
    CHECK(token->at(StreamToken::account_data) == 3);
    CHECK(token->at(StreamToken::push_rules) == 4);
    CHECK(token->at(StreamToken::to_device) == 5);
    CHECK(token->at(StreamToken::device_lists) == 6);
    CHECK(token->at(StreamToken::un_partial_stated_rooms) == 7);
    CHECK(token->at(StreamToken::thread_subscriptions) == 8);
    CHECK(token->at(StreamToken::sticky_events) == 9);
    CHECK(token->at(StreamToken::quarantined_media) == 10);
    CHECK(token->at(StreamToken::profile_updates) == 11);
}

TEST_CASE("older tokens are filled up, older floors get shorter ones") {
    const auto token = StreamToken::parse("s5_1_2_3_4_5_6_7_0_8");
    REQUIRE(token);
    CHECK(token->str() == "s5_1_2_3_4_5_6_7_0_8_0_0_0_0");
    CHECK(token->str(10) == "s5_1_2_3_4_5_6_7_0_8");
    CHECK(StreamToken::parse("s5")->str(12) == "s5_0_0_0_0_0_0_0_0_0_0_0");
}

TEST_CASE("what is no token is refused") {
    for (const auto* text : {"", "s", "x", "5", "s5_", "s5_a", "t5", "t-1--2", "ta-b", "sa_1",
                             "s1_1_1_1_1_1_1_1_1_1_1_1_1_1_1", "m", "m5~1"}) {
        CAPTURE(text);
        CHECK_FALSE(StreamToken::parse(text));
    }
}

TEST_CASE("only some streams have several writers") {
    CHECK(StreamToken::parse("s1_0_0_m2_0_0_0_m2_0_0_0_m2_m2_0"));
    for (const auto* text : {"s1_m2", "s1_0_m2", "s1_0_0_0_m2", "s1_0_0_0_0_m2", "s1_0_0_0_0_0_m2",
                             "s1_0_0_0_0_0_0_0_m2"}) {
        CAPTURE(text);
        CHECK_FALSE(StreamToken::parse(text));
    }
}

TEST_CASE("odd numbers are read as Synapse reads them") {
    CHECK(StreamToken::parse("s+7")->events == EventPosition::live(7));
    CHECK(StreamToken::parse("s 7")->events == EventPosition::live(7));
    CHECK(StreamToken::parse("s-7")->events == EventPosition::live(-7));
    CHECK(StreamToken::parse("s99999999999999999999999"));
}

TEST_CASE("positions of unknown writers make no token") {
    const std::set<std::int64_t> known{1};
    CHECK(StreamToken::parse("m5~1.7_0_0_m2~1.9", &known));
    CHECK_FALSE(StreamToken::parse("m5~2.7", &known));
    CHECK_FALSE(StreamToken::parse("s5_0_0_m2~2.1", &known));
    CHECK(StreamToken::parse("m5~1.7~2.6")->events.at.writers.at(2) == 6);
}
