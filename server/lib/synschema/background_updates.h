// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "synschema/live_database.h"

#include <set>

namespace aksono::synschema {

/// A background update that Synapse 1.163.2 knows how to run.
struct KnownUpdate {
    std::string name;
    int since = 0;                    ///< schema version that queues it (last)
    std::string does;                 ///< "builds index x on y"
    std::string meanwhile;            ///< what works differently until it is done; empty: nothing
    std::vector<std::string> builds;  ///< indexes that may be missing or invalid until then
    std::vector<std::string> drops;   ///< objects that may still be there
    std::vector<std::string> validates;  ///< "table.constraint" that may not be validated
    std::vector<std::string> changes;    ///< "table.column" whose type may be the old one
};

std::map<std::string, KnownUpdate> load_known_updates();

/// Differences that pending updates account for.
struct Excuses {
    std::set<std::string> missing;
    std::set<std::string> left;
    std::set<std::string> unvalidated;
    std::set<std::string> changed;
};

Excuses excuses_for(const std::vector<BackgroundUpdate>& pending,
                    const std::map<std::string, KnownUpdate>& known);

}  // namespace aksono::synschema
