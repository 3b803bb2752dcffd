// SPDX-License-Identifier: Apache-2.0
#include "storage/pooler.h"

#include <cstdint>
#include <set>

namespace aksono::storage {

namespace {

constexpr int kRounds = 4;  // a pooler may hand out its sessions in turn

std::int64_t server_process(pg::Connection& connection) {
    return connection.in(pg::Isolation::autocommit, [](pg::Transaction& tx) {
        return tx.query_text("SELECT pg_backend_pid()")[0].integer(0);
    });
}

}  // namespace

void refuse_pooler(const pg::ConnectionSettings& settings) {
    pg::Connection first(settings);
    std::set<std::int64_t> firsts{server_process(first)};
    pg::Connection second(settings);
    std::set<std::int64_t> all = firsts;
    for (int round = 0; round < kRounds; ++round) {
        all.insert(server_process(second));
        firsts.insert(server_process(first));
    }
    all.insert(firsts.begin(), firsts.end());
    if (firsts.size() == 1 && all.size() == 2) return;
    throw PoolerRefused(
        "The database is reached through a pooler in transaction mode, where locks and prepared "
        "statements do not hold; database.args: give the host and port of PostgreSQL itself, or "
        "use the pooler's session mode");
}

}  // namespace aksono::storage
