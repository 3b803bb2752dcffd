// SPDX-License-Identifier: Apache-2.0
#include "backup_note.h"
#include "confirm.h"
#include "plan_text.h"
#include "run_upgrade.h"
#include "verbs.h"

#include <iostream>

namespace aksono::migrate {

namespace {

constexpr Millis kLookTimeout = 60'000;

Upgradable look_once(const Site& site, const synschema::UpgradeOptions& options) {
    auto connection = cli::connect(site.target, kApplicationName, kLookTimeout);
    return connection.in(pg::Isolation::repeatable_read_only,
                         [&](pg::Transaction& tx) { return look(tx, site, options); });
}

/// Prints what is; says whether there is anything to do.
bool print_plans(std::ostream& out, const std::vector<Site>& sites,
                 const synschema::UpgradeOptions& options) {
    bool waits = false;
    for (const auto& site : sites) {
        const auto found = look_once(site, options);
        out << plan_summary(site.name(), found, nullptr);
        waits = waits || !found.plan.steps.empty();
    }
    return waits;
}

}  // namespace

int up(const cli::Arguments& arguments) {
    namespace po = boost::program_options;
    po::options_description options("Options");
    add_upgrade_options(options);
    options.add_options()("yes", "do not ask: the database is backed up")(
        "backup", po::value<std::string>()->value_name("FILE"),
        "the backup, to be looked at before anything is done");
    const auto parsed = cli::parse_verb(
        "aksono-migrate up [options] (DSN | -c homeserver.yaml)",
        "Runs the schema deltas that are not applied yet, all in one transaction: when anything\n"
        "fails, the database is as it was. Every server must be stopped. Background updates are\n"
        "queued as Synapse queues them.\n",
        options, arguments, true);
    if (!parsed) return cli::kDone;
    const auto wanted = read_upgrade_options(*parsed);
    const auto sites = sites_of(*parsed);
    if (!print_plans(std::cout, sites, wanted)) return cli::kDone;
    const bool named = parsed->values.contains("backup");
    const auto backup = named ? backup_note(parsed->values["backup"].as<std::string>())
                              : std::string("No backup is named (--backup FILE).");
    if (parsed->values.contains("yes")) {
        std::cout << backup << "\n";
    } else {
        confirm(sites.front(), backup);
    }
    run_upgrade(sites, wanted);
    print_plans(std::cout, sites, wanted);
    return cli::kDone;
}

}  // namespace aksono::migrate
