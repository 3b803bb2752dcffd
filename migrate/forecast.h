// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "synschema/upgrade_cost.h"
#include "upgrade_target.h"

namespace aksono::migrate {

/// What an admin may not want to happen while people wait; names as JSON has them.
enum class Hazard {
    blocks_reads_and_writes,
    blocks_writes,
    scans_table,
    rewrites_table,
    builds_index,
    changes_rows,
    deletes_rows,
    loses_data,
};
const char* name_of(Hazard hazard);

/// One statement of a plan and what it costs.
struct PlannedStatement {
    std::string delta;
    std::string sql;
    synschema::StatementWork work;
    std::int64_t rows = 0;  ///< that it touches
    double seconds = 0;
    std::vector<Hazard> hazards;
};

/// A lock on a table that was there before, from the statement that takes it to the end.
struct LockHold {
    std::string table;
    synschema::Lock lock = synschema::Lock::none;
    double seconds = 0;
};

struct Forecast {
    std::vector<PlannedStatement> statements;
    std::vector<LockHold> holds;  ///< longest first
    double seconds = 0;
    std::map<std::string, synschema::TableWeight> tables;
};

/// Estimates from the sizes and statistics of the tables, and from how fast the server counts.
/// Reads only, in `tx`.
Forecast forecast(pg::Transaction& tx, const Upgradable& found);

}  // namespace aksono::migrate
