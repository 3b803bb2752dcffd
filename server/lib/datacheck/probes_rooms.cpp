// SPDX-License-Identifier: Apache-2.0
#include "datacheck/dangling.h"
#include "datacheck/probes.h"
#include "synschema/fix.h"

namespace aksono::datacheck {

namespace {

using synschema::Severity;

const Walk kRooms{"rooms", "room_id", true};
const std::string kInRange = in_range("r.room_id");
const std::string kJoined =
    " AND EXISTS (SELECT FROM local_current_membership m WHERE m.room_id = r.room_id AND "
    "m.membership = 'join')";

constexpr const char* kVersionOfCreate =
    "room_version = coalesce((SELECT j.json::json #>> '{content,room_version}' FROM "
    "current_state_events c JOIN event_json j USING (event_id) WHERE c.room_id = rooms.room_id AND "
    "c.type = 'm.room.create' AND c.state_key = ''), '1')";

void versions(Probes& probes) {
    probes.push_back({.id = "room-version-missing",
                      .severity = Severity::error,
                      .title = "{} rooms with local members have no room version",
                      .explanation = "Without it events of the room can be neither read nor made.",
                      .fix = synschema::update_rows("rooms", kVersionOfCreate,
                                                    "room_id IN ({}) AND room_version IS NULL"),
                      .tables = {"rooms", "local_current_membership"},
                      .columns = {"rooms.room_version"},
                      .unless = {"add_rooms_room_version_column"},
                      .walk = kRooms,
                      .sql = "SELECT r.room_id FROM rooms r WHERE " + kInRange + kJoined +
                             " AND r.room_version IS NULL"});
    probes.push_back(
        {.id = "room-version-different",
         .severity = Severity::error,
         .title = "{} rooms have another room version than their m.room.create says",
         .explanation = "Event ids, signatures and rules are those of another version: what is "
                        "sent is refused by other servers.",
         .fix = synschema::update_rows("rooms", kVersionOfCreate, "room_id IN ({})"),
         .tables = {"rooms", "current_state_events", "event_json"},
         .columns = {"rooms.room_version"},
         .unless = {"add_rooms_room_version_column"},
         .walk = kRooms,
         .sql = "SELECT r.room_id FROM rooms r JOIN current_state_events c ON c.room_id = "
                "r.room_id AND c.type = 'm.room.create' AND c.state_key = '' JOIN event_json j ON "
                "j.event_id = c.event_id WHERE " +
                kInRange + " AND CASE WHEN " + unreadable_json("j.json") +
                " THEN false ELSE "
                "coalesce(j.json::json #>> '{content,room_version}', '1') <> r.room_version END"});
    probes.push_back(
        {.id = "room-depth-missing",
         .severity = Severity::warning,
         .title = "{} rooms with local members have no row in room_depth",
         .explanation = "How far back the room's history is here is not known.",
         .fix = {"INSERT INTO room_depth (room_id, min_depth) SELECT room_id, min(depth) FROM "
                 "events WHERE room_id IN ({}) AND NOT outlier GROUP BY room_id",
                 "", false},
         .tables = {"rooms", "local_current_membership", "room_depth"},
         .walk = kRooms,
         .sql = "SELECT r.room_id FROM rooms r WHERE " + kInRange + kJoined +
                " AND NOT EXISTS (SELECT FROM room_depth d WHERE d.room_id = r.room_id)"});
}

void aliases(Probes& probes) {
    probes.push_back(probe_of({.id = "alias-without-room",
                               .severity = Severity::info,
                               .title = "{} aliases lead to rooms that are not here",
                               .explanation = "Whoever follows one gets an error.",
                               .table = "room_aliases",
                               .object = "room_aliases.room_alias",
                               .parent = "rooms",
                               .match = "rooms.room_id = room_aliases.room_id",
                               .walk = "room_alias",
                               .text = true}));
    probes.push_back(
        probe_of({.id = "alias-without-servers",
                  .title = "{} aliases have no row in room_alias_servers",
                  .explanation = "The alias is there and cannot be resolved, nor made again.",
                  .table = "room_aliases",
                  .object = "room_aliases.room_alias",
                  .parent = "room_alias_servers",
                  .match = "room_alias_servers.room_alias = room_aliases.room_alias",
                  .walk = "room_alias",
                  .text = true}));
    probes.push_back(probe_of({.id = "alias-servers-left",
                               .severity = Severity::info,
                               .title = "{} rows of room_alias_servers are of no alias",
                               .explanation = "Left over.",
                               .table = "room_alias_servers",
                               .object = "room_alias_servers.room_alias",
                               .parent = "room_aliases",
                               .match = "room_aliases.room_alias = room_alias_servers.room_alias",
                               .walk = "room_alias",
                               .text = true}));
}

/// Statistics follow the stream of state; a room that they have not reached yet is left alone.
void statistics(Probes& probes) {
    probes.push_back(
        {.id = "room-stats-wrong",
         .severity = Severity::info,
         .title = "{} rooms have another number of members in room_stats_current",
         .explanation = "The room directory and the admin API show the wrong number.",
         .fix = {"",
                 "let Synapse count again: POST /_synapse/admin/v1/background_updates/start_job "
                 "with {\"job_name\": \"populate_stats_process_rooms\"}",
                 true},
         .tables = {"rooms", "room_stats_current", "current_state_events",
                    "current_state_delta_stream", "local_current_membership",
                    "stats_incremental_position"},
         .columns = {"current_state_events.membership"},
         .unless = {"populate_stats_process_rooms", "current_state_events_membership"},
         .walk = kRooms,
         .sql = "SELECT r.room_id FROM rooms r JOIN room_stats_current s USING (room_id) WHERE " +
                kInRange + kJoined +
                " AND NOT EXISTS (SELECT FROM current_state_delta_stream d WHERE d.room_id = "
                "r.room_id AND d.stream_id > least(s.completed_delta_stream_id, (SELECT stream_id "
                "FROM stats_incremental_position))) AND s.joined_members <> (SELECT count(*) FROM "
                "current_state_events c WHERE c.room_id = r.room_id AND c.type = 'm.room.member' "
                "AND c.membership = 'join')"});
    probes.push_back(
        {.id = "user-directory-unknown-user",
         .severity = Severity::info,
         .title = "{} local users are in the user directory and not in users",
         .explanation = "Searches for people find somebody who is not here.",
         .fix = synschema::delete_rows(
             "user_directory",
             of_this_server("user_id") +
                 " AND NOT EXISTS (SELECT FROM users u WHERE u.name = user_directory.user_id)"),
         .tables = {"user_directory", "users"},
         .unless = {"populate_user_directory_createtables", "populate_user_directory_process_rooms",
                    "populate_user_directory_process_users", "populate_user_directory_cleanup"},
         .walk = Walk{"user_directory", "user_id", true},
         .sql = "SELECT d.user_id FROM user_directory d WHERE " + in_range("d.user_id") + " AND " +
                of_this_server("d.user_id") +
                " AND NOT EXISTS (SELECT FROM users u WHERE u.name = d.user_id)"});
}

const std::vector<std::string> kWaiting = {
    "sliding_sync_prefill_joined_rooms_to_recalculate_table_bg_update",
    "sliding_sync_joined_rooms_bg_update", "sliding_sync_membership_snapshots_bg_update",
    "sliding_sync_membership_snapshots_fix_forgotten_column_bg_update"};
// Synapse makes an empty one of these tables anew when it starts.
const auto kRebuildRooms = synschema::delete_rows("sliding_sync_joined_rooms", "true");
const auto kRebuildMemberships =
    synschema::delete_rows("sliding_sync_membership_snapshots", "true");

void sliding_rooms(Probes& probes) {
    probes.push_back(
        {.id = "sliding-room-missing",
         .severity = Severity::warning,
         .title = "{} rooms with local members have no row in sliding_sync_joined_rooms",
         .explanation = "Clients of sliding sync do not see the room.",
         .fix = kRebuildRooms,
         .tables = {"rooms", "local_current_membership", "sliding_sync_joined_rooms",
                    "sliding_sync_joined_rooms_to_recalculate", "current_state_events"},
         .unless = kWaiting,
         .walk = kRooms,
         .sql = "SELECT r.room_id FROM rooms r WHERE " + kInRange + kJoined +
                " AND NOT EXISTS (SELECT FROM sliding_sync_joined_rooms s WHERE s.room_id = "
                "r.room_id) AND NOT EXISTS (SELECT FROM sliding_sync_joined_rooms_to_recalculate t "
                "WHERE t.room_id = r.room_id)"});
    probes.push_back(
        {.id = "sliding-room-wrong",
         .severity = Severity::warning,
         .title = "{} rows of sliding_sync_joined_rooms do not agree with the state of the room",
         .explanation = "Clients of sliding sync are told the wrong thing of the room, or "
                        "filter it wrongly.",
         .fix = kRebuildRooms,
         .tables = {"rooms", "sliding_sync_joined_rooms", "current_state_events",
                    "sliding_sync_joined_rooms_to_recalculate", "local_current_membership"},
         .unless = kWaiting,
         .walk = kRooms,
         .sql = "SELECT r.room_id FROM rooms r JOIN sliding_sync_joined_rooms s USING (room_id) "
                "WHERE " +
                kInRange + kJoined +
                " AND NOT EXISTS (SELECT FROM sliding_sync_joined_rooms_to_recalculate t WHERE "
                "t.room_id = r.room_id) AND (s.is_encrypted <> EXISTS (SELECT FROM "
                "current_state_events c WHERE c.room_id = r.room_id AND c.type = "
                "'m.room.encryption' AND c.state_key = '') OR s.event_stream_ordering IS DISTINCT "
                "FROM (SELECT e.stream_ordering FROM events e WHERE e.room_id = r.room_id AND "
                "e.stream_ordering > 0 AND NOT e.outlier AND NOT EXISTS (SELECT FROM rejections x "
                "WHERE x.event_id = e.event_id) ORDER BY e.stream_ordering DESC LIMIT 1))"});
}

void sliding_memberships(Probes& probes) {
    probes.push_back(
        {.id = "sliding-membership-missing",
         .severity = Severity::warning,
         .title = "{} memberships of local users have no row in sliding_sync_membership_snapshots",
         .explanation = "Clients of sliding sync do not see the room, or the invitation.",
         .fix = kRebuildMemberships,
         .tables = {"local_current_membership", "sliding_sync_membership_snapshots"},
         .unless = kWaiting,
         .walk = Walk{"local_current_membership", "room_id", true},
         .sql = "SELECT l.room_id || ' ' || l.user_id FROM local_current_membership l WHERE " +
                in_range("l.room_id") +
                " AND NOT EXISTS (SELECT FROM sliding_sync_membership_snapshots s WHERE s.room_id "
                "= l.room_id AND s.user_id = l.user_id)"});
    probes.push_back(
        {.id = "sliding-membership-wrong",
         .severity = Severity::warning,
         .title = "{} rows of sliding_sync_membership_snapshots have another event or membership "
                  "than local_current_membership",
         .explanation = "Clients of sliding sync are told that the user is in the room, or "
                        "not, when it is the other way round.",
         .fix = kRebuildMemberships,
         .tables = {"local_current_membership", "sliding_sync_membership_snapshots"},
         .unless = kWaiting,
         .walk = Walk{"local_current_membership", "room_id", true},
         .sql = "SELECT l.room_id || ' ' || l.user_id FROM local_current_membership l JOIN "
                "sliding_sync_membership_snapshots s USING (room_id, user_id) WHERE " +
                in_range("l.room_id") +
                " AND (l.event_id, l.membership) IS DISTINCT FROM (s.membership_event_id, "
                "s.membership)"});
    probes.push_back(
        {.id = "sliding-forgotten-wrong",
         .severity = Severity::info,
         .title = "{} rows of sliding_sync_membership_snapshots do not know whether the room is "
                  "forgotten",
         .explanation = "Clients of sliding sync see a room that the user has forgotten, or "
                        "do not see one that is not. An older Synapse that ran meanwhile leaves "
                        "such rows.",
         .fix = kRebuildMemberships,
         .tables = {"sliding_sync_membership_snapshots", "room_memberships",
                    "local_current_membership"},
         .unless = kWaiting,
         .walk = Walk{"local_current_membership", "room_id", true},
         .sql = "SELECT l.room_id || ' ' || l.user_id FROM local_current_membership l JOIN "
                "sliding_sync_membership_snapshots s USING (room_id, user_id) JOIN "
                "room_memberships m ON m.event_id = l.event_id WHERE " +
                in_range("l.room_id") + " AND s.forgotten <> m.forgotten"});
}

}  // namespace

void add_room_probes(Probes& probes) {
    versions(probes);
    aliases(probes);
    statistics(probes);
    sliding_rooms(probes);
    sliding_memberships(probes);
}

}  // namespace aksono::datacheck
