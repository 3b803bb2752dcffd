// SPDX-License-Identifier: Apache-2.0
#include "datacheck/dangling.h"
#include "datacheck/probes.h"
#include "synschema/fix.h"

namespace aksono::datacheck {

namespace {

using synschema::Severity;

const Walk kCurrent{"current_state_events", "room_id", true};
const std::string kInRange = in_range("c.room_id");
const synschema::Fix kMend{
    "", "send a state event into the room: it is worked out anew; then check again", true};

void each_row(Probes& probes) {
    auto gone = probe_of({.id = "current-state-without-event",
                          .severity = Severity::error,
                          .title = "{} rows of current_state_events are about no event",
                          .explanation = "The state of the room cannot be read.",
                          .table = "current_state_events",
                          .object = "current_state_events.room_id || ' ' || "
                                    "current_state_events.event_id",
                          .parent = "events",
                          .match = "events.event_id = current_state_events.event_id",
                          .walk = "room_id",
                          .text = true});
    probes.push_back(std::move(gone));
    probes.push_back(
        {.id = "current-state-different",
         .severity = Severity::error,
         .title = "{} rows of current_state_events have another room, type or state key than their "
                  "event",
         .explanation = "The room is taken to have a state that it has not.",
         .fix = kMend,
         .tables = {"current_state_events", "state_events", "events"},
         .walk = kCurrent,
         .sql = "SELECT c.room_id || ' ' || c.event_id FROM current_state_events c JOIN events e "
                "USING (event_id) LEFT JOIN state_events s ON s.event_id = c.event_id WHERE " +
                kInRange +
                " AND (c.room_id, c.type, c.state_key) IS DISTINCT FROM (s.room_id, s.type, "
                "s.state_key)"});
    probes.push_back(
        {.id = "current-state-rejected",
         .severity = Severity::error,
         .title = "{} rejected events are in the state of rooms",
         .explanation = "What the room's rules forbid is in force on this server.",
         .fix = kMend,
         .tables = {"current_state_events", "rejections"},
         .walk = kCurrent,
         .sql = "SELECT c.room_id || ' ' || c.event_id FROM current_state_events c WHERE " +
                kInRange + " AND EXISTS (SELECT FROM rejections r WHERE r.event_id = c.event_id)"});
    probes.push_back(
        {.id = "current-state-membership",
         .severity = Severity::error,
         .title = "{} rows of current_state_events have another membership than room_memberships",
         .explanation = "Somebody is in the room for one part of the server and not for another.",
         .fix = synschema::update_rows(
             "current_state_events",
             "membership = (SELECT m.membership FROM room_memberships m WHERE m.event_id = "
             "current_state_events.event_id)",
             "type = 'm.room.member' AND membership IS DISTINCT FROM (SELECT m.membership FROM "
             "room_memberships m WHERE m.event_id = current_state_events.event_id)"),
         .tables = {"current_state_events", "room_memberships"},
         .columns = {"current_state_events.membership"},
         .unless = {"current_state_events_membership"},
         .walk = kCurrent,
         .sql = "SELECT c.room_id || ' ' || c.state_key FROM current_state_events c LEFT JOIN "
                "room_memberships m USING (event_id) WHERE " +
                kInRange +
                " AND c.type = 'm.room.member' AND c.membership IS DISTINCT FROM m.membership"});
    probes.push_back(
        {.id = "current-state-ordering",
         .severity = Severity::warning,
         .title = "{} rows of current_state_events have another stream ordering than their event",
         .explanation = "A trigger keeps such rows out: it was off.",
         .fix = synschema::update_rows(
             "current_state_events",
             "event_stream_ordering = (SELECT e.stream_ordering FROM events e WHERE e.event_id = "
             "current_state_events.event_id)",
             "event_stream_ordering <> (SELECT e.stream_ordering FROM events e WHERE e.event_id = "
             "current_state_events.event_id)"),
         .tables = {"current_state_events", "events"},
         .columns = {"current_state_events.event_stream_ordering"},
         .walk = kCurrent,
         .sql = "SELECT c.room_id || ' ' || c.event_id FROM current_state_events c JOIN events e "
                "USING (event_id) WHERE " +
                kInRange + " AND c.event_stream_ordering <> e.stream_ordering"});
}

/// Of each room with local members the last events' state groups, and the events of its state. On
/// the other side, what the groups hold: what is in all of them must be in the state, and nothing
/// may be that is in none. With one last event this is: both are the same.
constexpr const char* kLast =
    "SELECT jsonb_build_object('room', r.room_id, 'groups', (SELECT jsonb_agg(g.state_group) FROM "
    "event_forward_extremities x JOIN event_to_state_groups g USING (event_id) WHERE x.room_id = "
    "r.room_id), 'state', (SELECT jsonb_agg(c.event_id) FROM current_state_events c WHERE "
    "c.room_id = r.room_id))::text FROM rooms r WHERE r.room_id > $1 AND r.room_id <= $2 AND "
    "EXISTS (SELECT FROM current_state_events c WHERE c.room_id = r.room_id AND c.type = "
    "'m.room.member' AND c.membership = 'join' AND EXISTS (SELECT FROM users u WHERE u.name = "
    "c.state_key)) AND NOT EXISTS (SELECT FROM event_forward_extremities x LEFT JOIN "
    "event_to_state_groups g USING (event_id) WHERE x.room_id = r.room_id AND g.state_group IS "
    "NULL) AND NOT EXISTS (SELECT FROM partial_state_rooms p WHERE p.room_id = r.room_id) AND "
    "EXISTS (SELECT FROM event_forward_extremities x WHERE x.room_id = r.room_id)";

/// How long a chain is nobody knows beforehand: OFFSET 0 keeps each step, and each group's rows, to
/// their index, whatever PostgreSQL makes of that. Else it reads whole tables, once for each room.
constexpr const char* kHeld =
    "SELECT k::jsonb ->> 'room' FROM unnest($1::text[]) k CROSS JOIN LATERAL (WITH RECURSIVE chain "
    "(head, id, hops) AS (SELECT DISTINCT v::bigint, v::bigint, 0 FROM jsonb_array_elements_text("
    "k::jsonb -> 'groups') v UNION ALL SELECT head, d.prev_state_group, hops + 1 FROM chain CROSS "
    "JOIN LATERAL (SELECT e.prev_state_group FROM state_group_edges e WHERE e.state_group = "
    "chain.id OFFSET 0) d WHERE hops < 10000), held AS (SELECT DISTINCT ON (head, s.type, "
    "s.state_key) head, s.event_id FROM chain CROSS JOIN LATERAL (SELECT r.type, r.state_key, "
    "r.event_id FROM state_groups_state r WHERE r.state_group = chain.id OFFSET 0) s ORDER BY "
    "head, s.type, s.state_key, hops), counted AS (SELECT "
    "event_id, count(*) AS times FROM held GROUP BY event_id), heads AS (SELECT count(DISTINCT v) "
    "AS n FROM jsonb_array_elements_text(k::jsonb -> 'groups') v), state AS (SELECT v AS event_id "
    "FROM jsonb_array_elements_text(CASE jsonb_typeof(k::jsonb -> 'state') WHEN 'array' THEN "
    "k::jsonb -> 'state' ELSE '[]' END) v) SELECT FROM counted FULL JOIN state USING (event_id) "
    "CROSS JOIN heads WHERE counted.event_id IS NULL OR (state.event_id IS NULL AND times = n) "
    "LIMIT 1) wrong";

void whole(Probes& probes) {
    probes.push_back(
        {.id = "current-state-wrong",
         .severity = Severity::error,
         .title = "{} rooms have another state in current_state_events than after their last "
                  "events",
         .explanation = "Whoever asks for the state of the room, and who is in it, is told "
                        "something else than what the history says.",
         .fix = kMend,
         .tables = {"rooms", "current_state_events", "event_forward_extremities",
                    "event_to_state_groups", "state_groups_state", "state_group_edges",
                    "partial_state_rooms", "users"},
         .columns = {"current_state_events.membership"},
         .unless = {"current_state_events_membership", "delete_soft_failed_extremities"},
         .walk = Walk{"rooms", "room_id", true},
         .sql = kLast,
         .lookup = Lookup{Side::state, kHeld, true}});
    probes.push_back(
        {.id = "current-state-no-create",
         .severity = Severity::error,
         .title = "{} rooms with local members have no m.room.create in their state",
         .explanation = "Nothing can be sent into them.",
         .fix = kMend,
         .tables = {"rooms", "local_current_membership", "current_state_events"},
         .walk = Walk{"rooms", "room_id", true},
         .sql = "SELECT r.room_id FROM rooms r WHERE " + in_range("r.room_id") +
                " AND EXISTS (SELECT FROM local_current_membership m WHERE m.room_id = r.room_id "
                "AND m.membership = 'join') AND NOT EXISTS (SELECT FROM current_state_events c "
                "WHERE c.room_id = r.room_id AND c.type = 'm.room.create' AND c.state_key = '')"});
}

}  // namespace

void add_current_state_probes(Probes& probes) {
    each_row(probes);
    whole(probes);
}

}  // namespace aksono::datacheck
