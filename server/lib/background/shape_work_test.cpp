// SPDX-License-Identifier: Apache-2.0
#include "background/shape_work.h"

#include "synschema/schema_json.h"

#include <catch2/catch.hpp>

using namespace aksono::background;
using aksono::synschema::OrderedJson;

namespace {

const OrderedJson kPatch = OrderedJson::parse(R"j({"tables": {"t": {
    "indexes": {"old_idx": null, "new_idx": {"keys": ["a"], "unique": true}},
    "constraints": {"checked": {"validated": null}, "gone": null}}}})j");

std::vector<std::string> statements(const char* shape) {
    const auto live = aksono::synschema::read_schema(OrderedJson::parse(shape));
    std::vector<std::string> out;
    for (const auto& step : steps_to_complete(live, {kPatch}))
        out.push_back(step.sql);
    return out;
}

}  // namespace

TEST_CASE("A replaced index goes when its successor is there") {
    const auto* shape = R"j({"tables": {"t": {
        "indexes": {"old_idx": {"keys": ["b"]}},
        "constraints": {"checked": {"definition": "CHECK (a)",
    "validated" : false
},
    "gone" : {"definition" : "UNIQUE (b)"}
}
}
}
})j";
    CHECK(statements(shape) ==
          std::vector<std::string>{"CREATE UNIQUE INDEX CONCURRENTLY new_idx ON t (a)",
                                   "ALTER TABLE t VALIDATE CONSTRAINT checked",
                                   "DROP INDEX CONCURRENTLY IF EXISTS old_idx",
                                   "ALTER TABLE t DROP CONSTRAINT gone"});
}

TEST_CASE("What a broken attempt left goes first") {
    const auto* shape = R"j({"tables": {"t": {
        "indexes": {"new_idx": {"keys": ["a"], "unique": true, "valid": false}},
        "constraints": {"checked": {"definition": "CHECK (a)"}
}
}
}
})j";
    CHECK(statements(shape) ==
          std::vector<std::string>{"DROP INDEX CONCURRENTLY IF EXISTS new_idx",
                                   "CREATE UNIQUE INDEX CONCURRENTLY new_idx ON t (a)"});
}

TEST_CASE("Nothing is done twice") {
    const auto* shape = R"j({"tables": {"t": {
        "indexes": {"new_idx": {"keys": ["a"], "unique": true}},
        "constraints": {"checked": {"definition": "CHECK (a)"}
}
}
}
})j";
    CHECK(statements(shape).empty());
}

TEST_CASE("A table or constraint that is missing is named") {
    CHECK_THROWS_WITH(statements(R"({"tables": {}})"), "table t is missing");
    CHECK_THROWS_WITH(statements(R"({"tables": {"t": {}}})"), "table t has no constraint checked");
}

TEST_CASE("Patches of columns or functions are no work of the shape alone") {
    CHECK(only_indexes_and_constraints(kPatch));
    CHECK_FALSE(only_indexes_and_constraints(
        OrderedJson::parse(R"({"tables": {"t": {"columns": {"a": null}}}})")));
    CHECK_FALSE(only_indexes_and_constraints(OrderedJson::parse(R"({"tables": {"t": null}})")));
    CHECK_FALSE(only_indexes_and_constraints(OrderedJson::parse(R"({"functions": {}})")));
}

TEST_CASE("Indexes of the wider stream_ordering are known though they do not last") {
    const auto known = aksono::synschema::load_known_updates();
    const auto name = "index_stream_ordering2";
    CHECK(shape_patches(name, known.at(name)).size() == 1);
    CHECK(shape_patches("chain_cover", known.at("chain_cover")).empty());
}
