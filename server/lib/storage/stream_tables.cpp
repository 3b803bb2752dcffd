// SPDX-License-Identifier: Apache-2.0
#include "storage/stream_tables.h"

#include <algorithm>

namespace aksono::storage {

std::span<const StreamTables> stream_tables() {
    static const std::vector<StreamTables> kTables{
        {&Streams::events,
         "events",
         {{"events", "stream_ordering"},
          {"current_state_delta_stream", "stream_id"},
          {"ex_outlier_stream", "event_stream_ordering"}}},
        {&Streams::presence, "presence", {{"presence_stream", "stream_id"}}},
        {&Streams::receipts, "receipts", {{"receipts_linearized", "stream_id"}}},
        {&Streams::account_data,
         "account_data",
         {{"room_account_data", "stream_id"},
          {"room_tags_revisions", "stream_id"},
          {"account_data", "stream_id"}}},
        {&Streams::push_rules, "push_rules", {{"push_rules_stream", "stream_id"}}},
        {&Streams::to_device,
         "to_device",
         {{"device_inbox", "stream_id"}, {"device_federation_outbox", "stream_id"}}},
        {&Streams::device_lists,
         "device_lists",
         {{"device_lists_stream", "stream_id"},
          {"user_signature_stream", "stream_id"},
          {"device_lists_outbound_pokes", "stream_id"},
          {"device_lists_changes_in_room", "stream_id"},
          {"device_lists_remote_pending", "stream_id"},
          {"device_lists_changes_converted_stream_position", "stream_id"}}},
        {&Streams::un_partial_stated_rooms,
         config::kMainProcess,
         {{"un_partial_stated_room_stream", "stream_id"}}},
        {&Streams::un_partial_stated_events,
         config::kMainProcess,
         {{"un_partial_stated_event_stream", "stream_id"}}},
        {&Streams::thread_subscriptions,
         "thread_subscriptions",
         {{"thread_subscriptions", "stream_id"}}},
        {&Streams::sticky_events, "events", {{"sticky_events", "stream_id"}}},
        {&Streams::quarantined_media,
         "quarantined_media_changes",
         {{"quarantined_media_changes", "stream_id"}}},
        {&Streams::profile_updates, "events", {{"profile_updates", "stream_id"}}},
        {&Streams::pushers,
         config::kMainProcess,
         {{"pushers", "id"}, {"deleted_pushers", "stream_id"}}},
        {&Streams::caches, nullptr, {{"cache_invalidation_stream_by_instance", "stream_id"}}},
        {&Streams::cross_signing_keys, nullptr, {{"e2e_cross_signing_keys", "stream_id"}}},
    };
    return kTables;
}

std::vector<std::string> stream_instances(const StreamTables& tables,
                                          const config::Writers& writers) {
    if (tables.writers == nullptr) return {};
    if (std::string_view(tables.writers) == config::kMainProcess) return {config::kMainProcess};
    // One that is named twice has one row all the same.
    auto instances = writers.of(tables.writers);
    std::sort(instances.begin(), instances.end());
    instances.erase(std::unique(instances.begin(), instances.end()), instances.end());
    return instances;
}

}  // namespace aksono::storage
