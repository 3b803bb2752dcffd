// SPDX-License-Identifier: Apache-2.0
#include "alone.h"

#include "run_upgrade.h"
#include "verbs.h"

#include <chrono>
#include <thread>

namespace aksono::migrate {

namespace {

constexpr pg::Statement kOthers{"migrate_other_sessions", R"(
SELECT pid, coalesce(usename, ''), coalesce(application_name, '') FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
ORDER BY application_name = $1, pid)"};

constexpr pg::Statement kPrepared{
    "migrate_prepared_transactions",
    "SELECT gid FROM pg_prepared_xacts WHERE database = current_database() ORDER BY gid"};

/// A second `up`, or an Aksono that starts meanwhile, must not get in between.
constexpr pg::Statement kAlone{"migrate_alone",
                               "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0))"};

constexpr int kTries = 20;
constexpr auto kPause = std::chrono::milliseconds(250);

}  // namespace

std::optional<std::string> company(pg::Transaction& tx, const Site& site) {
    for (int tries = 0;; ++tries) {
        const auto others = tx.query(kOthers, kApplicationName);
        if (others.empty()) break;
        const bool ours_alone = others[0].text(2) == kApplicationName;
        if (ours_alone && tries < kTries) {
            std::this_thread::sleep_for(kPause);
            continue;
        }
        return site.name() + ": " + std::to_string(others.size()) +
               (others.size() == 1 ? " other session is" : " other sessions are") +
               " connected (pid " + others[0].text(0) + ", user " + others[0].text(1) + ", " +
               others[0].text(2) + "): stop Synapse and whatever else uses the database first";
    }
    const auto prepared = tx.query(kPrepared);
    if (prepared.empty()) return std::nullopt;
    return site.name() + ": prepared transaction " + prepared[0].text(0) +
           " holds locks: commit it or roll it back first";
}

void take_the_database(pg::Transaction& tx, const Site& site) {
    if (const auto others = company(tx, site)) throw cli::Unsuitable(*others);
    if (tx.query(kAlone, "aksono-migrate")[0].text(0) != "t") {
        throw cli::Unsuitable(site.name() + ": another aksono-migrate is at work on it");
    }
    tx.query_text("SET LOCAL lock_timeout = '" + std::to_string(kLockSeconds) + "s'");
    // When this program is killed, what it has begun is not gone on with.
    tx.query_text("SET LOCAL client_connection_check_interval = '1s'");
    tx.query_text("LOCK TABLE schema_version IN ACCESS EXCLUSIVE MODE");
}

}  // namespace aksono::migrate
