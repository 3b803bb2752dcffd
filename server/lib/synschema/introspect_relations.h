// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pg/transaction.h"
#include "synschema/schema.h"

#include <set>

namespace aksono::synschema {

// Parts of introspect(). `schema_name` must be in the search path.

/// Tables with their columns.
void read_tables(pg::Transaction& tx, const std::string& schema_name, Schema& schema);
/// Indexes, constraints and triggers of the tables that are in `schema`.
void read_table_parts(pg::Transaction& tx, const std::string& schema_name, Schema& schema);
/// Tables and sequences that this role has no right to read.
std::set<std::string> read_unreadable(pg::Transaction& tx, const std::string& schema_name);
/// Sequences with where they are; the `unreadable` ones as far on as can be, so that nothing is
/// beyond them.
void read_sequences(pg::Transaction& tx, const std::string& schema_name,
                    const std::set<std::string>& unreadable, Schema& schema);

}  // namespace aksono::synschema
