// SPDX-License-Identifier: Apache-2.0
#include "synschema/ddl.h"
#include "synschema/introspection.h"

namespace aksono::synschema {

namespace {

using Statements = std::vector<std::string>;

bool is_foreign_key(const Constraint& constraint) {
    return constraint.definition.starts_with("FOREIGN KEY");
}

}  // namespace

std::vector<std::string> table_statements(const Schema& schema) {
    Statements out;
    for (const auto& [name, sequence] : schema.sequences) {
        if (!sequence.identity) out.push_back(ddl::create_sequence(name, sequence));
    }
    for (const auto& [name, table] : schema.tables) {
        out.push_back(ddl::create_table(name, table, schema));
        for (const auto& column : table.columns) {
            if (!column.n_distinct.empty()) out.push_back(ddl::set_n_distinct(name, column));
        }
    }
    for (const auto& [name, sequence] : schema.sequences) {
        if (!sequence.identity && !sequence.owner.empty()) {
            out.push_back(ddl::own_sequence(name, sequence));
        }
    }
    return out;
}

// What they point at may be unique by an index alone.
std::vector<TablePart> table_parts(const Schema& schema) {
    std::vector<TablePart> parts;
    std::vector<TablePart> last;
    for (const auto& [name, table] : schema.tables) {
        for (const auto& constraint : table.constraints) {
            auto& list = is_foreign_key(constraint) ? last : parts;
            list.push_back({name, constraint.name, ddl::add_constraint(name, constraint)});
        }
        for (const auto& index : table.indexes)
            parts.push_back({name, index.name, ddl::create_index(name, index, false)});
    }
    parts.insert(parts.end(), last.begin(), last.end());
    return parts;
}

std::vector<std::string> trigger_statements(const Catalogue& catalogue) {
    Statements out;
    for (const auto& [signature, function] : catalogue.schema.functions) {
        out.push_back(ddl::create_function(function, catalogue.function_bodies.at(signature)));
    }
    for (const auto& [name, table] : catalogue.schema.tables) {
        for (const auto& trigger : table.triggers)
            out.push_back(trigger.definition);
    }
    for (const auto& [object, hash] : catalogue.schema.comments) {
        out.push_back(ddl::comment_on(object, catalogue.comment_texts.at(object)));
    }
    return out;
}

std::vector<std::string> create_statements(const Catalogue& catalogue) {
    const Schema& schema = catalogue.schema;
    auto out = table_statements(schema);
    for (auto& part : table_parts(schema))
        out.push_back(std::move(part.sql));
    for (auto& statement : trigger_statements(catalogue))
        out.push_back(std::move(statement));
    for (const auto& [table, rows] : schema.rows) {
        for (const auto& row : rows)
            out.push_back(ddl::insert_row(table, row));
    }
    for (const auto& [name, sequence] : schema.sequences) {
        out.push_back(ddl::set_sequence(name, sequence));
    }
    return out;
}

std::vector<std::string> bookkeeping_statements(const Catalogue& catalogue) {
    std::string deltas;
    for (const auto& file : catalogue.deltas) {
        deltas += (deltas.empty() ? "\n    (" : ",\n    (") + std::to_string(delta_version(file)) +
                  ", " + quote_literal(file) + ")";
    }
    Statements out;
    if (catalogue.compat_version > 0) {
        out.push_back("INSERT INTO schema_compat_version (compat_version) VALUES (" +
                      std::to_string(catalogue.compat_version) + ")");
    }
    out.push_back("INSERT INTO schema_version (version, upgraded) VALUES (" +
                  std::to_string(catalogue.version) + ", true)");
    out.push_back("INSERT INTO applied_schema_deltas (version, file) VALUES" + deltas);
    return out;
}

}  // namespace aksono::synschema
