// SPDX-License-Identifier: Apache-2.0
#include "datacheck/duplicates.h"

#include "synschema/catalogue.h"

#include <catch2/catch.hpp>

using namespace aksono;
using datacheck::Probes;

namespace {

Probes probes_for(const synschema::Schema& live, const synschema::Excuses& excuses = {}) {
    Probes probes;
    datacheck::add_duplicate_probes(live, synschema::load_catalogue(94).schema, excuses, probes);
    return probes;
}

}  // namespace

TEST_CASE("a schema that is whole leaves nothing to ask") {
    CHECK(probes_for(synschema::load_catalogue(94).schema).empty());
}

TEST_CASE("rows are asked for where a unique index or constraint is not") {
    auto live = synschema::load_catalogue(94).schema;
    std::erase_if(live.tables.at("room_depth").constraints,
                  [](const auto& each) { return each.definition == "UNIQUE (room_id)"; });
    const auto probes = probes_for(live);
    REQUIRE(probes.size() == 1);
    CHECK(probes[0].id == "rows-twice");
    CHECK(probes[0].tables == std::vector<std::string>{"room_depth"});
    CHECK(probes[0].sql ==
          "SELECT 'room_depth (' || concat_ws(', ', room_id) || ')' FROM room_depth WHERE room_id "
          "IS NOT NULL GROUP BY room_id HAVING count(*) > 1");
}

TEST_CASE("an invalid index keeps nothing out; one that is to be built is excused") {
    auto live = synschema::load_catalogue(94).schema;
    for (auto& index : live.tables.at("state_group_edges").indexes)
        index.valid = false;
    const auto probes = probes_for(live);
    REQUIRE(probes.size() == 1);
    CHECK(probes[0].id == "state-rows-twice");
    CHECK(probes[0].side == datacheck::Side::state);
    synschema::Excuses excuses;
    excuses.missing.insert("state_group_edges_unique_idx");
    CHECK(probes_for(live, excuses).empty());
}
