// SPDX-License-Identifier: Apache-2.0
#include "storage/event_room_writer.h"

namespace aksono::storage {

namespace {

constexpr pg::Statement kMoveRoom{
    "event_sliding_sync_room_update",
    "UPDATE sliding_sync_joined_rooms r SET"
    " event_stream_ordering = greatest(r.event_stream_ordering, e.stream_ordering),"
    " bump_stamp = CASE WHEN e.bumps THEN greatest(r.bump_stamp, e.stream_ordering)"
    " ELSE r.bump_stamp END"
    " FROM unnest($1::text[], $2::bigint[], $3::boolean[]) AS e (room_id, stream_ordering, bumps)"
    " WHERE r.room_id = e.room_id"};

constexpr pg::Statement kMakeParticipant{
    "event_participant_update",
    "UPDATE room_memberships m SET participant = true FROM local_current_membership c"
    " WHERE c.user_id = $1 AND c.room_id = $2 AND m.event_id = c.event_id AND NOT m.participant"};

constexpr pg::Statement kInsertPushActions{
    "event_push_actions_insert",
    "INSERT INTO event_push_actions (room_id, event_id, user_id, actions, topological_ordering,"
    " stream_ordering, notif, highlight, unread, thread_id)"
    " SELECT $1, $2, user_id, actions, $3, $4, notif::int, highlight::int, unread::int, thread_id"
    " FROM unnest($5::text[], $6::text[], $7::boolean[], $8::boolean[], $9::boolean[],"
    " $10::text[]) AS a (user_id, actions, notif, highlight, unread, thread_id)"};

void write_push_actions(pg::Writer& writer, const EventWrite& event) {
    std::vector<std::string> users, actions, threads;
    std::vector<bool> notifs, highlights, unreads;
    for (const auto& action : event.push_actions) {
        users.push_back(action.user_id);
        actions.push_back(action.actions);
        notifs.push_back(action.notif);
        highlights.push_back(action.highlight);
        unreads.push_back(action.unread);
        threads.push_back(action.thread_id);
    }
    writer.write(kInsertPushActions, event.room_id, event.event_id, event.depth,
                 event.stream_ordering, users, actions, notifs, highlights, unreads, threads);
}

}  // namespace

void write_event_room_rows(pg::Writer& writer, const std::vector<const EventWrite*>& events) {
    std::vector<std::string> rooms;
    std::vector<std::int64_t> streams;
    std::vector<bool> bumps;
    for (const EventWrite* event : events) {
        rooms.push_back(event->room_id);
        streams.push_back(event->stream_ordering);
        bumps.push_back(event->bumps_room);
        if (event->makes_participant) writer.write(kMakeParticipant, event->sender, event->room_id);
        if (!event->push_actions.empty()) write_push_actions(writer, *event);
    }
    writer.write(kMoveRoom, rooms, streams, bumps);
}

}  // namespace aksono::storage
