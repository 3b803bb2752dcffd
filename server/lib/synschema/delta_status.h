// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "synschema/history.h"

namespace aksono::synschema {

/// applied_schema_deltas against the history; file names, in the order of work.
struct DeltaStatus {
    std::vector<std::string> unapplied;  ///< Synapse 1.163.2 applies them at its next start
    std::vector<std::string> lost;     ///< of versions before the database's: never looked at again
    std::vector<std::string> unknown;  ///< applied, and no file of a final release
};

/// Files that the database's full schema contains have no rows and are no matter.
DeltaStatus delta_status(const Bookkeeping& books, const History& history,
                         Store store = Store::both);

/// Whether all that the file makes is there: tables, columns, sequences. False when it makes none.
bool is_done(const Schema& live, const Delta& delta);

}  // namespace aksono::synschema
