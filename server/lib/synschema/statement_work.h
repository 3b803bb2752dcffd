// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "synschema/changes.h"

#include <optional>
#include <string>
#include <vector>

namespace aksono::synschema {

/// What a statement of a delta mostly does, for estimates and for people.
enum class Task {
    catalogue,   ///< makes, changes or drops an object: brief, whatever the size of the table
    books,       ///< a row of Synapse's own notes
    reads_rows,  ///< looks for the largest of a column
    inserts_rows,
    updates_rows,
    deletes_rows,
    builds_index,
    checks_rows,  ///< reads the table to see whether a constraint holds
    rewrites,     ///< writes the table anew with all its indexes
    analyzes,
};

const char* name_of(Task task);
/// As PostgreSQL writes it: "ACCESS EXCLUSIVE".
const char* name_of(Lock lock);

struct TableLock {
    std::string table;
    Lock lock = Lock::none;
};

/// A column of which a statement wants the largest or smallest value.
struct ColumnRead {
    std::string table;
    std::string column;
};

/// What one statement does, as far as its words say.
struct StatementWork {
    Task task = Task::catalogue;
    std::string table;  ///< that it works on; may be empty
    std::vector<TableLock> locks;
    std::vector<ColumnRead> reads;
    bool destroys = false;
};

StatementWork work_of(const Change& change);

/// For statements on rows, and the few on shapes, that are written down as text.
StatementWork work_of(const std::string& sql);

}  // namespace aksono::synschema
