// SPDX-License-Identifier: Apache-2.0
#include "datacheck/dangling.h"
#include "datacheck/probes.h"
#include "synschema/fix.h"

namespace aksono::datacheck {

namespace {

using synschema::Severity;

constexpr const char* kNow = "(extract(epoch FROM now()) * 1000)";

/// A table of one row that says how far a stream was worked off.
Probe position(const std::string& id, const std::string& table, const std::string& column,
               const std::string& sequence, const std::string& consequence) {
    const auto last =
        "(SELECT last_value FROM pg_sequences WHERE schemaname = current_schema() AND "
        "sequencename = '" +
        sequence + "')";
    return {.id = id + "-position-ahead",
            .severity = Severity::error,
            .title = table + " is ahead of its stream",
            .explanation = "It is beyond the last number of " + sequence + ". " + consequence,
            .fix = synschema::update_rows(table, column + " = " + last, column + " > " + last),
            .tables = {table},
            .columns = {table + "." + column},
            .sql = "SELECT '" + table + "' FROM " + table + " WHERE " + column + " > " + last};
}

void positions(Probes& probes) {
    const std::string events = "events_stream_seq";
    probes.push_back(position("stats", "stats_incremental_position", "stream_id", events,
                              "Statistics stand still until the stream gets there."));
    probes.push_back(position("user-directory", "user_directory_stream_pos", "stream_id", events,
                              "The user directory stands still until the stream gets there."));
    probes.push_back(position("appservice", "appservice_stream_position", "stream_ordering", events,
                              "Application services are told of no events until the stream gets "
                              "there."));
    probes.push_back(position("push-summary", "event_push_summary_stream_ordering",
                              "stream_ordering", events,
                              "Unread counts stay wrong until the stream gets there."));
    probes.push_back(position("room-forgetter", "room_forgetter_stream_pos", "stream_id", events,
                              "Rooms that users leave are not forgotten until the stream gets "
                              "there."));
    probes.push_back(position("delayed-events", "delayed_events_stream_pos", "stream_id", events,
                              "Delayed events are not cancelled until the stream gets there."));
    probes.push_back(position("federation", "federation_stream_position", "stream_id", events,
                              "Other servers are sent no events until the stream gets there."));
    probes.back().sql += " AND type = 'events'";
    probes.push_back(position("push-receipts", "event_push_summary_last_receipt_stream_id",
                              "stream_id", "receipts_sequence",
                              "Unread counts stay wrong until the stream gets there."));
    probes.push_back(
        position("device-lists", "device_lists_changes_converted_stream_position", "stream_id",
                 "device_lists_sequence",
                 "Other servers are not told of devices until the stream gets there."));
}

void work(Probes& probes) {
    probes.push_back(
        {.id = "background-update-blocked",
         .severity = Severity::info,
         .title = "{} background updates wait for one that is not queued",
         .explanation = "Synapse takes that one for done and goes on.",
         .fix = {"", "nothing needs to be done", true},
         .tables = {"background_updates"},
         .sql =
             "SELECT b.update_name FROM background_updates b WHERE b.depends_on IS NOT NULL AND "
             "NOT EXISTS (SELECT FROM background_updates o WHERE o.update_name = b.depends_on)"});
    probes.push_back(
        {.id = "background-update-cycle",
         .severity = Severity::error,
         .title = "{} background updates wait, in the end, for themselves",
         .explanation = "Synapse stops working on its queue with an error.",
         .fix = synschema::update_rows("background_updates", "depends_on = NULL",
                                       "update_name IN ({})"),
         .tables = {"background_updates"},
         .sql =
             "SELECT b.update_name FROM background_updates b WHERE EXISTS (WITH RECURSIVE before "
             "(name) AS (SELECT b.depends_on UNION SELECT o.depends_on FROM before JOIN "
             "background_updates o ON o.update_name = before.name) SELECT FROM before WHERE name "
             "= b.update_name)"});
    probes.push_back(
        {.id = "background-update-progress",
         .severity = Severity::error,
         .title = "{} background updates have a progress that is no JSON object",
         .explanation = "The update fails whenever it is tried, and stops those behind it.",
         .fix = synschema::update_rows("background_updates", "progress_json = '{ }'",
                                       "update_name IN ({})"),
         .tables = {"background_updates"},
         .sql = "SELECT update_name FROM background_updates WHERE progress_json IS NULL OR "
                "progress_json !~ '^\\s*[{].*[}]\\s*$'"});
    probes.push_back(
        {.id = "task-unknown-state",
         .severity = Severity::warning,
         .title = "{} rows of scheduled_tasks are in a state that Synapse does not know",
         .explanation = "Nobody takes the task up, and nobody clears it away.",
         .fix = synschema::update_rows("scheduled_tasks", "status = 'scheduled'", "id IN ({})"),
         .tables = {"scheduled_tasks"},
         .sql = "SELECT id FROM scheduled_tasks WHERE status NOT IN ('scheduled', 'active', "
                "'complete', 'cancelled', 'failed')"});
    probes.push_back(
        {.id = "task-old",
         .severity = Severity::info,
         .title = "{} scheduled tasks have been due or at work for over a day",
         .explanation = "A room may be half purged, a user half deactivated, until they are done.",
         .fix = {"", "let the server run; it takes them up again", true},
         .tables = {"scheduled_tasks"},
         .sql = std::string("SELECT id || ' ' || action FROM scheduled_tasks WHERE status IN "
                            "('scheduled', 'active') AND timestamp < ") +
                kNow + " - 86400000"});
    probes.push_back(
        {.id = "task-failed",
         .severity = Severity::info,
         .title = "{} scheduled tasks have failed",
         .explanation = "The column error says why.",
         .fix = {"", "look at scheduled_tasks.error; give the order again", true},
         .tables = {"scheduled_tasks"},
         .sql = "SELECT id || ' ' || action FROM scheduled_tasks WHERE status = 'failed'"});
    probes.push_back(
        {.id = "delayed-event-late",
         .severity = Severity::info,
         .title = "{} delayed events should have been sent over an hour ago",
         .explanation = "Calls that ended still show as going on.",
         .fix = {"", "let the server run; it sends them when it starts", true},
         .tables = {"delayed_events"},
         .sql = std::string("SELECT delay_id FROM delayed_events WHERE NOT is_processed AND "
                            "send_ts < ") +
                kNow + " - 3600000"});
}

void locks(Probes& probes) {
    const std::string stale = std::string(" WHERE last_renewed_ts < ") + kNow + " - 600000";
    probes.push_back({.id = "lock-stale",
                      .severity = Severity::info,
                      .title = "{} locks of workers were not renewed for ten minutes",
                      .explanation = "A process that was killed left them; they do no harm.",
                      .fix = {"", "nothing needs to be done", true},
                      .tables = {"worker_locks"},
                      .sql = "SELECT lock_name || ' ' || lock_key FROM worker_locks" + stale});
    probes.push_back(
        {.id = "partial-state-room",
         .severity = Severity::info,
         .title = "{} rooms have been joined and their state is not whole yet",
         .explanation = "Requests for them wait. Aksono does not finish such joins: let Synapse do "
                        "it before cutting over.",
         .fix = {"", "let Synapse run until it has fetched the state", true},
         .tables = {"partial_state_rooms"},
         .walk = Walk{"partial_state_rooms", "room_id", true},
         .sql = "SELECT room_id FROM partial_state_rooms WHERE " + in_range("room_id")});
    probes.push_back(
        {.id = "partial-state-event-whole",
         .severity = Severity::warning,
         .title = "{} events are marked as of partial state in rooms that are whole",
         .explanation = "Requests for their state wait for ever.",
         .fix = synschema::delete_rows("partial_state_events",
                                       "NOT EXISTS (SELECT FROM partial_state_rooms p WHERE "
                                       "p.room_id = partial_state_events.room_id)"),
         .tables = {"partial_state_events", "partial_state_rooms"},
         .walk = Walk{"partial_state_events", "event_id", true},
         .sql = "SELECT e.event_id FROM partial_state_events e WHERE " + in_range("e.event_id") +
                " AND NOT EXISTS (SELECT FROM partial_state_rooms p WHERE p.room_id = e.room_id)"});
    probes.push_back({.id = "deactivation-pending",
                      .severity = Severity::info,
                      .title = "{} users are being deactivated",
                      .explanation = "The server takes them out of their rooms, one by one.",
                      .fix = {"", "let the server run", true},
                      .tables = {"users_pending_deactivation"},
                      .sql = "SELECT user_id FROM users_pending_deactivation"});
}

void media(Probes& probes) {
    probes.push_back(probe_of(
        {.id = "thumbnail-without-media",
         .title = "{} thumbnails belong to media that is not here",
         .explanation = "Left over.",
         .table = "local_media_repository_thumbnails",
         .object = "DISTINCT local_media_repository_thumbnails.media_id",
         .parent = "local_media_repository",
         .match = "local_media_repository.media_id = local_media_repository_thumbnails.media_id",
         .walk = "media_id",
         .text = true}));
    probes.push_back(probe_of(
        {.id = "remote-thumbnail-without-media",
         .title = "{} thumbnails belong to remote media that is not here",
         .explanation = "Left over.",
         .table = "remote_media_cache_thumbnails",
         .object = "DISTINCT remote_media_cache_thumbnails.media_origin || '/' || "
                   "remote_media_cache_thumbnails.media_id",
         .parent = "remote_media_cache",
         .match = "remote_media_cache.media_origin = remote_media_cache_thumbnails.media_origin "
                  "AND remote_media_cache.media_id = remote_media_cache_thumbnails.media_id",
         .walk = "media_origin",
         .text = true}));
    probes.push_back(probe_of({.id = "media-without-user",
                               .severity = Severity::info,
                               .title = "{} files were uploaded by users that are not here",
                               .explanation = "Nothing is wrong with the files.",
                               .table = "local_media_repository",
                               .object = "local_media_repository.media_id",
                               .parent = "users",
                               .match = "users.name = local_media_repository.user_id",
                               .also = "local_media_repository.user_id IS NOT NULL",
                               .walk = "media_id",
                               .text = true}));
}

}  // namespace

void add_bookkeeping_probes(Probes& probes) {
    positions(probes);
    work(probes);
    locks(probes);
    media(probes);
}

}  // namespace aksono::datacheck
