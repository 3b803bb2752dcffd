// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "synschema/live_database.h"
#include "synschema/readable_json.h"

#include <set>

namespace aksono::synschema {

/// A background update that Synapse 1.163.2 knows how to run, or that older releases ran.
struct KnownUpdate {
    std::string name;
    int since = 0;          ///< schema version that queues it (last)
    std::string does;       ///< "builds index x on y"
    std::string meanwhile;  ///< what works differently until it is done; empty: nothing
    std::vector<OrderedJson> completes;  ///< merge patches of the shape: what it is afterwards
    std::vector<std::string> between;    ///< objects that may be there before it is done, only then
    bool obsolete = false;               ///< Synapse 1.163.2 does not know it
};

std::map<std::string, KnownUpdate> load_known_updates();

/// Differences that pending updates account for.
struct Excuses {
    std::set<std::string> missing;  ///< objects, "table.column", indexes: not there yet, or half
    std::set<std::string> left;     ///< still there
    std::set<std::string> unvalidated;  ///< "table.constraint"
    std::set<std::string> changed;      ///< "table.column" of another type
};

Excuses excuses_for(const std::vector<BackgroundUpdate>& pending,
                    const std::map<std::string, KnownUpdate>& known);

}  // namespace aksono::synschema
