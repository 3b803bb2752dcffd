// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "check_options.h"
#include "synschema/check_database.h"

namespace aksono::schema_diff {

/// What one look at the shape of a database, or a pair of them, showed.
struct Looked {
    std::string database;          ///< for people
    std::string identity;          ///< no other database has it
    synschema::LiveDatabase main;  ///< of a pair: as one
    std::optional<synschema::LiveDatabase> state;
    synschema::Findings findings;
};

/// One short transaction for each, and another for what PostgreSQL knows of its tables. Throws
/// cli::Unsuitable when it cannot be reached or is no database of Synapse's.
Looked look(const CheckCommand& command);

}  // namespace aksono::schema_diff
