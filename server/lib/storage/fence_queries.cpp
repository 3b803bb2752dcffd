// SPDX-License-Identifier: Apache-2.0
#include "storage/fence_queries.h"

namespace aksono::storage {

namespace {

// When our machine dies, PostgreSQL must notice within half a minute and let go of the locks.
constexpr pg::Statement kTimeouts{"fence_timeouts",
                                  "SELECT set_config('lock_timeout', '5s', false),"
                                  " set_config('idle_in_transaction_session_timeout', '0', false),"
                                  " set_config('statement_timeout', '10s', false),"
                                  " set_config('tcp_keepalives_idle', '10', false),"
                                  " set_config('tcp_keepalives_interval', '5', false),"
                                  " set_config('tcp_keepalives_count', '3', false)"};
constexpr pg::Statement kShareLock{"fence_share_lock", "LOCK TABLE schema_version IN SHARE MODE"};
// The key spells «aksono».
constexpr pg::Statement kWriterLock{"fence_writer_lock",
                                    "SELECT pg_try_advisory_xact_lock(x'616b736f6e6f'::bigint)"};
constexpr pg::Statement kPid{"fence_backend_pid", "SELECT pg_backend_pid()"};
// Within one transaction PostgreSQL shows the same sessions again unless told otherwise.
constexpr pg::Statement kForget{"fence_forget", "SELECT pg_stat_clear_snapshot()"};
constexpr pg::Statement kSessions{
    "fence_sessions",
    "SELECT a.pid, coalesce(a.application_name, ''), coalesce(host(a.client_addr), 'local'),"
    "       a.backend_xid IS NOT NULL,"
    "       EXISTS (SELECT 1 FROM pg_locks l WHERE l.pid = a.pid AND NOT l.granted"
    "               AND l.relation = 'schema_version'::regclass)"
    " FROM pg_stat_activity a"
    " WHERE a.datname = current_database() AND a.backend_type = 'client backend'"
    "   AND a.pid <> pg_backend_pid() AND coalesce(a.application_name, '') NOT LIKE 'aksono%'"};

}  // namespace

std::vector<ForeignSession> select_foreign_sessions(pg::Transaction& tx) {
    tx.query(kForget);
    std::vector<ForeignSession> sessions;
    for (const auto& row : tx.query(kSessions)) {
        sessions.push_back(
            {row.integer(0), row.text(1), row.text(2), row.boolean(3), row.boolean(4)});
    }
    return sessions;
}

void lock_schema_version(pg::Transaction& tx) {
    tx.query(kShareLock);
}

bool try_lock_writer(pg::Transaction& tx) {
    return tx.query(kWriterLock)[0].boolean(0);
}

void set_fence_timeouts(pg::Transaction& tx) {
    tx.query(kTimeouts);
}

std::int64_t backend_pid(pg::Transaction& tx) {
    return tx.query(kPid)[0].integer(0);
}

}  // namespace aksono::storage
