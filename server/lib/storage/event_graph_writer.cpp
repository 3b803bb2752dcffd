// SPDX-License-Identifier: Apache-2.0
#include "storage/event_graph_writer.h"

namespace aksono::storage {

namespace {

constexpr pg::Statement kInsertEdges{"event_edges_insert",
                                     "INSERT INTO event_edges (event_id, prev_event_id)"
                                     " SELECT * FROM unnest($1::text[], $2::text[])"};

constexpr pg::Statement kDeleteExtremities{
    "event_extremities_delete",
    "DELETE FROM event_forward_extremities f USING unnest($1::text[], $2::text[])"
    " AS p (room_id, event_id) WHERE f.event_id = p.event_id AND f.room_id = p.room_id"};

constexpr pg::Statement kInsertExtremities{
    "event_extremities_insert",
    "INSERT INTO event_forward_extremities (event_id, room_id)"
    " SELECT * FROM unnest($1::text[], $2::text[])"};

// The extremities as they are after each event, so that its place in the stream can be found again.
constexpr pg::Statement kInsertExtremitiesAtStream{
    "event_stream_to_extremities_insert",
    "INSERT INTO stream_ordering_to_exterm (stream_ordering, room_id, event_id)"
    " SELECT s.stream_ordering, f.room_id, f.event_id"
    " FROM unnest($1::bigint[], $2::text[]) AS s (stream_ordering, room_id)"
    " JOIN event_forward_extremities f ON f.room_id = s.room_id"};

constexpr pg::Statement kInsertStateGroups{
    "event_state_groups_insert",
    "INSERT INTO event_to_state_groups (event_id, state_group)"
    " SELECT * FROM unnest($1::text[], $2::bigint[])"};

}  // namespace

void write_event_graph(pg::Writer& writer, const std::vector<const EventWrite*>& events) {
    std::vector<std::string> ids, rooms, edge_ids, edge_rooms, prev_ids;
    std::vector<std::int64_t> streams, groups;
    for (const EventWrite* event : events) {
        ids.push_back(event->event_id);
        rooms.push_back(event->room_id);
        streams.push_back(event->stream_ordering);
        groups.push_back(event->state_group);
        for (const auto& prev : event->prev_events) {
            edge_ids.push_back(event->event_id);
            edge_rooms.push_back(event->room_id);
            prev_ids.push_back(prev);
        }
    }
    writer.write(kInsertEdges, edge_ids, prev_ids);
    writer.write(kDeleteExtremities, edge_rooms, prev_ids);
    writer.write(kInsertExtremities, ids, rooms);
    writer.write(kInsertExtremitiesAtStream, streams, rooms);
    writer.write(kInsertStateGroups, ids, groups);
}

}  // namespace aksono::storage
