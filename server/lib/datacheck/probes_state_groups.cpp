// SPDX-License-Identifier: Apache-2.0
#include "datacheck/dangling.h"
#include "datacheck/probes.h"
#include "synschema/fix.h"

namespace aksono::datacheck {

namespace {

using synschema::Severity;

const Walk kGroups{"state_groups", "id"};
constexpr const char* kBackup = "get the rows back from a backup";

/// Events and their groups: an event is in the main database, a group in that of the state.
void events(Probes& probes) {
    probes.push_back(
        {.id = "event-without-state-group",
         .severity = Severity::error,
         .title = "{} events have no state group",
         .explanation = "The state of the room at the event is not known: whether somebody may see "
                        "it cannot be told, and nothing can follow on it.",
         .fix = {"", "get the rows of event_to_state_groups back from a backup", false},
         .tables = {"events", "event_to_state_groups"},
         .walk = Walk{"events", "stream_ordering"},
         .sql = "SELECT e.event_id FROM events e WHERE " + in_range("e.stream_ordering") +
                " AND NOT e.outlier AND NOT EXISTS (SELECT FROM event_to_state_groups g WHERE "
                "g.event_id = e.event_id)"});
    probes.push_back(probe_of({.id = "event-state-group-without-event",
                               .title = "{} rows of event_to_state_groups belong to no event",
                               .explanation = "They keep state groups from being cleared away.",
                               .table = "event_to_state_groups",
                               .object = "event_to_state_groups.event_id",
                               .parent = "events",
                               .match = "events.event_id = event_to_state_groups.event_id",
                               .walk = "event_id",
                               .text = true}));
    probes.push_back(
        {.id = "state-group-missing",
         .severity = Severity::error,
         .title = "{} state groups that events refer to are missing",
         .explanation = "The state of the room at these events is lost.",
         .fix = {"", kBackup, false},
         .tables = {"event_to_state_groups", "state_groups"},
         .unless = {"event_to_state_groups_sg_index"},
         .walk = Walk{"event_to_state_groups", "state_group"},
         .sql = "SELECT DISTINCT state_group FROM event_to_state_groups WHERE " +
                in_range("state_group"),
         .lookup = Lookup{Side::state,
                          "SELECT k FROM unnest($1::bigint[]) k WHERE NOT EXISTS (SELECT FROM "
                          "state_groups g WHERE g.id = k)"}});
    probes.push_back(
        {.id = "state-group-empty",
         .severity = Severity::error,
         .title = "{} state groups that events refer to hold nothing",
         .explanation = "The state of the room at these events is lost. Their rows in "
                        "state_groups_state, or in state_group_edges, are missing.",
         .fix = {"", kBackup, false},
         .side = Side::state,
         .tables = {"event_to_state_groups", "state_groups", "state_groups_state",
                    "state_group_edges"},
         .unless = {"event_to_state_groups_sg_index"},
         .walk = kGroups,
         .sql = "SELECT g.id FROM state_groups g WHERE " + in_range("g.id") +
                " AND NOT EXISTS (SELECT FROM state_group_edges d WHERE d.state_group = g.id) AND "
                "NOT EXISTS (SELECT FROM state_groups_state s WHERE s.state_group = g.id)",
         .lookup = Lookup{Side::main,
                          "SELECT k FROM unnest($1::bigint[]) k WHERE EXISTS (SELECT FROM "
                          "event_to_state_groups g WHERE g.state_group = k)"}});
}

void events_of_rooms(Probes& probes) {
    probes.push_back(
        {.id = "event-state-group-wrong",
         .severity = Severity::error,
         .title = "{} events have another state group than the event before them",
         .explanation = "What is no state event changes nothing: the state after it is that after "
                        "the one before. Here the room is taken to have another state.",
         .fix = {"", "get the rows of event_to_state_groups back from a backup", false},
         .tables = {"events", "event_edges", "event_to_state_groups", "state_events",
                    "partial_state_events", "rejections"},
         .walk = Walk{"events", "stream_ordering"},
         .sql = "SELECT e.event_id FROM events e JOIN event_edges d USING (event_id) JOIN "
                "event_to_state_groups a USING (event_id) JOIN event_to_state_groups b ON "
                "b.event_id = d.prev_event_id WHERE " +
                in_range("e.stream_ordering") +
                " AND NOT e.outlier AND d.is_state IS NOT TRUE AND a.state_group <> b.state_group "
                "AND NOT EXISTS (SELECT FROM state_events s WHERE s.event_id = e.event_id) AND NOT "
                "EXISTS (SELECT FROM event_edges o WHERE o.event_id = e.event_id AND "
                "o.prev_event_id <> d.prev_event_id) AND NOT EXISTS (SELECT FROM "
                "partial_state_events p WHERE p.event_id IN (e.event_id, d.prev_event_id)) AND NOT "
                "EXISTS (SELECT FROM rejections r WHERE r.event_id = e.event_id)"});
    probes.push_back(
        {.id = "event-state-group-other-room",
         .severity = Severity::error,
         .title = "{} events have a state group of another room",
         .explanation = "Their room is taken to have the state of another.",
         .fix = {"", "get the rows of event_to_state_groups back from a backup", false},
         .tables = {"events", "event_to_state_groups", "state_groups"},
         .walk = Walk{"events", "stream_ordering"},
         .sql = "SELECT g.state_group || ' ' || e.room_id || ' ' || e.event_id FROM events e JOIN "
                "event_to_state_groups g USING (event_id) WHERE " +
                in_range("e.stream_ordering"),
         .lookup = Lookup{Side::state,
                          "SELECT split_part(k, ' ', 3) FROM unnest($1::text[]) k JOIN "
                          "state_groups g ON g.id = split_part(k, ' ', 1)::bigint WHERE g.room_id "
                          "<> split_part(k, ' ', 2)",
                          true,
                          "SELECT e.event_id FROM events e JOIN event_to_state_groups g USING "
                          "(event_id) JOIN state_groups s ON s.id = g.state_group WHERE " +
                              in_range("e.stream_ordering") + " AND s.room_id <> e.room_id"}});
}

/// The state after a state event has that event in it, and in the group's own rows: they are what
/// changed since the group before.
void own_groups(Probes& probes) {
    const std::string events =
        "FROM events e JOIN state_events s USING (event_id) JOIN event_to_state_groups g USING "
        "(event_id) WHERE " +
        in_range("e.stream_ordering") +
        " AND NOT e.outlier AND NOT EXISTS (SELECT FROM rejections x WHERE x.event_id = "
        "e.event_id) AND NOT EXISTS (SELECT FROM partial_state_events p WHERE p.event_id = "
        "e.event_id)";
    const std::string lacks = "NOT EXISTS (SELECT FROM state_groups_state r WHERE r.state_group = ";
    probes.push_back(
        {.id = "state-event-not-in-group",
         .severity = Severity::error,
         .title = "{} state events are not in the state of their own state group",
         .explanation = "The event changes nothing in its room, or the room is taken to have "
                        "another state after it.",
         .fix = {"",
                 "get the rows of event_to_state_groups, or state_groups_state, back from a "
                 "backup",
                 false},
         .tables = {"events", "state_events", "event_to_state_groups", "state_groups_state",
                    "rejections", "partial_state_events"},
         .walk = Walk{"events", "stream_ordering"},
         .sql = "SELECT g.state_group || E'\\n' || e.event_id || E'\\n' || s.type || E'\\n' || "
                "s.state_key " +
                events,
         .lookup = Lookup{Side::state,
                          "SELECT a[2] FROM (SELECT string_to_array(k, E'\\n') AS a FROM "
                          "unnest($1::text[]) k OFFSET 0) s WHERE " +
                              lacks +
                              "a[1]::bigint AND r.type = a[3] AND r.state_key = "
                              "array_to_string(a[4:], E'\\n') AND r.event_id = a[2])",
                          true,
                          "SELECT e.event_id " + events + " AND " + lacks +
                              "g.state_group AND r.type = s.type AND r.state_key = s.state_key "
                              "AND r.event_id = e.event_id)"}});
}

void edges(Probes& probes) {
    probes.push_back(
        {.id = "state-chain-broken",
         .severity = Severity::error,
         .title = "{} state groups follow on one that is missing",
         .explanation = "They hold only what changed since that one: the rest of the state of the "
                        "room is lost at their events.",
         .fix = {"", kBackup, false},
         .side = Side::state,
         .tables = {"state_group_edges", "state_groups"},
         .walk = Walk{"state_group_edges", "state_group"},
         .sql = "SELECT d.state_group FROM state_group_edges d WHERE " + in_range("d.state_group") +
                " AND EXISTS (SELECT FROM state_groups g WHERE g.id = d.state_group) AND NOT "
                "EXISTS (SELECT FROM state_groups g WHERE g.id = d.prev_state_group)"});
    auto left = probe_of({.id = "state-edge-without-group",
                          .severity = Severity::info,
                          .title = "{} rows of state_group_edges belong to no state group",
                          .explanation = "Left over from groups that were deleted.",
                          .table = "state_group_edges",
                          .object = "state_group_edges.state_group",
                          .parent = "state_groups",
                          .match = "state_groups.id = state_group_edges.state_group",
                          .walk = "state_group"});
    left.side = Side::state;
    probes.push_back(std::move(left));
    probes.push_back({.id = "state-chain-forked",
                      .severity = Severity::error,
                      .title = "{} state groups follow on more than one other",
                      .explanation = "A group follows on one: with two its state is that of both.",
                      .fix = {"", kBackup, false},
                      .side = Side::state,
                      .tables = {"state_group_edges"},
                      .walk = Walk{"state_group_edges", "state_group"},
                      .sql = "SELECT state_group FROM state_group_edges WHERE " +
                             in_range("state_group") +
                             " GROUP BY state_group HAVING count(*) > 1"});
    probes.push_back(
        {.id = "state-chain-cycle",
         .severity = Severity::error,
         .title = "{} state groups follow, in the end, on themselves",
         .explanation = "Reading their state does not end, or leaves most of it out.",
         .fix = {"", kBackup, false},
         .side = Side::state,
         .tables = {"state_group_edges"},
         .walk = Walk{"state_group_edges", "state_group"},
         .sql = "SELECT d.state_group FROM state_group_edges d WHERE " + in_range("d.state_group") +
                " AND d.prev_state_group >= d.state_group AND EXISTS (WITH RECURSIVE chain (id) AS "
                "(SELECT d.prev_state_group UNION SELECT n.prev_state_group FROM chain CROSS "
                "JOIN LATERAL (SELECT s.prev_state_group FROM state_group_edges s WHERE "
                "s.state_group = chain.id OFFSET 0) n) SELECT FROM chain WHERE chain.id "
                "= d.state_group)"});
    probes.push_back(
        {.id = "state-chain-other-room",
         .severity = Severity::error,
         .title = "{} state groups follow on one of another room",
         .explanation = "Their room is taken to have the state of another.",
         .fix = {"", kBackup, false},
         .side = Side::state,
         .tables = {"state_group_edges", "state_groups"},
         .walk = Walk{"state_group_edges", "state_group"},
         .sql = "SELECT d.state_group FROM state_group_edges d JOIN state_groups a ON a.id = "
                "d.state_group JOIN state_groups b ON b.id = d.prev_state_group WHERE " +
                in_range("d.state_group") + " AND a.room_id <> b.room_id"});
}

void rows(Probes& probes) {
    auto left = probe_of({.id = "state-row-without-group",
                          .title = "{} rows of state_groups_state belong to no state group",
                          .explanation = "Left over from groups that were deleted.",
                          .table = "state_groups_state",
                          .object = "DISTINCT state_groups_state.state_group",
                          .parent = "state_groups",
                          .match = "state_groups.id = state_groups_state.state_group",
                          .walk = "state_group"});
    left.side = Side::state;
    probes.push_back(std::move(left));
    probes.push_back(
        {.id = "state-row-other-room",
         .severity = Severity::error,
         .title = "{} state groups hold rows of another room",
         .explanation = "Deleting the other room takes state away from this one.",
         .fix = {"", kBackup, false},
         .side = Side::state,
         .tables = {"state_groups_state", "state_groups"},
         .walk = Walk{"state_groups_state", "state_group"},
         .sql = "SELECT DISTINCT s.state_group FROM state_groups_state s JOIN state_groups g ON "
                "g.id = s.state_group WHERE " +
                in_range("s.state_group") + " AND s.room_id <> g.room_id"});
    probes.push_back({.id = "state-row-twice",
                      .severity = Severity::error,
                      .title = "{} state groups hold two rows for the same type and state key",
                      .explanation = "Which of them is the state is left to chance.",
                      .fix = {"", kBackup, false},
                      .side = Side::state,
                      .tables = {"state_groups_state"},
                      .walk = Walk{"state_groups_state", "state_group"},
                      .sql = "SELECT DISTINCT state_group FROM state_groups_state WHERE " +
                             in_range("state_group") +
                             " GROUP BY state_group, type, state_key HAVING count(*) > 1"});
    // Of a group that no event refers to, the event was refused.
    probes.push_back(
        {.id = "state-row-wrong",
         .severity = Severity::error,
         .title = "{} events in the state of rooms are missing, or are not of that type and state "
                  "key",
         .explanation = "The state of the room cannot be read, or is wrong.",
         .fix = {"", kBackup, false},
         .side = Side::state,
         .tables = {"state_groups_state", "state_events", "event_to_state_groups"},
         .unless = {"event_to_state_groups_sg_index"},
         .walk = Walk{"state_groups_state", "state_group"},
         .sql = "SELECT array_agg(state_group)::text || E'\\n' || event_id || E'\\n' || room_id || "
                "E'\\n' "
                "|| type || E'\\n' || state_key FROM state_groups_state WHERE " +
                in_range("state_group") + " GROUP BY event_id, room_id, type, state_key",
         .lookup = Lookup{Side::main,
                          "SELECT DISTINCT a[2] FROM (SELECT string_to_array(k, E'\\n') AS a FROM "
                          "unnest($1::text[]) k OFFSET 0) s LEFT JOIN state_events e ON e.event_id "
                          "= a[2] WHERE CASE WHEN (e.room_id, e.type, e.state_key) IS NOT DISTINCT "
                          "FROM (a[3], a[4], array_to_string(a[5:], E'\\n')) THEN false ELSE "
                          "EXISTS (SELECT FROM event_to_state_groups g WHERE g.state_group = "
                          "ANY(a[1]::bigint[])) END",
                          true,
                          "SELECT DISTINCT s.event_id FROM state_groups_state s LEFT JOIN "
                          "state_events e USING (event_id) WHERE " +
                              in_range("s.state_group") +
                              " AND CASE WHEN (e.room_id, e.type, e.state_key) IS NOT DISTINCT "
                              "FROM (s.room_id, s.type, s.state_key) THEN false ELSE EXISTS "
                              "(SELECT FROM event_to_state_groups g WHERE g.state_group = "
                              "s.state_group) END"}});
}

void left_over(Probes& probes) {
    probes.push_back(
        {.id = "state-groups-unreferenced",
         .severity = Severity::info,
         .title = "{} state groups are used by nothing",
         .explanation = "They take room. Refused events leave such groups; newer releases of "
                        "Synapse clear them away.",
         .fix = {"", "nothing needs to be done", true},
         .side = Side::state,
         .tables = {"state_groups", "state_group_edges", "event_to_state_groups"},
         .unless = {"event_to_state_groups_sg_index",
                    "mark_unreferenced_state_groups_for_deletion_bg_update"},
         .walk = kGroups,
         .sql = "SELECT g.id FROM state_groups g WHERE " + in_range("g.id") +
                " AND NOT EXISTS (SELECT FROM state_group_edges d WHERE d.prev_state_group = g.id)",
         .lookup = Lookup{Side::main,
                          "SELECT k FROM unnest($1::bigint[]) k WHERE NOT EXISTS (SELECT FROM "
                          "event_to_state_groups g WHERE g.state_group = k)"}});
    probes.push_back(
        {.id = "state-group-without-room",
         .severity = Severity::info,
         .title = "state groups of {} rooms that are not here take room",
         .explanation = "Left over from rooms that were deleted.",
         .fix = {"", "nothing needs to be done", true},
         .side = Side::state,
         .tables = {"state_groups", "rooms"},
         .walk = kGroups,
         .sql = "SELECT DISTINCT room_id FROM state_groups WHERE " + in_range("id"),
         .lookup =
             Lookup{Side::main,
                    "SELECT k FROM unnest($1::text[]) k WHERE NOT EXISTS (SELECT FROM rooms r "
                    "WHERE r.room_id = k)",
                    true}});
    probes.push_back(
        {.id = "state-persisting-stale",
         .severity = Severity::info,
         .title = "{} state groups are marked as being written since over a day",
         .explanation = "A server that was killed left the mark; the group is not cleared away "
                        "while it stands. Synapse takes its own marks back when it starts.",
         .fix = {"", "restart the server", true},
         .side = Side::state,
         .tables = {"state_groups_persisting"},
         .columns = {"state_groups_persisting.inserted_ts"},
         .sql =
             "SELECT state_group FROM state_groups_persisting WHERE inserted_ts < (extract(epoch "
             "FROM now()) - 86400) * 1000"});
}

}  // namespace

void add_state_group_probes(Probes& probes) {
    events(probes);
    events_of_rooms(probes);
    own_groups(probes);
    edges(probes);
    rows(probes);
    left_over(probes);
}

}  // namespace aksono::datacheck
