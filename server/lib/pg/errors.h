// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pqxx/except>

namespace aksono::pg {

/// What connections and transactions throw, by the names of this project.
using BrokenConnection = pqxx::broken_connection;
using SqlError = pqxx::sql_error;  ///< any refusal of PostgreSQL; sqlstate() says which
/// Serialization failures, deadlocks, and what a standby ends. No SqlError, and no sqlstate().
using RolledBack = pqxx::transaction_rollback;
using NoRights = pqxx::insufficient_privilege;  ///< without sqlstate()
using DataError =
    pqxx::data_exception;  ///< a value that PostgreSQL cannot read; without sqlstate()
using UniqueViolation = pqxx::unique_violation;

}  // namespace aksono::pg
