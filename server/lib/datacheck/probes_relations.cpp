// SPDX-License-Identifier: Apache-2.0
#include "datacheck/dangling.h"
#include "datacheck/probes.h"
#include "synschema/fix.h"

namespace aksono::datacheck {

namespace {

using synschema::Severity;

/// Rows of `table` about an event, walked through by the event's id.
Probe about_event(Severity severity, const std::string& id, const std::string& table,
                  std::string explanation, std::vector<std::string> unless = {},
                  const std::string& column = "event_id") {
    return probe_of({.id = id,
                     .severity = severity,
                     .title = "{} rows of " + table + " belong to no event",
                     .explanation = std::move(explanation),
                     .table = table,
                     .object = table + "." + column,
                     .parent = "events",
                     .match = "events.event_id = " + table + "." + column,
                     .walk = column,
                     .text = true,
                     .unless = std::move(unless)});
}

void by_event(Probes& probes) {
    probes.push_back(about_event(Severity::warning, "redaction-without-event", "redactions",
                                 "Something is held for redacted by an event that is not here."));
    probes.push_back(about_event(Severity::warning, "relation-without-event", "event_relations",
                                 "Reactions, edits and threads are counted that nobody can see."));
    probes.push_back(
        about_event(Severity::info, "label-without-event", "event_labels", "Left over."));
    probes.push_back(
        about_event(Severity::info, "expiry-without-event", "event_expiry", "Left over."));
    probes.push_back(about_event(Severity::warning, "search-without-event", "event_search",
                                 "Searches find what is not here any more.",
                                 {"event_search_event_id_idx"}));
    probes.push_back(about_event(Severity::info, "to-calculate-without-event",
                                 "event_auth_chain_to_calculate", "Left over."));
}

Probe push_actions() {
    return probe_of({.id = "push-action-without-event",
                     .title = "{} notifications are about events that are not here",
                     .explanation = "Unread counts that no reading takes away.",
                     .table = "event_push_actions",
                     .object = "event_push_actions.user_id || ' ' || event_push_actions.event_id",
                     .parent = "events",
                     .match = "events.event_id = event_push_actions.event_id",
                     .walk = "stream_ordering"});
}

void threads(Probes& probes) {
    probes.push_back(probe_of({.id = "thread-without-event",
                               .severity = Severity::info,
                               .title = "{} threads end in events that are not here",
                               .explanation = "The list of threads of the room shows too little.",
                               .table = "threads",
                               .object = "threads.thread_id",
                               .parent = "events",
                               .match = "events.event_id = threads.latest_event_id",
                               .walk = "room_id",
                               .text = true}));
    probes.push_back(probe_of({.id = "receipt-without-room",
                               .severity = Severity::info,
                               .title = "{} receipts are for rooms that are not here",
                               .explanation = "Left over from rooms that were deleted.",
                               .table = "receipts_linearized",
                               .object = "receipts_linearized.user_id || ' ' || "
                                         "receipts_linearized.room_id",
                               .parent = "rooms",
                               .match = "rooms.room_id = receipts_linearized.room_id",
                               .walk = "stream_id"}));
    probes.push_back(probe_of({.id = "receipt-without-event",
                               .severity = Severity::info,
                               .title = "{} receipts are for events that are not here",
                               .explanation = "Receipts of other servers may come before the event "
                                              "does; older ones are left over.",
                               .table = "receipts_linearized",
                               .object = "receipts_linearized.user_id || ' ' || "
                                         "receipts_linearized.event_id",
                               .parent = "events",
                               .match = "events.event_id = receipts_linearized.event_id",
                               .walk = "stream_id"}));
}

Probe uncensored() {
    return {.id = "redaction-uncensored",
            .severity = Severity::info,
            .title = "{} events were redacted over 60 days ago and their content is still here",
            .explanation =
                "Synapse takes the content out after redaction_retention_period (7 "
                "days, unless the configuration says otherwise).",
            .fix = {"", "let the server run; it works them off", true},
            .tables = {"redactions", "events"},
            .columns = {"redactions.received_ts", "redactions.have_censored"},
            .unless = {"redactions_have_censored_ts_idx", "redactions_received_ts"},
            .walk = Walk{"redactions", "event_id", true},
            .sql = "SELECT r.redacts FROM redactions r WHERE " + in_range("r.event_id") +
                   " AND NOT r.have_censored AND r.received_ts < (extract(epoch FROM now()) - "
                   "60 * 86400) * 1000 AND EXISTS (SELECT FROM events e WHERE e.event_id = "
                   "r.redacts)"};
}

Probe unnoted() {
    return {.id = "redaction-missing",
            .severity = Severity::warning,
            .title = "{} redactions have no row in redactions",
            .explanation = "What they redact is still shown.",
            .fix = {"", "get the rows of redactions back from a backup, or redact again", true},
            .tables = {"events", "redactions", "rejections", "event_json", "rooms"},
            .columns = {"rooms.room_version"},
            .unless = {"add_rooms_room_version_column"},
            .walk = Walk{"events", "stream_ordering"},
            .sql =
                "SELECT e.event_id FROM events e JOIN event_json j USING (event_id) JOIN rooms o "
                "ON o.room_id = e.room_id WHERE " +
                in_range("e.stream_ordering") +
                " AND e.type = 'm.room.redaction' AND NOT e.outlier AND NOT EXISTS (SELECT FROM "
                "redactions d WHERE d.event_id = e.event_id) AND NOT EXISTS (SELECT FROM "
                "rejections r WHERE r.event_id = e.event_id) AND "
                "CASE WHEN " +
                unreadable_json("j.json") +
                " THEN false ELSE "
                "coalesce(CASE WHEN o.room_version IN ('1', '2', '3', '4', '5', '6', '7', '8', "
                "'9', '10') THEN j.json::json ->> 'redacts' ELSE j.json::json #>> "
                "'{content,redacts}' END, '') LIKE '$%' END"};
}

/// What refuses an event, hides it or takes it back leaves no relation. Before schema version 72
/// only relations of some kinds were written down.
Probe unrelated() {
    return {.id = "relation-missing",
            .severity = Severity::warning,
            .title = "{} events relate to another and have no row in event_relations",
            .explanation = "Reactions, edits and messages of threads that nobody is shown as such.",
            .fix = {"", "get the rows of event_relations back from a backup", false},
            .tables = {"events", "event_json", "event_relations", "redactions", "rejections"},
            .columns = {"events.state_key"},
            .unless = {"event_arbitrary_relations"},
            .walk = Walk{"events", "stream_ordering"},
            .sql = "SELECT e.event_id FROM events e JOIN event_json j USING (event_id) WHERE " +
                   in_range("e.stream_ordering") +
                   " AND NOT e.outlier AND e.type <> 'm.room.redaction' AND e.state_key IS NULL "
                   "AND position('m.relates_to' IN j.json) > 0 AND NOT EXISTS (SELECT FROM "
                   "event_relations r WHERE r.event_id = e.event_id) AND NOT EXISTS (SELECT FROM "
                   "redactions d WHERE d.redacts = e.event_id) AND NOT EXISTS (SELECT FROM "
                   "rejections x WHERE x.event_id = e.event_id) AND CASE WHEN " +
                   unreadable_json("j.json") +
                   " THEN false ELSE json_typeof(j.json::json #> '{content,m.relates_to,rel_type}')"
                   " = 'string' AND json_typeof(j.json::json #> "
                   "'{content,m.relates_to,event_id}') = 'string' END"};
}

Probe otherwise_related() {
    return {.id = "relation-different",
            .severity = Severity::warning,
            .title = "{} rows of event_relations say something else than their event",
            .explanation =
                "A reaction, an edit or a message of a thread is shown at another event, "
                "or as something else.",
            .fix = {"", "get the rows of event_relations back from a backup", false},
            .tables = {"event_relations", "event_json", "redactions"},
            .walk = Walk{"event_relations", "event_id", true},
            .sql =
                "SELECT r.event_id FROM event_relations r JOIN event_json j USING (event_id) "
                "WHERE " +
                in_range("r.event_id") +
                " AND NOT EXISTS (SELECT FROM redactions d WHERE d.redacts = r.event_id) AND "
                "CASE WHEN " +
                unreadable_json("j.json") +
                " THEN false ELSE (r.relates_to_id, r.relation_type) IS DISTINCT FROM "
                "(j.json::json #>> '{content,m.relates_to,event_id}', j.json::json #>> "
                "'{content,m.relates_to,rel_type}') END"};
}

Probe receipt_ordering() {
    return {.id = "receipt-ordering",
            .severity = Severity::warning,
            .title = "{} receipts have another stream ordering than the event that they are for",
            .explanation = "Unread counts begin at the wrong event.",
            .fix = synschema::update_rows(
                "receipts_linearized",
                "event_stream_ordering = (SELECT e.stream_ordering FROM events e WHERE e.event_id "
                "= receipts_linearized.event_id)",
                "event_stream_ordering <> (SELECT e.stream_ordering FROM events e WHERE e.event_id "
                "= receipts_linearized.event_id AND e.room_id = receipts_linearized.room_id)"),
            .tables = {"receipts_linearized", "events"},
            .columns = {"receipts_linearized.event_stream_ordering"},
            .unless = {"populate_event_stream_ordering"},
            .walk = Walk{"receipts_linearized", "stream_id"},
            .sql =
                "SELECT r.user_id || ' ' || r.event_id FROM receipts_linearized r JOIN events e "
                "USING (event_id) WHERE " +
                in_range("r.stream_id") +
                " AND e.room_id = r.room_id AND r.event_stream_ordering <> e.stream_ordering"};
}

}  // namespace

void add_relation_probes(Probes& probes) {
    by_event(probes);
    probes.push_back(push_actions());
    threads(probes);
    probes.push_back(uncensored());
    probes.push_back(unnoted());
    probes.push_back(unrelated());
    probes.push_back(otherwise_related());
    probes.push_back(receipt_ordering());
}

}  // namespace aksono::datacheck
