// SPDX-License-Identifier: Apache-2.0
#include "plan_text.h"
#include "verbs.h"

#include <iostream>
#include <unistd.h>

namespace aksono::migrate {

namespace {

constexpr Millis kNoTimeout = 0;  ///< a migration may take hours

constexpr pg::Statement kOthers{"migrate_other_sessions", R"(
SELECT pid, coalesce(usename, ''), coalesce(application_name, '') FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
ORDER BY pid)"};

/// A second `up`, or an Aksono that starts meanwhile, must not get in between.
constexpr pg::Statement kAlone{"migrate_alone",
                               "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0))"};

void refuse_company(pg::Transaction& tx, const std::string& database) {
    const auto others = tx.query(kOthers);
    if (others.empty()) return;
    throw cli::Unsuitable(database + ": " + std::to_string(others.size()) +
                          " other sessions are connected (pid " + others[0].text(0) + ", user " +
                          others[0].text(1) + ", " + others[0].text(2) +
                          "): stop Synapse and whatever else uses the database first");
}

/// Nobody may start or upgrade meanwhile; what is locked for long by others is not waited for.
void take_the_database(pg::Transaction& tx, const std::string& database) {
    refuse_company(tx, database);
    if (tx.query(kAlone, "aksono-migrate")[0].text(0) != "t") {
        throw cli::Unsuitable(database + ": another aksono-migrate is at work on it");
    }
    tx.query_text("SET LOCAL lock_timeout = '10s'");
    tx.query_text("LOCK TABLE schema_version IN ACCESS EXCLUSIVE MODE");
}

void run_step(pg::Transaction& tx, const synschema::DeltaStep& step) {
    for (const auto& sql : step.before)
        tx.query_text(sql);
    for (const auto& change : step.changes)
        tx.query_text(change.sql);
    for (const auto& sql : step.after)
        tx.query_text(sql);
}

void run_plan(pg::Transaction& tx, const synschema::UpgradePlan& plan) {
    for (const auto& sql : plan.first)
        tx.query_text(sql);
    std::size_t done = 0;
    for (const auto& step : plan.steps) {
        std::cerr << "[" << ++done << "/" << plan.steps.size() << "] " << step.file << "\n";
        run_step(tx, step);
    }
}

/// The admin's word that there is a backup.
void ask(const Upgradable& found, const std::string& database) {
    if (isatty(STDIN_FILENO) == 0) {
        throw cli::UsageError("nobody is there to ask: give --yes when the database is backed up");
    }
    std::cout << plan_summary(database, found)
              << "This cannot be undone without a backup. Type the database's name ("
              << found.live.server.database << ") to go on: " << std::flush;
    std::string answer;
    std::getline(std::cin, answer);
    if (answer != found.live.server.database) throw cli::UsageError("nothing was done");
}

}  // namespace

int up(const cli::Arguments& arguments) {
    boost::program_options::options_description options("Options");
    add_upgrade_options(options);
    options.add_options()("yes", "do not ask: the database is backed up");
    const auto parsed = cli::parse_verb(
        "aksono-migrate up [options] (DSN | -c homeserver.yaml)",
        "Runs the schema deltas that are not applied yet, all in one transaction: when anything\n"
        "fails, the database is as it was. Every server must be stopped. Background updates are\n"
        "queued as Synapse queues them.\n",
        options, arguments);
    if (!parsed) return cli::kDone;
    const auto wanted = read_upgrade_options(*parsed);
    const auto database = parsed->target.conninfo.describe();
    auto connection = cli::connect(parsed->target, kApplicationName, kNoTimeout);
    const auto see = [&](pg::Transaction& tx) { return look(tx, parsed->target, wanted); };
    const auto before = connection.in(pg::Isolation::repeatable_read_only, see);
    if (before.plan.steps.empty()) {
        std::cout << plan_summary(database, before);
        return cli::kDone;
    }
    if (!parsed->values.contains("yes")) ask(before, database);

    connection.run(pg::Isolation::read_committed, [&](pg::Transaction& tx) {
        take_the_database(tx, database);
        run_plan(tx, see(tx).plan);
    });
    std::cout << plan_summary(database, connection.in(pg::Isolation::repeatable_read_only, see));
    return cli::kDone;
}

}  // namespace aksono::migrate
