// SPDX-License-Identifier: Apache-2.0
#include "datacheck/dangling.h"
#include "datacheck/probes.h"
#include "synschema/fix.h"

namespace aksono::datacheck {

namespace {

using synschema::Severity;

const Walk kEvents{"events", "stream_ordering"};
const std::string kInRange = in_range("e.stream_ordering");

/// Without the index Synapse walks from event to event: slower, and right.
const synschema::Fix kRecalculate =
    synschema::update_rows("rooms", "has_auth_chain_index = false",
                           "room_id IN (SELECT room_id FROM events WHERE event_id IN ({}))");

void auth_events(Probes& probes) {
    probes.push_back(
        {.id = "state-event-without-auth",
         .severity = Severity::error,
         .title = "{} state events have no row in event_auth",
         .explanation = "What allows them is not known: state is resolved wrongly, and other "
                        "servers are told too little.",
         .fix = {"", "get the rows of event_auth back from a backup", false},
         .tables = {"events", "state_events", "event_auth", "rejections"},
         .walk = kEvents,
         .sql = "SELECT e.event_id FROM events e JOIN state_events s USING (event_id) WHERE " +
                kInRange +
                " AND NOT e.outlier AND e.type <> 'm.room.create' AND NOT EXISTS (SELECT FROM "
                "event_auth a WHERE a.event_id = e.event_id) AND NOT EXISTS (SELECT FROM "
                "rejections r WHERE r.event_id = e.event_id)"});
    // From version 12 on the m.room.create allows without being named.
    probes.push_back(
        {.id = "event-auth-incomplete",
         .severity = Severity::error,
         .title = "{} state events name auth events for which event_auth has no row",
         .explanation = "They are taken to be allowed by less than they are: state is resolved "
                        "wrongly, and other servers are told too little.",
         .fix = {"", "get the rows of event_auth back from a backup", false},
         .tables = {"events", "state_events", "event_json", "event_auth", "rejections"},
         .walk = kEvents,
         .sql = "SELECT e.event_id FROM events e JOIN state_events s USING (event_id) JOIN "
                "event_json j USING (event_id) WHERE " +
                kInRange +
                " AND NOT e.outlier AND e.type <> 'm.room.create' AND NOT EXISTS (SELECT FROM "
                "rejections r WHERE r.event_id = e.event_id) AND CASE WHEN " +
                unreadable_json("j.json") +
                " THEN false ELSE EXISTS (SELECT FROM json_array_elements(j.json::json -> "
                "'auth_events') v WHERE NOT EXISTS (SELECT FROM event_auth a WHERE a.event_id = "
                "e.event_id AND a.auth_id = CASE json_typeof(v) WHEN 'array' THEN v ->> 0 ELSE v "
                "#>> '{}' END)) END"});
    probes.push_back({.id = "auth-twice",
                      .severity = Severity::info,
                      .title = "{} events name the same auth event twice in event_auth",
                      .explanation = "It takes room, and does no harm.",
                      .fix = {"", "nothing needs to be done", true},
                      .tables = {"event_auth"},
                      .walk = Walk{"event_auth", "event_id", true},
                      .sql = "SELECT DISTINCT event_id FROM event_auth WHERE " +
                             in_range("event_id") +
                             " GROUP BY event_id, auth_id HAVING count(*) > 1"});
    probes.push_back(probe_of({.id = "auth-without-event",
                               .title = "{} rows of event_auth belong to no event",
                               .explanation = "Left over.",
                               .table = "event_auth",
                               .object = "event_auth.event_id",
                               .parent = "events",
                               .match = "events.event_id = event_auth.event_id",
                               .walk = "event_id",
                               .text = true}));
    // Of an outlier, as an invitation into a room elsewhere, the auth events need not be here.
    probes.push_back(
        {.id = "auth-event-missing",
         .severity = Severity::error,
         .title = "{} events are allowed by events that are not here",
         .explanation = "The auth chain of the event has a hole: state cannot be resolved rightly, "
                        "nor told to other servers.",
         .fix = {"", "get the missing events back from a backup", false},
         .tables = {"events", "event_auth"},
         .walk = kEvents,
         .sql =
             "SELECT DISTINCT e.event_id FROM events e JOIN event_auth a USING (event_id) WHERE " +
             kInRange +
             " AND NOT e.outlier AND NOT EXISTS (SELECT FROM events b WHERE b.event_id = "
             "a.auth_id)"});
}

void chains(Probes& probes) {
    probes.push_back(
        {.id = "chain-missing",
         .severity = Severity::error,
         .title = "{} state events have no place in the index of auth chains",
         .explanation = "Their room is marked as indexed (rooms.has_auth_chain_index): state is "
                        "resolved as if the event were allowed by nothing.",
         .fix = kRecalculate,
         .tables = {"events", "state_events", "rooms", "event_auth_chains",
                    "event_auth_chain_to_calculate"},
         .columns = {"rooms.has_auth_chain_index"},
         .walk = kEvents,
         .sql = "SELECT e.event_id FROM events e JOIN state_events s USING (event_id) JOIN rooms r "
                "ON r.room_id = e.room_id WHERE " +
                kInRange +
                " AND r.has_auth_chain_index AND NOT e.outlier AND NOT EXISTS (SELECT FROM "
                "event_auth_chains c WHERE c.event_id = e.event_id) AND NOT EXISTS (SELECT FROM "
                "event_auth_chain_to_calculate t WHERE t.event_id = e.event_id) AND NOT EXISTS "
                "(SELECT FROM rejections x WHERE x.event_id = e.event_id)"});
    probes.push_back(probe_of({.id = "chain-without-event",
                               .title = "{} rows of event_auth_chains belong to no event",
                               .explanation = "Left over from a room that was deleted.",
                               .table = "event_auth_chains",
                               .object = "event_auth_chains.event_id",
                               .parent = "events",
                               .match = "events.event_id = event_auth_chains.event_id",
                               .walk = "chain_id",
                               .unless = {"purged_chain_cover"}}));
    probes.push_back(
        {.id = "chain-order",
         .severity = Severity::error,
         .title = "{} events come before what allows them in their auth chain",
         .explanation = "State is resolved wrongly.",
         .fix = kRecalculate,
         .tables = {"event_auth_chains", "event_auth"},
         .walk = Walk{"event_auth_chains", "chain_id"},
         .sql = "SELECT c.event_id FROM event_auth_chains c JOIN event_auth a USING (event_id) "
                "JOIN event_auth_chains b ON b.event_id = a.auth_id WHERE " +
                in_range("c.chain_id") +
                " AND b.chain_id = c.chain_id AND b.sequence_number >= c.sequence_number"});
    // What can be reached from a place: the places before it in the chain, and what links of these
    // lead to. Of each chain that can be reached only the greatest place counts. OFFSET 0 keeps
    // each step to the index: how many there will be PostgreSQL cannot guess.
    probes.push_back(
        {.id = "chain-unlinked",
         .severity = Severity::error,
         .title = "{} events are not linked with what allows them in the index of auth chains",
         .explanation = "State is resolved as if they were allowed by less than they are.",
         .fix = kRecalculate,
         .tables = {"event_auth_chains", "event_auth_chain_links", "event_auth", "rooms"},
         .columns = {"rooms.has_auth_chain_index"},
         .walk = Walk{"event_auth_chains", "chain_id"},
         .sql = "SELECT DISTINCT c.event_id FROM event_auth_chains c JOIN event_auth a USING "
                "(event_id) JOIN event_auth_chains b ON b.event_id = a.auth_id JOIN rooms r ON "
                "r.room_id = a.room_id WHERE " +
                in_range("c.chain_id") +
                " AND r.has_auth_chain_index AND b.chain_id <> c.chain_id AND NOT EXISTS (WITH "
                "RECURSIVE reached (chain, place) AS (SELECT c.chain_id, c.sequence_number UNION "
                "SELECT l.target_chain_id, l.target_sequence_number FROM reached CROSS JOIN "
                "LATERAL (SELECT k.target_chain_id, k.target_sequence_number FROM "
                "event_auth_chain_links k WHERE k.origin_chain_id = chain AND "
                "k.origin_sequence_number <= place OFFSET 0) l) SELECT FROM reached WHERE chain = "
                "b.chain_id "
                "AND place >= b.sequence_number)"});
    probes.push_back(
        {.id = "chain-link-dangling",
         .severity = Severity::warning,
         .title = "{} links of auth chains lead to or from a chain that is not there",
         .explanation = "Left over from a room that was deleted.",
         .fix = synschema::delete_rows(
             "event_auth_chain_links",
             "NOT EXISTS (SELECT FROM event_auth_chains c WHERE c.chain_id = origin_chain_id) OR "
             "NOT EXISTS (SELECT FROM event_auth_chains c WHERE c.chain_id = target_chain_id)"),
         .tables = {"event_auth_chain_links", "event_auth_chains"},
         .unless = {"purged_chain_cover"},
         .walk = Walk{"event_auth_chain_links", "origin_chain_id"},
         .sql = "SELECT l.origin_chain_id || ' -> ' || l.target_chain_id FROM "
                "event_auth_chain_links l WHERE " +
                in_range("l.origin_chain_id") +
                " AND (NOT EXISTS (SELECT FROM event_auth_chains c WHERE c.chain_id = "
                "l.origin_chain_id) OR NOT EXISTS (SELECT FROM event_auth_chains c WHERE "
                "c.chain_id = l.target_chain_id))"});
}

void links(Probes& probes) {
    const Walk walk{"event_auth_chain_links", "origin_chain_id"};
    probes.push_back(
        {.id = "chain-link-beyond",
         .severity = Severity::warning,
         .title = "{} links of auth chains lead to or from a place that is not in its chain",
         .explanation = "State is resolved as if an event were allowed by more, or by less, than "
                        "it is.",
         .fix = synschema::update_rows(
             "rooms", "has_auth_chain_index = false",
             "room_id IN (SELECT e.room_id FROM event_auth_chain_links l JOIN event_auth_chains c "
             "ON c.chain_id = l.origin_chain_id JOIN events e USING (event_id) WHERE NOT EXISTS "
             "(SELECT FROM event_auth_chains t WHERE t.chain_id = l.target_chain_id AND "
             "t.sequence_number = l.target_sequence_number) OR NOT EXISTS (SELECT FROM "
             "event_auth_chains t WHERE t.chain_id = l.origin_chain_id AND t.sequence_number = "
             "l.origin_sequence_number))"),
         .tables = {"event_auth_chain_links", "event_auth_chains"},
         .unless = {"purged_chain_cover"},
         .walk = walk,
         .sql = "SELECT l.origin_chain_id || ' -> ' || l.target_chain_id FROM "
                "event_auth_chain_links l WHERE " +
                in_range("l.origin_chain_id") +
                " AND (NOT EXISTS (SELECT FROM event_auth_chains c WHERE c.chain_id = "
                "l.origin_chain_id AND c.sequence_number = l.origin_sequence_number) OR NOT EXISTS "
                "(SELECT FROM event_auth_chains c WHERE c.chain_id = l.target_chain_id AND "
                "c.sequence_number = l.target_sequence_number))"});
    probes.push_back(
        {.id = "chain-link-twice",
         .severity = Severity::info,
         .title = "{} links of auth chains are there twice",
         .explanation = "They take room, and do no harm.",
         .fix = {"", "nothing needs to be done", true},
         .tables = {"event_auth_chain_links"},
         .walk = walk,
         .sql = "SELECT origin_chain_id || ' -> ' || target_chain_id FROM event_auth_chain_links "
                "WHERE " +
                in_range("origin_chain_id") +
                " GROUP BY origin_chain_id, origin_sequence_number, target_chain_id, "
                "target_sequence_number HAVING count(*) > 1"});
}

}  // namespace

void add_auth_probes(Probes& probes) {
    auth_events(probes);
    chains(probes);
    links(probes);
}

}  // namespace aksono::datacheck
