// SPDX-License-Identifier: Apache-2.0
#include "synschema/changes.h"

#include "synschema/ddl.h"

#include <algorithm>

namespace aksono::synschema {

namespace {

using Changes = std::vector<Change>;

template <class Part>
const Part* find(const std::vector<Part>& parts, const std::string& name) {
    const auto it = std::ranges::find(parts, name, &Part::name);
    return it == parts.end() ? nullptr : &*it;
}

bool is_foreign_key(const Constraint& constraint) {
    return constraint.definition.starts_with("FOREIGN KEY");
}

/// "events" of "FOREIGN KEY (a) REFERENCES events(b)".
std::string table_pointed_at(const Constraint& constraint) {
    constexpr std::string_view kWord = " REFERENCES ";
    const auto at = constraint.definition.find(kWord);
    if (at == std::string::npos) return "";
    const auto begin = at + kWord.size();
    return constraint.definition.substr(begin, constraint.definition.find('(', begin) - begin);
}

/// Two tables that both shapes have, part by part, one kind of statement after the other.
class TableChanges {
public:
    TableChanges(const std::string& name, const Table& from, const Table& to, Changes& out)
        : name_(name), from_(from), to_(to), out_(out) {}

    void drop_triggers();
    void drop_constraints(bool foreign_keys);
    void drop_indexes();
    void change_columns();
    void change_storage();
    void add_constraints(bool foreign_keys);
    void add_indexes();
    void add_triggers();

private:
    void alter(const std::string& what, Lock lock, Work work = Work::brief, bool destroys = false) {
        out_.push_back({"ALTER TABLE " + ddl::identifier(name_) + " " + what, name_, lock, work, "",
                        destroys});
    }
    void change_column(const Column& from, const Column& to);
    /// Whether it becomes UNLOGGED or ceases to be: not while a foreign key ties it to another.
    [[nodiscard]] bool moves() const { return from_.unlogged != to_.unlogged; }

