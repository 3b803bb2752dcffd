// SPDX-License-Identifier: Apache-2.0
#include "datacheck/dangling.h"
#include "datacheck/probes.h"
#include "synschema/fix.h"

namespace aksono::datacheck {

namespace {

using synschema::Severity;

const Walk kMemberships{"room_memberships", "event_id", true};
const Walk kLocal{"local_current_membership", "room_id", true};
constexpr const char* kBackup = "get the rows of room_memberships back from a backup";

void history(Probes& probes) {
    probes.push_back(
        probe_of({.id = "membership-without-event",
                  .title = "{} rows of room_memberships belong to no event",
                  .explanation = "Left over; lists of a user's rooms may hold too many.",
                  .table = "room_memberships",
                  .object = "room_memberships.event_id",
                  .parent = "events",
                  .match = "events.event_id = room_memberships.event_id",
                  .walk = "event_id",
                  .text = true}));
    probes.push_back(
        {.id = "member-event-without-row",
         .severity = Severity::error,
         .title = "{} m.room.member events have no row in room_memberships",
         .explanation = "Who comes and goes by them is not noticed.",
         .fix = {"", kBackup, false},
         .tables = {"events", "state_events", "room_memberships", "rejections"},
         .walk = Walk{"events", "stream_ordering"},
         .sql = "SELECT e.event_id FROM events e JOIN state_events s USING (event_id) WHERE " +
                in_range("e.stream_ordering") +
                " AND e.type = 'm.room.member' AND NOT EXISTS (SELECT FROM room_memberships m "
                "WHERE m.event_id = e.event_id) AND NOT EXISTS (SELECT FROM rejections r WHERE "
                "r.event_id = e.event_id)"});
    probes.push_back(
        {.id = "membership-different",
         .severity = Severity::error,
         .title = "{} rows of room_memberships are about another user or room than their event",
         .explanation = "Somebody is taken to be where somebody else is.",
         .fix = {"", kBackup, false},
         .tables = {"room_memberships", "state_events"},
         .walk = kMemberships,
         .sql = "SELECT m.event_id FROM room_memberships m JOIN state_events s USING (event_id) "
                "WHERE " +
                in_range("m.event_id") +
                " AND (s.state_key, s.room_id) IS DISTINCT FROM (m.user_id, m.room_id)"});
    probes.push_back(
        {.id = "membership-not-of-event",
         .severity = Severity::error,
         .title = "{} rows of room_memberships have another membership than their event",
         .explanation = "Somebody is taken to have joined, left or been banned who has not.",
         .fix = {"", kBackup, false},
         .tables = {"room_memberships", "event_json"},
         .walk = kMemberships,
         .sql = "SELECT m.event_id FROM room_memberships m JOIN event_json j USING (event_id) "
                "WHERE " +
                in_range("m.event_id") + " AND CASE WHEN " + unreadable_json("j.json") +
                " THEN false ELSE "
                "j.json::json #>> '{content,membership}' IS DISTINCT FROM m.membership END"});
    probes.push_back(
        {.id = "membership-ordering",
         .severity = Severity::warning,
         .title = "{} rows of room_memberships have another stream ordering than their event",
         .explanation = "A trigger keeps such rows out: it was off.",
         .fix = synschema::update_rows(
             "room_memberships",
             "event_stream_ordering = (SELECT e.stream_ordering FROM events e WHERE e.event_id = "
             "room_memberships.event_id)",
             "event_stream_ordering <> (SELECT e.stream_ordering FROM events e WHERE e.event_id = "
             "room_memberships.event_id)"),
         .tables = {"room_memberships", "events"},
         .columns = {"room_memberships.event_stream_ordering"},
         .walk = kMemberships,
         .sql = "SELECT m.event_id FROM room_memberships m JOIN events e USING (event_id) WHERE " +
                in_range("m.event_id") + " AND m.event_stream_ordering <> e.stream_ordering"});
}

void local(Probes& probes) {
    const std::string wrong =
        "SELECT c.room_id || ' ' || c.state_key FROM current_state_events c JOIN users u ON u.name "
        "= c.state_key LEFT JOIN local_current_membership l ON l.room_id = c.room_id AND "
        "l.user_id = c.state_key WHERE " +
        in_range("c.room_id") + " AND c.type = 'm.room.member' AND ";
    probes.push_back(
        {.id = "local-membership-missing",
         .severity = Severity::error,
         .title = "{} members of rooms have no row in local_current_membership",
         .explanation = "The user does not see the room, though others see the user in it.",
         .fix = {"INSERT INTO local_current_membership (room_id, user_id, event_id, membership) "
                 "SELECT c.room_id, c.state_key, c.event_id, c.membership FROM "
                 "current_state_events c JOIN users u ON u.name = c.state_key WHERE c.type = "
                 "'m.room.member' ON CONFLICT DO NOTHING",
                 "", false},
         .tables = {"current_state_events", "local_current_membership", "users"},
         .unless = {"current_state_events_membership"},
         .walk = Walk{"current_state_events", "room_id", true},
         .sql = wrong + "l.user_id IS NULL"});
    probes.push_back(
        {.id = "local-membership-different",
         .severity = Severity::error,
         .title = "{} members of rooms have another event or membership in "
                  "local_current_membership than in the state of the room",
         .explanation = "The user sees the room otherwise than others see the user in it.",
         .fix = synschema::update_rows(
             "local_current_membership",
             "(event_id, membership) = (SELECT c.event_id, c.membership FROM current_state_events "
             "c WHERE c.room_id = local_current_membership.room_id AND c.type = 'm.room.member' "
             "AND c.state_key = local_current_membership.user_id)",
             "(event_id, membership) <> (SELECT c.event_id, c.membership FROM "
             "current_state_events c WHERE c.room_id = local_current_membership.room_id AND c.type "
             "= 'm.room.member' AND c.state_key = local_current_membership.user_id)"),
         .tables = {"current_state_events", "local_current_membership", "users"},
         .columns = {"current_state_events.membership"},
         .unless = {"current_state_events_membership"},
         .walk = Walk{"current_state_events", "room_id", true},
         .sql = wrong + "(l.event_id, l.membership) IS DISTINCT FROM (c.event_id, c.membership) "
                        "AND l.user_id IS NOT NULL"});
    // Were the type a constant, PostgreSQL could take the index of members by user: who is in
    // thousands of rooms would be gone through for each of them.
    probes.push_back(
        {.id = "local-membership-stale",
         .severity = Severity::error,
         .title = "{} users are in rooms whose state does not have them",
         .explanation = "The user sees the room, and whatever is done in it is refused.",
         .fix = {"", "let the user leave and join the room again", true},
         .tables = {"local_current_membership", "current_state_events"},
         .walk = kLocal,
         .sql =
             "SELECT l.room_id || ' ' || l.user_id FROM local_current_membership l WHERE " +
             in_range("l.room_id") +
             " AND l.membership = 'join' AND NOT EXISTS (SELECT FROM current_state_events c "
             "WHERE c.room_id = l.room_id AND c.type = (SELECT 'm.room.member') AND c.state_key = "
             "l.user_id)"});
    probes.push_back(probe_of(
        {.id = "local-membership-without-event",
         .title = "{} rows of local_current_membership are about no event",
         .explanation = "Lists of the user's rooms fail or show too many.",
         .table = "local_current_membership",
         .object = "local_current_membership.room_id || ' ' || local_current_membership.user_id",
         .parent = "events",
         .match = "events.event_id = local_current_membership.event_id",
         .walk = "room_id",
         .text = true}));
    probes.push_back(probe_of(
        {.id = "local-membership-without-user",
         .severity = Severity::info,
         .title = "{} rows of local_current_membership are of users that are not here",
         .explanation = "Left over, or an invitation to somebody who never registered.",
         .table = "local_current_membership",
         .object = "local_current_membership.room_id || ' ' || local_current_membership.user_id",
         .parent = "users",
         .match = "users.name = local_current_membership.user_id",
         .walk = "room_id",
         .text = true}));
}

void forgotten(Probes& probes) {
    probes.push_back(
        {.id = "forgotten-half",
         .severity = Severity::info,
         .title = "{} rooms are forgotten by users in some of their memberships only",
         .explanation = "Forgetting marks all memberships of a user in a room that were there.",
         .fix = {"", "nothing needs to be done", true},
         .tables = {"local_current_membership", "room_memberships"},
         .walk = kLocal,
         .sql = "SELECT l.room_id || ' ' || l.user_id FROM local_current_membership l JOIN "
                "room_memberships m USING (event_id) WHERE " +
                in_range("l.room_id") +
                " AND m.forgotten = 1 AND EXISTS (SELECT FROM room_memberships o WHERE o.user_id = "
                "l.user_id AND o.room_id = l.room_id AND o.forgotten = 0)"});
    probes.push_back(
        {.id = "forgotten-joined",
         .severity = Severity::warning,
         .title = "{} users have forgotten rooms that they are in",
         .explanation = "Only a room that was left can be forgotten; the user does not see it.",
         .fix = synschema::update_rows(
             "room_memberships", "forgotten = 0",
             "forgotten = 1 AND event_id IN (SELECT event_id FROM local_current_membership WHERE "
             "membership IN ('join', 'invite', 'knock'))"),
         .tables = {"local_current_membership", "room_memberships"},
         .walk = kLocal,
         .sql = "SELECT l.room_id || ' ' || l.user_id FROM local_current_membership l JOIN "
                "room_memberships m USING (event_id) WHERE " +
                in_range("l.room_id") +
                " AND m.forgotten = 1 AND l.membership IN ('join', 'invite', 'knock')"});
}

}  // namespace

void add_membership_probes(Probes& probes) {
    history(probes);
    local(probes);
    forgotten(probes);
}

}  // namespace aksono::datacheck
