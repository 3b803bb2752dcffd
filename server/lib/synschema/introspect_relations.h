// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pg/transaction.h"
#include "synschema/schema.h"

namespace aksono::synschema {

/// Fills tables (with columns, indexes, constraints, triggers) and sequences of `schema` from the
/// namespace `schema_name`, which must be in the search path. Part of introspect().
void read_relations(pg::Transaction& tx, const std::string& schema_name, Schema& schema);

}  // namespace aksono::synschema
