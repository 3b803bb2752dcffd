// SPDX-License-Identifier: Apache-2.0
#include "synschema/merge_databases.h"

#include "synschema/state_tables.h"

#include <catch2/catch.hpp>

using namespace aksono::synschema;

namespace {

struct Pair {
    Snapshot main;
    Snapshot state;
};

/// A healthy database, and the same in two.
Snapshot whole() {
    Snapshot one;
    const History history;
    auto& books = one.live.bookkeeping;
    books.version = kSchema;
    books.upgraded = true;
    books.compat_version = kCompatVersion;
    std::set<std::string> files;
    for (const auto& delta : history.deltas()) {
        if (delta.past || delta_version(delta.file) > kSchema) continue;
        files.insert(delta.file);
        books.applied_deltas.emplace_back(delta_version(delta.file), delta.file);
    }
    one.live.schema = catalogue_after(kSchema, files).schema;
    one.live.server = {150000, "15", "synapse", "UTF8", "C", "C", "public", false};
    return one;
}

Pair split(const Snapshot& one) {
    Pair pair{one, one};
    std::erase_if(pair.main.live.schema.tables,
                  [](const auto& each) { return is_state_table(each.first); });
    pair.main.live.schema.sequences.erase("state_group_id_seq");
    std::erase_if(pair.state.live.schema.tables, [](const auto& each) {
        return !is_state_table(each.first) && !is_common_table(each.first);
    });
    std::erase_if(pair.state.live.schema.sequences,
                  [](const auto& each) { return each.first != "state_group_id_seq"; });
    std::erase_if(pair.main.live.schema.sequences, [](const auto& each) {
        return is_state_table(each.second.owner.substr(0, each.second.owner.find('.')));
    });
    for (const auto& [name, sequence] : one.live.schema.sequences) {
        if (is_state_table(sequence.owner.substr(0, sequence.owner.find('.'))))
            pair.state.live.schema.sequences[name] = sequence;
    }
    return pair;
}

std::set<std::string> ids(const Findings& findings) {
    std::set<std::string> ids;
    for (const auto& finding : findings)
        ids.insert(finding.id);
    return ids;
}

}  // namespace

TEST_CASE("two databases together are as one") {
    const auto one = whole();
    const auto pair = split(one);
    const auto both = merge_databases(pair.main, pair.state);
    CHECK(both.live.schema.tables == one.live.schema.tables);
    CHECK(both.live.schema.sequences == one.live.schema.sequences);
    CHECK(ids(check_databases(pair.main, pair.state, {})) == ids(check_database(one, {})));
}

TEST_CASE("damages of either database are found") {
    auto pair = split(whole());
    pair.main.live.schema.tables.erase("room_reports");
    pair.state.live.schema.tables.erase("state_group_edges");
    pair.state.live.schema.tables.at("schema_version").columns.pop_back();
    const auto findings = check_databases(pair.main, pair.state, {});
    std::set<std::string> objects;
    for (const auto& finding : findings) {
        if (finding.severity == Severity::error) objects.insert(finding.object);
    }
    CHECK(objects.contains("room_reports"));
    CHECK(objects.contains("state_group_edges"));
    CHECK(objects.size() == 3);
}

TEST_CASE("databases of different versions do not belong together") {
    auto pair = split(whole());
    pair.state.live.bookkeeping.version = 92;
    CHECK(ids(check_databases(pair.main, pair.state, {})).contains("databases-differ"));
}
