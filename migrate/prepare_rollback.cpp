// SPDX-License-Identifier: Apache-2.0
#include "alone.h"
#include "confirm.h"
#include "rollback.h"
#include "verbs.h"

#include <algorithm>
#include <iostream>

namespace aksono::migrate {

namespace {

constexpr Millis kStatementTimeout = 10 * 60'000;

/// Nothing is done for a release that does not start anyway.
bool is_hopeless(const RollbackReport& report) {
    return std::ranges::any_of(report.issues, [](const synschema::RollbackIssue& issue) {
        return issue.severity == synschema::Severity::error && issue.prepare.empty();
    });
}

std::vector<RollbackReport> look_at_all(const std::vector<Site>& sites,
                                        const config::Release& release) {
    std::vector<RollbackReport> reports;
    for (const auto& site : sites) {
        auto connection = cli::connect(site.target, kApplicationName, kStatementTimeout);
        reports.push_back(
            connection.in(pg::Isolation::repeatable_read_only,
                          [&](pg::Transaction& tx) { return look_back(tx, site, release); }));
    }
    return reports;
}

std::size_t prepare(pg::Transaction& tx, const RollbackReport& report) {
    std::size_t done = 0;
    for (const auto& issue : report.issues) {
        for (const auto& sql : issue.prepare) {
            std::cerr << sql << std::endl;
            tx.query_text(sql);
            ++done;
        }
    }
    return done;
}

}  // namespace

int prepare_rollback(const cli::Arguments& arguments) {
    boost::program_options::options_description options("Options");
    add_rollback_options(options);
    options.add_options()("yes", "do not ask");
    const auto parsed = cli::parse_verb(
        "aksono-migrate prepare-rollback [options] (DSN | -c homeserver.yaml)",
        "Does what rollback-check says is to be done before that release of Synapse starts: moves\n"
        "sequences and stream positions on, takes schema version 95 back. Loses nothing. Every\n"
        "server must be stopped. What remains is said afterwards; ends as rollback-check does.\n",
        options, arguments, true);
    if (!parsed) return cli::kDone;
    const auto release = read_release(*parsed);
    const auto sites = sites_of(*parsed);
    const auto before = look_at_all(sites, release);
    if (std::ranges::any_of(before, is_hopeless)) {
        std::cout << rollback_text(before, release) << "Nothing was done.\n";
        return cli::kErrors;
    }
    if (!parsed->values.contains("yes")) {
        confirm(sites.front(), "Synapse " + release.str() + " is to start next.");
    }
    for (const auto& site : sites) {
        auto connection = cli::connect(site.target, kApplicationName, kStatementTimeout);
        connection.run(pg::Isolation::read_committed, [&](pg::Transaction& tx) {
            take_the_database(tx, site);
            const auto done = prepare(tx, look_back(tx, site, release));
            std::cout << site.name() << ": " << done << " statements run.\n";
        });
    }
    const auto after = look_at_all(sites, release);
    std::cout << rollback_text(after, release);
    return rollback_exit_code(after);
}

}  // namespace aksono::migrate
