// SPDX-License-Identifier: Apache-2.0
#include "rollback_losses.h"

#include <array>

namespace aksono::synschema {

namespace {

// The release is the first one of the schema version that has the rows, or the first one in which
// they were seen.
constexpr std::array<RollbackLoss, 8> kLosses{{
    {"suspended-users",
     {1, 107, 0},
     "users",
     "suspended",
     "suspended",
     Severity::warning,
     "suspended users can do everything again",
     "Suspension is not known before 1.107.0. Lock or deactivate them if that matters."},
    {"authenticated-media",
     {1, 112, 0},
     "local_media_repository",
     "authenticated",
     "authenticated",
     Severity::warning,
     "local media can be fetched without an access token",
     "Releases before 1.112.0 serve all media to everybody who knows the address."},
    {"sliding-sync",
     {1, 114, 0},
     "sliding_sync_joined_rooms",
     "room_id",
     "true",
     Severity::info,
     "rooms in the tables of sliding sync are not kept up to date",
     "The next release from 1.114.0 on finds that out when it starts and fills the tables again, "
     "in background updates. Until then clients that use sliding sync do not get on."},
    {"delayed-events",
     {1, 116, 0},
     "delayed_events",
     "is_processed",
     "NOT is_processed",
     Severity::warning,
     "delayed events wait until a newer release runs again",
     "Among them may be the hang-ups of calls."},
    {"profile-fields",
     {1, 116, 0},
     "profiles",
     "fields",
     "fields IS NOT NULL AND fields <> '{}'",
     Severity::info,
     "users have profile fields that are not shown",
     "They stay in the table."},
    {"thread-subscriptions",
     {1, 140, 0},
     "thread_subscriptions",
     "subscribed",
     "subscribed",
     Severity::info,
     "subscriptions to threads have no effect",
     "They stay in the table."},
    {"sticky-events",
     {1, 143, 0},
     "sticky_events",
     "stream_id",
     "true",
     Severity::info,
     "sticky events are not delivered as such",
     "They are ordinary events for older releases."},
    {"unfinished-tasks",
     {1, 163, 2},
     "scheduled_tasks",
     "status",
     "status IN ('scheduled', 'active') AND action IN ('update_join_states', 'redact_all_events')",
     Severity::warning,
     "tasks of newer releases are not gone on with",
     "Let the newer release finish them: they are rows of scheduled_tasks."},
}};

}  // namespace

std::span<const RollbackLoss> rollback_losses() {
    return kLosses;
}

}  // namespace aksono::synschema
