// SPDX-License-Identifier: Apache-2.0
#include "upgrade_target.h"

#include "synschema/introspection.h"
#include "synschema/requirements.h"

namespace aksono::migrate {

namespace {

namespace po = boost::program_options;

constexpr pg::Statement kTableBytes{"migrate_table_bytes", R"(
SELECT c.relname, pg_total_relation_size(c.oid)
FROM pg_class c WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1)
  AND c.relkind IN ('r', 'p'))"};

void refuse_unsuitable(const synschema::LiveDatabase& live, const cli::Target& target) {
    const auto name = target.conninfo.describe();
    const auto unmet = synschema::unmet_requirements(live.server, target.allow_unsafe_locale);
    if (!unmet.empty()) throw cli::Unsuitable(unmet.front() + "; " + name);
    if (live.server.in_recovery) {
        throw cli::Unsuitable(name + " is a standby: it cannot be written to");
    }
    const auto& tables = live.schema.tables;
    if (!tables.contains("schema_version")) {
        throw cli::Unsuitable(name + " has no table schema_version: it is no Synapse database");
    }
    if (!tables.contains("events") || !tables.contains("state_groups")) {
        throw cli::Unsuitable(name +
                              " is one of several databases of a Synapse (`databases:`), "
                              "which are not upgraded yet: start Synapse on them");
    }
}

}  // namespace

void add_upgrade_options(po::options_description& options) {
    options.add_options()("to",
                          po::value<int>()->default_value(synschema::kSchema)->value_name("N"),
                          "schema version to reach");
}

synschema::UpgradeOptions read_upgrade_options(const cli::VerbOptions& parsed) {
    const int to = parsed.values["to"].as<int>();
    if (to != synschema::kSchema && to != synschema::kNewestSchema) {
        throw cli::UsageError("--to is " + std::to_string(synschema::kSchema) + " or " +
                              std::to_string(synschema::kNewestSchema));
    }
    return {to, parsed.target.server_name};
}

Upgradable look(pg::Transaction& tx, const cli::Target& target,
                const synschema::UpgradeOptions& options) {
    Upgradable found;
    found.live = synschema::introspect(tx);
    refuse_unsuitable(found.live, target);
    const synschema::History history;
    if (const auto no = synschema::refuse_upgrade(found.live, options, history)) {
        throw cli::Unsuitable(target.conninfo.describe() + ": " + *no);
    }
    found.plan = synschema::plan_upgrade(found.live, options, history);
    for (const auto row : tx.query(kTableBytes, found.live.server.schema))
        found.table_bytes[row.text(0)] = row.integer(1);
    return found;
}

}  // namespace aksono::migrate
