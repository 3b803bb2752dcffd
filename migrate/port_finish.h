// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pg/connection.h"
#include "port_progress.h"

namespace aksono::migrate {

/// Builds keys, indexes and foreign keys that are not there yet, each in a transaction of its own.
void build_parts(pg::Connection& target, const synschema::Schema& schema);

/// Throws cli::Unsuitable when a table has not as many rows as were read for it.
void verify_counts(pg::Transaction& tx, SqliteFile& file, const PortSource& source,
                   const PortProgress& progress);

/// Triggers, sequences, and last Synapse's books, without which no server starts; and our own notes
/// go. One transaction.
void finish(pg::Transaction& tx, const PortSource& source);

}  // namespace aksono::migrate
