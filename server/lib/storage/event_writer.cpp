// SPDX-License-Identifier: Apache-2.0
#include "storage/event_graph_writer.h"
#include "storage/event_index_writer.h"
#include "storage/event_room_writer.h"
#include "storage/event_write.h"

namespace aksono::storage {

namespace {

// events.processed and event_json are what makes an event whole; content moved out of events long
// ago.
constexpr pg::Statement kInsertEvents{
    "event_insert",
    "INSERT INTO events (topological_ordering, event_id, type, room_id, processed, outlier, depth,"
    " origin_server_ts, received_ts, sender, contains_url, instance_name, stream_ordering,"
    " state_key)"
    " SELECT depth, event_id, type, room_id, true, false, depth, origin_server_ts, received_ts,"
    " sender, contains_url, instance_name, stream_ordering, state_key"
    " FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[],"
    " $7::bigint[], $8::bigint[], $9::bigint[], $10::boolean[], $11::text[]) AS e (event_id, type, "
    "room_id,"
    " sender, state_key, depth, origin_server_ts, received_ts, stream_ordering, contains_url,"
    " instance_name)"
    " ORDER BY stream_ordering"};

constexpr pg::Statement kInsertJson{
    "event_json_insert",
    "INSERT INTO event_json (event_id, room_id, internal_metadata, json, format_version)"
    " SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int[])"};

constexpr pg::Statement kPersistedAmong{"event_persisted_among",
                                        "SELECT event_id FROM events WHERE event_id = ANY($1)"};

constexpr pg::Statement kEndSession{
    "event_end_lost_session",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE pid = $1 AND application_name LIKE 'aksono%' AND usename = current_user"};

}  // namespace

void write_events(pg::Writer& writer, const std::vector<const EventWrite*>& events) {
    std::vector<std::string> ids, types, rooms, senders, metadata, json, instances;
    std::vector<std::optional<std::string>> state_keys;
    std::vector<std::int64_t> depths, origin_times, received_times, streams, formats;
    std::vector<bool> urls;
    for (const EventWrite* event : events) {
        ids.push_back(event->event_id);
        types.push_back(event->type);
        rooms.push_back(event->room_id);
        senders.push_back(event->sender);
        state_keys.push_back(event->state_key);
        depths.push_back(event->depth);
        origin_times.push_back(event->origin_server_ts);
        received_times.push_back(event->received_ts);
        streams.push_back(event->stream_ordering);
        instances.push_back(event->instance_name);
        urls.push_back(event->contains_url);
        metadata.push_back(event->internal_metadata);
        json.push_back(event->json);
        formats.push_back(event->format_version);
    }
    writer.write(kInsertEvents, ids, types, rooms, senders, state_keys, depths, origin_times,
                 received_times, streams, urls, instances);
    writer.write(kInsertJson, ids, rooms, metadata, json, formats);
    write_event_graph(writer, events);
    write_event_indexes(writer, events);
    write_event_room_rows(writer, events);
}

std::vector<std::string> persisted_among(pg::Transaction& tx,
                                         const std::vector<std::string>& event_ids) {
    std::vector<std::string> found;
    for (const auto& row : tx.query(kPersistedAmong, event_ids))
        found.push_back(row.text(0));
    return found;
}

bool end_session(pg::Transaction& tx, int backend) {
    return !tx.query(kEndSession, backend).empty();
}

}  // namespace aksono::storage
