// SPDX-License-Identifier: Apache-2.0
#include "datacheck/dangling.h"
#include "datacheck/probes.h"
#include "synschema/fix.h"

namespace aksono::datacheck {

namespace {

using synschema::Severity;

const Walk kEvents{"events", "stream_ordering"};
const std::string kInRange = in_range("e.stream_ordering");
constexpr const char* kBackup = "get them back from a backup";

void contents(Probes& probes) {
    probes.push_back(
        {.id = "event-without-json",
         .severity = Severity::error,
         .title = "{} events have no row in event_json",
         .explanation = "Their content is lost: whoever reads them gets an error or nothing.",
         .fix = {"", kBackup, false},
         .tables = {"events", "event_json"},
         .walk = kEvents,
         .sql = "SELECT e.event_id FROM events e WHERE " + kInRange +
                " AND NOT EXISTS (SELECT FROM event_json j WHERE j.event_id = e.event_id)"});
    probes.push_back(probe_of(
        {.id = "json-without-event",
         .title = "{} rows of event_json belong to no event",
         .explanation = "The event is not found, and cannot be stored again: its content is there.",
         .table = "event_json",
         .object = "event_json.event_id",
         .parent = "events",
         .match = "events.event_id = event_json.event_id",
         .walk = "event_id",
         .text = true}));
    probes.push_back(
        {.id = "event-json-other-room",
         .severity = Severity::error,
         .title = "{} events are of one room in events and of another in event_json",
         .explanation = "Such an event is shown in the wrong room, or in none.",
         .fix = {"", kBackup, false},
         .tables = {"events", "event_json"},
         .walk = kEvents,
         .sql = "SELECT e.event_id FROM events e JOIN event_json j USING (event_id) WHERE " +
                kInRange + " AND j.room_id <> e.room_id"});
}

void columns(Probes& probes) {
    probes.push_back(
        {.id = "event-order",
         .severity = Severity::warning,
         .title = "{} events stand elsewhere in their room than their depth says",
         .explanation = "topological_ordering is the depth: clients page in another order, and may "
                        "miss events.",
         .fix =
             synschema::update_rows("events", "topological_ordering = depth",
                                    "topological_ordering <> depth AND depth < 9007199254740992"),
         .tables = {"events"},
         .unless = {"fixup_max_depth_cap"},
         .walk = kEvents,
         .sql = "SELECT e.event_id FROM events e WHERE " + kInRange +
                " AND e.topological_ordering <> e.depth AND e.depth < 9007199254740992"});
    probes.push_back(
        {.id = "event-room-unknown",
         .severity = Severity::error,
         .title = "{} events are in rooms without a row in rooms",
         .explanation = "Without its version a room cannot be read or written.",
         .fix = {"", "get the row of the room back from a backup, or delete the room", false},
         .tables = {"events", "rooms"},
         .walk = kEvents,
         .sql = "SELECT e.event_id FROM events e WHERE " + kInRange +
                " AND NOT e.outlier AND NOT EXISTS (SELECT FROM rooms r WHERE r.room_id = "
                "e.room_id)"});
}

void rejected(Probes& probes) {
    probes.push_back(probe_of({.id = "rejection-without-event",
                               .title = "{} rows of rejections belong to no event",
                               .explanation = "Left over; harmless until the event comes again.",
                               .table = "rejections",
                               .object = "rejections.event_id",
                               .parent = "events",
                               .match = "events.event_id = rejections.event_id",
                               .walk = "event_id",
                               .text = true}));
    probes.push_back(
        {.id = "rejection-column",
         .severity = Severity::warning,
         .title = "{} events are rejected by events.rejection_reason and not by rejections, or the "
                  "reverse",
         .explanation = "Some readers take the event for rejected, others show it.",
         .fix = {"", kBackup, false},
         .tables = {"events", "rejections"},
         .columns = {"events.rejection_reason"},
         .unless = {"events_populate_state_key_rejections"},
         .walk = kEvents,
         .sql = "SELECT e.event_id FROM events e LEFT JOIN rejections r USING (event_id) WHERE " +
                kInRange + " AND (e.rejection_reason IS NULL) <> (r.event_id IS NULL)"});
}

void state(Probes& probes) {
    probes.push_back(
        {.id = "state-event-without-row",
         .severity = Severity::error,
         .title = "{} state events have no row in state_events",
         .explanation = "They are not taken for state when the state of the room is worked out.",
         .fix =
             {"INSERT INTO state_events (event_id, room_id, type, state_key) SELECT event_id, "
              "room_id, type, state_key FROM events e WHERE state_key IS NOT NULL AND NOT EXISTS "
              "(SELECT FROM state_events s WHERE s.event_id = e.event_id)",
              "", false},
         .tables = {"events", "state_events"},
         .columns = {"events.state_key"},
         .unless = {"events_populate_state_key_rejections"},
         .walk = kEvents,
         .sql = "SELECT e.event_id FROM events e WHERE " + kInRange +
                " AND e.state_key IS NOT NULL AND NOT EXISTS (SELECT FROM state_events s WHERE "
                "s.event_id = e.event_id)"});
    probes.push_back(
        {.id = "state-event-different",
         .severity = Severity::error,
         .title = "{} events have another room, type or state key in state_events",
         .explanation = "The state of the room is worked out wrongly.",
         .fix = {"", kBackup, false},
         .tables = {"events", "state_events"},
         .walk = kEvents,
         .sql = "SELECT e.event_id FROM events e JOIN state_events s USING (event_id) WHERE " +
                kInRange + " AND (s.room_id, s.type) IS DISTINCT FROM (e.room_id, e.type)"});
    probes.push_back(
        {.id = "state-key-different",
         .severity = Severity::error,
         .title = "{} events have another state key in events than in state_events",
         .explanation = "The state of the room is worked out wrongly.",
         .fix = {"", kBackup, false},
         .tables = {"events", "state_events"},
         .columns = {"events.state_key"},
         .unless = {"events_populate_state_key_rejections"},
         .walk = kEvents,
         .sql = "SELECT e.event_id FROM events e JOIN state_events s USING (event_id) WHERE " +
                kInRange + " AND s.state_key IS DISTINCT FROM e.state_key"});
    probes.push_back(probe_of({.id = "state-event-gone",
                               .title = "{} rows of state_events belong to no event",
                               .explanation = "Left over.",
                               .table = "state_events",
                               .object = "state_events.event_id",
                               .parent = "events",
                               .match = "events.event_id = state_events.event_id",
                               .walk = "event_id",
                               .text = true}));
}

}  // namespace

void add_event_probes(Probes& probes) {
    contents(probes);
    columns(probes);
    rejected(probes);
    state(probes);
}

}  // namespace aksono::datacheck
