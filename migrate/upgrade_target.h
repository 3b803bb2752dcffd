// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/target.h"
#include "synschema/upgrade.h"

namespace aksono::migrate {

/// What `plan` and `up` know of the database.
struct Upgradable {
    synschema::LiveDatabase live;
    synschema::UpgradePlan plan;
    std::map<std::string, std::int64_t> table_bytes;  ///< with indexes
};

/// Adds --to.
void add_upgrade_options(boost::program_options::options_description& options);

/// Throws cli::UsageError when --to is no version that can be reached.
synschema::UpgradeOptions read_upgrade_options(const cli::VerbOptions& parsed);

/// Reads the database and makes the plan; throws cli::Unsuitable when it cannot be upgraded.
Upgradable look(pg::Transaction& tx, const cli::Target& target,
                const synschema::UpgradeOptions& options);

}  // namespace aksono::migrate
