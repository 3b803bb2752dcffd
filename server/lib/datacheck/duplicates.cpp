// SPDX-License-Identifier: Apache-2.0
#include "datacheck/duplicates.h"

#include "datacheck/rows_alike.h"
#include "synschema/state_tables.h"

#include <algorithm>

namespace aksono::datacheck {

namespace {

std::string all_of(const std::vector<std::string>& selects) {
    std::string out;
    for (const auto& select : selects)
        out += (out.empty() ? "" : " UNION ALL ") + select;
    return out;
}

std::vector<std::string> of_table(const std::string& name, const synschema::Table& live,
                                  const synschema::Table& wanted,
                                  const synschema::Excuses& excuses) {
    std::vector<std::string> selects;
    for (const auto& index : wanted.indexes) {
        if (!index.unique || excuses.missing.contains(index.name)) continue;
        const auto found = std::ranges::find(live.indexes, index.name, &synschema::Index::name);
        if (found != live.indexes.end() && found->valid && found->unique) continue;
        selects.push_back(rows_alike(name, index.keys, index.predicate));
    }
    for (const auto& constraint : wanted.constraints) {
        const auto keys = unique_keys(constraint.definition);
        if (keys.empty() || excuses.missing.contains(constraint.name)) continue;
        const bool there = std::ranges::any_of(live.constraints, [&](const auto& each) {
            return each.name == constraint.name && each.definition == constraint.definition;
        });
        if (!there) selects.push_back(rows_alike(name, keys, ""));
    }
    return selects;
}

Probe probe_for(const std::string& id, Side side, const std::vector<std::string>& tables,
                const std::vector<std::string>& selects) {
    return {.id = id,
            .severity = synschema::Severity::error,
            .title = "{} rows are there more than once, and a unique index is missing",
            .explanation =
                "The index that keeps them out cannot be made again before they are "
                "gone; until then either row may be read.",
            .fix = {"", "keep the right one of each, then make the index that is missing", false},
            .side = side,
            .tables = tables,
            .sql = all_of(selects),
            .without_indexes = true};
}

}  // namespace

void add_duplicate_probes(const synschema::Schema& live, const synschema::Schema& wanted,
                          const synschema::Excuses& excuses, Probes& probes) {
    for (const auto side : {Side::main, Side::state}) {
        std::vector<std::string> tables;
        std::vector<std::string> selects;
        for (const auto& [name, table] : wanted.tables) {
            const auto it = live.tables.find(name);
            if (it == live.tables.end() || it->second.kind != "table") continue;
            if (synschema::is_state_table(name) != (side == Side::state)) continue;
            const auto more = of_table(name, it->second, table, excuses);
            if (more.empty()) continue;
            tables.push_back(name);
            selects.insert(selects.end(), more.begin(), more.end());
        }
        if (selects.empty()) continue;
        const char* id = side == Side::main ? "rows-twice" : "state-rows-twice";
        probes.push_back(probe_for(id, side, tables, selects));
    }
}

}  // namespace aksono::datacheck
