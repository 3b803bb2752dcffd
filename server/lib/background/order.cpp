// SPDX-License-Identifier: Apache-2.0
#include "background/order.h"

#include <algorithm>
#include <map>

namespace aksono::background {

namespace {

/// What must be done first though no depends_on says so: Synapse never goes past an update that it
/// cannot finish, so the order of the numbers is enough there.
const std::map<std::string, std::vector<std::string>>& unsaid() {
    static const std::map<std::string, std::vector<std::string>> known{
        {"e2e_cross_signing_signatures_add_key_id_to_index",
         {"e2e_cross_signing_signatures_remove_duplicates"}},
        {"replace_room_depth_min_depth", {"populate_room_depth_min_depth2"}},
        {"index_stream_ordering2", {"populate_stream_ordering2"}},
        {"replace_stream_ordering_column",
         {"populate_stream_ordering2", "index_stream_ordering2",
          "index_stream_ordering2_contains_url", "index_stream_ordering2_room_order",
          "index_stream_ordering2_room_stream", "index_stream_ordering2_ts"}},
        {"event_edges_replace_index", {"event_edges_drop_invalid_rows"}},
        {"user_ips_device_unique_index", {"user_ips_remove_dupes"}},
        {"user_ips_drop_nonunique_index", {"user_ips_device_unique_index"}},
        {"device_inbox_stream_drop", {"device_inbox_stream_index"}},
        {"media_repository_drop_index_wo_method_2",
         {"local_media_repository_thumbnails_method_idx",
          "remote_media_repository_thumbnails_method_idx"}},
        {"drop_device_list_streams_non_unique_indexes",
         {"device_lists_remote_cache_unique_idx", "device_lists_remote_extremeties_unique_idx"}},
        {"sliding_sync_joined_rooms_bg_update",
         {"sliding_sync_prefill_joined_rooms_to_recalculate_table_bg_update"}},
        {"sliding_sync_membership_snapshots_fix_forgotten_column_bg_update",
         {"sliding_sync_membership_snapshots_bg_update"}},
        {"populate_user_directory_process_rooms", {"populate_user_directory_createtables"}},
        {"populate_user_directory_process_users", {"populate_user_directory_process_rooms"}},
        {"populate_user_directory_cleanup", {"populate_user_directory_process_users"}},
        {"chain_cover", {"rejected_events_metadata"}},
    };
    return known;
}

bool is_queued(const std::vector<Queued>& queue, const std::string& name) {
    return std::ranges::any_of(queue, [&](const Queued& each) { return each.name == name; });
}

}  // namespace

std::vector<std::string> blockers(const std::vector<Queued>& queue, const Queued& update) {
    std::vector<std::string> out;
    const auto add = [&](const std::string& name) {
        if (is_queued(queue, name) && std::ranges::find(out, name) == out.end()) {
            out.push_back(name);
        }
    };
    if (!update.depends_on.empty()) add(update.depends_on);
    const auto more = unsaid().find(update.name);
    if (more != unsaid().end()) std::ranges::for_each(more->second, add);
    return out;
}

const Queued* next_update(const std::vector<Queued>& queue,
                          const std::set<std::string>& set_aside) {
    for (const auto& update : queue) {
        if (!set_aside.contains(update.name) && blockers(queue, update).empty()) return &update;
    }
    return nullptr;
}

std::set<std::string> with_blockers(const std::vector<Queued>& queue, const std::string& name) {
    std::set<std::string> out;
    std::vector<std::string> look{name};
    while (!look.empty()) {
        const auto next = look.back();
        look.pop_back();
        if (!out.insert(next).second) continue;
        const auto it = std::ranges::find(queue, next, &Queued::name);
        if (it == queue.end()) continue;
        for (const auto& each : blockers(queue, *it))
            look.push_back(each);
    }
    return out;
}

}  // namespace aksono::background
