// SPDX-License-Identifier: Apache-2.0
#include "run_upgrade.h"

#include "alone.h"
#include "pg/errors.h"
#include "verbs.h"

#include <chrono>
#include <iostream>
#include <thread>

namespace aksono::migrate {

namespace {

constexpr Millis kNoTimeout = 0;  ///< a migration may take hours
constexpr const char* kLockNotAvailable = "55P03";
constexpr const char* kDeadlock = "40P01";

void run_step(pg::Transaction& tx, const synschema::DeltaStep& step) {
    for (const auto& sql : step.before)
        tx.query_text(sql);
    for (const auto& change : step.changes)
        tx.query_text(change.sql);
    for (const auto& sql : step.after)
        tx.query_text(sql);
}

void run_plan(pg::Transaction& tx, const Site& site, const synschema::UpgradePlan& plan) {
    for (const auto& sql : plan.first)
        tx.query_text(sql);
    std::size_t done = 0;
    for (const auto& step : plan.steps) {
        std::cerr << (site.store == synschema::Store::state ? "state " : "") << "[" << ++done << "/"
                  << plan.steps.size() << "] " << step.file << std::endl;
        run_step(tx, step);
    }
}

/// The databases from `at` on, each within the transaction of the one before: nothing is committed
/// before the last statement of the last of them has run.
void run_from(const std::vector<Site>& sites, std::size_t at,
              const synschema::UpgradeOptions& options,
              const std::function<void(pg::Transaction&)>& check) {
    if (at == sites.size()) return;
    const auto& site = sites[at];
    auto connection = cli::connect(site.target, kApplicationName, kNoTimeout);
    try {
        connection.run(pg::Isolation::read_committed, [&](pg::Transaction& tx) {
            check(tx);
            take_the_database(tx, site);
            const auto plan = look(tx, site, options).plan;
            if (!plan.steps.empty()) run_plan(tx, site, plan);
            run_from(sites, at + 1, options, check);
        });
    } catch (const std::exception&) {
        if (connection.usable()) throw;
        throw cli::Unsuitable(site.name() +
                              ": the connection was lost; PostgreSQL undoes what is not "
                              "committed, and `up` goes on from there when it is run again");
    }
}

}  // namespace

void run_upgrade(const std::vector<Site>& sites, const synschema::UpgradeOptions& options,
                 const std::function<void(pg::Transaction&)>& check) {
    for (int attempt = 1;; ++attempt) {
        try {
            return run_from(sites, 0, options, check);
        } catch (const pg::SqlError& error) {
            const auto state = error.sqlstate();
            const bool locked = state == kLockNotAvailable || state == kDeadlock;
            if (!locked || attempt == kLockAttempts) throw;
            std::cerr << "a lock is held by others, all rolled back; attempt " << attempt + 1
                      << " of " << kLockAttempts << std::endl;
        }
        std::this_thread::sleep_for(std::chrono::seconds(attempt));
    }
}

}  // namespace aksono::migrate
