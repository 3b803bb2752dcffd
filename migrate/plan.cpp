// SPDX-License-Identifier: Apache-2.0
#include "plan_json.h"
#include "plan_text.h"
#include "verbs.h"

#include <iostream>

namespace aksono::migrate {

namespace {

constexpr Millis kStatementTimeout = 60'000;

struct Plan {
    Upgradable found;
    Forecast cost;
};

Plan make_plan(const Site& site, const synschema::UpgradeOptions& options) {
    auto connection = cli::connect(site.target, kApplicationName, kStatementTimeout);
    return connection.in(pg::Isolation::repeatable_read_only, [&](pg::Transaction& tx) {
        Plan plan{look(tx, site, options), {}};
        plan.cost = forecast(tx, plan.found);
        return plan;
    });
}

}  // namespace

int plan(const cli::Arguments& arguments) {
    boost::program_options::options_description options("Options");
    add_upgrade_options(options);
    options.add_options()("json", "print one JSON object instead of text");
    const auto parsed = cli::parse_verb(
        "aksono-migrate plan [options] (DSN | -c homeserver.yaml)",
        "Says what `up` would do: each delta with its statements, the locks they take and the\n"
        "tables they read or write whole, how long that may take, the background updates that\n"
        "follow, and the releases of Synapse that can start before and afterwards. Reads only.\n",
        options, arguments, true);
    if (!parsed) return cli::kDone;
    const auto wanted = read_upgrade_options(*parsed);
    auto databases = synschema::OrderedJson::array();
    std::string text;
    for (const auto& site : sites_of(*parsed)) {
        const auto plan = make_plan(site, wanted);
        databases.push_back(plan_json(site, plan.found, plan.cost));
        text += (text.empty() ? "" : "\n") + plan_text(site.name(), plan.found, plan.cost);
    }
    if (parsed->values.contains("json")) {
        text = synschema::readable_json(
            {{"tool", "aksono-migrate"}, {"version", AKSONO_VERSION}, {"databases", databases}});
    }
    std::cout << text;
    return cli::kDone;
}

}  // namespace aksono::migrate
