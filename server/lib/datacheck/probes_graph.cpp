// SPDX-License-Identifier: Apache-2.0
#include "datacheck/dangling.h"
#include "datacheck/probes.h"
#include "synschema/fix.h"

namespace aksono::datacheck {

namespace {

using synschema::Severity;

const Walk kEvents{"events", "stream_ordering"};
const std::string kInRange = in_range("e.stream_ordering");
void edges(Probes& probes) {
    auto edge = probe_of(
        {.id = "edge-without-event",
         .title = "{} rows of event_edges belong to no event",
         .explanation = "Left over; the foreign key that keeps them out cannot be validated.",
         .table = "event_edges",
         .object = "event_edges.event_id",
         .parent = "events",
         .match = "events.event_id = event_edges.event_id",
         .also = "event_edges.is_state IS NOT TRUE",
         .walk = "event_id",
         .text = true,
         .unless = {"event_edges_drop_invalid_rows"}});
    probes.push_back(std::move(edge));
    probes.push_back(
        {.id = "event-without-prev",
         .severity = Severity::error,
         .title = "{} events follow on nothing",
         .explanation = "Only the first event of a room has no row in event_edges. Paging back "
                        "from such an event ends there.",
         .fix = {"", "get the rows of event_edges back from a backup", false},
         .tables = {"events", "event_edges", "rejections"},
         .walk = kEvents,
         .sql = "SELECT e.event_id FROM events e WHERE " + kInRange +
                " AND NOT e.outlier AND e.type <> 'm.room.create' AND NOT EXISTS (SELECT FROM "
                "event_edges d WHERE d.event_id = e.event_id) AND NOT EXISTS (SELECT FROM "
                "rejections r WHERE r.event_id = e.event_id)"});
    probes.push_back(
        {.id = "event-gap",
         .severity = Severity::warning,
         .title = "{} events follow on one that is not here, and nothing says so",
         .explanation = "A missing event before one that is here has a row in "
                        "event_backward_extremities; without it the server never asks other "
                        "servers for it.",
         .fix = {"INSERT INTO event_backward_extremities (event_id, room_id) SELECT DISTINCT "
                 "d.prev_event_id, e.room_id FROM events e JOIN event_edges d USING (event_id) "
                 "WHERE NOT e.outlier AND NOT EXISTS (SELECT FROM events p WHERE p.event_id = "
                 "d.prev_event_id AND NOT p.outlier) ON CONFLICT DO NOTHING",
                 "", false},
         .tables = {"events", "event_edges", "event_backward_extremities"},
         .walk = kEvents,
         .sql = "SELECT DISTINCT e.event_id FROM events e JOIN event_edges d USING (event_id) "
                "WHERE " +
                kInRange +
                " AND NOT e.outlier AND d.is_state IS NOT TRUE AND NOT EXISTS (SELECT FROM events "
                "p WHERE p.event_id = d.prev_event_id AND NOT p.outlier) AND NOT EXISTS (SELECT "
                "FROM event_backward_extremities b WHERE b.event_id = d.prev_event_id AND "
                "b.room_id = e.room_id)"});
}

/// Children that make an event no extremity any more: neither refused nor hidden.
constexpr const char* kChild =
    "EXISTS (SELECT FROM event_edges d JOIN events c ON c.event_id = d.event_id JOIN event_json j "
    "ON j.event_id = d.event_id WHERE d.prev_event_id = x.event_id AND d.is_state IS NOT TRUE AND "
    "NOT c.outlier AND j.internal_metadata !~ '\"soft_failed\": ?true' AND NOT EXISTS (SELECT FROM "
    "rejections r WHERE r.event_id = d.event_id))";

Probe extremity(std::string id, std::string title, std::string explanation,
                const std::string& condition) {
    return {.id = std::move(id),
            .severity = Severity::error,
            .title = std::move(title),
            .explanation = std::move(explanation),
            .fix = synschema::delete_rows(
                "event_forward_extremities",
                "event_id IN (SELECT x.event_id FROM event_forward_extremities x WHERE " +
                    condition + ")"),
            .tables = {"event_forward_extremities", "events", "event_edges", "event_json",
                       "rejections"},
            .unless = {"delete_soft_failed_extremities"},
            .walk = Walk{"event_forward_extremities", "room_id", true},
            .sql = "SELECT x.room_id || ' ' || x.event_id FROM event_forward_extremities x WHERE " +
                   in_range("x.room_id") + " AND " + condition};
}

void extremities(Probes& probes) {
    probes.push_back(
        {.id = "room-without-extremity",
         .severity = Severity::error,
         .title = "{} rooms with local members have no forward extremity",
         .explanation = "Nothing can be sent into them: an event has nothing to follow on.",
         .fix = {"INSERT INTO event_forward_extremities (event_id, room_id) SELECT DISTINCT ON "
                 "(room_id) event_id, room_id FROM events WHERE room_id IN ({}) AND NOT outlier "
                 "AND NOT EXISTS (SELECT FROM rejections r WHERE r.event_id = events.event_id) "
                 "ORDER BY room_id, depth DESC, stream_ordering DESC",
                 "", false},
         .tables = {"rooms", "local_current_membership", "event_forward_extremities"},
         .walk = Walk{"rooms", "room_id", true},
         .sql = "SELECT r.room_id FROM rooms r WHERE " + in_range("r.room_id") +
                " AND EXISTS (SELECT FROM local_current_membership m WHERE m.room_id = r.room_id "
                "AND m.membership = 'join') AND NOT EXISTS (SELECT FROM event_forward_extremities "
                "x WHERE x.room_id = r.room_id)"});
    probes.push_back(extremity("extremity-without-event", "{} forward extremities are no events",
                               "Whatever is sent into the room fails, or follows on nothing.",
                               "NOT EXISTS (SELECT FROM events e WHERE e.event_id = x.event_id)"));
    probes.push_back(extremity(
        "extremity-other-room", "{} forward extremities are events of another room",
        "Events of the room would follow on those of another: other servers refuse them.",
        "EXISTS (SELECT FROM events e WHERE e.event_id = x.event_id AND e.room_id <> x.room_id)"));
    probes.push_back(extremity(
        "extremity-unusable", "{} forward extremities are rejected events or outliers",
        "Their state is not known: what is sent into the room is refused by others.",
        "EXISTS (SELECT FROM events e WHERE e.event_id = x.event_id AND (e.outlier OR EXISTS "
        "(SELECT FROM rejections r WHERE r.event_id = x.event_id)))"));
    probes.push_back(extremity(
        "extremity-not-last", "{} forward extremities have events after them",
        "State is resolved between the past and the present with every event that is sent.",
        kChild));
    probes.push_back(
        {.id = "extremity-lost",
         .severity = Severity::info,
         .title = "{} events have nothing after them and are no forward extremity",
         .explanation = "New events do not follow on them. A room that was left and joined again, "
                        "and one that an admin has tidied, has such events too.",
         .fix = {"", "nothing needs to be done", true},
         .tables = {"events", "event_edges", "event_forward_extremities", "event_json",
                    "rejections"},
         .walk = kEvents,
         .sql = "SELECT x.event_id FROM events x WHERE " + in_range("x.stream_ordering") +
                " AND NOT x.outlier AND x.stream_ordering > 0 AND NOT EXISTS (SELECT FROM "
                "event_forward_extremities f WHERE f.event_id = x.event_id) AND NOT EXISTS (SELECT "
                "FROM rejections r WHERE r.event_id = x.event_id) AND EXISTS (SELECT FROM "
                "event_json j WHERE j.event_id = x.event_id AND j.internal_metadata !~ "
                "'\"soft_failed\": ?true') AND NOT EXISTS (SELECT FROM event_edges d WHERE "
                "d.prev_event_id = x.event_id)"});
}

void more_extremities(Probes& probes) {
    probes.push_back(
        {.id = "extremities-many",
         .severity = Severity::info,
         .title = "{} rooms have more than 10 forward extremities",
         .explanation = "Every event that is sent there costs much: state is resolved between "
                        "them. Synapse lets dummy events join them (cleanup_extremities_with_"
                        "dummy_events).",
         .fix = {"", "send a message into the room now and then; each joins up to 10", true},
         .tables = {"event_forward_extremities"},
         .walk = Walk{"event_forward_extremities", "room_id", true},
         .sql = "SELECT room_id FROM event_forward_extremities WHERE " + in_range("room_id") +
                " GROUP BY room_id HAVING count(*) > 10"});
    probes.push_back(
        {.id = "backward-extremity-known",
         .severity = Severity::warning,
         .title = "{} backward extremities are events that are here",
         .explanation = "The server asks others for an event that it has.",
         .fix = synschema::delete_rows(
             "event_backward_extremities",
             "EXISTS (SELECT FROM events e WHERE e.event_id = event_backward_extremities.event_id "
             "AND NOT e.outlier)"),
         .tables = {"event_backward_extremities", "events"},
         .walk = Walk{"event_backward_extremities", "room_id", true},
         .sql = "SELECT b.event_id FROM event_backward_extremities b JOIN events e USING (event_id)"
                " WHERE " +
                in_range("b.room_id") + " AND NOT e.outlier"});
}

}  // namespace

void add_graph_probes(Probes& probes) {
    edges(probes);
    extremities(probes);
    more_extremities(probes);
}

}  // namespace aksono::datacheck
