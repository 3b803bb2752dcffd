// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pg/transaction.h"
#include "port_source.h"

namespace aksono::migrate {

/// How far one table is.
struct TableProgress {
    std::optional<std::int64_t> last_row;  ///< id, in SQLite, of the last one that is dealt with
    std::int64_t written = 0;
    std::int64_t left_out = 0;
    bool done = false;
};

/// What an earlier run noted in the target; empty when there was none.
struct PortProgress {
    std::string fingerprint;  ///< of the file that is ported
    std::map<std::string, TableProgress> tables;
};

std::optional<PortProgress> read_port_progress(pg::Transaction& tx);

/// Makes the tables without anything that hangs on them, and the notes: one transaction.
std::vector<std::string> begin_statements(const PortSource& source, const std::string& fingerprint);

/// Notes how far `table` is; for the transaction that writes the rows.
std::string note_statement(const std::string& table, const TableProgress& progress);

}  // namespace aksono::migrate
