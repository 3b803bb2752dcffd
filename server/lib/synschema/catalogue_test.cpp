// SPDX-License-Identifier: Apache-2.0
#include "synschema/catalogue.h"

#include "synschema/background_updates.h"
#include "synschema/ddl.h"
#include "synschema/readable_json.h"
#include "synschema/releases.h"
#include "synschema/schema_json.h"

#include <algorithm>

#include <catch2/catch.hpp>

using namespace aksono::synschema;

TEST_CASE("the catalogue is what Synapse 1.163.2 leaves") {
    const auto catalogue = load_catalogue(94);
    CHECK(catalogue.version == 94);
    CHECK(catalogue.compat_version == 84);
    CHECK(catalogue.deltas.size() == 132);
    CHECK(catalogue.schema.tables.size() == 176);
    CHECK(catalogue.schema.sequences.size() == 26);
    CHECK(catalogue.schema.tables.at("events").columns.size() == 17);
    CHECK(catalogue.schema.tables.at("worker_read_write_locks").unlogged);
}

TEST_CASE("every function and comment has a text of our own") {
    const auto catalogue = load_catalogue(94);
    for (const auto& [signature, function] : catalogue.schema.functions) {
        INFO(signature);
        CHECK(catalogue.function_bodies.contains(signature));
        CHECK(function.fingerprint.size() == 64);
    }
    for (const auto& [object, hash] : catalogue.schema.comments) {
        INFO(object);
        CHECK(catalogue.comment_texts.contains(object));
    }
}

TEST_CASE("95 differs from 94 in its bookkeeping alone") {
    const auto older = load_catalogue(94);
    const auto newer = load_catalogue(95);
    CHECK(newer.version == 95);
    CHECK(newer.deltas.size() == older.deltas.size() + 1);
    CHECK(newer.schema == older.schema);
    CHECK_THROWS_AS(load_catalogue(96), std::out_of_range);
    CHECK_THROWS_AS(load_catalogue(57), std::out_of_range);
}

TEST_CASE("a catalogue file reads back as it was written") {
    LiveDatabase live;
    live.schema = load_catalogue(94).schema;
    live.schema.tables["t"].columns = {{"a", "integer", true, "1", "by default", "-0.5"}};
    live.schema.tables["t"].indexes = {{"i", "gin", true, {"a", "b"}, {"c"}, "a > 1", true, false}};
    live.schema.tables["t"].triggers = {{"g", "CREATE TRIGGER g …", false}};
    const auto text = write_catalogue(live, "test");
    CHECK(read_schema(OrderedJson::parse(text)) == live.schema);
}

TEST_CASE("readable JSON breaks lines only where it must") {
    CHECK(readable_json({{"b", 1}, {"a", {1, 2}}}) == "{\n \"b\": 1,\n \"a\": [1, 2]\n}\n");
    const std::string wide(100, 'x');
    CHECK(readable_json({{"a", {wide}}}) == "{\n \"a\": [\n  \"" + wide + "\"\n ]\n}\n");
}

TEST_CASE("the releases that start are those whose schema version is at least compat") {
    CHECK(releases_that_start(84)->first == "1.100.0");
    CHECK(releases_that_start(84)->last == "1.163.2");
    CHECK(releases_that_start(90)->first == "1.128.0");
    CHECK(releases_that_start(94)->first == "1.151.0");
    CHECK_FALSE(releases_that_start(95));
    CHECK(releases_of(72)->last == "1.67.0");
    CHECK_FALSE(releases_of(75));
}

TEST_CASE("all background updates that Synapse 1.163.2 registers are known") {
    const auto known = load_known_updates();
    CHECK(std::ranges::count(known, false, [](const auto& each) { return each.second.obsolete; }) ==
          143);
    const auto excuses =
        excuses_for({{"event_txn_id_device_id_txn_id2", "", 9207}, {"made_up", "", 0}}, known);
    CHECK(excuses.missing == std::set<std::string>{"event_txn_id_device_id_txn_id2"});
    CHECK(excuses.left == std::set<std::string>{"event_txn_id_device_id_txn_id"});
}

TEST_CASE("every version can be made: each text that it needs is there") {
    for (int version = kOldestSchema; version <= kNewestSchema; ++version) {
        INFO(version);
        const auto catalogue = load_catalogue(version);
        CHECK_NOTHROW(create_statements(catalogue));
        CHECK_FALSE(catalogue.deltas.empty());
    }
    CHECK(load_catalogue(58).compat_version == 0);
    CHECK(load_catalogue(72).compat_version == 72);
    CHECK(load_catalogue(75).compat_version == 74);
}