    const std::string& name_;
    const Table& from_;
    const Table& to_;
    Changes& out_;
};

void TableChanges::drop_triggers() {
    for (const auto& trigger : from_.triggers) {
        const auto* kept = find(to_.triggers, trigger.name);
        if (kept != nullptr && kept->definition == trigger.definition) continue;
        out_.push_back(
            {"DROP TRIGGER " + ddl::identifier(trigger.name) + " ON " + ddl::identifier(name_),
             name_, Lock::access_exclusive, Work::brief, "", false});
    }
}

void TableChanges::drop_constraints(bool foreign_keys) {
    for (const auto& constraint : from_.constraints) {
        if (is_foreign_key(constraint) != foreign_keys) continue;
        const auto* kept = find(to_.constraints, constraint.name);
        if (kept != nullptr && kept->definition == constraint.definition &&
            !(foreign_keys && moves())) {
            continue;
        }
        alter("DROP CONSTRAINT " + ddl::identifier(constraint.name), Lock::access_exclusive);
        if (foreign_keys) out_.back().also_locked = table_pointed_at(constraint);
    }
}

void TableChanges::drop_indexes() {
    for (const auto& index : from_.indexes) {
        const auto* kept = find(to_.indexes, index.name);
        if (kept != nullptr && *kept == index) continue;
        out_.push_back({"DROP INDEX " + ddl::identifier(index.name), name_, Lock::access_exclusive,
                        Work::brief, "", false});
    }
}

void TableChanges::change_columns() {
    for (const auto& column : from_.columns) {
        if (find(to_.columns, column.name) != nullptr) continue;
        alter("DROP COLUMN " + ddl::identifier(column.name), Lock::access_exclusive, Work::brief,
              true);
    }
    for (const auto& column : to_.columns) {
        if (const auto* old = find(from_.columns, column.name)) {
            change_column(*old, column);
            continue;
        }
        out_.push_back({ddl::add_column(name_, column), name_, Lock::access_exclusive, Work::brief,
                        "", false});
        if (!column.n_distinct.empty()) {
            out_.push_back({ddl::set_n_distinct(name_, column), name_, Lock::share_update_exclusive,
                            Work::brief, "", false});
        }
    }
}

void TableChanges::change_column(const Column& from, const Column& to) {
    const auto column = "ALTER COLUMN " + ddl::identifier(to.name);
    if (from.type != to.type) {
        // Without a word PostgreSQL would make the text of bytes a row of digits.
        const bool decodes = from.type == "bytea" && to.type == "text";
        const auto how =
            decodes ? " USING convert_from(" + ddl::identifier(to.name) + ", 'UTF8')" : "";
        alter(column + " TYPE " + to.type + how, Lock::access_exclusive, Work::rewrite);
    }
    if (from.default_expression != to.default_expression) {
        alter(column + (to.default_expression.empty() ? " DROP DEFAULT"
                                                      : " SET DEFAULT " + to.default_expression),
              Lock::access_exclusive);
    }
    if (from.not_null != to.not_null) {
        alter(column + (to.not_null ? " SET NOT NULL" : " DROP NOT NULL"), Lock::access_exclusive,
              to.not_null ? Work::scan : Work::brief);
    }
    if (from.n_distinct == to.n_distinct) return;
    if (to.n_distinct.empty()) {
        alter(column + " RESET (n_distinct)", Lock::share_update_exclusive);
    } else {
        out_.push_back({ddl::set_n_distinct(name_, to), name_, Lock::share_update_exclusive,
                        Work::brief, "", false});
    }
}

void TableChanges::change_storage() {
    if (moves()) {
        alter(to_.unlogged ? "SET UNLOGGED" : "SET LOGGED", Lock::access_exclusive, Work::rewrite);
    }
}

void TableChanges::add_constraints(bool foreign_keys) {
    for (const auto& constraint : to_.constraints) {
        if (is_foreign_key(constraint) != foreign_keys) continue;
        const auto* old = find(from_.constraints, constraint.name);
        if (old != nullptr && old->definition == constraint.definition &&
            !(foreign_keys && moves())) {
            if (old->validated || !constraint.validated) continue;
            alter("VALIDATE CONSTRAINT " + ddl::identifier(constraint.name),
                  Lock::share_update_exclusive, Work::scan);
            continue;
        }
        out_.push_back({ddl::add_constraint(name_, constraint), name_,
                        foreign_keys ? Lock::share_row_exclusive : Lock::access_exclusive,
                        constraint.validated ? Work::scan : Work::brief,
                        foreign_keys ? table_pointed_at(constraint) : std::string(), false});
    }
}

void TableChanges::add_indexes() {
    for (const auto& index : to_.indexes) {
        const auto* old = find(from_.indexes, index.name);
        if (old != nullptr && *old == index) continue;
        out_.push_back(
            {ddl::create_index(name_, index, false), name_, Lock::share, Work::scan, "", false});
    }
}

void TableChanges::add_triggers() {
    for (const auto& trigger : to_.triggers) {
        const auto* old = find(from_.triggers, trigger.name);
        if (old != nullptr && old->definition == trigger.definition) continue;
        out_.push_back(
            {trigger.definition, name_, Lock::share_row_exclusive, Work::brief, "", false});
    }
}

/// Goes from one shape to another.
class SchemaChanges {
public:
    SchemaChanges(const Schema& from, const Schema& to, const Catalogue& texts)
        : from_(from), to_(to), texts_(texts) {}

    Changes make();

private:
    void each_table(const auto& step);
    void drop_tables();
    void drop_functions_and_sequences();
    void add_sequences();
    void add_functions();
    void add_tables();
    void own_sequences();
    void comments();
    void rows();
    void put(std::string sql, const std::string& table = "") {
        out_.push_back({std::move(sql), table, Lock::none, Work::brief, "", false});
    }

