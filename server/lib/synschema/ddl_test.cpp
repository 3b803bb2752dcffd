// SPDX-License-Identifier: Apache-2.0
#include "synschema/ddl.h"

#include <algorithm>

#include <catch2/catch.hpp>

using namespace aksono::synschema;

TEST_CASE("a table is made with its defaults, nullability and identity sequence") {
    Table table;
    table.unlogged = true;
    table.columns = {{"id", "bigint", true, "", "always", ""},
                     {"order", "text", false, "'x'::text", "", ""}};
    Schema schema;
    schema.sequences["odd_name"] = {"bigint", 1, 1, "t.id", true, 1, false};
    CHECK(ddl::create_table("t", table, schema) ==
          "CREATE UNLOGGED TABLE t (\n"
          "    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME odd_name),\n"
          "    \"order\" text DEFAULT 'x'::text\n)");
}

TEST_CASE("an index keeps its method, keys, columns carried along and predicate") {
    Index index{"i", "gin", false, {"v"}, {}, "", false, true};
    CHECK(ddl::create_index("t", index, false) == "CREATE INDEX i ON t USING gin (v)");
    index = {"i", "btree", true, {"a", "lower(b) DESC"}, {"c"}, "a > 1", false, true};
    CHECK(ddl::create_index("t", index, true) ==
          "CREATE UNIQUE INDEX CONCURRENTLY i ON t (a, lower(b) DESC) INCLUDE (c) WHERE a > 1");
}

TEST_CASE("a constraint that was never validated is made so") {
    CHECK(ddl::add_constraint("t", {"c", "CHECK (a > 0)", false}) ==
          "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID");
}

TEST_CASE("a sequence is put where it was") {
    CHECK(ddl::create_sequence("s", {"integer", 2, 1, "", false, 2, true}) ==
          "CREATE SEQUENCE s AS integer START WITH 2");
    CHECK(ddl::set_sequence("s", {"bigint", 1, 1, "", false, 7, false}) ==
          "SELECT setval('s', 7, false)");
}

TEST_CASE("texts and values are quoted") {
    CHECK(ddl::comment_on("column t.user", "it's") == "COMMENT ON COLUMN t.\"user\" IS 'it''s'");
    CHECK(ddl::insert_row("t", R"({"a":null,"b":"o'x","c":-1,"d":true})") ==
          "INSERT INTO t (a, b, c, d) VALUES (NULL, 'o''x', -1, true)");
    CHECK(ddl::identifier("Odd\"name") == "\"Odd\"\"name\"");
}

TEST_CASE("statements come after what they need") {
    const auto catalogue = load_catalogue(94);
    const auto statements = create_statements(catalogue);
    const auto place = [&](const std::string& beginning) {
        const auto it = std::ranges::find_if(
            statements, [&](const auto& each) { return each.starts_with(beginning); });
        REQUIRE(it != statements.end());
        return it - statements.begin();
    };
    const auto key = place("ALTER TABLE current_state_events ADD CONSTRAINT event_stream_ordering");
    CHECK(place("CREATE SEQUENCE instance_map_instance_id_seq") <
          place("CREATE TABLE instance_map"));
    CHECK(place("CREATE UNIQUE INDEX events_stream_ordering") < key);
    CHECK(place("CREATE TABLE events") < key);
    CHECK(place("CREATE FUNCTION check_event_stream_ordering()") <
          place("CREATE TRIGGER check_event_stream_ordering"));
    CHECK(statements[static_cast<std::size_t>(key)].ends_with("NOT VALID"));
}
