// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "synschema/changes.h"
#include "synschema/history.h"

namespace aksono::synschema {

/// One delta file, ready to be run.
struct DeltaStep {
    std::string file;
    std::vector<std::string> before;  ///< SQL on rows, before the shape changes
    std::vector<Change> changes;
    std::vector<std::string> after;  ///< SQL on rows, the queues, and the note that it is applied
};

/// How a database gets from one schema version to another.
struct UpgradePlan {
    int from = 0;
    int to = 0;
    std::vector<std::string> unknown;  ///< applied files of no known release
    std::vector<std::string> first;    ///< SQL on Synapse's own books
    std::vector<DeltaStep> steps;
    std::set<std::string> queued;  ///< background updates that wait afterwards
};

struct UpgradeOptions {
    int to = kSchema;
    std::string server_name;  ///< some deltas fill user ids with it
    Store store = Store::both;
    /// Applied files of no known release that are no reason to refuse.
    std::set<std::string> allowed_unknown;
};

/// What keeps a database from being upgraded, one sentence; pure.
std::optional<std::string> refuse_upgrade(const LiveDatabase& live, const UpgradeOptions& options,
                                          const History& history);

/// Every statement, in order, of one transaction; pure. The shape after each step is the one that
/// the next is made for. Empty steps when there is nothing to do.
UpgradePlan plan_upgrade(const LiveDatabase& live, const UpgradeOptions& options,
                         const History& history);

}  // namespace aksono::synschema
