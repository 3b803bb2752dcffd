// SPDX-License-Identifier: Apache-2.0
#include "synschema/check_database.h"

#include <catch2/catch.hpp>

using namespace aksono::synschema;

namespace {

Findings check(const std::string& name, const Table& live, const Table& wanted) {
    Findings findings;
    check_table(name, live, wanted, {}, findings);
    return findings;
}

/// Takes each of `parts` of a copy of the table away once, and puts one too many in once: both must
/// be found, under the ids "KIND-missing" and "KIND-foreign".
template <class Part>
void damage_each(const std::string& name, const Table& wanted, std::vector<Part> Table::* parts,
                 const std::string& kind) {
    for (std::size_t i = 0; i < (wanted.*parts).size(); ++i) {
        INFO(name << " " << kind << " " << (wanted.*parts)[i].name);
        Table live = wanted;
        (live.*parts).erase((live.*parts).begin() + static_cast<std::ptrdiff_t>(i));
        const auto missing = check(name, live, wanted);
        REQUIRE(missing.size() == 1);
        CHECK(missing[0].id == kind + "-missing");
        CHECK(missing[0].severity == Severity::error);
        const auto foreign = check(name, wanted, live);
        REQUIRE(foreign.size() == 1);
        CHECK(foreign[0].id == kind + "-foreign");
    }
}

template <class Part, class Change>
void change_each(const std::string& name, const Table& wanted, std::vector<Part> Table::* parts,
                 const std::string& id, Change change) {
    for (std::size_t i = 0; i < (wanted.*parts).size(); ++i) {
        INFO(name << " " << id << " " << (wanted.*parts)[i].name);
        Table live = wanted;
        change((live.*parts)[i]);
        const auto findings = check(name, live, wanted);
        REQUIRE(findings.size() == 1);
        CHECK(findings[0].id == id);
    }
}

}  // namespace

TEST_CASE("every part of every table is missed, and known for foreign where it does not belong") {
    const auto catalogue = load_catalogue(94);
    for (const auto& [name, table] : catalogue.schema.tables) {
        damage_each(name, table, &Table::columns, "column");
        damage_each(name, table, &Table::indexes, "index");
        damage_each(name, table, &Table::constraints, "constraint");
        damage_each(name, table, &Table::triggers, "trigger");
    }
}

TEST_CASE("every change of every part is found") {
    const auto catalogue = load_catalogue(94);
    for (const auto& [name, table] : catalogue.schema.tables) {
        change_each(name, table, &Table::columns, "column-type", [](Column& c) { c.type += "[]"; });
        change_each(name, table, &Table::columns, "column-null",
                    [](Column& c) { c.not_null = !c.not_null; });
        change_each(name, table, &Table::columns, "column-default",
                    [](Column& c) { c.default_expression += "0"; });
        change_each(name, table, &Table::indexes, "index-different",
                    [](Index& i) { i.unique = !i.unique; });
        change_each(name, table, &Table::indexes, "index-different",
                    [](Index& i) { i.predicate += " AND true"; });
        change_each(name, table, &Table::indexes, "index-invalid",
                    [](Index& i) { i.valid = false; });
        change_each(name, table, &Table::constraints, "constraint-different",
                    [](Constraint& c) { c.definition += " DEFERRABLE"; });
        change_each(name, table, &Table::triggers, "trigger-different",
                    [](Trigger& t) { t.definition += " "; });
    }
}
