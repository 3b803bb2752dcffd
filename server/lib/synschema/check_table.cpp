// SPDX-License-Identifier: Apache-2.0
#include "synschema/check_database.h"
#include "synschema/ddl.h"
#include "synschema/fix.h"

#include <algorithm>

namespace aksono::synschema {

namespace {

template <class Part>
const Part* find(const std::vector<Part>& parts, const std::string& name) {
    const auto it = std::ranges::find(parts, name, &Part::name);
    return it == parts.end() ? nullptr : &*it;
}

/// Goes through what one table has of one kind of part, against what it should have.
class TableCheck {
public:
    TableCheck(const std::string& name, const Excuses& excuses, Findings& findings)
        : name_(name), excuses_(excuses), findings_(findings) {}

    void columns(const Table& live, const Table& wanted);
    void indexes(const Table& live, const Table& wanted);
    void constraints(const Table& live, const Table& wanted);
    void triggers(const Table& live, const Table& wanted);
    void storage(const Table& live, const Table& wanted);

private:
    void column(const Column& live, const Column& wanted);
    void foreign_column(const Column& column);
    void missing_index(const Index& index);
    void index(const Index& live, const Index& wanted);
    void foreign_index(const Index& index);
    void constraint(const Constraint& live, const Constraint& wanted);
    void add(const char* id, Severity severity, const std::string& object,
             const std::string& summary, const std::string& explanation, Fix fix) {
        findings_.push_back({id, severity, object, summary, explanation, std::move(fix)});
    }
    [[nodiscard]] std::string dotted(const std::string& part) const { return name_ + "." + part; }
    [[nodiscard]] std::string alter() const { return "ALTER TABLE " + name_ + " "; }

