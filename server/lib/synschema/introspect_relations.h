// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pg/transaction.h"
#include "synschema/schema.h"

namespace aksono::synschema {

// Parts of introspect(). `schema_name` must be in the search path.

/// Tables with their columns.
void read_tables(pg::Transaction& tx, const std::string& schema_name, Schema& schema);
/// Indexes, constraints and triggers of the tables that are in `schema`.
void read_table_parts(pg::Transaction& tx, const std::string& schema_name, Schema& schema);
/// Sequences with where they are.
void read_sequences(pg::Transaction& tx, const std::string& schema_name, Schema& schema);

}  // namespace aksono::synschema
