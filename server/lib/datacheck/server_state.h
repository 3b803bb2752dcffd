// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pg/transaction.h"
#include "synschema/background_updates.h"
#include "synschema/finding.h"
#include "synschema/live_database.h"

namespace aksono::datacheck {

/// What PostgreSQL itself knows of a table.
struct TableSize {
    std::string name;
    std::int64_t bytes = 0;  ///< with indexes and what is kept apart
    std::int64_t rows = 0;   ///< an estimate
    std::int64_t dead = 0;   ///< rows that vacuum has not taken away yet
};

/// What PostgreSQL's statistics and catalogues say of a database: no walk.
struct ServerState {
    std::vector<TableSize> tables;              ///< largest first
    std::string collation_made;                 ///< version of the library when it was made
    std::string collation_now;                  ///< and now; both empty where there is none
    std::vector<std::string> stale_collations;  ///< of indexes, of another version than now
};

ServerState read_server_state(pg::Transaction& tx, const synschema::LiveDatabase& live);

/// What is worth telling of it; pure.
synschema::Findings server_findings(const ServerState& state, const synschema::LiveDatabase& live);

/// The queue of background updates: in which order, and how long by the size of the tables; pure.
synschema::Findings queue_findings(const std::vector<synschema::BackgroundUpdate>& queue,
                                   const std::map<std::string, synschema::KnownUpdate>& known,
                                   const std::vector<TableSize>& tables);

}  // namespace aksono::datacheck
