// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "synschema/background_updates.h"
#include "synschema/catalogue.h"
#include "synschema/finding.h"
#include "synschema/history.h"
#include "synschema/streams.h"

namespace aksono::synschema {

struct CheckOptions {
    std::string server_name;  ///< empty: users are not looked at
    bool allow_unsafe_locale = false;
};

/// What the check needs to know of one moment of a database.
struct Snapshot {
    LiveDatabase live;
    LargestIds largest_ids;
    std::vector<std::string> foreign_users;  ///< the first few users of another server
};

/// Reads it; statements as in introspect() and two more.
Snapshot take_snapshot(pg::Transaction& tx, const CheckOptions& options);

/// Everything that is not as it should be, errors first; pure.
Findings check_database(const Snapshot& snapshot, const CheckOptions& options);

// The parts of it, each pure.

/// Server, encoding and locale.
void check_server(const ServerFacts& server, const CheckOptions& options, Findings& findings);
/// schema_version, schema_compat_version.
void check_versions(const Bookkeeping& books, Findings& findings);
/// applied_schema_deltas. `files`: those that the database has had by its rows; those are put in
/// that it has had without a row.
void check_deltas(const LiveDatabase& live, const History& history, std::set<std::string>& files,
                  Findings& findings);
/// background_updates.
void check_updates(const Bookkeeping& books, const std::map<std::string, KnownUpdate>& known,
                   Findings& findings);
/// Sequences against tables and stream_positions.
void check_streams(const Snapshot& snapshot, Findings& findings);
/// Tables, columns, indexes, constraints, triggers, sequences, functions, position rows.
void check_structure(const Schema& live, const Catalogue& catalogue, const Excuses& excuses,
                     Findings& findings);
/// One table that both have.
void check_table(const std::string& name, const Table& live, const Table& wanted,
                 const Excuses& excuses, Findings& findings);
/// Users of another server.
void check_users(const std::vector<std::string>& foreign_users, const CheckOptions& options,
                 Findings& findings);

}  // namespace aksono::synschema
