// SPDX-License-Identifier: Apache-2.0
#include "datacheck/server_state.h"

#include "datacheck/units.h"

namespace aksono::datacheck {

namespace {

using synschema::Severity;

constexpr int kPostgres15 = 150000;
constexpr std::int64_t kLargeDatabase = 1LL << 30U;
constexpr std::size_t kTablesTold = 8;
constexpr std::int64_t kManyDead = 100'000;
constexpr int kDeadShare = 5;  ///< one in so many rows

// Sizes as of the last vacuum: the functions that tell them exactly wait for locks.
constexpr pg::Statement kSizes{"datacheck_sizes", R"(
SELECT c.relname,
       current_setting('block_size')::bigint * (c.relpages
           + coalesce((SELECT sum(i.relpages) FROM pg_index x JOIN pg_class i
                       ON i.oid = x.indexrelid WHERE x.indrelid = c.oid), 0)
           + coalesce((SELECT t.relpages FROM pg_class t WHERE t.oid = c.reltoastrelid), 0)),
       greatest(c.reltuples, 0)::bigint, coalesce(pg_stat_get_dead_tuples(c.oid), 0)
FROM pg_class c
WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1) AND c.relkind = 'r'
ORDER BY 2 DESC, 1)"};

constexpr pg::Statement kCollation{"datacheck_collation", R"(
SELECT coalesce(datcollversion, ''), coalesce(pg_database_collation_actual_version(oid), '')
FROM pg_database WHERE datname = current_database())"};

constexpr pg::Statement kStaleCollations{"datacheck_stale_collations", R"(
SELECT DISTINCT i.relname || ' (' || k.collname || ')'
FROM pg_index x
JOIN pg_class i ON i.oid = x.indexrelid
JOIN pg_collation k ON k.oid = ANY (x.indcollation)
WHERE i.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1)
  AND k.collversion IS NOT NULL AND k.collversion <> pg_collation_actual_version(k.oid)
ORDER BY 1)"};

std::string joined(const std::vector<std::string>& parts) {
    std::string out;
    for (const auto& part : parts)
        out += (out.empty() ? "" : ", ") + part;
    return out;
}

void collation_changed(const ServerState& state, const synschema::LiveDatabase& live,
                       synschema::Findings& findings) {
    constexpr const char* kWhy =
        "Indexes over text may be in another order than the library now gives: rows are not found "
        "and duplicates get in.";
    const auto& name = live.server.database;
    if (state.collation_made != state.collation_now) {
        findings.push_back({"collation-version",
                            Severity::warning,
                            name,
                            "the collation library was version " + state.collation_made +
                                " when the database was made and is " + state.collation_now,
                            kWhy,
                            {"REINDEX DATABASE \"" + name + "\"; ALTER DATABASE \"" + name +
                                 "\" REFRESH COLLATION VERSION",
                             "", false}});
    }
    if (!state.stale_collations.empty()) {
        findings.push_back({"collation-version",
                            Severity::warning,
                            joined(state.stale_collations),
                            std::to_string(state.stale_collations.size()) +
                                " indexes use a collation whose library has changed",
                            kWhy,
                            {"",
                             "REINDEX INDEX CONCURRENTLY each of them, then ALTER COLLATION … "
                             "REFRESH VERSION",
                             true}});
    }
}

void largest_tables(const ServerState& state, synschema::Findings& findings) {
    std::int64_t all = 0;
    for (const auto& table : state.tables)
        all += table.bytes;
    if (all < kLargeDatabase) return;
    std::vector<std::string> told;
    for (const auto& table : state.tables) {
        if (told.size() == kTablesTold) break;
        told.push_back(table.name + " " + size_text(table.bytes));
    }
    findings.push_back({"largest-tables",
                        Severity::info,
                        joined(told),
                        "the tables hold " + size_text(all) + "; the largest: " + joined(told),
                        "Indexes are counted with their tables.",
                        {"", "nothing needs to be done", true}});
}

void bloat(const ServerState& state, synschema::Findings& findings) {
    for (const auto& table : state.tables) {
        if (table.dead < kManyDead || table.dead < table.rows / kDeadShare) continue;
        findings.push_back({"table-bloat",
                            Severity::info,
                            table.name,
                            "table " + table.name + " holds " + std::to_string(table.dead) +
                                " dead rows beside " + std::to_string(table.rows) + " live ones",
                            "Autovacuum does not keep up, or a long transaction or an unused "
                            "replication slot keeps them.",
                            {"VACUUM (ANALYZE) " + table.name, "", true}});
    }
}

}  // namespace

ServerState read_server_state(pg::Transaction& tx, const synschema::LiveDatabase& live) {
    ServerState state;
    for (const auto row : tx.query(kSizes, live.server.schema)) {
        state.tables.push_back({row.text(0), row.integer(1), row.integer(2), row.integer(3)});
    }
    if (live.server.version >= kPostgres15) {
        const auto rows = tx.query(kCollation);
        state.collation_made = rows[0].text(0);
        state.collation_now = rows[0].text(1);
    }
    for (const auto row : tx.query(kStaleCollations, live.server.schema))
        state.stale_collations.push_back(row.text(0));
    return state;
}

synschema::Findings server_findings(const ServerState& state, const synschema::LiveDatabase& live) {
    synschema::Findings findings;
    collation_changed(state, live, findings);
    largest_tables(state, findings);
    bloat(state, findings);
    return findings;
}

}  // namespace aksono::datacheck
