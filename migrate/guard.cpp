// SPDX-License-Identifier: Apache-2.0
#include "guard.h"

namespace aksono::migrate {

namespace {

constexpr pg::Statement kStrangers{"migrate_strangers", R"(
SELECT pid, coalesce(usename, ''), coalesce(application_name, '') FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
  AND coalesce(application_name, '') NOT LIKE 'aksono-%'
ORDER BY pid)"};

constexpr pg::Statement kOnly{"migrate_only",
                              "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0))"};

}  // namespace

void refuse_company(pg::Transaction& tx, const std::string& database) {
    const auto others = tx.query(kStrangers);
    if (others.empty()) return;
    const auto called = others[0].text(2);
    throw cli::Unsuitable(
        database + ": " + std::to_string(others.size()) + " sessions that may be a Synapse are " +
        "connected (pid " + others[0].text(0) + ", user " + others[0].text(1) +
        (called.empty() ? "" : ", " + called) +
        "): stop Synapse, or give --synapse-url and --admin-token-file so that it is paused");
}

void be_the_only_migrate(pg::Transaction& tx, const std::string& database) {
    if (tx.query(kOnly, "aksono-migrate")[0].boolean(0)) return;
    throw cli::Unsuitable(database + ": another aksono-migrate is at work on it");
}

void hold_up_starting_servers(pg::Transaction& tx) {
    tx.query_text("SET LOCAL lock_timeout = '10s'");
    tx.query_text("SET LOCAL idle_in_transaction_session_timeout = 0");
    tx.query_text("LOCK TABLE schema_version IN SHARE MODE");
}

}  // namespace aksono::migrate
