// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "synschema/catalogue.h"

namespace aksono::synschema {

/// Statements that make one object each; without a semicolon at the end.
namespace ddl {

/// A name as people write it: in quotes only where it needs them.
std::string identifier(const std::string& name);

std::string create_sequence(const std::string& name, const Sequence& sequence);
std::string own_sequence(const std::string& name, const Sequence& sequence);
/// Puts the sequence where `sequence` says it is.
std::string set_sequence(const std::string& name, const Sequence& sequence);
/// The columns only.
std::string create_table(const std::string& name, const Table& table, const Schema& schema);
std::string add_column(const std::string& table, const Column& column);
std::string set_n_distinct(const std::string& table, const Column& column);
std::string add_constraint(const std::string& table, const Constraint& constraint);
std::string create_index(const std::string& table, const Index& index, bool concurrently);
std::string create_function(const Function& function, const std::string& body);
/// `object` is "table NAME" or "column TABLE.NAME".
std::string comment_on(const std::string& object, const std::string& text);
/// `row` is a JSON object of plain values.
std::string insert_row(const std::string& table, const RowText& row);

}  // namespace ddl

/// A statement that makes something that hangs on a table: a constraint or an index.
struct TablePart {
    std::string table;
    std::string name;
    std::string sql;
};

// What create_statements() is put together from, in this order.

/// Sequences, and tables with their columns alone.
std::vector<std::string> table_statements(const Schema& schema);
/// Keys, checks and indexes; foreign keys, which need them, come last.
std::vector<TablePart> table_parts(const Schema& schema);
/// Functions, triggers and comments.
std::vector<std::string> trigger_statements(const Catalogue& catalogue);

/// Everything that makes an empty database one of this catalogue, in an order in which it can be
/// run: sequences, functions, tables, keys and checks, indexes, foreign keys, triggers, comments,
/// rows.
std::vector<std::string> create_statements(const Catalogue& catalogue);

/// The rows that say which version it is and which deltas it has.
std::vector<std::string> bookkeeping_statements(const Catalogue& catalogue);

}  // namespace aksono::synschema
