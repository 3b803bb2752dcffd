// SPDX-License-Identifier: Apache-2.0
#include "storage/event_index_writer.h"

namespace aksono::storage {

namespace {

constexpr pg::Statement kInsertTransaction{
    "event_txn_insert",
    "INSERT INTO event_txn_id_device_id (event_id, room_id, user_id, device_id, txn_id,"
    " inserted_ts) VALUES ($1, $2, $3, $4, $5, $6)"};

constexpr pg::Statement kInsertSearch{
    "event_search_insert",
    "INSERT INTO event_search (event_id, room_id, key, vector, origin_server_ts, stream_ordering)"
    " VALUES ($1, $2, 'content.body', to_tsvector('english', $3), $4, $5)"};

constexpr pg::Statement kInsertLabels{
    "event_labels_insert",
    "INSERT INTO event_labels (event_id, label, room_id, topological_ordering)"
    " SELECT $1, label, $2, $3 FROM unnest($4::text[]) AS l (label)"};

constexpr pg::Statement kInsertRelation{
    "event_relation_insert",
    "INSERT INTO event_relations (event_id, relates_to_id, relation_type, aggregation_key)"
    " VALUES ($1, $2, $3, $4)"};

constexpr pg::Statement kUpsertThread{
    "event_thread_upsert",
    "INSERT INTO threads AS t (room_id, thread_id, latest_event_id, topological_ordering,"
    " stream_ordering) VALUES ($1, $2, $3, $4, $5)"
    " ON CONFLICT (room_id, thread_id) DO UPDATE SET latest_event_id = excluded.latest_event_id,"
    " topological_ordering = excluded.topological_ordering,"
    " stream_ordering = excluded.stream_ordering"
    " WHERE (t.topological_ordering, t.stream_ordering)"
    " < (excluded.topological_ordering, excluded.stream_ordering)"};

constexpr pg::Statement kInsertRedaction{
    "event_redaction_insert",
    "INSERT INTO redactions (event_id, redacts, received_ts, recheck)"
    " VALUES ($1, $2, $3, false)"};

constexpr pg::Statement kDeletePushActions{
    "event_redacted_push_actions_delete",
    "DELETE FROM event_push_actions WHERE room_id = $1 AND event_id = $2"};

constexpr pg::Statement kDeleteRelation{"event_redacted_relation_delete",
                                        "DELETE FROM event_relations WHERE event_id = $1"};

// Runs after the redacted reply has lost its relation.
constexpr pg::Statement kRefreshThread{
    "event_thread_refresh",
    "WITH latest AS (SELECT e.event_id, e.topological_ordering, e.stream_ordering"
    "  FROM event_relations r JOIN events e ON e.event_id = r.event_id"
    "  WHERE r.relates_to_id = $2 AND r.relation_type = 'm.thread' AND e.room_id = $1"
    "  ORDER BY e.topological_ordering DESC, e.stream_ordering DESC LIMIT 1),"
    " empty AS (DELETE FROM threads WHERE room_id = $1 AND thread_id = $2"
    "  AND NOT EXISTS (SELECT FROM latest))"
    " UPDATE threads t SET latest_event_id = l.event_id,"
    " topological_ordering = l.topological_ordering, stream_ordering = l.stream_ordering"
    " FROM latest l WHERE t.room_id = $1 AND t.thread_id = $2"};

void write_redaction(pg::Writer& writer, const EventWrite& event) {
    const auto& redaction = *event.redaction;
    writer.write(kInsertRedaction, event.event_id, redaction.event_id, event.received_ts);
    writer.write(kDeletePushActions, event.room_id, redaction.event_id);
    writer.write(kDeleteRelation, redaction.event_id);
    const auto& lost = redaction.lost_relation;
    if (lost && lost->rel_type == "m.thread") {
        writer.write(kRefreshThread, event.room_id, lost->event_id);
    }
}

void write_relation(pg::Writer& writer, const EventWrite& event) {
    const auto& relation = *event.relation;
    writer.write(kInsertRelation, event.event_id, relation.event_id, relation.rel_type,
                 relation.aggregation_key);
    if (relation.rel_type == "m.thread") {
        writer.write(kUpsertThread, event.room_id, relation.event_id, event.event_id, event.depth,
                     event.stream_ordering);
    }
}

}  // namespace

void write_event_indexes(pg::Writer& writer, const std::vector<const EventWrite*>& events) {
    for (const EventWrite* event : events) {
        if (event->transaction) {
            writer.write(kInsertTransaction, event->event_id, event->room_id, event->sender,
                         event->transaction->device_id, event->transaction->txn_id,
                         event->received_ts);
        }
        if (event->search_text) {
            writer.write(kInsertSearch, event->event_id, event->room_id, *event->search_text,
                         event->origin_server_ts, event->stream_ordering);
        }
        if (!event->labels.empty()) {
            writer.write(kInsertLabels, event->event_id, event->room_id, event->depth,
                         event->labels);
        }
        if (event->relation) write_relation(writer, *event);
        if (event->redaction) write_redaction(writer, *event);
    }
}

}  // namespace aksono::storage
