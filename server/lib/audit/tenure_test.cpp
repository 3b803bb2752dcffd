// SPDX-License-Identifier: Apache-2.0
#include "audit/tenure.h"

#include <catch2/catch.hpp>

namespace aksono::audit {

TEST_CASE("runs are read, ended ones and others") {
    const auto tenures = read_tenures(
        R"({"event":"begin","tenure":"a","build":"0.1","at":5,"lsn":"0/1","server_name":"s",)"
        R"("database":{"system_identifier":"77","oid":3,"name":"d"},"sequences":{"x":4}})"
        "\n\n"
        R"({"event":"end","tenure":"a","at":9,"lsn":"0/2","sequences":{"x":8},"reason":"SIGTERM"})"
        "\n"
        R"({"event":"begin","tenure":"b"})"
        "\n");
    REQUIRE(tenures.runs.size() == 2);
    CHECK(tenures.broken == 0);
    const auto& first = tenures.runs[0];
    CHECK(first.name == "a");
    CHECK(first.database_oid == 3);
    CHECK(first.system_identifier == "77");
    CHECK(first.begin.sequences.at("x") == 4);
    REQUIRE(first.end);
    CHECK(first.end->at == 9);
    CHECK(first.end->sequences.at("x") == 8);
    CHECK(first.reason == "SIGTERM");
    CHECK_FALSE(tenures.runs[1].end);
}

TEST_CASE("what is no note is passed over") {
    const auto tenures = read_tenures(
        "{\"tenure\":\"a\",\"event\":\"end\"}\nnothing\n[1]\n{}\n"
        "{\"event\":\"begin\",\"tenu");
    CHECK(tenures.runs.empty());
    CHECK(tenures.broken == 5);
}

}  // namespace aksono::audit
