// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/rollback_floor.h"
#include "synschema/finding.h"
#include "synschema/live_database.h"
#include "synschema/store.h"
#include "synschema/streams.h"

namespace aksono::synschema {

/// What counts when an older Synapse is to start on a database.
struct RollbackFacts {
    LiveDatabase live;
    Store store = Store::both;
    LargestIds largest;
    std::map<std::string, std::int64_t> rooms;  ///< by room version; those with somebody in them
    std::int64_t devices = 0;                   ///< seen in the last 30 days
    std::map<std::string, std::int64_t> held;   ///< by id of what older releases do not know
};

/// The database must have been introspected into `live` already.
RollbackFacts read_rollback_facts(pg::Transaction& tx, LiveDatabase live, Store store);

/// Something that the release would stumble over, lose or do again.
struct RollbackIssue {
    std::string id;
    Severity severity = Severity::info;  ///< error: it does not start, or does not work
    std::string summary;
    std::string explanation;
    std::vector<std::string> prepare;  ///< statements that mend it; nothing is lost by them
    std::string command;               ///< or what to do
};

/// Everything that speaks against starting `release` here, errors first; pure.
std::vector<RollbackIssue> rollback_issues(const RollbackFacts& facts,
                                           const config::Release& release);

}  // namespace aksono::synschema