    const std::string& name_;
    const Excuses& excuses_;
    Findings& findings_;
};

void TableCheck::columns(const Table& live, const Table& wanted) {
    std::vector<std::string> order;
    for (const auto& each : wanted.columns) {
        if (const Column* found = find(live.columns, each.name)) {
            column(*found, each);
        } else if (!excuses_.missing.contains(dotted(each.name))) {
            add("column-missing", Severity::error, dotted(each.name),
                "column " + dotted(each.name) + " (" + each.type + ") is missing",
                "Statements of Synapse and Aksono that name it fail.",
                {ddl::add_column(name_, each), "", true});
        }
    }
    for (const auto& each : live.columns) {
        if (find(wanted.columns, each.name) != nullptr) {
            order.push_back(each.name);
        } else if (!excuses_.left.contains(dotted(each.name))) {
            foreign_column(each);
        }
    }
    std::vector<std::string> wanted_order;
    for (const auto& each : wanted.columns) {
        if (std::ranges::find(order, each.name) != order.end()) wanted_order.push_back(each.name);
    }
    if (order != wanted_order) {
        add("column-order", Severity::info, name_,
            "the columns of " + name_ + " are in another order than in Synapse's own databases",
            "Statements name their columns, so nothing depends on it.",
            {"", "nothing needs to be done", true});
    }
}

void TableCheck::column(const Column& live, const Column& wanted) {
    const auto object = dotted(wanted.name);
    if (live.type != wanted.type && !excuses_.changed.contains(object)) {
        add("column-type", Severity::error, object,
            object + " is " + live.type + ", not " + wanted.type,
            "Values may not fit, or compare differently. The change rewrites the table.",
            {alter() + "ALTER COLUMN " + wanted.name + " TYPE " + wanted.type, "", false});
    }
    if (live.not_null != wanted.not_null && !excuses_.changed.contains(object)) {
        add("column-null", wanted.not_null ? Severity::warning : Severity::error, object,
            object + (wanted.not_null ? " accepts NULL" : " does not accept NULL"),
            wanted.not_null ? "Rows may get in that Synapse does not expect."
                            : "Synapse writes NULL into it: such inserts fail.",
            {alter() + "ALTER COLUMN " + wanted.name + (wanted.not_null ? " SET" : " DROP") +
                 " NOT NULL",
             "", !wanted.not_null});
    }
    if (live.default_expression != wanted.default_expression || live.identity != wanted.identity) {
        const auto text = [](const Column& column) {
            return !column.identity.empty()            ? "identity (" + column.identity + ")"
                   : column.default_expression.empty() ? std::string("none")
                                                       : column.default_expression;
        };
        add("column-default", Severity::error, object,
            "the default of " + object + " is " + text(live) + ", not " + text(wanted),
            "Inserts that leave the column out store something else, or fail.",
            {wanted.identity.empty()
                 ? alter() + "ALTER COLUMN " + wanted.name +
                       (wanted.default_expression.empty()
                            ? " DROP DEFAULT"
                            : " SET DEFAULT " + wanted.default_expression)
                 : alter() + "ALTER COLUMN " + wanted.name + " ADD GENERATED ALWAYS AS IDENTITY",
             "", true});
    }
    if (live.n_distinct != wanted.n_distinct && !wanted.n_distinct.empty()) {
        add("column-statistics", Severity::warning, object,
            "n_distinct of " + object + " is not set to " + wanted.n_distinct,
            "PostgreSQL may choose slow plans for queries on it.",
            {ddl::set_n_distinct(name_, wanted), "", true});
    }
}

void TableCheck::foreign_column(const Column& column) {
    const bool blocks =
        column.not_null && column.default_expression.empty() && column.identity.empty();
    add("column-foreign", blocks ? Severity::error : Severity::warning, dotted(column.name),
        "column " + dotted(column.name) + " (" + column.type + ") is not Synapse's",
        blocks ? "It accepts no NULL and has no default: every insert of Synapse's fails."
               : "Nothing fills or reads it. A later release may want the name for itself.",
        drop_column(name_, ddl::identifier(column.name)));
}

void TableCheck::indexes(const Table& live, const Table& wanted) {
    for (const auto& each : wanted.indexes) {
        const Index* found = find(live.indexes, each.name);
        if (found != nullptr) {
            index(*found, each);
        } else if (!excuses_.missing.contains(each.name)) {
            missing_index(each);
        }
    }
    for (const auto& each : live.indexes) {
        if (find(wanted.indexes, each.name) == nullptr && !excuses_.left.contains(each.name)) {
            foreign_index(each);
        }
    }
}

void TableCheck::missing_index(const Index& index) {
    add("index-missing", Severity::error, index.name,
        std::string(index.unique ? "unique index " : "index ") + index.name + " on " + name_ +
            " is missing",
        index.unique
            ? "Upserts that rely on it fail, and duplicates can get in. Remove duplicates first."
            : "Queries that rely on it read the whole table.",
        {ddl::create_index(name_, index, true), "", true});
}

void TableCheck::index(const Index& live, const Index& wanted) {
    Index comparable = live;
    comparable.valid = true;
    if (excuses_.missing.contains(wanted.name)) return;
    if (comparable != wanted) {
        add("index-different", Severity::error, wanted.name,
            "index " + wanted.name + " on " + name_ + " is defined otherwise",
            "It is: " + ddl::create_index(name_, live, false) +
                ". Queries and upserts are made for the other.",
            {"DROP INDEX CONCURRENTLY " + wanted.name + "; " +
                 ddl::create_index(name_, wanted, true),
             "", true});
    } else if (!live.valid) {
        add("index-invalid", Severity::error, wanted.name,
            "index " + wanted.name + " on " + name_ + " is INVALID",
            "Building it did not finish: PostgreSQL keeps it up to date but uses it for nothing" +
                std::string(live.unique ? ", and it does not keep duplicates out." : "."),
            {"REINDEX INDEX CONCURRENTLY " + wanted.name, "", true});
    }
}

void TableCheck::foreign_index(const Index& index) {
    const char* id = index.valid ? "index-foreign" : "index-invalid";
    add(id, Severity::warning, index.name,
        std::string(index.unique ? "unique index " : "index ") + index.name + " on " + name_ +
            (index.valid ? " is not Synapse's" : " is not Synapse's, and INVALID"),
        index.unique ? "It may refuse rows that Synapse writes."
                     : "It costs time with every write; harmless if it was made on purpose.",
        {"DROP INDEX CONCURRENTLY " + ddl::identifier(index.name), "", true});
}

void TableCheck::constraints(const Table& live, const Table& wanted) {
    for (const auto& each : wanted.constraints) {
        if (const Constraint* found = find(live.constraints, each.name)) {
            constraint(*found, each);
        } else if (!excuses_.missing.contains(each.name)) {
            add("constraint-missing", Severity::error, dotted(each.name),
                "constraint " + each.name + " on " + name_ + " is missing: " + each.definition,
                "Rows that Synapse relies on being right are no longer checked.",
                {ddl::add_constraint(name_, each), "", false});
        }
    }
    for (const auto& each : live.constraints) {
        if (find(wanted.constraints, each.name) == nullptr && !excuses_.left.contains(each.name)) {
            add("constraint-foreign", Severity::warning, dotted(each.name),
                "constraint " + each.name + " on " + name_ +
                    " is not Synapse's: " + each.definition,
                "It may refuse rows that Synapse writes.",
                {alter() + "DROP CONSTRAINT " + ddl::identifier(each.name), "", true});
        }
    }
}

void TableCheck::constraint(const Constraint& live, const Constraint& wanted) {
    if (live.definition != wanted.definition) {
        add("constraint-different", Severity::error, dotted(wanted.name),
            "constraint " + wanted.name + " on " + name_ + " is " + live.definition + ", not " +
                wanted.definition,
            "It refuses other rows than Synapse expects.",
            {alter() + "DROP CONSTRAINT " + wanted.name + "; " + ddl::add_constraint(name_, wanted),
             "", false});
    } else if (wanted.validated && !live.validated &&
               !excuses_.unvalidated.contains(dotted(wanted.name))) {
        add("constraint-not-validated", Severity::warning, dotted(wanted.name),
            "constraint " + wanted.name + " on " + name_ + " is not validated",
            "Old rows may break it.", {alter() + "VALIDATE CONSTRAINT " + wanted.name, "", true});
    }
}

void TableCheck::triggers(const Table& live, const Table& wanted) {
    for (const auto& each : wanted.triggers) {
        const Trigger* found = find(live.triggers, each.name);
        if (found == nullptr) {
            add("trigger-missing", Severity::error, dotted(each.name),
                "trigger " + each.name + " on " + name_ + " is missing",
                "What it checks or keeps in step is no longer.", {each.definition, "", true});
        } else if (found->definition != each.definition) {
            add("trigger-different", Severity::error, dotted(each.name),
                "trigger " + each.name + " on " + name_ + " is defined otherwise",
                "It is: " + found->definition + ".",
                {"DROP TRIGGER " + each.name + " ON " + name_ + "; " + each.definition, "", false});
        } else if (!found->enabled) {
            add("trigger-disabled", Severity::error, dotted(each.name),
                "trigger " + each.name + " on " + name_ + " is disabled",
                "What it checks or keeps in step is no longer.",
                {alter() + "ENABLE TRIGGER " + each.name, "", true});
        }
    }
    for (const auto& each : live.triggers) {
        if (find(wanted.triggers, each.name) == nullptr && !excuses_.left.contains(each.name)) {
            add("trigger-foreign", Severity::warning, dotted(each.name),
                "trigger " + each.name + " on " + name_ + " is not Synapse's",
                "It runs with every write and may change or refuse rows.",
                {"DROP TRIGGER " + ddl::identifier(each.name) + " ON " + name_, "", true});
        }
    }
}

void TableCheck::storage(const Table& live, const Table& wanted) {
    if (live.unlogged && !wanted.unlogged) {
        add("table-unlogged", Severity::error, name_, "table " + name_ + " is UNLOGGED",
            "After a crash of PostgreSQL it is empty, and standbys do not have it.",
            {alter() + "SET LOGGED", "", false});
    } else if (!live.unlogged && wanted.unlogged) {
        add("table-logged", Severity::info, name_, "table " + name_ + " is not UNLOGGED",
            "It holds short-lived locks; logging them costs a little.",
            {alter() + "SET UNLOGGED", "", false});
    }
    if (live.replica_identity != wanted.replica_identity) {
        add("replica-identity", Severity::info, name_,
            "table " + name_ + " has replica identity " +
                (live.replica_identity.empty() ? "default" : live.replica_identity),
            "Of interest to logical replication only.",
            {alter() + "REPLICA IDENTITY DEFAULT", "", true});
    }
}

}  // namespace

void check_table(const std::string& name, const Table& live, const Table& wanted,
                 const Excuses& excuses, Findings& findings) {
    TableCheck check(name, excuses, findings);
    check.columns(live, wanted);
    check.indexes(live, wanted);
    check.constraints(live, wanted);
    check.triggers(live, wanted);
    check.storage(live, wanted);
}

}  // namespace aksono::synschema
