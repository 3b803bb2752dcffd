// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pg/transaction.h"

#include <cstdint>
#include <string>
#include <vector>

namespace aksono::storage {

/// Another client's session on this database, as pg_stat_activity shows it.
struct ForeignSession {
    std::int64_t pid = 0;
    std::string application_name;
    std::string address;   ///< «local» for a Unix socket
    bool writing = false;  ///< its transaction has written something
    bool waiting = false;  ///< for a lock on schema_version
    bool barred = false;   ///< waits to write to a table that only Synapse writes to
};

/// All sessions but those of Aksono; taken anew even within one transaction.
std::vector<ForeignSession> select_foreign_sessions(pg::Transaction& tx);

/// Waits up to the session's lock_timeout for the lock at which a starting Synapse waits.
void lock_schema_version(pg::Transaction& tx);

/// False when another Aksono has it. Held to the end of the transaction.
bool try_lock_writer(pg::Transaction& tx);

/// Locks the tables that every Synapse process writes to and we do not, to the end of the
/// transaction. False when somebody is writing to one of them just now.
bool try_bar_synapse(pg::Transaction& tx);

/// Sequences out of which we take nothing: who moves them is another server.
const std::vector<std::string>& untouched_sequences();

/// Ends what these sessions are waiting for, as far as they are of our own role.
void cancel_statements(pg::Transaction& tx, const std::vector<std::int64_t>& pids);

void set_fence_timeouts(pg::Transaction& tx);

}  // namespace aksono::storage
