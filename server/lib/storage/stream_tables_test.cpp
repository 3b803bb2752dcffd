// SPDX-License-Identifier: Apache-2.0
#include "storage/stream_tables.h"

#include <set>

#include <catch2/catch.hpp>

using namespace aksono;
using namespace aksono::storage;

TEST_CASE("every stream has its tables, once") {
    const Streams streams;
    std::set<std::string> names;
    std::set<std::string> sequences;
    for (const auto& tables : stream_tables()) {
        const Stream& stream = streams.*tables.stream;
        CHECK(names.insert(stream.name()).second);
        CHECK(sequences.insert(stream.sequence()).second);
        CHECK_FALSE(tables.columns.empty());
    }
    // Sixteen of the schema's seventeen; backfilled events count in the tables of «events».
    CHECK(names.size() == 16);
}

TEST_CASE("rows belong to the configured writers") {
    config::Writers writers;
    writers.streams["events"] = {"w1", "w2"};
    for (const auto& tables : stream_tables()) {
        const auto instances = stream_instances(tables, writers);
        const Streams streams;
        const auto& name = (streams.*tables.stream).name();
        CAPTURE(name);
        if (name == "caches" || name == "e2e_cross_signing_keys") {
            CHECK(instances.empty());
        } else if (name == "events" || name == "sticky_events" || name == "profile_updates") {
            CHECK(instances == std::vector<std::string>{"w1", "w2"});
        } else {
            CHECK(instances == std::vector<std::string>{"master"});
        }
    }
}