    const Schema& from_;
    const Schema& to_;
    const Catalogue& texts_;
    Changes out_;
};

/// Does `step` for each table of `to`; a new one is compared with its bare columns.
void SchemaChanges::each_table(const auto& step) {
    for (const auto& [name, table] : to_.tables) {
        const auto old = from_.tables.find(name);
        Table bare;
        bare.columns = table.columns;
        bare.unlogged = table.unlogged;
        const auto before = out_.size();
        TableChanges changes(name, old == from_.tables.end() ? bare : old->second, table, out_);
        step(changes);
        if (old != from_.tables.end()) continue;
        // Nobody knows a table that is made in the same transaction.
        for (auto i = before; i < out_.size(); ++i) {
            out_[i].table.clear();
            out_[i].lock = Lock::none;
            out_[i].work = Work::brief;
        }
    }
}

void SchemaChanges::drop_tables() {
    for (const auto& [name, table] : from_.tables) {
        if (to_.tables.contains(name)) continue;
        out_.push_back({"DROP TABLE " + ddl::identifier(name), name, Lock::access_exclusive,
                        Work::brief, "", true});
    }
}

void SchemaChanges::drop_functions_and_sequences() {
    for (const auto& [signature, function] : from_.functions) {
        if (!to_.functions.contains(signature)) put("DROP FUNCTION " + signature);
    }
    for (const auto& [name, sequence] : from_.sequences) {
        const auto table = sequence.owner.substr(0, sequence.owner.find('.'));
        const bool went_with_its_table = !table.empty() && !to_.tables.contains(table);
        if (to_.sequences.contains(name) || went_with_its_table || sequence.identity) continue;
        put("DROP SEQUENCE " + ddl::identifier(name));
    }
}

void SchemaChanges::add_sequences() {
    for (const auto& [name, sequence] : to_.sequences) {
        if (from_.sequences.contains(name) || sequence.identity) continue;
        put(ddl::create_sequence(name, sequence));
        put(ddl::set_sequence(name, sequence));
    }
}

void SchemaChanges::add_functions() {
    for (const auto& [signature, function] : to_.functions) {
        const auto old = from_.functions.find(signature);
        if (old != from_.functions.end() && old->second.fingerprint == function.fingerprint) {
            continue;
        }
        const auto create =
            ddl::create_function(function, texts_.function_bodies.at(signature)).substr(6);
        put("CREATE OR REPLACE" + create);
    }
}

void SchemaChanges::add_tables() {
    for (const auto& [name, table] : to_.tables) {
        if (from_.tables.contains(name)) continue;
        put(ddl::create_table(name, table, to_));
        for (const auto& column : table.columns) {
            if (!column.n_distinct.empty()) put(ddl::set_n_distinct(name, column));
        }
    }
}

void SchemaChanges::own_sequences() {
    for (const auto& [name, sequence] : to_.sequences) {
        if (from_.sequences.contains(name) || sequence.identity || sequence.owner.empty()) continue;
        put(ddl::own_sequence(name, sequence));
    }
}

void SchemaChanges::comments() {
    for (const auto& [object, hash] : to_.comments) {
        const auto old = from_.comments.find(object);
        if (old != from_.comments.end() && old->second == hash) continue;
        put(ddl::comment_on(object, texts_.comment_texts.at(object)));
    }
}

void SchemaChanges::rows() {
    for (const auto& [table, rows] : to_.rows) {
        if (from_.tables.contains(table)) continue;
        for (const auto& row : rows)
            put(ddl::insert_row(table, row));
    }
}

Changes SchemaChanges::make() {
    each_table([](TableChanges& table) { table.drop_triggers(); });
    each_table([](TableChanges& table) { table.drop_constraints(true); });
    each_table([](TableChanges& table) { table.drop_constraints(false); });
    each_table([](TableChanges& table) { table.drop_indexes(); });
    drop_tables();
    drop_functions_and_sequences();
    add_sequences();
    add_tables();
    each_table([](TableChanges& table) { table.change_columns(); });
    own_sequences();
    each_table([](TableChanges& table) { table.change_storage(); });
    each_table([](TableChanges& table) { table.add_constraints(false); });
    each_table([](TableChanges& table) { table.add_indexes(); });
    each_table([](TableChanges& table) { table.add_constraints(true); });
    add_functions();
    each_table([](TableChanges& table) { table.add_triggers(); });
    comments();
    rows();
    return std::move(out_);
}

}  // namespace

std::vector<Change> changes_between(const Schema& from, const Schema& to, const Catalogue& texts) {
    return SchemaChanges(from, to, texts).make();
}

}  // namespace aksono::synschema
