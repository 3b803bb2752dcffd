// SPDX-License-Identifier: Apache-2.0
#include "storage/positions.h"

namespace aksono::storage {

namespace {

constexpr pg::Statement kSelect{
    "positions_select", "SELECT stream_name, instance_name, stream_id FROM stream_positions"};

constexpr pg::Statement kUpsert{
    "positions_upsert",
    "INSERT INTO stream_positions AS p (stream_name, instance_name, stream_id)"
    " SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[])"
    " ON CONFLICT (stream_name, instance_name)"
    " DO UPDATE SET stream_id = EXCLUDED.stream_id WHERE p.stream_id < EXCLUDED.stream_id"};

constexpr pg::Statement kDeleteOthers{
    "positions_delete_others",
    "DELETE FROM stream_positions p"
    " WHERE p.stream_name = ANY($1::text[])"
    "   AND NOT EXISTS (SELECT 1 FROM unnest($1::text[], $2::text[]) AS k(stream, instance)"
    "                   WHERE k.stream = p.stream_name AND k.instance = p.instance_name)"};

constexpr pg::Statement kSequences{
    "positions_sequences",
    "SELECT s.sequencename, coalesce(s.last_value, s.start_value - s.increment_by)"
    " FROM pg_sequences s"
    " WHERE s.schemaname = current_schema() AND s.sequencename = ANY($1::text[])"};

// A state change is work for each of the four; where one comes, the position stops just before it.
constexpr pg::Statement kAdvanceStats{
    "positions_advance_stats",
    "UPDATE stats_incremental_position p SET stream_id = t.target"
    " FROM (SELECT least($1::bigint, coalesce("
    "   (SELECT d.stream_id - 1 FROM current_state_delta_stream d"
    "     WHERE d.stream_id > (SELECT stream_id FROM stats_incremental_position)"
    "     ORDER BY d.stream_id LIMIT 1), $1::bigint)) AS target) t"
    " WHERE p.stream_id < t.target"};

constexpr pg::Statement kAdvanceUserDirectory{
    "positions_advance_user_directory",
    "UPDATE user_directory_stream_pos p SET stream_id = t.target"
    " FROM (SELECT least($1::bigint, coalesce("
    "   (SELECT d.stream_id - 1 FROM current_state_delta_stream d"
    "     WHERE d.stream_id > (SELECT stream_id FROM user_directory_stream_pos)"
    "     ORDER BY d.stream_id LIMIT 1), $1::bigint)) AS target) t"
    " WHERE p.stream_id < t.target"};

constexpr pg::Statement kAdvanceForgetter{
    "positions_advance_forgetter",
    "UPDATE room_forgetter_stream_pos p SET stream_id = t.target"
    " FROM (SELECT least($1::bigint, coalesce("
    "   (SELECT d.stream_id - 1 FROM current_state_delta_stream d"
    "     WHERE d.stream_id > (SELECT stream_id FROM room_forgetter_stream_pos)"
    "     ORDER BY d.stream_id LIMIT 1), $1::bigint)) AS target) t"
    " WHERE p.stream_id < t.target"};

// A state change cancels delayed events of the same kind; without delayed events there are none.
constexpr pg::Statement kAdvanceDelayedEvents{
    "positions_advance_delayed_events",
    "UPDATE delayed_events_stream_pos p SET stream_id = t.target"
    " FROM (SELECT least($1::bigint, coalesce("
    "   (SELECT d.stream_id - 1 FROM current_state_delta_stream d"
    "     WHERE d.stream_id > (SELECT stream_id FROM delayed_events_stream_pos)"
    "       AND EXISTS (SELECT 1 FROM delayed_events)"
    "     ORDER BY d.stream_id LIMIT 1), $1::bigint)) AS target) t"
    " WHERE p.stream_id < t.target"};

// Ten thousand ids at most in one go: a position may lie far behind when nothing was ever sent.
constexpr pg::Statement kAdvanceFederation{
    "positions_advance_federation",
    "UPDATE federation_stream_position p SET stream_id = t.target"
    " FROM (SELECT low.at, least($1::bigint, low.at + 10000, coalesce("
    "   (SELECT e.stream_ordering - 1 FROM events e"
    "     WHERE e.stream_ordering > low.at"
    "       AND e.stream_ordering <= least($1::bigint, low.at + 10000)"
    "       AND EXISTS (SELECT 1 FROM current_state_events c"
    "                   WHERE c.room_id = e.room_id AND c.type = 'm.room.member'"
    "                     AND c.membership = 'join'"
    "                     AND right(c.state_key, length($2::text)) <> $2::text)"
    "     ORDER BY e.stream_ordering LIMIT 1), $1::bigint)) AS target"
    "   FROM (SELECT min(stream_id) AS at FROM federation_stream_position"
    "          WHERE type = 'events') low) t"
    " WHERE p.type = 'events' AND p.stream_id < t.target"};

struct Columns {
    std::vector<std::string> streams;
    std::vector<std::string> instances;
    std::vector<std::int64_t> positions;
};

Columns columns_of(const std::vector<PositionRow>& rows) {
    Columns columns;
    for (const auto& row : rows) {
        columns.streams.push_back(row.stream);
        columns.instances.push_back(row.instance);
        columns.positions.push_back(row.position);
    }
    return columns;
}

}  // namespace

std::vector<PositionRow> select_stream_positions(pg::Transaction& tx) {
    std::vector<PositionRow> rows;
    for (const auto& row : tx.query(kSelect)) {
        rows.push_back({row.text(0), row.text(1), row.integer(2)});
    }
    return rows;
}

void upsert_stream_positions(pg::Writer& tx, const std::vector<PositionRow>& rows) {
    const auto columns = columns_of(rows);
    tx.write(kUpsert, columns.streams, columns.instances, columns.positions);
}

std::int64_t delete_other_stream_positions(pg::Transaction& tx,
                                           const std::vector<PositionRow>& rows) {
    const auto columns = columns_of(rows);
    return tx.query(kDeleteOthers, columns.streams, columns.instances).affected();
}

void advance_consumers(pg::Writer& tx, std::int64_t events, const Consumers& consumers) {
    if (consumers.stats) tx.write(kAdvanceStats, events);
    if (consumers.user_directory) tx.write(kAdvanceUserDirectory, events);
    tx.write(kAdvanceForgetter, events);
    tx.write(kAdvanceDelayedEvents, events);
    if (consumers.federation) tx.write(kAdvanceFederation, events, ":" + consumers.server_name);
}

std::vector<SequenceValue> select_sequences(pg::Transaction& tx,
                                            const std::vector<std::string>& names) {
    std::vector<SequenceValue> values;
    for (const auto& row : tx.query(kSequences, names)) {
        values.push_back({row.text(0), row.integer(1)});
    }
    return values;
}

}  // namespace aksono::storage
