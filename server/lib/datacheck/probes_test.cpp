// SPDX-License-Identifier: Apache-2.0
#include "datacheck/probes.h"

#include "datacheck/question.h"
#include "synschema/catalogue.h"
#include "synschema/history.h"
#include "synschema/state_tables.h"

#include <algorithm>
#include <set>

#include <catch2/catch.hpp>

using namespace aksono;

namespace {

const synschema::Column* find_column(const synschema::Schema& schema, const std::string& table,
                                     const std::string& column) {
    const auto it = schema.tables.find(table);
    if (it == schema.tables.end()) return nullptr;
    const auto found = std::ranges::find(it->second.columns, column, &synschema::Column::name);
    return found == it->second.columns.end() ? nullptr : &*found;
}

/// Of its own, or of a constraint.
bool has_index(const synschema::Table& table, const std::string& column) {
    return std::ranges::any_of(table.indexes,
                               [&](const synschema::Index& index) {
                                   return index.predicate.empty() && index.keys.front() == column;
                               }) ||
           std::ranges::any_of(table.constraints, [&](const synschema::Constraint& constraint) {
               const auto& text = constraint.definition;
               return text.starts_with("UNIQUE (" + column) ||
                      text.starts_with("PRIMARY KEY (" + column);
           });
}

}  // namespace

TEST_CASE("every question has an id of its own, a title, a reason and an advice") {
    std::set<std::string> ids;
    for (const auto& probe : datacheck::all_probes()) {
        INFO(probe.id);
        CHECK(ids.insert(probe.id).second);
        CHECK_FALSE(probe.title.empty());
        CHECK_FALSE(probe.explanation.empty());
        CHECK_FALSE((probe.fix.sql.empty() && probe.fix.command.empty()));
        CHECK_FALSE(probe.tables.empty());
        CHECK_FALSE(probe.sql.empty());
        CHECK(probe.walk.has_value() == probe.sql.contains("$2"));
    }
}

TEST_CASE("what a question needs and goes through is in the schema, and has an index") {
    const auto schema = synschema::load_catalogue(94).schema;
    for (const auto& probe : datacheck::all_probes()) {
        INFO(probe.id);
        for (const auto& table : probe.tables)
            CHECK(schema.tables.contains(table));
        for (const auto& column : probe.columns) {
            const auto dot = column.find('.');
            CHECK(find_column(schema, column.substr(0, dot), column.substr(dot + 1)) != nullptr);
        }
        if (!probe.walk) continue;
        const auto* column = find_column(schema, probe.walk->table, probe.walk->column);
        REQUIRE(column != nullptr);
        CHECK(probe.walk->text == (column->type == "text"));
        CHECK(has_index(schema.tables.at(probe.walk->table), probe.walk->column));
        const bool state = synschema::is_state_table(probe.walk->table);
        CHECK((probe.side == datacheck::Side::state) == state);
    }
}

TEST_CASE("a question that reads both databases does so in two statements") {
    for (const auto& probe : datacheck::all_probes()) {
        INFO(probe.id);
        const auto on_state = std::ranges::count_if(probe.tables, synschema::is_state_table);
        const bool both = on_state > 0 && on_state < std::ssize(probe.tables);
        CHECK(both == probe.lookup.has_value());
    }
}

TEST_CASE("a fix that changes or deletes shows the rows and keeps them") {
    for (const auto& probe : datacheck::all_probes()) {
        INFO(probe.id);
        const auto& sql = probe.fix.sql;
        const bool changes =
            sql.contains("DELETE FROM ") || sql.contains("UPDATE ") || sql.contains("DROP COLUMN ");
        CHECK(changes == sql.contains("aksono_backup_"));
        if (!changes) continue;
        CHECK(sql.starts_with("-- Only while no server runs"));
        CHECK_FALSE(probe.fix.online);
    }
}

TEST_CASE("what is looked up can be asked at once as well") {
    for (const auto& probe : datacheck::all_probes()) {
        if (!probe.lookup) continue;
        INFO(probe.id);
        const auto& lookup = *probe.lookup;
        CHECK(probe.walk.has_value());
        CHECK(lookup.sql.contains(lookup.text ? "unnest($1::text[]) k" : "unnest($1::bigint[]) k"));
        CHECK((lookup.at_once.empty() || lookup.at_once.contains("$2")));
        CHECK(datacheck::Question(probe, 5, false).at_once());
        CHECK_FALSE(datacheck::Question(probe, 5, true).at_once());
    }
}
