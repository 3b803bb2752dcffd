// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "synschema/streams.h"
#include "synschema/unfinished_work.h"

#include <set>

namespace aksono::synschema {

struct StartupOptions {
    std::string server_name;
    bool allow_unsafe_locale = false;
    std::string config_file;  ///< named in refusals; may be empty
    bool writes = true;       ///< false: rooms that are not whole are no reason to refuse
};

/// What a server that may start wants to know of its database.
struct StartupFacts {
    int schema_version = 0;    ///< 94 or 95
    bool in_recovery = false;  ///< a standby: reads only
    /// Work that a Synapse has left: the server obeys it (KnownUpdate::meanwhile says how).
    std::set<std::string> pending_updates;
    UnfinishedWork unfinished;
};

/// Whether a server may start on this database: Synapse's checks in its order and with its
/// sentences, then ours (all deltas of version 94 applied, no position beyond its sequence). A
/// refusal is one line: «SENTENCE; FILE: OPTION: what to do». `tx` should be REPEATABLE READ READ
/// ONLY.
Result<StartupFacts, std::string> check_startup(pg::Transaction& tx, const StartupOptions& options);

/// The pure part: what speaks against starting, or nothing. `first_user` is any row of users.
std::optional<std::string> refuse_startup(const LiveDatabase& live,
                                          const std::optional<std::string>& first_user,
                                          const StartupOptions& options);

}  // namespace aksono::synschema
