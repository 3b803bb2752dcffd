// SPDX-License-Identifier: Apache-2.0
#include "upgrade_target.h"

#include "synschema/introspection.h"
#include "synschema/requirements.h"

namespace aksono::migrate {

namespace {

namespace po = boost::program_options;
using synschema::Store;

void refuse_wrong_store(const synschema::Schema& schema, const Site& site) {
    const bool has_events = schema.tables.contains("events");
    const bool has_state = schema.tables.contains("state_groups");
    if (site.store == Store::main && !has_events) {
        throw cli::Unsuitable(site.name() + " has no table events: it is not the main database");
    }
    if (site.store == Store::state && !has_state) {
        throw cli::Unsuitable(site.name() +
                              " has no table state_groups: it is not the state database");
    }
    if (site.store == Store::both && !(has_events && has_state)) {
        throw cli::Unsuitable(
            site.name() + " is one of several databases of a Synapse (`databases:`): give the " +
            (has_events ? "other one with --state-dsn" : "main one, and this with --state-dsn") +
            ", or -c homeserver.yaml");
    }
}

}  // namespace

std::vector<Site> sites_of(const cli::VerbOptions& parsed) {
    if (!parsed.state) return {{parsed.target, Store::both}};
    return {{parsed.target, Store::main}, {*parsed.state, Store::state}};
}

void add_upgrade_options(po::options_description& options) {
    options.add_options()("to",
                          po::value<int>()->default_value(synschema::kSchema)->value_name("N"),
                          "schema version to reach: 94 or 95")(
        "allow-unknown-delta", po::value<std::vector<std::string>>()->value_name("FILE"),
        "go on although this file is applied, which no known release has (repeatable)");
}

synschema::UpgradeOptions read_upgrade_options(const cli::VerbOptions& parsed) {
    synschema::UpgradeOptions options;
    options.to = parsed.values["to"].as<int>();
    options.server_name = parsed.target.server_name;
    if (options.to != synschema::kSchema && options.to != synschema::kNewestSchema) {
        throw cli::UsageError("--to is " + std::to_string(synschema::kSchema) + " or " +
                              std::to_string(synschema::kNewestSchema));
    }
    if (parsed.values.contains("allow-unknown-delta")) {
        const auto files = parsed.values["allow-unknown-delta"].as<std::vector<std::string>>();
        options.allowed_unknown = {files.begin(), files.end()};
    }
    return options;
}

void refuse_unsuitable(const synschema::LiveDatabase& live, const Site& site) {
    const auto unmet = synschema::unmet_requirements(live.server, site.target.allow_unsafe_locale);
    if (!unmet.empty()) throw cli::Unsuitable(unmet.front() + "; " + site.name());
    if (live.server.in_recovery) {
        throw cli::Unsuitable(site.name() + " is a standby: it cannot be written to");
    }
    if (!live.schema.tables.contains("schema_version")) {
        throw cli::Unsuitable(site.name() +
                              " has no table schema_version: it is no Synapse database");
    }
    if (!live.unreadable.empty()) {
        throw cli::Unsuitable(site.name() + ": table " + *live.unreadable.begin() +
                              " may not be read: connect as the owner of the tables");
    }
    refuse_wrong_store(live.schema, site);
}

Upgradable look(pg::Transaction& tx, const Site& site, synschema::UpgradeOptions options) {
    options.store = site.store;
    Upgradable found;
    found.live = synschema::introspect(tx);
    refuse_unsuitable(found.live, site);
    const synschema::History history;
    if (const auto no = synschema::refuse_upgrade(found.live, options, history)) {
        throw cli::Unsuitable(site.name() + ": " + *no);
    }
    found.plan = synschema::plan_upgrade(found.live, options, history);
    return found;
}

}  // namespace aksono::migrate
