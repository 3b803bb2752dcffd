// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "synschema/finding.h"

namespace aksono::synschema {

constexpr const char* kBackupPrefix = "aksono_backup_";  ///< of the tables that copies are kept in

/// Takes the rows of `table` that meet `condition` away: shows them, keeps a copy in the table
/// aksono_backup_TABLE_… and deletes them, the last two in one transaction. To be run while no
/// server is running. `condition` is SQL over the table's own columns (or `table.column`), "{}" in
/// it is left alone.
Fix delete_rows(const std::string& table, const std::string& condition);

/// The same for rows that are to be changed: `assignments` is what follows SET.
Fix update_rows(const std::string& table, const std::string& assignments,
                const std::string& condition);

/// Takes a column away: shows what is in it, and keeps a copy of the rows in which it is not null.
Fix drop_column(const std::string& table, const std::string& column);

/// Takes a sequence away; where it stood is kept.
Fix drop_sequence(const std::string& sequence);

}  // namespace aksono::synschema
