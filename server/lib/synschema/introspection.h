// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pg/transaction.h"
#include "synschema/live_database.h"

namespace aksono::synschema {

/// Reads what a database is: a fixed number of statements over system catalogues, whatever its
/// size. `tx` should be REPEATABLE READ READ ONLY, so that all of it is one moment. Objects of
/// extensions and, from PostgreSQL 18, NOT NULL constraints (the columns tell) are left out. Throws
/// pg::SqlError when a table may not be read.
LiveDatabase introspect(pg::Transaction& tx);

/// The first of its statements alone.
ServerFacts read_server_facts(pg::Transaction& tx);

/// The bookkeeping tables, as far as they exist in `schema` and are not `unreadable`.
Bookkeeping read_bookkeeping(pg::Transaction& tx, const Schema& schema,
                             const std::set<std::string>& unreadable = {});

/// `"name"` as SQL wants it.
std::string quote_identifier(const std::string& name);

/// `'text'` as SQL wants it.
std::string quote_literal(const std::string& text);

}  // namespace aksono::synschema
