// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "synschema/catalogue.h"
#include "synschema/live_database.h"

namespace aksono::synschema {

/// applied_schema_deltas against a catalogue; file names, sorted.
struct DeltaStatus {
    std::vector<std::string> unapplied;  ///< of version 94: Synapse applies them at its next start
    std::vector<std::string> lost;       ///< of versions 73 to 93: Synapse never looks again
    std::vector<std::string> unknown;    ///< applied, of version 94 or later, not in the catalogue
};

/// Versions below 73 are no matter: a database that began with a later full schema has no rows of
/// them. Files are never added to older versions, so from 73 on all rows must be there.
DeltaStatus delta_status(const Bookkeeping& books, const Catalogue& catalogue);

/// What a delta of version 94 makes: tables, sequences, "table.column", indexes.
struct DeltaObjects {
    std::vector<std::string> creates;  ///< at once
    std::vector<std::string> later;    ///< by the background update it queues
    std::vector<std::string> drops;    ///< by that update too
};

/// By file name; deltas that make nothing are left out.
std::map<std::string, DeltaObjects> load_delta_objects();

}  // namespace aksono::synschema
