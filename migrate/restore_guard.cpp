// SPDX-License-Identifier: Apache-2.0
#include "alone.h"
#include "restore_fence.h"
#include "synschema/introspection.h"
#include "verbs.h"

#include <iostream>
#include <unistd.h>

namespace aksono::migrate {

namespace {

namespace po = boost::program_options;

constexpr Millis kNoTimeout = 0;
constexpr std::int64_t kMargin = 100'000;
constexpr std::int64_t kLargestMargin = 100'000'000;  ///< some ids are INTEGER

constexpr pg::Statement kForeignUser{
    "migrate_foreign_user",
    "SELECT name FROM users WHERE name NOT LIKE '%:' || $1 ORDER BY name LIMIT 1"};
constexpr pg::Statement kOwnKeys{
    "migrate_own_keys",
    "SELECT key_id FROM server_signature_keys WHERE server_name = $1 ORDER BY ts_added_ms"};

synschema::LiveDatabase look_at(pg::Transaction& tx, const Site& site) {
    auto live = synschema::introspect(tx);
    refuse_unsuitable(live, site);
    if (live.bookkeeping.version.value_or(0) < synschema::kSchema) {
        throw cli::Unsuitable(site.name() + " has schema version " +
                              std::to_string(live.bookkeeping.version.value_or(0)) +
                              ": run aksono-migrate up first");
    }
    return live;
}

void refuse_other_server(pg::Transaction& tx, const Site& site) {
    if (site.store == synschema::Store::state) return;
    const auto foreign = tx.query(kForeignUser, site.target.server_name);
    if (foreign.empty()) return;
    throw cli::Unsuitable(site.name() + " has user " + foreign[0].text(0) + ": it is not " +
                          site.target.server_name);
}

void warn_of_keys(pg::Transaction& tx, const Site& site) {
    if (site.store == synschema::Store::state) return;
    std::string names;
    for (const auto& row : tx.query(kOwnKeys, site.target.server_name))
        names += (names.empty() ? "" : ", ") + row.text(0);
    std::cout << "Signing keys that this database knows as its server's: "
              << (names.empty() ? "none" : names)
              << ".\nThe server must start with the signing key it had before; with another one, "
                 "put the old one into old_signing_keys, or other servers refuse its events.\n";
}

/// Prints how many rows each step is about.
void print_counts(pg::Transaction& tx, const Site& site, std::int64_t margin) {
    const auto live = look_at(tx, site);
    refuse_other_server(tx, site);
    std::cout << site.name() << ":\n";
    for (const auto& step : fence_steps(live.schema, site.store, site.target.server_name, margin)) {
        std::cout << "  " << tx.query_text(step.count)[0].text(0) << " " << step.what << "\n";
    }
    warn_of_keys(tx, site);
}

void run_fence(pg::Transaction& tx, const Site& site, std::int64_t margin) {
    take_the_database(tx, site);
    const auto live = look_at(tx, site);
    for (const auto& step : fence_steps(live.schema, site.store, site.target.server_name, margin)) {
        for (const auto& sql : step.statements)
            tx.query_text(sql);
    }
}

void ask(const std::string& server_name) {
    std::cout << "No server may be running. Type the server's name to go on: " << std::flush;
    std::string answer;
    std::getline(std::cin, answer);
    if (answer != server_name) throw cli::UsageError("nothing was done");
}

std::int64_t read_margin(const cli::VerbOptions& parsed) {
    const auto margin = parsed.values["margin"].as<std::int64_t>();
    if (margin < 1 || margin > kLargestMargin) {
        throw cli::UsageError("--margin is between 1 and " + std::to_string(kLargestMargin));
    }
    return margin;
}

}  // namespace

int restore_guard(const cli::Arguments& arguments) {
    po::options_description options("Options");
    options.add_options()("margin",
                          po::value<std::int64_t>()->default_value(kMargin)->value_name("N"),
                          "how many ids may have been handed out since the dump, at most");
    const auto parsed = cli::parse_verb(
        "aksono-migrate restore-guard [options] (DSN | -c homeserver.yaml)",
        "After a dump was restored, or an asynchronous standby promoted, before any server is\n"
        "started: what clients, bridges and other servers have seen since must not be handed out\n"
        "again. One transaction. Prints row counts and asks for the server's name at a terminal.\n",
        options, arguments, true);
    if (!parsed) return cli::kDone;
    const auto margin = read_margin(*parsed);
    if (parsed->target.server_name.empty()) {
        throw cli::UsageError("give --server-name, or -c homeserver.yaml");
    }
    if (isatty(STDIN_FILENO) == 0) {
        throw cli::UsageError("restore-guard asks at a terminal; stdin is none");
    }
    const auto sites = sites_of(*parsed);
    for (const auto& site : sites) {
        auto connection = cli::connect(site.target, kApplicationName, kNoTimeout);
        connection.run(pg::Isolation::repeatable_read_only,
                       [&](pg::Transaction& tx) { print_counts(tx, site, margin); });
    }
    ask(parsed->target.server_name);
    for (const auto& site : sites) {
        auto connection = cli::connect(site.target, kApplicationName, kNoTimeout);
        connection.run(pg::Isolation::read_committed,
                       [&](pg::Transaction& tx) { run_fence(tx, site, margin); });
        std::cout << site.name() << ": done.\n";
    }
    return cli::kDone;
}

}  // namespace aksono::migrate
