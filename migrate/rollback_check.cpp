// SPDX-License-Identifier: Apache-2.0
#include "rollback.h"
#include "verbs.h"

#include <iostream>

namespace aksono::migrate {

namespace {

constexpr Millis kStatementTimeout = 120'000;

}  // namespace

int rollback_check(const cli::Arguments& arguments) {
    boost::program_options::options_description options("Options");
    add_rollback_options(options);
    options.add_options()("json", "print one JSON object instead of text");
    const auto parsed = cli::parse_verb(
        "aksono-migrate rollback-check [options] (DSN | -c homeserver.yaml)",
        "Says whether that release of Synapse can start on the database, and what it would lose,\n"
        "refuse or do again. Reads only.\n\n"
        "Ends 0: nothing stands against it; 10: it does not start or does not work; 11: it\n"
        "starts, but something is lost; 12: cannot be reached, or no Synapse database.\n",
        options, arguments, true);
    if (!parsed) return cli::kDone;
    const auto release = read_release(*parsed);
    std::vector<RollbackReport> reports;
    for (const auto& site : sites_of(*parsed)) {
        auto connection = cli::connect(site.target, kApplicationName, kStatementTimeout);
        reports.push_back(
            connection.in(pg::Isolation::repeatable_read_only,
                          [&](pg::Transaction& tx) { return look_back(tx, site, release); }));
    }
    std::cout << (parsed->values.contains("json") ? rollback_json(reports, release)
                                                  : rollback_text(reports, release));
    return rollback_exit_code(reports);
}

}  // namespace aksono::migrate
