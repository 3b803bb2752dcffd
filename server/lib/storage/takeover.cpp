// SPDX-License-Identifier: Apache-2.0
#include "storage/takeover.h"

#include "storage/cache_invalidation.h"
#include "storage/positions.h"
#include "storage/stream_tables.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include <fmt/format.h>

namespace aksono::storage {

namespace {

constexpr pg::Statement kSetSequence{"takeover_set_sequence",
                                     "SELECT setval($1::text::regclass, $2::bigint)"};
constexpr pg::Statement kClearPersisting{"takeover_clear_persisting",
                                         "DELETE FROM state_groups_persisting"};
constexpr pg::Statement kClearLocks{"takeover_clear_locks", "DELETE FROM worker_locks"};
constexpr pg::Statement kClearReadWriteLocks{"takeover_clear_read_write_locks",
                                             "DELETE FROM worker_read_write_locks"};
constexpr pg::Statement kFederationRows{
    "takeover_federation_rows",
    "SELECT type, instance_name, stream_id FROM federation_stream_position"};
constexpr pg::Statement kFederationDelete{"takeover_federation_delete",
                                          "DELETE FROM federation_stream_position WHERE type = $1"};
constexpr pg::Statement kFederationInsert{
    "takeover_federation_insert",
    "INSERT INTO federation_stream_position (type, instance_name, stream_id)"
    " SELECT $1::text, i, $3::bigint FROM unnest($2::text[]) AS i"};

/// A sequence and the column that it feeds; backfilled events count downwards from -1.
struct SequenceCheck {
    std::string sequence;
    std::string table;
    std::string column;
    bool negative = false;
};

std::vector<SequenceCheck> sequence_checks(const Streams& streams) {
    std::vector<SequenceCheck> checks{
        {"events_backfill_stream_seq", "events", "stream_ordering", true},
        {"state_group_id_seq", "state_groups", "id"},
        {"event_auth_chain_id", "event_auth_chains", "chain_id"},
        {"application_services_txn_id_seq", "application_services_txns", "txn_id"}};
    for (const auto& tables : stream_tables()) {
        for (const auto& column : tables.columns) {
            checks.push_back({(streams.*tables.stream).sequence(), column.table, column.column});
        }
    }
    return checks;
}

/// The highest id in use per check, in order. Names only are put together here, no values.
std::vector<std::int64_t> highest_ids(pg::Transaction& tx,
                                      const std::vector<SequenceCheck>& checks) {
    std::string sql;
    for (std::size_t i = 0; i < checks.size(); ++i) {
        const auto& check = checks[i];
        if (i > 0) sql += " UNION ALL ";
        sql += fmt::format("SELECT {} AS n, coalesce({}({}), 0)::bigint FROM {}", i,
                           check.negative ? "-min" : "max", check.column, check.table);
    }
    std::vector<std::int64_t> highest(checks.size(), 0);
    for (const auto& row : tx.query_text(sql)) {
        highest[static_cast<std::size_t>(row.integer(0))] = row.integer(1);
    }
    return highest;
}

using Sequences = std::map<std::string, std::int64_t>;

Sequences read_sequences(pg::Transaction& tx, const std::vector<SequenceCheck>& checks) {
    std::vector<std::string> names;
    for (const auto& check : checks)
        names.push_back(check.sequence);
    Sequences values;
    for (const auto& value : select_sequences(tx, names))
        values[value.sequence] = value.last;
    return values;
}

void mend_sequences(pg::Transaction& tx, const std::vector<SequenceCheck>& checks,
                    Sequences& sequences, std::vector<std::string>& notes) {
    const auto highest = highest_ids(tx, checks);
    std::set<std::string> behind;
    for (std::size_t i = 0; i < checks.size(); ++i) {
        const auto& check = checks[i];
        const auto it = sequences.find(check.sequence);
        if (it == sequences.end()) {
            throw TakeOverRefused("The database has no sequence " + check.sequence +
                                  "; check it with aksono-schema-diff");
        }
        if (it->second >= highest[i]) continue;
        notes.push_back(
            fmt::format("Postgres sequence {} is behind table {}: {} < {}. Updating sequence.",
                        check.sequence, check.table, it->second, highest[i]));
        it->second = highest[i];
        behind.insert(check.sequence);
    }
    for (const auto& name : behind)
        tx.query(kSetSequence, name, sequences[name]);
}

/// After the sequences were mended, which Synapse does too late: it refuses once and then starts.
void check_positions(const Streams& streams, const std::vector<PositionRow>& rows,
                     const Sequences& sequences) {
    for (const auto& tables : stream_tables()) {
        if (tables.writers == nullptr) continue;
        const Stream& stream = streams.*tables.stream;
        for (const auto& row : rows) {
            if (row.stream != stream.name()) continue;
            if (row.position <= sequences.at(stream.sequence())) continue;
            throw TakeOverRefused(fmt::format(
                "Postgres sequence '{}' is inconsistent with associated stream position of '{}' in "
                "the 'stream_positions' table; stream_positions: {} says {}, the sequence {}: "
                "delete the rows of '{}' from stream_positions when no Synapse runs",
                stream.sequence(), stream.name(), row.instance, row.position,
                sequences.at(stream.sequence()), stream.name()));
        }
    }
}

void drop_strangers(pg::Transaction& tx, const Streams& streams, const config::Writers& writers,
                    std::vector<std::string>& notes) {
    std::vector<PositionRow> configured;
    for (const auto& tables : stream_tables()) {
        for (const auto& instance : stream_instances(tables, writers)) {
            configured.push_back({(streams.*tables.stream).name(), instance, 0});
        }
    }
    // Backfilled events are written by the same instances.
    for (const auto& instance : writers.of("events")) {
        configured.push_back({"backfill", instance, 0});
    }
    if (const auto count = delete_other_stream_positions(tx, configured); count > 0) {
        notes.push_back(fmt::format(
            "Deleted {} rows of stream_positions whose instances are not configured", count));
    }
}

/// Each configured sender has a row; when they are others than before, all begin where the slowest
/// one stood.
void align_federation(pg::Transaction& tx, const config::Writers& writers,
                      std::vector<std::string>& notes) {
    std::map<std::string, std::set<std::string>> instances;
    std::map<std::string, std::int64_t> lowest;
    for (const auto& row : tx.query(kFederationRows)) {
        const auto type = row.text(0);
        instances[type].insert(row.text(1));
        const auto [it, first] = lowest.emplace(type, row.integer(2));
        if (!first) it->second = std::min(it->second, row.integer(2));
    }
    const std::set<std::string> configured(writers.federation_senders.begin(),
                                           writers.federation_senders.end());
    for (const auto& [type, present] : instances) {
        if (present == configured) continue;
        tx.query(kFederationDelete, type);
        tx.query(kFederationInsert, type, writers.federation_senders, lowest[type]);
        notes.push_back(fmt::format(
            "federation_stream_position: «{}» starts from {} for the configured senders", type,
            lowest[type]));
    }
}

void free_the_dead(pg::Transaction& tx, std::vector<std::string>& notes) {
    const auto note = [&notes](std::int64_t count, const char* table) {
        if (count > 0) {
            notes.push_back(fmt::format("Cleared {} rows of dead processes from {}", count, table));
        }
    };
    note(tx.query(kClearPersisting).affected(), "state_groups_persisting");
    note(tx.query(kClearLocks).affected(), "worker_locks");
    note(tx.query(kClearReadWriteLocks).affected(), "worker_read_write_locks");
}

/// Other processes must not go on with the active users of before the change of hands.
void forget_active_users(pg::Transaction& tx, Stream& caches) {
    const std::vector<CacheInvalidation> what{{"user_last_seen_monthly_active", {}, true},
                                              {"get_monthly_active_count", {}}};
    const auto lease = caches.reserve(tx, static_cast<int>(what.size()));
    insert_cache_invalidations(tx, what, lease.ids(), now_ms());
}

}  // namespace

std::vector<std::string> take_over(pg::Transaction& tx, Streams& streams,
                                   const config::Writers& writers, bool alone) {
    std::vector<std::string> notes;
    const auto checks = sequence_checks(streams);
    auto sequences = read_sequences(tx, checks);
    mend_sequences(tx, checks, sequences, notes);
    check_positions(streams, select_stream_positions(tx), sequences);
    drop_strangers(tx, streams, writers, notes);
    align_federation(tx, writers, notes);
    if (alone) free_the_dead(tx, notes);
    for (const auto& tables : stream_tables()) {
        Stream& stream = streams.*tables.stream;
        stream.advance_to(sequences.at(stream.sequence()));
    }
    forget_active_users(tx, streams.caches);
    return notes;
}

void follow_positions(pg::Transaction& tx, Streams& streams, const config::Writers& writers) {
    const auto rows = select_stream_positions(tx);
    const auto checks = sequence_checks(streams);
    const auto sequences = read_sequences(tx, checks);
    for (const auto& tables : stream_tables()) {
        Stream& stream = streams.*tables.stream;
        const auto instances = stream_instances(tables, writers);
        std::int64_t persisted = std::numeric_limits<std::int64_t>::max();
        for (const auto& row : rows) {
            const bool ours =
                row.stream == stream.name() &&
                std::find(instances.begin(), instances.end(), row.instance) != instances.end();
            if (ours) persisted = std::min(persisted, row.position);
        }
        const auto it = sequences.find(stream.sequence());
        // Without a row nothing was written since the sequence was made, or the stream keeps none.
        if (persisted == std::numeric_limits<std::int64_t>::max() && it != sequences.end()) {
            persisted = it->second;
        }
        if (persisted != std::numeric_limits<std::int64_t>::max()) stream.advance_to(persisted);
    }
}

}  // namespace aksono::storage
