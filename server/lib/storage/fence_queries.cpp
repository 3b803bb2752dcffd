// SPDX-License-Identifier: Apache-2.0
#include "storage/fence_queries.h"

#include "pg/errors.h"

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
constexpr pg::Statement kBar{"fence_bar",
                             "LOCK TABLE worker_locks, worker_read_write_locks,"
                             " state_groups_persisting, event_push_actions_staging"
                             " IN SHARE MODE NOWAIT"};
constexpr pg::Statement kCancel{"fence_cancel",
                                "SELECT pg_cancel_backend(pid) FROM pg_stat_activity"
                                " WHERE pid = ANY($1::int[]) AND usename = current_user"};
// Within one transaction PostgreSQL shows the same sessions again unless told otherwise.
constexpr pg::Statement kForget{"fence_forget", "SELECT pg_stat_clear_snapshot()"};
constexpr pg::Statement kSessions{
    "fence_sessions",
    "SELECT a.pid, coalesce(a.application_name, ''), coalesce(host(a.client_addr), 'local'),"
    "       a.backend_xid IS NOT NULL,"
    "       EXISTS (SELECT 1 FROM pg_locks l WHERE l.pid = a.pid AND NOT l.granted"
    "               AND l.relation = 'schema_version'::regclass),"
    "       EXISTS (SELECT 1 FROM pg_locks l WHERE l.pid = a.pid AND NOT l.granted"
    "               AND l.relation IN ('worker_locks'::regclass,"
    "                   'worker_read_write_locks'::regclass, 'state_groups_persisting'::regclass,"
    "                   'event_push_actions_staging'::regclass))"
    " FROM pg_stat_activity a"
    " WHERE a.datname = current_database() AND a.backend_type = 'client backend'"
    "   AND a.pid <> pg_backend_pid() AND coalesce(a.application_name, '') NOT LIKE 'aksono%'"};

}  // namespace

std::vector<ForeignSession> select_foreign_sessions(pg::Transaction& tx) {
    tx.query(kForget);
    std::vector<ForeignSession> sessions;
    for (const auto& row : tx.query(kSessions)) {
        sessions.push_back({row.integer(0), row.text(1), row.text(2), row.boolean(3),
                            row.boolean(4), row.boolean(5)});
    }
    return sessions;
}

void lock_schema_version(pg::Transaction& tx) {
    tx.query(kShareLock);
}

bool try_lock_writer(pg::Transaction& tx) {
    return tx.query(kWriterLock)[0].boolean(0);
}

void cancel_statements(pg::Transaction& tx, const std::vector<std::int64_t>& pids) {
    tx.query(kCancel, pids);
}

void set_fence_timeouts(pg::Transaction& tx) {
    tx.query(kTimeouts);
}

bool try_bar_synapse(pg::Transaction& tx) {
    tx.query_text("SAVEPOINT bar");
    try {
        tx.query(kBar);
    } catch (const pg::SqlError&) {
        tx.query_text("ROLLBACK TO SAVEPOINT bar");
        tx.query_text("RELEASE SAVEPOINT bar");
        return false;
    }
    tx.query_text("RELEASE SAVEPOINT bar");
    return true;
}

const std::vector<std::string>& untouched_sequences() {
    static const std::vector<std::string> kUntouched{
        "application_services_txn_id_seq",
        "event_auth_chain_id",
        "events_backfill_stream_seq",
        "instance_map_instance_id_seq",
        "sliding_sync_connection_positions_connection_position_seq",
        "sliding_sync_connection_required_state_required_state_id_seq",
        "sliding_sync_connections_connection_key_seq",
        "state_groups_pending_deletion_sequence_number_seq"};
    return kUntouched;
}

}  // namespace aksono::storage
