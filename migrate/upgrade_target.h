// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/target.h"
#include "synschema/upgrade.h"

namespace aksono::migrate {

/// A physical database and the part of Synapse's tables that it has.
struct Site {
    cli::Target target;
    synschema::Store store = synschema::Store::both;

    [[nodiscard]] std::string name() const { return target.conninfo.describe(); }
};

/// The one database, or the main one and the state one.
std::vector<Site> sites_of(const cli::VerbOptions& parsed);

/// What `plan` and `up` know of the database.
struct Upgradable {
    synschema::LiveDatabase live;
    synschema::UpgradePlan plan;
};

/// Adds --to and --allow-unknown-delta.
void add_upgrade_options(boost::program_options::options_description& options);

/// Throws cli::UsageError when --to is no version that can be reached.
synschema::UpgradeOptions read_upgrade_options(const cli::VerbOptions& parsed);

/// Throws cli::Unsuitable when nobody could change anything in this database, or it is not
/// Synapse's.
void refuse_unsuitable(const synschema::LiveDatabase& live, const Site& site);

/// Reads the database and makes the plan; throws cli::Unsuitable when it cannot be upgraded.
Upgradable look(pg::Transaction& tx, const Site& site, synschema::UpgradeOptions options);

}  // namespace aksono::migrate
